# SPDX-License-Identifier: GPL-2.0-or-later
"""`-z mptcp,events`, counters and expert infos.

For captures of the kernel, the lab's facts (NAME.facts.json) have the options of each frame and the
counters of both kernels.
"""

from __future__ import annotations

import json
import re

import pytest

from captures import Capture, find_captures
from event_text import event_rows

ROLE_OF = {"fwd": "client", "rev": "server"}
RESETS = ("subflow_reset", "join_refused", "refused")


def facts_of(capture: Capture) -> dict | None:
    path = capture.expected_path.with_name(f"{capture.name}.facts.json")
    return json.loads(path.read_text()) if path.exists() else None


FACTS = {capture: facts for capture in find_captures() if (facts := facts_of(capture))}


def event_of(fact: dict) -> dict:
    """An option in the facts as an event in the JSON."""
    event = {"frame": fact["frame"], "conn": fact["conn"], "from": ROLE_OF[fact["dir"]]}
    match fact["option"]:
        case "ADD_ADDR":
            event |= {"type": "add_addr_echo" if fact["echo"] == 1 else "add_addr",
                      "address_id": fact["id"], "address": fact["addr"],
                      "port": fact.get("port")}
            if "hmac_ok" in fact:
                event["hmac"] = "good" if fact["hmac_ok"] else "bad"
        case "REMOVE_ADDR":
            event |= {"type": "remove_addr", "address_ids": fact["ids"]}
        case "MP_PRIO":
            event |= {"type": "prio", "backup": bool(fact["B"]), "address_id": fact["id"]}
        case "MP_FASTCLOSE":
            event |= {"type": "fastclose", "key": "0x" + fact["key"]}
        case "MP_TCPRST":
            event |= {"type": "reset", "reason": fact["reason"],
                      "transient": bool(fact["flags"] & 1)}
        case other:
            raise ValueError(other)
    return event


def option_event(event: dict) -> dict | None:
    """The same members of an event; None if the event is not one of these."""
    kind = "reset" if event["type"] in RESETS else event["type"]
    members = {"add_addr": ("address_id", "address", "port", "hmac"),
               "add_addr_echo": ("address_id", "address", "port"),
               "remove_addr": ("address_ids",), "prio": ("backup", "address_id"),
               "fastclose": ("key",), "reset": ("reason", "transient")}.get(kind)
    if members is None or (kind == "reset" and event["reason"] is None):
        return None
    chosen = ("frame", "conn", "from", *(member for member in members if member in event))
    return {"type": kind, **{member: event[member] for member in chosen}}


@pytest.mark.parametrize("lab", [each for each in FACTS if "signalling" in FACTS[each]],
                         ids=lambda capture: capture.name)
def test_events_are_those_of_the_facts(tshark, path_of, lab: Capture):
    expected = [event_of(fact) for fact in FACTS[lab]["signalling"]]
    found = [option for event in tshark.json(path_of(lab))["events"]
             if (option := option_event(event))]
    by_frame = lambda event: (event["frame"], event["type"])  # noqa: E731
    assert sorted(found, key=by_frame) == sorted(expected, key=by_frame)


# Counters of one host's kernel that do not follow from the capture, made at the other host.
NOT_CAPTURED = {
    # A middlebox removed MP_CAPABLE from the server's SYN/ACK.
    ("s13d_fb_strip_synack", "server"): {"MPTcpExtMPCapableFallbackACK"},
}


@pytest.mark.parametrize("lab", [each for each in FACTS if "counters" in FACTS[each]],
                         ids=lambda capture: capture.name)
def test_counters_agree_with_the_kernels(tshark, path_of, lab: Capture):
    facts = FACTS[lab]
    for role, counted in tshark.json(path_of(lab))["counters"].items():
        unknown = NOT_CAPTURED.get((lab.name, role), set())
        kernel = {name: facts["counters"][role].get(name, 0) for name in counted
                  if name not in unknown}
        assert {name: counted[name] for name in kernel} == kernel, role


ALARMS = {  # justified by the facts of the capture
    "s13d_fb_strip_synack": ["warn fallback"],
    "s14d_join_bad_hmac_ack_server": ["error join_ack"],
}


