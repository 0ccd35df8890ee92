# SPDX-License-Identifier: GPL-2.0-or-later
"""Commands in the documentation, with their output.

    ```console
    $ tshark -r captures/s01_single.pcap -q -z mptcp,conn |
          grep Totals
    Totals: connections 1, …
    ```

A command continues on the next line after `|` or `\\`, and within '…'. Its output may be shortened:
a line `…` stands for any number of lines, and a line that ends with `…` for any line that begins
like it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

CUT = "…"
BLOCK = re.compile(r"^```(?P<language>\w*)\n(?P<text>.*?)^```$", re.M | re.S)


@dataclass(frozen=True)
class Command:
    """A command, with its output as documented."""

    path: Path
    line: int  # from 1
    words: str
    shown: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"{self.path.name}:{self.line}"


def blocks_of(text: str) -> list[tuple[int, str, str]]:
    """The line number, the language and the text of each code block."""
    return [(text.count("\n", 0, found.start("text")) + 1, found["language"], found["text"])
            for found in BLOCK.finditer(text)]


def commands_of(path: Path) -> list[Command]:
    return [command for line, language, text in blocks_of(path.read_text()) if language == "console"
            for command in commands_in(path, line, text.splitlines())]


def commands_in(path: Path, first: int, lines: list[str]) -> list[Command]:
    found, index = [], 0
    while index < len(lines):
        assert lines[index].startswith("$ "), f"{path}:{first + index} is not a command"
        start = index
        index += continued_lines(lines[index:])
        words = "\n".join(lines[start:index + 1]).removeprefix("$ ")
        index += 1
        output = index
        while index < len(lines) and not lines[index].startswith("$ "):
            index += 1
        found.append(Command(path, first + start, words, tuple(lines[output:index])))
    return found


def continued_lines(lines: list[str]) -> int:
    """How many lines of the first command continue on the next line."""
    index = 0
    while lines[index].endswith(("|", "\\")) or "\n".join(lines[:index + 1]).count("'") % 2 == 1:
        index += 1
    return index


def as_shown(output: str) -> list[str]:
    return [line.rstrip() for line in output.splitlines()]


def agrees(shown: list[str], printed: list[str]) -> bool:
    """Is the documented output that of the command, apart from what is shortened?"""
    if not shown:
        return not printed
    if shown[0] == CUT:
        return any(agrees(shown[1:], printed[index:]) for index in range(len(printed) + 1))
    return bool(printed) and line_agrees(shown[0], printed[0]) and agrees(shown[1:], printed[1:])


def line_agrees(shown: str, printed: str) -> bool:
    return shown == printed or (shown.endswith(CUT) and printed.startswith(shown.removesuffix(CUT)))


def shortened_like(shown: list[str], printed: list[str]) -> list[str]:
    """Shortens the output as the documented one is shortened: to the same width, and to the same
    number of lines before and after `…`."""
    widths = [len(line) for line in shown if line.endswith(CUT) and line != CUT]
    if widths:
        widest = max(widths) - 1
        printed = [line if len(line) <= widest else line[:widest] + CUT for line in printed]
    if CUT not in shown:
        return printed
    head, tail = shown.index(CUT), len(shown) - 1 - shown.index(CUT)
    return printed[:head] + [CUT] + printed[len(printed) - tail:]


def bless(path: Path, command: Command, printed: list[str]) -> None:
    """Replaces the documented output by the current one."""
    lines = path.read_text().splitlines()
    first = command.line - 1
    output = first + continued_lines(lines[first:]) + 1
    assert lines[output:output + len(command.shown)] == list(command.shown)
    lines[output:output + len(command.shown)] = shortened_like(list(command.shown), printed)
    path.write_text("\n".join(lines) + "\n")
