# SPDX-License-Identifier: GPL-2.0-or-later
"""The captures that the tests run on, each with the output that is expected for it.

They are those of this project, and those in folders beside it (../*/captures/…/NAME.expected.json).
The latter add tests; no test requires them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXPECTED = ".expected.json"
TIME_TOLERANCE = 1.1e-5  # seconds; expected times have a precision of 10 µs


@dataclass(frozen=True)
class Capture:
    path: Path
    expected_path: Path

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def folder(self) -> str:
        return self.path.parent.name

    @property
    def expected(self) -> dict:
        return json.loads(self.expected_path.read_text())


def captures_in(folder: Path) -> list[Capture]:
    found = []
    for expected in sorted(folder.rglob("*" + EXPECTED)):
        stem = expected.name.removesuffix(EXPECTED)
        for path in expected.parent.glob(stem + ".pcap*"):
            found.append(Capture(path, expected))
    return found


def find_captures(shipped_only: bool = False) -> list[Capture]:
    found = captures_in(ROOT / "captures")
    if shipped_only:
        return found
    names = {capture.name for capture in found}
    for folder in sorted(ROOT.parent.glob("*/captures")):
        if ROOT not in folder.parents:
            found += [each for each in captures_in(folder) if each.name not in names]
    return found


def differences(expected, found, where: str = "") -> list[str]:
    """Describes each value of `found` that differs from the expected one."""
    if isinstance(expected, dict) and isinstance(found, dict):
        missing = [f"{where}.{key} is missing" for key in expected if key not in found]
        return missing + [difference for key, value in expected.items()
                          if key in found
                          for difference in differences(value, found[key], f"{where}.{key}")]
    if isinstance(expected, list) and isinstance(found, list):
        if len(expected) != len(found):
            return [f"{where} has {len(found)} elements, not {len(expected)}"]
        return [difference for index, pair in enumerate(zip(expected, found))
                for difference in differences(*pair, f"{where}[{index}]")]
    if isinstance(expected, float) and isinstance(found, (int, float)):
        agrees = abs(expected - found) < TIME_TOLERANCE
    else:
        agrees = expected == found
    return [] if agrees else [f"{where}: {found}, not {expected}"]
