# SPDX-License-Identifier: GPL-2.0-or-later
"""The events that the generated captures require.

NAME.expected.json lists them under "required_events". Each must be reported once. No other
event of the same types may be reported, nor any of a severity above chat.
"""

from __future__ import annotations

import pytest

from captures import Capture, find_captures

CAPTURES = [capture for capture in find_captures() if "required_events" in capture.expected]
TWO_PASS_TYPES = ("unanswered", "join_unanswered")  # their expert infos need a second pass
EXPERT_ONLY = ("expert_info",)  # names a filter field, and is not a member of the JSON

both_passes = pytest.mark.parametrize("passes", [[], ["-2"]], ids=["one-pass", "two-pass"])
with_events = pytest.mark.parametrize("generated", CAPTURES, ids=lambda capture: capture.name)


def matches(event: dict, required: dict) -> bool:
    return all(name in event and event[name] == value for name, value in required.items()
               if name not in EXPERT_ONLY)


def summary(event: dict) -> str:
    return " ".join(str(event[name]) for name in
                    ("frame", "conn", "subflow", "from", "severity", "type")) + \
        f" ({event.get('details', event)})"


def complete_types(required: list[dict]) -> set[str]:
    """The types of which every event is listed. An event with an expert info may be listed for
    that alone."""
    return {event["type"] for event in required if "expert_info" not in event}


def differences(required: list[dict], events: list[dict]) -> list[str]:
    """The required events that are missing, and the events that must not be there."""
    types = complete_types(required)
    unmatched, found = list(events), []
    for event in required:
        match = next((each for each in unmatched if matches(each, event)), None)
        if match:
            unmatched.remove(match)
        else:
            found.append(f"missing: {summary(event)}")
    return found + [f"unexpected: {summary(event)}" for event in unmatched
                    if event["type"] in types or event["severity"] != "chat"]


@both_passes
@with_events
def test_required_events_and_no_others(tshark, path_of, generated: Capture, passes: list[str]):
    events = tshark.json(path_of(generated), *passes)["events"]
    assert differences(generated.expected["required_events"], events) == []


def frames_by_field(capture: Capture) -> dict[str, set[int]]:
    """The frames that mptcp_conn.FIELD must match, for each required event type and expert
    info."""
    required = capture.expected["required_events"]
    types = complete_types(required) - set(TWO_PASS_TYPES)
    frames: dict[str, set[int]] = {}
    for event in required:
        fields = types & {event["type"]} | {event[name] for name in EXPERT_ONLY if name in event}
        for field in fields:
            frames.setdefault(field, set()).add(event["frame"])
    return frames


def filters() -> list:
    return [pytest.param(capture, field, sorted(frames), id=f"{capture.name}-{field}")
            for capture in CAPTURES for field, frames in sorted(frames_by_field(capture).items())]


@pytest.mark.parametrize("generated, field, frames", filters())
def test_filters_match_the_events(tshark, path_of, generated: Capture, field: str,
                                  frames: list[int]):
    assert tshark.frames(path_of(generated), f"mptcp_conn.{field}", "-2") == frames


@pytest.mark.parametrize("kind", TWO_PASS_TYPES)
@with_events
def test_unanswered_syns_match_in_two_passes(tshark, path_of, generated: Capture, kind: str):
    """The filter matches every repetition of the SYN; the event is that of the last one."""
    required = {(event["conn"], event["subflow"]): event["frame"]
                for event in generated.expected["required_events"] if event["type"] == kind}
    rows = tshark.fields(path_of(generated), ["frame.number", "mptcp.conn", "mptcp.subflow"], "-2",
                         display_filter=f"mptcp_conn.{kind}")
    last = {(int(row["mptcp.conn"][0]), int(row["mptcp.subflow"][0])):
            int(row["frame.number"][0]) for row in rows}
    assert last == required
    assert tshark.frames(path_of(generated), f"mptcp_conn.{kind}") == []


def test_captures_cover_each_failure():
    """Each event type above chat and each expert info occurs in a capture."""
    fields = {field for capture in CAPTURES for field in frames_by_field(capture)}
    assert fields >= {"refused", "version_downgrade", "version_mismatch", "odd_flags", "odd_form",
                      "key_mismatch", "idsn_mismatch", "join_refused", "join_stripped",
                      "join_forbidden", "fail", "fastclose", "fallback", "subflow_reset",
                      "hmac_bad", "hmac_leftmost", "fastclose_key", "unknown_token"}
