# SPDX-License-Identifier: GPL-2.0-or-later
"""What the payload is at the data level: the fields of packets, and "data" in JSON.

The facts of a lab capture (NAME.facts.json) come from the machines that made
it: what their applications sent, and which frames carried what had been sent.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections import Counter

import pytest

from captures import ROOT, Capture, find_captures

sys.path.insert(0, str(ROOT / "captures"))
from generator.scenarios import SCENARIOS  # noqa: E402

ROLES = ("client", "server")
KINDS = ("unique", "reinjected", "retransmitted", "unmapped")
CAPTURES = find_captures()


def facts_of(capture: Capture) -> dict:
    path = capture.path.with_name(capture.name + ".facts.json")
    return json.loads(path.read_text()) if path.exists() else {}


WITH_FACTS = [capture for capture in CAPTURES if facts_of(capture).get("data_streams")]

both_passes = pytest.mark.parametrize("passes", [[], ["-2"]], ids=["one-pass", "two-pass"])
of_the_facts = pytest.mark.parametrize("noted", WITH_FACTS, ids=lambda each: each.name)


def first(row: dict[str, list[str]], name: str) -> int:
    """The number in a field; 0 without it."""
    return int(row[name][0]) if row[name] else 0


# The streams that the applications sent


class Stream:
    """One direction of a connection, as its packets are put together."""

    def __init__(self) -> None:
        self.octets = bytearray()
        self.seen = bytearray()  # for each octet, 1 if it was there

    def put(self, place: int, payload: bytes) -> None:
        end = place + len(payload)
        missing = end - len(self.octets)
        if missing > 0:
            self.octets += bytes(missing)
            self.seen += bytes(missing)
        for i, octet in enumerate(payload, place):
            assert not self.seen[i] or self.octets[i] == octet, f"octet {i} was another one"
        self.octets[place:end] = payload
        self.seen[place:end] = b"\1" * len(payload)


def rebuilt(rows: list[dict[str, list[str]]]) -> dict[tuple[int, str], Stream]:
    streams: dict[tuple[int, str], Stream] = {}
    for row in rows:
        role = "client" if row["mptcp.from_client"][0] == "1" else "server"
        stream = streams.setdefault((first(row, "mptcp.conn"), role), Stream())
        payload = bytes.fromhex(row["tcp.payload"][0])
        stream.put(first(row, "mptcp.data.rel"), payload)
    return streams


@both_passes
@of_the_facts
def test_streams_are_what_the_applications_sent(tshark, path_of, noted: Capture,
                                                passes: list[str]):
    """From the fields alone: each payload put where `mptcp.data.rel` says."""
    fields = ["mptcp.conn", "mptcp.from_client", "mptcp.data.rel", "tcp.payload"]
    streams = rebuilt(tshark.fields(path_of(noted), fields, *passes,
                                    display_filter="mptcp.data.rel && mptcp.payload > 0"))
    compared = 0
    for expected in facts_of(noted)["data_streams"]:
        for role in ROLES:
            told = expected[role]
            if not told or told["hole_at"] is not None:
                continue
            stream = streams.get((expected["conn"], role), Stream())
            assert all(stream.seen)
            assert len(stream.octets) == told["bytes"]
            assert hashlib.sha256(stream.octets).hexdigest() == told["sha256"]
            compared += 1
    assert compared


# What was sent twice


@both_passes
@pytest.mark.parametrize("noted", [each for each in WITH_FACTS
                                     if facts_of(each).get("reinjection_by_frame")],
                         ids=lambda each: each.name)
def test_reinjections_are_those_of_the_facts(tshark, path_of, noted: Capture,
                                             passes: list[str]):
    """Of a frame that TCP has retransmitted in part, the facts count the whole payload."""
    fields = ["frame.number", "mptcp.data.reinjection", "mptcp.data.reinjection_of",
              "mptcp.data.retransmission"]
    rows = tshark.fields(path_of(noted), fields, *passes,
                         display_filter="mptcp.data.reinjection")
    told = {first(row, "frame.number"): row for row in rows}
    facts = {each["frame"]: each for each in facts_of(noted)["reinjection_by_frame"]["list"]}
    for frame, row in told.items():
        assert first(row, "mptcp.data.reinjection_of") == facts[frame]["reinjection_of"]
        assert first(row, "mptcp.data.reinjection") + first(row, "mptcp.data.retransmission") == \
            facts[frame]["bytes"]
    only_tcp = sorted(set(facts) - set(told))  # TCP's copies of what was reinjected before
    again = tshark.frames(path_of(noted), "mptcp.data.retransmission", *passes)
    assert set(only_tcp) <= set(again)


def test_reinjections_are_linked_both_ways(tshark, path_of, capture: Capture):
    fields = ["frame.number", "mptcp.data.reinjection_of", "mptcp.data.reinjected_in"]
    rows = tshark.fields(path_of(capture), fields, "-2", display_filter="mptcp.data.reinjection_of"
                         " || mptcp.data.reinjected_in")
    later = {first(row, "frame.number"): first(row, "mptcp.data.reinjected_in") for row in rows}
    for row in rows:
        earlier, frame = first(row, "mptcp.data.reinjection_of"), first(row, "frame.number")
        if earlier:
            assert earlier < frame
            assert 0 < later[earlier] <= frame  # the first of those that repeat it


# Packet by packet, against the generator's books


def of_each_frame(name: str) -> dict[int, dict[str, int]]:
    """What `mptcp.data.…` must say of each packet with payload; 0 where it must not be there."""
    scene = SCENARIOS[name]()
    frames: dict[int, dict[str, int]] = {}
    for connection in scene.connections:
        for books in connection.data_books().values():
            for octet in books.octets():
                # The upper half of a DSN may be unknown: then nothing is told.
                dsn = octet.dsn if octet.dsn is not None and books.whole else 0
                told = frames.setdefault(octet.passage.frame, Counter({"seq": dsn}))
                told[octet.kind] += 1
                if octet.first:
                    of = told["reinjection_of"] or octet.first.frame
                    told["reinjection_of"] = min(of, octet.first.frame)
    return frames


@pytest.mark.parametrize("name", [name for name in SCENARIOS if name != "tunnels"])
def test_packets_are_what_the_books_say(tshark, path_of, name: str):
    """But for captures in tunnels, whose packets may have several subflows' payload."""
    capture = next(each for each in CAPTURES if each.name == name)
    names = {"seq": "seq", "reinjected": "reinjection", "reinjection_of": "reinjection_of",
             "retransmitted": "retransmission", "unmapped": "unmapped"}
    rows = tshark.fields(path_of(capture), ["frame.number", *(f"mptcp.data.{field}"
                                                              for field in names.values())],
                         "-2", display_filter="mptcp.payload > 0")
    found = {first(row, "frame.number"): row for row in rows}
    expected = of_each_frame(name)
    assert set(found) == set(expected)
    differences = [f"frame {frame}: {kind} {first(found[frame], f'mptcp.data.{field}')}, not {told}"
                   for frame, counts in expected.items() for kind, field in names.items()
                   if first(found[frame], f"mptcp.data.{field}") != (told := counts[kind])]
    assert differences == []


