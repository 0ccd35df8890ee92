# SPDX-License-Identifier: GPL-2.0-or-later
"""Compares the text output of a statistic with the reviewed one in tests/golden (scripts/bless)."""

from __future__ import annotations

import difflib
from pathlib import Path

import pytest

from tshark import Tshark

GOLDEN = Path(__file__).parent / "golden"


def assert_golden(tshark: Tshark, name: str, capture: Path, statistic: str,
                  request: pytest.FixtureRequest) -> None:
    golden = GOLDEN / f"{name}.{statistic}.txt"
    text = tshark.run("-r", capture, "-q", "-z", f"mptcp,{statistic}").stdout
    if request.config.getoption("--bless"):
        golden.write_text(text)
    expected = golden.read_text()
    assert text == expected, "".join(difflib.unified_diff(
        expected.splitlines(True), text.splitlines(True), str(golden), "now"))
