# SPDX-License-Identifier: GPL-2.0-or-later
"""The shipped captures: written by their generator, and listed in their README."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from captures import find_captures

FOLDER = Path(__file__).resolve().parent.parent / "captures"


def test_generator_writes_what_is_shipped(tmp_path):
    """The same bytes on every machine, and no files that are not shipped."""
    subprocess.run([sys.executable, FOLDER / "generate.py", "--out", tmp_path], check=True)
    written = list(tmp_path.iterdir())
    assert len(written) > 40
    for path in written:
        assert path.read_bytes() == (FOLDER / path.name).read_bytes(), path.name


def test_readme_lists_each_capture():
    readme = (FOLDER / "README.md").read_text()
    for capture in find_captures(shipped_only=True):
        assert f"| `{capture.name}` |" in readme