# Sums


@both_passes
def test_each_octet_is_of_one_kind(tshark, path_of, capture: Capture, passes: list[str]):
    for connection in tshark.json(path_of(capture), *passes)["connections"]:
        for role in ROLES:
            data = connection["data"][role]
            assert sum(data[kind] for kind in KINDS) == connection["payload"][role]
            for kind in (*KINDS, "reinjected_same_subflow", "retransmissions"):
                assert data[kind] == sum(subflow["data"][role][kind]
                                         for subflow in connection["subflows"])
            for subflow in connection["subflows"]:
                assert sum(subflow["data"][role][kind] for kind in KINDS) == \
                    subflow["payload"][role]
            assert data["reinjected_same_subflow"] <= data["reinjected"]


def test_packets_add_up_to_the_statistic(tshark, path_of, capture: Capture):
    """Of captures without tunnels, whose packets may have several subflows' payload."""
    if capture.name == "tunnels":
        pytest.skip("several segments in a packet")
    names = {"reinjected": "mptcp.data.reinjection", "retransmitted": "mptcp.data.retransmission",
             "unmapped": "mptcp.data.unmapped"}
    order = ["mptcp.data.out_of_order", "mptcp.data.blocked.bytes"]
    rows = tshark.fields(path_of(capture), ["mptcp.conn", "mptcp.from_client", *names.values(),
                                            *order], "-2", display_filter="mptcp.payload > 0")
    for connection in tshark.json(path_of(capture), "-2")["connections"]:
        for role in ROLES:
            own = [row for row in rows if first(row, "mptcp.conn") == connection["conn"]
                   and row["mptcp.from_client"] == ["1" if role == "client" else "0"]]
            data = connection["data"][role]
            for kind, name in names.items():
                assert sum(first(row, name) for row in own) == data[kind]
            assert sum(first(row, order[0]) for row in own) == data["out_of_order"]["bytes"]
            assert sum(first(row, order[1]) for row in own) == data["blocked"]["bytes"]


