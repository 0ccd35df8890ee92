# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs the real tshark with the plugin that was built, as an ordinary user.

Root's Wireshark ignores personal plugin folders, so as root every run takes
place as the user with the lowest rights, with the plugin and the captures laid
out in a folder that this user can read.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import shared_fields

NOBODY = 65534
MOST_REMEMBERED = 100  # answers

BOOLEANS = {"True": "1", "False": "0"}  # as they are written from Wireshark 4.4 on, and before

_answers: dict[tuple, subprocess.CompletedProcess[str]] = {}
_shared_rows: dict[tuple[str, ...], tuple] = {}  # of the last capture, in one pass and in two


def _remember(asked: tuple, result: subprocess.CompletedProcess[str]) -> None:
    while len(_answers) >= MOST_REMEMBERED:
        del _answers[next(iter(_answers))]
    _answers[asked] = result


def _rows(names: Sequence[str], lines: list[str]) -> list[dict[str, list[str]]]:
    return [{name: [BOOLEANS.get(one, one) for one in value.split("|")] if value else []
             for name, value in zip(names, line.split("\t"), strict=True)} for line in lines]


def unprivileged() -> list[str]:
    """The words that start a command as an ordinary user; none if we are one."""
    if os.geteuid() != 0:
        return []
    return ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]


@dataclass
class Tshark:
    """tshark with the plugin in `plugin_dir`, or where it looks itself, and with a home of its
    own in `home`."""

    plugin_dir: Path | None
    home: Path
    program: str = "tshark"
    environment: dict[str, str] = field(default_factory=dict)
    matches: Path | None = None  # matches.lua; with it, runs for fields are shared

    def run(self, *arguments: str | Path, check: bool = True, stdin: bytes | None = None,
            timeout: float = 120) -> subprocess.CompletedProcess[str]:
        """Runs `tshark ARGUMENTS…`, or tells what it said to the same ones before."""
        command = [*unprivileged(), self.program, *map(str, arguments)]
        asked = (*command, *sorted(self.variables().items()))
        if check and stdin is None and asked in _answers:
            return _answers[asked]
        done = subprocess.run(command, env=self.variables(), input=stdin, timeout=timeout,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        result = subprocess.CompletedProcess(command, done.returncode, done.stdout.decode(),
                                             done.stderr.decode())
        if check:
            assert result.returncode == 0, f"{command} failed:\n{result.stderr}"
            if stdin is None:
                _remember(asked, result)
        return result

    def beside(self, *command: str | Path, cwd: Path,
               stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Runs another program as tshark is run, in a folder; it finds this plugin, too."""
        return subprocess.run([*unprivileged(), *map(str, command)], cwd=cwd, env=self.variables(),
                              input=stdin, capture_output=True, timeout=120, encoding="utf-8")

    def statistics(self) -> set[str]:
        """What `-z` takes."""
        listed = self.run("-z", "help", check=False)
        return set(re.findall(r"^ *(\S+)", listed.stdout + listed.stderr, re.M))

    def preferences(self) -> set[str]:
        """What `-o` takes."""
        return set(re.findall(r"^#?([a-z_][\w.]*): ", self.run("-G", "defaultprefs").stdout, re.M))

    def json(self, capture: Path, *options: str, display_filter: str = "") -> dict:
        """What `-z mptcp,json` says of a capture."""
        statistic = "mptcp,json" + (f",{display_filter}" if display_filter else "")
        return json.loads(self.run("-r", capture, "-q", "-z", statistic, *options).stdout)

    def text(self, capture: Path, *options: str, display_filter: str = "") -> str:
        """What `-z mptcp,conn` says of a capture."""
        statistic = "mptcp,conn" + (f",{display_filter}" if display_filter else "")
        return self.run("-r", capture, "-q", "-z", statistic, *options).stdout

    def events(self, capture: Path, *options: str) -> str:
        """What `-z mptcp,events` says of a capture."""
        return self.run("-r", capture, "-q", "-z", "mptcp,events", *options).stdout

    def fields(self, capture: Path, names: list[str], *options: str,
               display_filter: str = "") -> list[dict[str, list[str]]]:
        """The values of these fields, frame by frame; several of one are a list."""
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
        """How many frames match each of the filters, by one run of `-z io,stat`."""
        if not display_filters:
            return {}
        lines = self.run("-r", capture, "-q", "-z", "io,stat,0," + ",".join(display_filters),
                         *options).stdout.splitlines()
        row = next(line for line in lines if "<>" in line)  # | 0.000 <> 1.500 |  38 |  5123 | …
        cells = [cell for cell in map(str.strip, row.split("|")) if cell][1:]
        return dict(zip(display_filters, map(int, cells[::2]), strict=True))

    def variables(self) -> dict[str, str]:
        """The environment that the programs get."""
        told = {"WIRESHARK_PLUGIN_DIR": str(self.plugin_dir)} if self.plugin_dir else {}
        return {"PATH": os.environ["PATH"], "HOME": str(self.home), "LC_ALL": "C.UTF-8", **told,
                **self.environment}


def make_home(folder: Path) -> Path:
    """A folder that the programs may write to."""
    folder.mkdir()
    own(folder)
    return folder


def own(folder: Path) -> None:
    """Gives a folder, with all in it, to the user as whom the programs run."""
    if os.geteuid() == 0:
        for path in [folder, *folder.rglob("*")]:
            os.chown(path, NOBODY, NOBODY)


def lay_out(source: Path, target: Path) -> Path:
    """Copies a folder to where an ordinary user can read it."""
    shutil.copytree(source, target)
    for path in [target, *target.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)
    return target
