# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs the real tshark with the plugin that was built, as an unprivileged user.

As root, Wireshark ignores personal plugin folders. When the tests run as root, tshark runs as the
user nobody, and the plugin and the captures are copied to a folder that this user can read.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import shared_fields

NOBODY = 65534
CACHE_SIZE = 100  # results

# For Wireshark's programs: their memory comes in large pages and in large pieces. Small ones take a
# third of the time of a start, where all dissectors are registered.
LARGE_PAGES = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1:glibc.malloc.arena_max=1"
                                 ":glibc.malloc.top_pad=67108864"}
SMALL_PAGES = {"GLIBC_TUNABLES": ""}  # for tests that measure memory

BOOLEANS = {"True": "1", "False": "0"}  # Wireshark 4.4's words, and those of older versions

_cache: dict[tuple, subprocess.CompletedProcess[str]] = {}
_shared_rows: dict[tuple[str, ...], tuple] = {}  # of the last capture, in one pass and in two


def _remember(key: tuple, result: subprocess.CompletedProcess[str]) -> None:
    while len(_cache) >= CACHE_SIZE:
        del _cache[next(iter(_cache))]
    _cache[key] = result


def _rows(names: Sequence[str], lines: list[str]) -> list[dict[str, list[str]]]:
    return [{name: [BOOLEANS.get(one, one) for one in value.split("|")] if value else []
             for name, value in zip(names, line.split("\t"), strict=True)} for line in lines]


def unprivileged() -> list[str]:
    """The command prefix that drops root's privileges; empty for other users."""
    if os.geteuid() != 0:
        return []
    return ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]


@dataclass
class Tshark:
    """tshark with the plugin in `plugin_dir`, or with the installed plugin if None, and with `home`
    as its home folder."""

    plugin_dir: Path | None
    home: Path
    program: str = "tshark"
    environment: dict[str, str] = field(default_factory=dict)
    matches: Path | None = None  # matches.lua; with it, runs for fields are shared

    def run(self, *arguments: str | Path, check: bool = True, stdin: bytes | None = None,
            timeout: float = 120) -> subprocess.CompletedProcess[str]:
        """Runs `tshark ARGUMENTS…`. Repeated runs with the same arguments return the first
        result."""
        command = [*unprivileged(), self.program, *map(str, arguments)]
        key = (*command, *sorted(self.variables().items()))
        if check and stdin is None and key in _cache:
            return _cache[key]
        done = subprocess.run(command, env=self.variables(), input=stdin, timeout=timeout,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        result = subprocess.CompletedProcess(command, done.returncode, done.stdout.decode(),
                                             done.stderr.decode())
        if check:
            assert result.returncode == 0, f"{command} failed:\n{result.stderr}"
            if stdin is None:
                _remember(key, result)
        return result

    def run_other(self, *command: str | Path, cwd: Path,
                  stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Runs another program in `cwd` with the user and the environment of tshark."""
        return subprocess.run([*unprivileged(), *map(str, command)], cwd=cwd, env=self.variables(),
                              input=stdin, capture_output=True, timeout=300, encoding="utf-8")

    def statistics(self) -> set[str]:
        """The names that `-z` accepts."""
        listed = self.run("-z", "help", check=False)
        return set(re.findall(r"^ *(\S+)", listed.stdout + listed.stderr, re.M))

    def preferences(self) -> set[str]:
        """The names that `-o` accepts."""
        return set(re.findall(r"^#?([a-z_][\w.]*): ", self.run("-G", "defaultprefs").stdout, re.M))

    def json(self, capture: Path, *options: str, display_filter: str = "",
             parse_float: Callable[[str], Any] = float) -> dict:
        """The document of `-z mptcp,json`."""
        statistic = "mptcp,json" + (f",{display_filter}" if display_filter else "")
        return json.loads(self.run("-r", capture, "-q", "-z", statistic, *options).stdout,
                          parse_float=parse_float)

    def text(self, capture: Path, *options: str, display_filter: str = "") -> str:
        """The output of `-z mptcp,conn`."""
        statistic = "mptcp,conn" + (f",{display_filter}" if display_filter else "")
        return self.run("-r", capture, "-q", "-z", statistic, *options).stdout

    def events(self, capture: Path, *options: str) -> str:
        """The output of `-z mptcp,events`."""
        return self.run("-r", capture, "-q", "-z", "mptcp,events", *options).stdout

    def fields(self, capture: Path, names: list[str], *options: str,
               display_filter: str = "") -> list[dict[str, list[str]]]:
        """The values of these fields for each frame, as lists."""
        if self.matches and shared_fields.are_shared(names, options, display_filter):
            rows, matches = self._shared(capture, options)
            return [{name: list(rows[frame - 1][name]) for name in names}
                    for frame in matches[display_filter or "frame"]]
        chosen = ["-Y", display_filter] if display_filter else []
        return _rows(names, self._lines_of_fields(capture, names, *chosen, *options).splitlines())

    def _shared(self, capture: Path, options: tuple[str, ...]):
        """The rows of all fields that are shared, and the frames that match each filter."""
        asked = (str(capture), *sorted(self.variables().items()))
        if _shared_rows.get(options, [None])[0] != asked:
            script = shared_fields.arguments(str(self.matches))
            out = self._lines_of_fields(capture, shared_fields.FIELDS, *options, *script)
            lines, matches = shared_fields.split(out)
            _shared_rows[options] = (asked, _rows(shared_fields.FIELDS, lines), matches)
        return _shared_rows[options][1:]

    def _lines_of_fields(self, capture: Path, names: Sequence[str], *arguments: str) -> str:
        columns = [word for name in names for word in ("-e", name)]
        separators = ["-E", "separator=/t", "-E", "aggregator=|"]
        return self.run("-r", capture, "-T", "fields", *separators, *columns, *arguments).stdout

    def frames(self, capture: Path, display_filter: str, *options: str) -> list[int]:
        """The numbers of the frames that match a display filter."""
        rows = self.fields(capture, ["frame.number"], *options, display_filter=display_filter)
        return [int(row["frame.number"][0]) for row in rows]

    def counts(self, capture: Path, display_filters: list[str], *options: str) -> dict[str, int]:
        """The number of frames that match each filter, from one run of `-z io,stat`."""
        if not display_filters:
            return {}
        lines = self.run("-r", capture, "-q", "-z", "io,stat,0," + ",".join(display_filters),
                         *options).stdout.splitlines()
        row = next(line for line in lines if "<>" in line)  # | 0.000 <> 1.500 |  38 |  5123 | …
        cells = [cell for cell in map(str.strip, row.split("|")) if cell][1:]
        return dict(zip(display_filters, map(int, cells[::2]), strict=True))

    def variables(self) -> dict[str, str]:
        """The environment of the programs."""
        plugins = {"WIRESHARK_PLUGIN_DIR": str(self.plugin_dir)} if self.plugin_dir else {}
        return {"PATH": os.environ["PATH"], "HOME": str(self.home), "LC_ALL": "C.UTF-8",
                **LARGE_PAGES, **plugins, **self.environment}


def make_home(folder: Path) -> Path:
    """Creates a folder that the programs can write to."""
    folder.mkdir()
    own(folder)
    return folder


def own(folder: Path) -> None:
    """Gives a folder and its contents to the user who runs the programs."""
    if os.geteuid() == 0:
        for path in [folder, *folder.rglob("*")]:
            os.chown(path, NOBODY, NOBODY)


def lay_out(source: Path, target: Path) -> Path:
    """Copies a folder to where an unprivileged user can read it."""
    shutil.copytree(source, target)
    for path in [target, *target.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)
    return target
