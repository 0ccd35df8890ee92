# SPDX-License-Identifier: GPL-2.0-or-later
"""`-z mptcp,events`, and what else is told of handshakes, addresses and ends.

What captures of the kernel say is compared with what the lab knows of them
(NAME.facts.json beside the capture): the options by frame, and the counters
that both kernels kept.
"""

from __future__ import annotations

import json
import re

import pytest

from captures import Capture, find_captures

ROLE_OF = {"fwd": "client", "rev": "server"}
RESETS = ("subflow_reset", "join_refused", "refused")


def facts_of(capture: Capture) -> dict | None:
    path = capture.expected_path.with_name(f"{capture.name}.facts.json")
    return json.loads(path.read_text()) if path.exists() else None


LAB = {capture: facts for capture in find_captures() if (facts := facts_of(capture))}
of_the_lab = pytest.mark.parametrize("observed", list(LAB), ids=lambda capture: capture.name)


# What the lab saw, in the words of our JSON: type, frame, from, and the members
# that the type has.
def told_of(fact: dict) -> dict:
    told = {"frame": fact["frame"], "conn": fact["conn"], "from": ROLE_OF[fact["dir"]]}
    match fact["option"]:
        case "ADD_ADDR":
            told |= {"type": "add_addr_echo" if fact["echo"] == 1 else "add_addr",
                     "address_id": fact["id"], "address": fact["addr"],
                     "port": fact.get("port")}
            if "hmac_ok" in fact:
                told["hmac"] = "good" if fact["hmac_ok"] else "bad"
        case "REMOVE_ADDR":
            told |= {"type": "remove_addr", "address_ids": fact["ids"]}
        case "MP_PRIO":
            told |= {"type": "prio", "backup": bool(fact["B"]), "address_id": fact["id"]}
        case "MP_FASTCLOSE":
            told |= {"type": "fastclose", "key": "0x" + fact["key"]}
        case "MP_TCPRST":
            told |= {"type": "reset", "reason": fact["reason"],
                     "transient": bool(fact["flags"] & 1)}
        case other:
            raise ValueError(other)
    return told


def signalled(event: dict) -> dict | None:
    """An event in the same words; none if it is not of path management."""
    kind = "reset" if event["type"] in RESETS else event["type"]
    members = {"add_addr": ("address_id", "address", "port", "hmac"),
               "add_addr_echo": ("address_id", "address", "port"),
               "remove_addr": ("address_ids",), "prio": ("backup", "address_id"),
               "fastclose": ("key",), "reset": ("reason", "transient")}.get(kind)
    if members is None or (kind == "reset" and event["reason"] is None):
        return None
    chosen = ("frame", "conn", "from", *(member for member in members if member in event))
    return {"type": kind, **{member: event[member] for member in chosen}}


@of_the_lab
def test_every_signal_is_told_and_no_other(tshark, path_of, observed: Capture):
    expected = [told_of(fact) for fact in LAB[observed]["signalling"]]
    found = [told for event in tshark.json(path_of(observed))["events"]
             if (told := signalled(event))]
    by_frame = lambda told: (told["frame"], told["type"])  # noqa: E731
    assert sorted(found, key=by_frame) == sorted(expected, key=by_frame)


# What one host's kernel knows and the capture, made at the other one, does not.
NOT_CAPTURED = {
    # A middlebox took MP_CAPABLE out of the SYN/ACK, after the server had sent it.
    ("s13d_fb_strip_synack", "server"): {"MPTcpExtMPCapableFallbackACK"},
}


@pytest.mark.parametrize("observed", [each for each in LAB if "counters" in LAB[each]],
                         ids=lambda capture: capture.name)
def test_counters_agree_with_the_kernels(tshark, path_of, observed: Capture):
    facts = LAB[observed]
    for role, counted in tshark.json(path_of(observed))["counters"].items():
        unknown = NOT_CAPTURED.get((observed.name, role), set())
        kernel = {name: facts["counters"][role].get(name, 0) for name in counted
                  if name not in unknown}
        assert {name: counted[name] for name in kernel} == kernel, role


ALARMS = {  # by capture: those that its facts name
    "s13d_fb_strip_synack": ["warn fallback"],
    "s14d_join_bad_hmac_ack_server": ["error join_ack"],
}


