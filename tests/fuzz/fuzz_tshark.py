#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Opens mutants of the captures in a tshark whose plugin has sanitizers.

The number of a mutant determines the capture, the kind of mutation (mutate.py or `editcap -E`) and
each step of it. A mutant with findings is reported by its number, and kept. Findings that tshark
has without the plugin as well are ignored.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from captures import find_captures  # noqa: E402
from mutate import LINKS, mutant  # noqa: E402
from pcapng import Interface, read_pcap, section  # noqa: E402
from sanitized import findings_in, environment, staged_tshark  # noqa: E402
from tshark import Tshark  # noqa: E402

STATISTICS = ("mptcp,conn", "mptcp,events", "mptcp,diagnosis", "mptcp,json",
              "conv,mptcp", "endpoints,mptcp")
MAX_PACKETS = 300
RATES = ("0.0005", "0.003", "0.02")  # the probability that editcap changes a byte
TIMEOUT = 120  # seconds for one run of tshark


def write_mutant(number: int, captures: list[Path], folder: Path) -> Path:
    random = Random(number)
    capture = captures[number % len(captures)]
    path = folder / f"mutant-{number}-{capture.stem}.pcapng"
    link, packets = read_pcap(capture)
    begin = random.randrange(len(packets)) if len(packets) > MAX_PACKETS else 0
    packets = packets[begin:begin + MAX_PACKETS]
    if random.randrange(4) and link in LINKS:
        packets = mutant(link, packets, random)
    path.write_bytes(section("<", link, [Interface()], packets))
    if random.randrange(4) == 0:
        plain = path.rename(path.with_suffix(".plain"))
        subprocess.run(["editcap", "-E", random.choice(RATES), "--seed", str(number + 1), plain,
                        path], check=True, capture_output=True)
        plain.unlink()
    path.chmod(0o644)
    return path


def json_of(out: str) -> str:
    """The JSON document in the output."""
    begin = out.index("\n{\n") + 1
    return out[begin:out.index("\n}\n", begin) + 2]


def run(tshark: Tshark, path: Path, statistics: tuple[str, ...]) -> tuple[list[str], str]:
    words = [word for name in statistics for word in ("-z", name)]
    try:
        done = tshark.run("-2", "-V", "-r", path, *words, check=False, timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        return [f"tshark took more than {TIMEOUT} s"], ""
    except UnicodeDecodeError as error:
        return [f"the output is not UTF-8: {error}"], ""
    return findings_in(done.returncode, done.stdout, done.stderr), done.stdout


def new_findings(tshark: Tshark, path: Path) -> list[str]:
    """Findings that tshark does not have without the plugin."""
    found, out = run(tshark, path, (*STATISTICS, "expert"))
    if not found:
        try:
            json.loads(json_of(out))
        except ValueError as error:
            found.append(f"invalid JSON: {error}")
    if found:
        alone = replace(tshark, plugin_dir=path.parent / "no-plugins")
        known = {signature(each) for each in run(alone, path, ("expert",))[0]}
        found = [each for each in found if signature(each) not in known]
    return found


def signature(finding: str) -> str:
    """The first line of a finding, without the numbers of frames, lines and processes."""
    return re.sub(r"\d+", "", finding.splitlines()[0])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, prog="fuzz-tshark")
    parser.add_argument("build", type=Path, help="the build with sanitizers")
    parser.add_argument("--mutants", type=int, metavar="N", help="how many mutants (200)")
    parser.add_argument("--seconds", type=int, metavar="N", help="how long to run, instead")
    parser.add_argument("--from", type=int, default=0, metavar="NUMBER", dest="first",
                        help="the number of the first mutant (0)")
    arguments = parser.parse_args()
    last = arguments.first + (arguments.mutants or (sys.maxsize // 2 if arguments.seconds else 200))
    end = time.monotonic() + (arguments.seconds or float("inf"))
    captures = [each.path for each in find_captures(shipped_only=True)]
    kept = arguments.build / "mutants"
    numbers = iter(range(arguments.first, last))

    with staged_tshark(arguments.build) as (tshark, stage):
        tshark = replace(tshark, environment=environment(stage, leaks=False))

        def work(_: int) -> tuple[int, int]:
            """Examines mutants until none is left; returns how many, and how many had findings."""
            examined = failed = 0
            for number in numbers:
                path = write_mutant(number, captures, stage)
                found = new_findings(tshark, path)
                examined += 1
                for finding in found:
                    print(f"mutant {number}: {finding}", file=sys.stderr)
                if found:
                    failed += 1
                    kept.mkdir(exist_ok=True)
                    shutil.copy(path, kept)
                    print(f"To repeat: scripts/fuzz-tshark --from {number} --mutants 1. See also "
                          f"{kept / path.name}", file=sys.stderr)
                path.unlink()
                if time.monotonic() > end:
                    break
            return examined, failed

        workers = os.cpu_count() or 1
        with ThreadPoolExecutor(workers) as pool:
            examined, failed = map(sum, zip(*pool.map(work, range(workers))))
    print(f"{examined} mutants in tshark, {failed} of them with findings",
          file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
