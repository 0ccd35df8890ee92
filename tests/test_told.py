# SPDX-License-Identifier: GPL-2.0-or-later
"""What must be told of failures and signals, as the generator has noted it.

NAME.expected.json of such a capture lists events under "told". They must be
told, each once; and no more of these types, nor any other that is more than chat.
"""

from __future__ import annotations

import pytest

from captures import Capture, find_captures

CAPTURES = [capture for capture in find_captures() if "told" in capture.expected]
LAST_SYNS = ("unanswered", "join_unanswered")  # only a second look finds them
UNTOLD = ("flaw",)  # in the books, as the field of an expert info, and not in the JSON

both_passes = pytest.mark.parametrize("passes", [[], ["-2"]], ids=["one-pass", "two-pass"])
of_the_books = pytest.mark.parametrize("noted", CAPTURES, ids=lambda capture: capture.name)


def is_told_by(event: dict, entry: dict) -> bool:
    return all(name in event and event[name] == value for name, value in entry.items()
               if name not in UNTOLD)


def in_short(event: dict) -> str:
    return " ".join(str(event[name]) for name in
                    ("frame", "conn", "subflow", "from", "severity", "type")) + \
        f" ({event.get('details', event)})"


def fully_noted(told: list[dict]) -> set[str]:
    """The types of which each event is noted; a flaw may be noted for itself."""
    return {entry["type"] for entry in told if "flaw" not in entry}


def differences(told: list[dict], events: list[dict]) -> list[str]:
    """What was not told, and what was told beside it."""
    types = fully_noted(told)
    left, found = list(events), []
    for entry in told:
        match = next((event for event in left if is_told_by(event, entry)), None)
        if match:
            left.remove(match)
        else:
            found.append(f"not told: {in_short(entry)}")
    return found + [f"told: {in_short(event)}" for event in left
                    if event["type"] in types or event["severity"] != "chat"]


@both_passes
@of_the_books
def test_what_was_noted_is_told_and_nothing_else(tshark, path_of, noted: Capture,
                                                 passes: list[str]):
    events = tshark.json(path_of(noted), *passes)["events"]
    assert differences(noted.expected["told"], events) == []


def frames_by_field(capture: Capture) -> dict[str, set[int]]:
    """What mptcp_conn.FIELD finds, for each type of event and each flaw that is noted."""
    told = capture.expected["told"]
    types = fully_noted(told) - set(LAST_SYNS)
    frames: dict[str, set[int]] = {}
    for entry in told:
        for field in types & {entry["type"]} | {entry[name] for name in UNTOLD if name in entry}:
            frames.setdefault(field, set()).add(entry["frame"])
    return frames


def filters() -> list:
    return [pytest.param(capture, field, sorted(frames), id=f"{capture.name}-{field}")
            for capture in CAPTURES for field, frames in sorted(frames_by_field(capture).items())]


@pytest.mark.parametrize("noted, field, frames", filters())
def test_a_filter_finds_what_went_wrong(tshark, path_of, noted: Capture, field: str,
                                        frames: list[int]):
    assert tshark.frames(path_of(noted), f"mptcp_conn.{field}", "-2") == frames


@pytest.mark.parametrize("kind", LAST_SYNS)
@of_the_books
def test_what_nobody_answers_is_found_in_two_passes(tshark, path_of, noted: Capture, kind: str):
    """On every repetition of the SYN; of each subflow the last one is told."""
    told = {(entry["conn"], entry["subflow"]): entry["frame"]
            for entry in noted.expected["told"] if entry["type"] == kind}
    rows = tshark.fields(path_of(noted), ["frame.number", "mptcp.conn", "mptcp.subflow"], "-2",
                         display_filter=f"mptcp_conn.{kind}")
    last = {(int(row["mptcp.conn"][0]), int(row["mptcp.subflow"][0])):
            int(row["frame.number"][0]) for row in rows}
    assert last == told
    assert tshark.frames(path_of(noted), f"mptcp_conn.{kind}") == []


def test_the_books_tell_of_each_failure():
    """Each type that is more than chat, and each flaw, is in some capture."""
    fields = {field for capture in CAPTURES for field in frames_by_field(capture)}
    assert fields >= {"refused", "version_downgrade", "version_mismatch", "odd_flags", "odd_form",
                      "key_mismatch", "idsn_mismatch", "join_refused", "join_stripped",
                      "join_forbidden", "fail", "fastclose", "fallback", "subflow_reset",
                      "hmac_bad", "hmac_leftmost", "fastclose_key", "unknown_token"}
