# SPDX-License-Identifier: GPL-2.0-or-later
"""The scripts: their help, and the messages for captures that are none."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = sorted(path for path in (ROOT / "scripts").iterdir() if os.access(path, os.X_OK))


def run(script: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([script, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, timeout=60)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_help(script: Path):
    """What the script does, and how to call it; it does nothing else."""
    help_ = run(script, "--help")
    assert (help_.returncode, help_.stderr) == (0, "")
    lines = help_.stdout.splitlines()
    assert any(line[:1].isupper() and len(line) > 20 for line in lines)
    assert any(line.lower().startswith(f"usage: {script.name}") for line in lines)
    assert not any(line.startswith("#") for line in lines)


@pytest.mark.parametrize("name, options", [("demo", []), ("wireshark", []), ("tshark", ["-r"])])
def test_a_folder_is_no_capture(tmp_path: Path, name: str, options: list[str]):
    if name == "tshark" and os.geteuid() != 0:
        pytest.skip("tshark itself complains")
    result = run(ROOT / "scripts" / name, *options, tmp_path)
    assert result.returncode == 1
    assert result.stderr == f"{name}: {tmp_path} is a folder; name a capture file\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="not root")
def test_the_window_is_not_opened_by_root(captures_dir: Path):
    result = run(ROOT / "scripts" / "wireshark", captures_dir / "s01_single.pcap")
    assert result.returncode == 1
    assert "run this as an ordinary user" in result.stderr
