#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes the generated captures, each with the results that are expected for it.

  generate.py                   all captures, into this folder
  generate.py --only NAME       one capture
  generate.py --full FILE.pcap  script_example in full size, for the benchmark
  generate.py --connections N FILE.pcap
                                a capture of N connections with 23 packets each
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from generator import many_connections
from generator.registry import SCENARIOS
from generator.scenarios import script_example
from generator.simulation import Scenario
from generator.wire import pcap


def write(scenario: Scenario, path: Path) -> None:
    """Writes NAME.pcap and NAME.expected.json."""
    pcap.write(path, scenario.packets)
    expected = json.dumps(scenario.expected(), indent=1)
    path.with_suffix(".expected.json").write_text(expected + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent, metavar="DIR")
    parser.add_argument("--only", choices=SCENARIOS, metavar="NAME")
    parser.add_argument("--list", action="store_true", help="list names and descriptions")
    parser.add_argument("--full", type=Path, metavar="FILE.pcap")
    parser.add_argument("--connections", nargs=2, metavar=("N", "FILE.pcap"))
    arguments = parser.parse_args()
    if arguments.list:
        for name, build in SCENARIOS.items():
            print(f"{name}: {' '.join((build.__doc__ or '').split())}")
    elif arguments.full:
        write(script_example.build(*script_example.FULL), arguments.full)
    elif arguments.connections:
        count, path = arguments.connections
        pcap.write(Path(path), many_connections.interleaved(int(count), []))
    else:
        for name in [arguments.only] if arguments.only else SCENARIOS:
            write(SCENARIOS[name](), arguments.out / f"{name}.pcap")


if __name__ == "__main__":
    main()
