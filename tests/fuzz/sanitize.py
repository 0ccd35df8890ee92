#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Opens captures in a tshark and a sharkd whose plugin has sanitizers.

tshark opens each capture in a process of its own, in two passes and in one, with all statistics of
the plugin. sharkd opens all captures in one process, and is asked for tables, filters and trees; it
reports memory leaks when it ends. With --valgrind, tshark runs under valgrind, and the plugin needs
no sanitizers.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import repeat
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from captures import find_captures  # noqa: E402
from sanitized import (REPORT_STATUS, environment, findings_in,  # noqa: E402
                       plugin_reports, staged_tshark)
from sharkd import Sharkd  # noqa: E402
from tshark import Tshark  # noqa: E402

STATISTICS = ("mptcp,conn", "mptcp,events", "mptcp,diagnosis", "mptcp,json",
              "mptcp,conn,mptcp.subflow == 1", "mptcp,diagnosis,mptcp.subflow == 1",
              "conv,mptcp", "endpoints,mptcp", "expert")
VALGRIND = ("--quiet", "--leak-check=full", "--show-leak-kinds=definite",
            "--keep-debuginfo=yes")
FOR_VALGRIND = ("data_order", "join_failures", "path_management", "tunnels")
TIMEOUT = 600  # seconds for one capture
SMALL = 400_000  # bytes; leak detection in sharkd is too slow for larger captures


def open_in_tshark(tshark: Tshark, path: Path, modes: list[list[str]]) -> list[str]:
    statistics = [word for name in STATISTICS for word in ("-z", name)]
    found = []
    for mode in modes:
        done = tshark.run(*mode, "-r", path, *statistics, check=False, timeout=TIMEOUT)
        found += findings_in(done.returncode, done.stdout, done.stderr)
    return found


def open_in_valgrind(tshark: Tshark, path: Path) -> list[str]:
    """Returns the reports with a stack frame of the plugin. Only definite leaks are reported."""
    statistics = [word for name in STATISTICS for word in ("-z", name)]
    done = tshark.run(
        *VALGRIND, "tshark", "-2", "-V", "-r", path, *statistics, check=False, timeout=TIMEOUT)
    if done.returncode != 0:
        return [f"valgrind ended with status {done.returncode}:\n{done.stderr[-4000:]}"]
    reports = re.split(r"^==\d+== $", done.stderr, flags=re.MULTILINE)
    return [report for report in reports if re.search(r"mptcp::|mptcp_conn", report)]


def open_in_sharkd(tshark: Tshark, paths: list[Path]) -> list[str]:
    process = Sharkd(tshark)
    try:
        for path in paths:
            process.load(path)
            process.taps("nstat:mptcp,conn", "conv:MPTCP", "endpt:MPTCP", "expert")
            for frame in process.frames("mptcp_conn")[:3]:
                process.tree(frame)
    except AssertionError as error:
        return [f"sharkd: {error}"]
    status = process.close()
    found = plugin_reports(process.log)
    if status not in (0, REPORT_STATUS) or "LeakSanitizer has encountered" in process.log:
        found.append(f"sharkd ended with status {status}:\n{process.log[-4000:]}")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build", type=Path, help="the build with sanitizers")
    parser.add_argument("--quick", action="store_true",
                        help="each capture in tshark once, in one pass or in two")
    parser.add_argument("--valgrind", action="store_true", help="run tshark under valgrind")
    parser.add_argument("captures", type=Path, nargs="*", help="instead of all test captures")
    arguments = parser.parse_intermixed_args()
    paths = arguments.captures or [
        capture.path for capture in find_captures(shipped_only=arguments.valgrind)
        if not arguments.valgrind or capture.name in FOR_VALGRIND]

    with staged_tshark(arguments.build) as (tshark, stage), \
            ThreadPoolExecutor(os.cpu_count()) as pool:
        readable = [Path(shutil.copy(path, stage / f"{number}-{path.name}"))
                    for number, path in enumerate(paths)]
        for path in readable:
            path.chmod(0o644)
        if arguments.valgrind:
            tshark = replace(tshark, program="valgrind")
            findings_by_name = dict(zip(
                paths, pool.map(open_in_valgrind, repeat(tshark), readable)))
            where = "valgrind"
        else:
            small = [path for path in readable if path.stat().st_size < SMALL]
            strict, leaky = (replace(tshark, environment=environment(stage, leaks))
                             for leaks in (False, True))
            in_sharkd = pool.submit(open_in_sharkd, leaky, small)
            both = [["-2", "-V"], ["-V"]]
            modes = [[both[number % 2]] if arguments.quick else both
                     for number in range(len(paths))]
            findings_by_name = dict(zip(
                paths, pool.map(open_in_tshark, repeat(strict), readable, modes)))
            findings_by_name["sharkd"] = in_sharkd.result()
            where = f"tshark and {len(small)} in one sharkd, with sanitizers"
    findings = [f"{name}: {finding}" for name, found in findings_by_name.items()
                for finding in found]
    for finding in findings:
        print(finding, file=sys.stderr)
    print(f"{len(paths)} captures in {where}: {len(findings)} findings", file=sys.stderr)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
