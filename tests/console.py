# SPDX-License-Identifier: GPL-2.0-or-later
"""Commands in the documentation, with what they print.

    ```console
    $ tshark -r captures/s01_single.pcap -q -z mptcp,conn |
          grep Totals
    Totals: connections 1, …
    ```

A command goes on in the next line behind a `|` or a `\\`, and within '…'. What it prints may be
cut: a line that is `…` stands for any lines, one that ends with `…` for any that
begin so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

CUT = "…"
BLOCK = re.compile(r"^```(?P<language>\w*)\n(?P<text>.*?)^```$", re.M | re.S)


@dataclass(frozen=True)
class Command:
    """A command, and what the documentation says that it prints."""

    path: Path
    line: int  # from 1
    words: str
    shown: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"{self.path.name}:{self.line}"


def blocks_of(text: str) -> list[tuple[int, str, str]]:
    """Each block: the line that its text begins in, its language, and the text."""
    return [(text.count("\n", 0, found.start("text")) + 1, found["language"], found["text"])
            for found in BLOCK.finditer(text)]


def commands_of(path: Path) -> list[Command]:
    return [command for line, language, text in blocks_of(path.read_text()) if language == "console"
            for command in commands_in(path, line, text.splitlines())]


def commands_in(path: Path, first: int, lines: list[str]) -> list[Command]:
    found, place = [], 0
    while place < len(lines):
        assert lines[place].startswith("$ "), f"{path}:{first + place} is no command"
        start = place
        place += lines_that_go_on(lines[place:])
        words = "\n".join(lines[start:place + 1]).removeprefix("$ ")
        place += 1
        output = place
        while place < len(lines) and not lines[place].startswith("$ "):
            place += 1
        found.append(Command(path, first + start, words, tuple(lines[output:place])))
    return found


def lines_that_go_on(lines: list[str]) -> int:
    """How many lines of the command that begins here are not its last one."""
    place = 0
    while lines[place].endswith(("|", "\\")) or "\n".join(lines[:place + 1]).count("'") % 2 == 1:
        place += 1
    return place


def as_shown(output: str) -> list[str]:
    return [line.rstrip() for line in output.splitlines()]


def agrees(shown: list[str], printed: list[str]) -> bool:
    """Is this what was printed, but for what is cut?"""
    if not shown:
        return not printed
    if shown[0] == CUT:
        return any(agrees(shown[1:], printed[place:]) for place in range(len(printed) + 1))
    return bool(printed) and line_agrees(shown[0], printed[0]) and agrees(shown[1:], printed[1:])


def line_agrees(shown: str, printed: str) -> bool:
    return shown == printed or (shown.endswith(CUT) and printed.startswith(shown.removesuffix(CUT)))


def cut_likewise(shown: list[str], printed: list[str]) -> list[str]:
    """What was printed, as wide as before, and with as many lines around one `…`."""
    widths = [len(line) for line in shown if line.endswith(CUT) and line != CUT]
    if widths:
        widest = max(widths) - 1
        printed = [line if len(line) <= widest else line[:widest] + CUT for line in printed]
    if CUT not in shown:
        return printed
    head, tail = shown.index(CUT), len(shown) - 1 - shown.index(CUT)
    return printed[:head] + [CUT] + printed[len(printed) - tail:]


def bless(path: Path, command: Command, printed: list[str]) -> None:
    """Writes what the command prints into the documentation."""
    lines = path.read_text().splitlines()
    first = command.line - 1
    output = first + lines_that_go_on(lines[first:]) + 1
    assert lines[output:output + len(command.shown)] == list(command.shown)
    lines[output:output + len(command.shown)] = cut_likewise(list(command.shown), printed)
    path.write_text("\n".join(lines) + "\n")
