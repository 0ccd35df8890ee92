#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Opens mutants of the captures in a tshark whose plugin has sanitizers.

Each mutant has a number, which says all about it: the capture, the way of
mutation (tests/fuzz/mutate.py, or `editcap -E`), and each step of it. What is
found is told with that number, and the mutant is kept. What tshark does on a
mutant without the plugin, too, is none of ours.
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
from sanitized import complaints, environment, staged_tshark  # noqa: E402
from tshark import Tshark  # noqa: E402

OURS = ("mptcp,conn", "mptcp,events", "mptcp,json", "conv,mptcp", "endpoints,mptcp")
MOST_PACKETS = 300
RATES = ("0.0005", "0.003", "0.02")  # of editcap: how likely an octet is changed
PATIENCE = 120  # seconds


def write_mutant(number: int, captures: list[Path], folder: Path) -> Path:
    random = Random(number)
    capture = captures[number % len(captures)]
    path = folder / f"mutant-{number}-{capture.stem}.pcapng"
    link, packets = read_pcap(capture)
    begin = random.randrange(len(packets)) if len(packets) > MOST_PACKETS else 0
    packets = packets[begin:begin + MOST_PACKETS]
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
    """The document, out of all that was printed."""
    begin = out.index("\n{\n") + 1
    return out[begin:out.index("\n}\n", begin) + 2]


def run(tshark: Tshark, path: Path, statistics: tuple[str, ...]) -> tuple[list[str], str]:
    words = [word for name in statistics for word in ("-z", name)]
    try:
        done = tshark.run("-2", "-V", "-r", path, *words, check=False, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        return [f"it took more than {PATIENCE} s"], ""
    except UnicodeDecodeError as error:
        return [f"it printed what is not UTF-8: {error}"], ""
    return complaints(done.returncode, done.stdout, done.stderr), done.stdout


def examine(tshark: Tshark, path: Path) -> list[str]:
    found, out = run(tshark, path, (*OURS, "expert"))
    if not found:
        try:
            json.loads(json_of(out))
        except ValueError as error:
            found.append(f"the JSON is none: {error}")
    if found:  # is it there without us, too?
        alone = replace(tshark, plugin_dir=path.parent / "no-plugins")
        known = {gist(each) for each in run(alone, path, ("expert",))[0]}
        found = [each for each in found if gist(each) not in known]
    return found


def gist(words: str) -> str:
    """The first line, without the numbers of frames, lines and processes."""
    return re.sub(r"\d+", "", words.splitlines()[0])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, prog="fuzz-tshark")
    parser.add_argument("build", type=Path, help="the build with sanitizers")
    parser.add_argument("--mutants", type=int, metavar="N", help="so many of them (200)")
    parser.add_argument("--seconds", type=int, metavar="N", help="for so long, instead")
    parser.add_argument("--from", type=int, default=0, metavar="NUMBER", dest="first",
                        help="the first one's number (0)")
    arguments = parser.parse_args()
    last = arguments.first + (arguments.mutants or (sys.maxsize // 2 if arguments.seconds else 200))
    end = time.monotonic() + (arguments.seconds or float("inf"))
    captures = [each.path for each in find_captures(shipped_only=True)]
    kept = arguments.build / "mutants"
    numbers = iter(range(arguments.first, last))

    with staged_tshark(arguments.build) as (tshark, stage):
        tshark = replace(tshark, environment=environment(stage, leaks=False))

        def work(_: int) -> tuple[int, int]:
            """Takes one number after another; gives how many, and how many had findings."""
            examined = failed = 0
            for number in numbers:
                path = write_mutant(number, captures, stage)
                found = examine(tshark, path)
                examined += 1
                for words in found:
                    print(f"mutant {number}: {words}", file=sys.stderr)
                if found:
                    failed += 1
                    kept.mkdir(exist_ok=True)
                    shutil.copy(path, kept)
                    print(f"Once more: scripts/fuzz-tshark --from {number} --mutants 1; or see "
                          f"{kept / path.name}", file=sys.stderr)
                path.unlink()
                if time.monotonic() > end:
                    break
            return examined, failed

        workers = os.cpu_count() or 1
        with ThreadPoolExecutor(workers) as pool:
            examined, failed = map(sum, zip(*pool.map(work, range(workers))))
    print(f"{examined} mutants of captures in tshark, {failed} of them with findings",
          file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