def natural_captures() -> list[Capture]:
    """All but those that our generator has made odd."""
    return [capture for capture in find_captures()
            if capture.folder != "captures" or re.match(r"s\d\d", capture.name)]


@pytest.mark.parametrize("passes", [[], ["-2"]], ids=["one-pass", "two-pass"])
@pytest.mark.parametrize("natural", natural_captures(), ids=lambda capture: capture.name)
def test_no_false_alarm(tshark, path_of, natural: Capture, passes: list[str]):
    path = path_of(natural)
    told = [f"{event['severity']} {event['type']}" for event in tshark.json(path, *passes)["events"]
            if event["severity"] in ("warn", "error")]
    assert told == ALARMS.get(natural.name, [])
    expert = tshark.run("-r", path, "-q", "-z", "expert,warn", *passes).stdout
    assert expert.count("MPTCP Connection") == len(told)


def test_the_story_is_the_same_in_text_and_json(tshark, path_of, shipped: Capture):
    path = path_of(shipped)
    lines = tshark.events(path).splitlines()
    events = tshark.json(path)["events"]
    assert f"Totals: events {len(events)}" in lines
    rows = [line.split(maxsplit=7) for line in lines if re.match(r" *\d+ +-?\d+\.\d", line)]
    assert len(rows) == len(events)
    for row, event in zip(rows, events):
        assert row[:1] + row[2:7] == [str(event["frame"]), str(event["conn"]),
                                      str(event["subflow"]), event["from"], event["severity"],
                                      event["type"]]
        assert row[7:] == ([event["details"]] if event["details"] else [])


def test_events_are_in_order_and_name_what_is_there(tshark, path_of, shipped: Capture):
    document = tshark.json(path_of(shipped))
    frames = [event["frame"] for event in document["events"]]
    assert frames == sorted(frames)
    subflows = {(c["conn"], s["subflow"]): s for c in document["connections"]
                for s in c["subflows"]}
    for event in document["events"]:
        subflow = subflows[event["conn"], event["subflow"]]
        assert subflow["first_frame"] <= event["frame"] <= subflow["last_frame"]


def test_counters_add_up(tshark, path_of, shipped: Capture):
    document = tshark.json(path_of(shipped))
    for role, total in document["counters"].items():
        for name, value in total.items():
            assert value == sum(c["counters"][role].get(name, 0) for c in document["connections"])


def test_a_filter_leaves_the_events_of_its_packets(tshark, captures_dir):
    path = captures_dir / "both_openers.pcap"
    whole = tshark.json(path)["events"]
    part = tshark.json(path, "-2", display_filter="mptcp.conn == 1 && mptcp.subflow == 0")["events"]
    assert part == [event for event in whole if event["conn"] == 1 and event["subflow"] == 0]
    assert 0 < len(part) < len(whole)


def test_each_event_is_a_field_of_its_packet(tshark, path_of, shipped: Capture):
    """The packets that `mptcp_conn.TYPE` finds are those that the list names."""
    path = path_of(shipped)
    events = tshark.json(path)["events"]
    last_syns = ("unanswered", "join_unanswered")  # found on every repetition of the SYN
    types = sorted({event["type"] for event in events} - set(last_syns))
    columns = [f"mptcp_conn.{kind}" for kind in types]
    rows = tshark.fields(path, ["frame.number", "mptcp_conn.event", *columns], "-2")
    for kind in types:
        found = [int(row["frame.number"][0]) for row in rows if row[f"mptcp_conn.{kind}"]]
        assert found == sorted({event["frame"] for event in events if event["type"] == kind}), kind
    told = sum(len(row["mptcp_conn.event"]) for row in rows)
    assert told == sum(event["type"] not in last_syns for event in events)


@pytest.mark.parametrize("name, expected", [
    ("s14_join_limit", "administratively prohibited (reason 3)"),
    ("s14d_join_bad_hmac_ack_server", "MPTCP-specific error (reason 1)"),
])
def test_why_a_join_failed_is_said_in_words(tshark, captures_dir, name: str, expected: str):
    path = captures_dir / f"{name}.pcap"
    words = [word for row in tshark.fields(path, ["mptcp_conn.event"],
                                           display_filter="mptcp_conn.join_refused")
             for word in row["mptcp_conn.event"]]
    assert expected in words[0]
    assert expected in tshark.run("-r", path, "-q", "-z", "expert,note").stdout
    assert expected in tshark.events(path)