def captures_without_flaws() -> list[Capture]:
    """All captures except those of flawed connections by the generator."""
    return [capture for capture in find_captures()
            if capture.folder != "captures" or re.match(r"s\d\d", capture.name)]


@pytest.mark.parametrize("passes", [[], ["-2"]], ids=["one-pass", "two-pass"])
@pytest.mark.parametrize("flawless", captures_without_flaws(), ids=lambda capture: capture.name)
def test_no_false_alarm(tshark, path_of, flawless: Capture, passes: list[str]):
    path = path_of(flawless)
    alarms = [f"{event['severity']} {event['type']}"
              for event in tshark.json(path, *passes)["events"]
              if event["severity"] in ("warn", "error")]
    assert alarms == ALARMS.get(flawless.name, [])
    expert = tshark.run("-r", path, "-q", "-z", "expert,warn", *passes).stdout
    assert expert.count("MPTCP Connection") == len(alarms)


def test_text_and_json_list_the_same_events(tshark, path_of, shipped: Capture):
    path = path_of(shipped)
    lines = tshark.events(path).splitlines()
    events = tshark.json(path)["events"]
    assert f"Totals: events {len(events)}" in lines
    rows = event_rows(tshark.events(path)) if events else []
    assert [row[:1] + row[2:] for row in rows] == [
        [str(event["frame"]), str(event["conn"]), str(event["subflow"]), event["from"],
         event["severity"], event["type"], event["details"]] for event in events]
    assert all(len(line) <= 100 for line in lines)


def test_events_are_in_order_and_within_their_subflow(tshark, path_of, shipped: Capture):
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


def test_a_filter_selects_the_events_of_its_packets(tshark, captures_dir):
    path = captures_dir / "both_openers.pcap"
    whole = tshark.json(path)["events"]
    part = tshark.json(path, "-2", display_filter="mptcp.conn == 1 && mptcp.subflow == 0")["events"]
    assert part == [event for event in whole if event["conn"] == 1 and event["subflow"] == 0]
    assert 0 < len(part) < len(whole)


def test_each_event_is_a_field_of_its_packet(tshark, path_of, shipped: Capture):
    """`mptcp_conn.TYPE` matches the packets of the events of this type. What would end a subflow or
    the connection, but is ignored, matches `mptcp_conn.ignored` alone."""
    path = path_of(shipped)
    events = tshark.json(path)["events"]
    # The filters match every repetition of a SYN, a silence at its beginning, and every packet
    # from which a middlebox removed options (test_two_ends.py).
    only_at_the_end = ("unanswered", "join_unanswered", "path_silent")
    types = sorted({event["type"] for event in events} - {*only_at_the_end, "option_removed"})
    columns = [f"mptcp_conn.{kind}" for kind in types]
    rows = tshark.fields(path, ["frame.number", "mptcp_conn.event", *columns], "-2")
    for kind in types:
        found = [int(row["frame.number"][0]) for row in rows if row[f"mptcp_conn.{kind}"]]
        assert found == sorted({
            event["frame"] for event in events if event["type"] == kind
            and not (event["ignored"] and kind in ("subflow_reset", "fastclose"))}), kind
    count = sum(len(row["mptcp_conn.event"]) for row in rows)
    assert count == sum(event["type"] not in only_at_the_end
                        or event.get("since_frame", event["frame"]) != event["frame"]
                        for event in events)


@pytest.mark.parametrize("name, expected", [
    ("s14_join_limit", "administratively prohibited (reason 3)"),
    ("s14d_join_bad_hmac_ack_server", "MPTCP-specific error (reason 1)"),
])
def test_reason_of_a_refused_join_is_text(tshark, captures_dir, name: str, expected: str):
    path = captures_dir / f"{name}.pcap"
    texts = [text for row in tshark.fields(path, ["mptcp_conn.event"],
                                           display_filter="mptcp_conn.join_refused")
             for text in row["mptcp_conn.event"]]
    assert expected in texts[0]
    assert expected in tshark.run("-r", path, "-q", "-z", "expert,note").stdout
    assert any(expected in row[-1] for row in event_rows(tshark.events(path)))
