#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Records what this machine's kernel does, with the facts of the applications and the kernels.

  record.py                     all recordings, into this folder
  record.py NAME…               some of them
  record.py --list              their names, and what they show

It requires root, a kernel with MPTCP, network namespaces and TUN, and the packages that
`scripts/install-dependencies --record` installs. Every run writes other bytes: keys, ports and times
differ.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from recorder.cables import TUN
from recorder.facts import record
from recorder.hosts import obstacle
from recorder.scenarios import SCENARIOS

PROGRAMS = ("ip", "nstat", "dumpcap", "editcap", "mergecap", "tshark", "nft", "openssl")


def missing() -> str:
    """What this machine lacks; "" if nothing."""
    if why := obstacle():
        return why
    if not TUN.exists():
        return f"there is no {TUN}"
    return ", ".join(f"{each} is not installed" for each in PROGRAMS if not shutil.which(each))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="a recording or its scenario")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent, metavar="DIR")
    parser.add_argument("--list", action="store_true", help="list names and descriptions")
    arguments = parser.parse_args()
    if arguments.list:
        for name, scenario in SCENARIOS.items():
            print(f"{', '.join(scenario.names(name))}: {scenario.shows}")
        return
    if unknown := set(arguments.names) - set(SCENARIOS):
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    if why := missing():
        parser.exit(1, f"record.py: {why}\n")
    for name in arguments.names or SCENARIOS:
        record(name, SCENARIOS[name], arguments.out)
        print(name, flush=True)


if __name__ == "__main__":
    main()
