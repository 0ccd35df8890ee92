# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads the output of `-z mptcp,events`."""

from __future__ import annotations

import re

COLUMNS = ["Frame", "Time", "Conn", "From", "Event", "Details"]
FIELDS = ["Frame", "Time", "Conn", "Subflow", "From", "Severity", "Event", "Details"]


def event_rows(text: str) -> list[list[str]]:
    """The events, with the cells of FIELDS. Details go on below their column."""
    lines = text.splitlines()
    top = next(number for number, line in enumerate(lines) if line.split() == COLUMNS)
    begin = lines[top].index("Details")
    rows: list[list[str]] = []
    for line in lines[top + 1:lines.index("", top)]:
        words, details = line[:begin].split(), line[begin:]
        if words:
            rows.append([*words, details])
        else:
            rows[-1][-1] += " " + details
    return [_fields(row) for row in rows]


def _fields(row: list[str]) -> list[str]:
    frame, time, conn, sender, kind, details = row
    severity, said = "chat", re.match(r"(note|warn|error)(: |$)", details)
    if said:
        severity, details = said[1], details[said.end():]
    return [frame, time, *conn.split("."), sender, severity, kind, details]
