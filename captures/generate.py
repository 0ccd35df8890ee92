#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes the generated captures, each with what must be said of it.

  generate.py                   all of them, into this folder
  generate.py --only NAME       one of them
  generate.py --full FILE.pcap  the full-size one, for the benchmark
  generate.py --crowd N FILE.pcap  one of N connections, each of 23 packets
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from generator import crowd, pcap, script_example
from generator.scenarios import SCENARIOS
from generator.session import Scene


def write(scene: Scene, capture: Path) -> None:
    """NAME.pcap and, beside it, NAME.expected.json."""
    pcap.write(capture, scene.captured)
    expected = json.dumps(scene.expected(), indent=1)
    capture.with_suffix(".expected.json").write_text(expected + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent, metavar="DIR")
    parser.add_argument("--only", choices=SCENARIOS, metavar="NAME")
    parser.add_argument("--list", action="store_true", help="the names, and what each shows")
    parser.add_argument("--full", type=Path, metavar="FILE.pcap")
    parser.add_argument("--crowd", nargs=2, metavar=("N", "FILE.pcap"))
    arguments = parser.parse_args()
    if arguments.list:
        for name, scenario in SCENARIOS.items():
            print(f"{name}: {' '.join((scenario.__doc__ or '').split())}")
    elif arguments.full:
        write(script_example.play(*script_example.FULL), arguments.full)
    elif arguments.crowd:
        number, path = arguments.crowd
        pcap.write(Path(path), crowd.interleaved(int(number), []))
    else:
        for name in [arguments.only] if arguments.only else SCENARIOS:
            write(SCENARIOS[name](), arguments.out / f"{name}.pcap")


if __name__ == "__main__":
    main()