@pytest.mark.parametrize("noted", WITH_FACTS[:4], ids=lambda each: each.name)
def test_a_filter_counts_what_matches(tshark, path_of, noted: Capture):
    """The packets of each parity, counted for themselves, are all packets."""
    whole = tshark.json(path_of(noted))["connections"][0]["data"]
    halves = [tshark.json(path_of(noted), display_filter=condition)["connections"][0]["data"]
              for condition in ("frame.number % 2 == 0", "frame.number % 2 == 1")]
    for role in ROLES:
        for kind in (*KINDS, "retransmissions"):
            assert whole[role][kind] == sum(half[role][kind] for half in halves)
        for half in halves:
            samples = half[role]["ack_latency"]
            assert (samples or {"samples": 0})["samples"] <= \
                (whole[role]["ack_latency"] or {"samples": 0})["samples"]


def test_one_pass_and_two_agree(tshark, path_of, capture: Capture):
    """But for what only later packets tell of a packet."""
    fields = ["frame.number", "mptcp.data.seq", "mptcp.data.rel", "mptcp.data.reinjection",
              "mptcp.data.reinjection_of", "mptcp.data.retransmission", "mptcp.data.in_flight",
              "mptcp.data.window", "mptcp.data.checksum.status"]
    # What a mapping, a key or a SYN tells that comes behind.
    late = {"mptcp.data.seq", "mptcp.data.rel", "mptcp.data.window", "mptcp.data.reinjection",
            "mptcp.data.reinjection_of"}
    one = tshark.fields(path_of(capture), fields)
    two = tshark.fields(path_of(capture), fields, "-2")
    for before, after in zip(one, two, strict=True):
        for name in fields:
            if name not in late or before[name]:
                assert before[name] == after[name], f"frame {before['frame.number']}: {name}"


# Against what others say


@pytest.mark.parametrize("name, of_the_kernel", [("s10_loss_server", 388),
                                                 ("s38_slow_reader", 59968)])
def test_the_kernel_counts_the_same_reinjections(tshark, path_of, name: str, of_the_kernel: int):
    """As `bytes_retrans` of the server's MPTCP socket. A window probe is one octet more, which
    the kernel does not count."""
    capture = next((each for each in CAPTURES if each.name == name), None)
    if capture is None:
        pytest.skip("the capture is not here")
    data = tshark.json(path_of(capture))["connections"][0]["data"]["server"]
    probes = tshark.frames(path_of(capture), "mptcp.data.reinjection == 1 && tcp.len == 1 && "
                                             "mptcp.from_client == 0")
    assert data["reinjected"] - len(probes) == of_the_kernel


@of_the_facts
def test_handshakes_took_as_long_as_wireshark_says(tshark, path_of, noted: Capture):
    rows = tshark.fields(path_of(noted), ["tcp.stream", "tcp.analysis.initial_rtt"], "-2",
                         display_filter="tcp.analysis.initial_rtt && mptcp_conn")
    initial = {first(row, "tcp.stream"): float(row["tcp.analysis.initial_rtt"][0]) for row in rows}
    compared = 0
    for connection in tshark.json(path_of(noted))["connections"]:
        for subflow in connection["subflows"]:
            if subflow["handshake_rtt"] is not None and subflow["stream"] in initial:
                assert subflow["handshake_rtt"] == pytest.approx(initial[subflow["stream"]],
                                                                 abs=2e-6)
                compared += 1
    assert compared or not initial


@of_the_facts
def test_round_trips_are_among_those_of_wireshark(tshark, path_of, noted: Capture):
    """Wireshark measures after retransmissions, too, and not where an ACK covers more than it
    looks for; the shortest round trip is never less than its shortest."""
    rows = tshark.fields(path_of(noted), ["tcp.stream", "tcp.analysis.ack_rtt",
                                            "mptcp.from_client"], "-2",
                         display_filter="tcp.analysis.ack_rtt && mptcp_conn")
    for connection in tshark.json(path_of(noted))["connections"]:
        for subflow in connection["subflows"]:
            for role in ROLES:
                other = "0" if role == "client" else "1"  # who acknowledges
                theirs = [float(row["tcp.analysis.ack_rtt"][0]) for row in rows
                          if first(row, "tcp.stream") == subflow["stream"]
                          and row["mptcp.from_client"] == [other]]
                ours = subflow["data"][role]["rtt"]
                if ours and theirs:
                    assert ours["min"] >= min(theirs) - 2e-6
                    assert ours["max"] <= max(theirs) + 2e-6
