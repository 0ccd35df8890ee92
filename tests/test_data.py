# SPDX-License-Identifier: GPL-2.0-or-later
"""The data level: the `mptcp.data` fields of packets, and "data" in the JSON.

The facts of a lab capture (NAME.facts.json) come from the machines that made it: what the
applications sent, and which frames carried data again.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections import Counter

import pytest

from captures import ROOT, Capture, find_captures

sys.path.insert(0, str(ROOT / "captures"))
from generator.registry import SCENARIOS  # noqa: E402

ROLES = ("client", "server")
KINDS = ("unique", "reinjected", "retransmitted", "unmapped")
CAPTURES = find_captures()


def facts_of(capture: Capture) -> dict:
    path = capture.path.with_name(capture.name + ".facts.json")
    return json.loads(path.read_text()) if path.exists() else {}


WITH_FACTS = [capture for capture in CAPTURES if facts_of(capture).get("data_streams")]

both_passes = pytest.mark.parametrize("passes", [[], ["-2"]], ids=["one-pass", "two-pass"])
with_facts = pytest.mark.parametrize("lab", WITH_FACTS, ids=lambda each: each.name)


def first(row: dict[str, list[str]], name: str) -> int:
    """The value of a field; 0 if the frame does not have it."""
    return int(row[name][0]) if row[name] else 0


# Streams of the applications


class Stream:
    """One direction of a connection, reassembled from its packets."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.seen = bytearray()  # for each byte, 1 if a packet had it

    def put(self, offset: int, payload: bytes) -> None:
        end = offset + len(payload)
        missing = end - len(self.data)
        if missing > 0:
            self.data += bytes(missing)
            self.seen += bytes(missing)
        for i, byte in enumerate(payload, offset):
            assert not self.seen[i] or self.data[i] == byte, f"byte {i} differs between packets"
        self.data[offset:end] = payload
        self.seen[offset:end] = b"\1" * len(payload)


def reassembled(rows: list[dict[str, list[str]]]) -> dict[tuple[int, str], Stream]:
    streams: dict[tuple[int, str], Stream] = {}
    for row in rows:
        role = "client" if row["mptcp.from_client"][0] == "1" else "server"
        stream = streams.setdefault((first(row, "mptcp.conn"), role), Stream())
        payload = bytes.fromhex(row["tcp.payload"][0])
        stream.put(first(row, "mptcp.data.rel"), payload)
    return streams


@both_passes
@with_facts
def test_streams_are_what_the_applications_sent(tshark, path_of, lab: Capture,
                                                passes: list[str]):
    """Reassembles the streams from the fields alone, with each payload at `mptcp.data.rel`."""
    fields = ["mptcp.conn", "mptcp.from_client", "mptcp.data.rel", "tcp.payload"]
    streams = reassembled(tshark.fields(path_of(lab), fields, *passes,
                                        display_filter="mptcp.data.rel && mptcp.payload > 0"))
    compared = 0
    for expected in facts_of(lab)["data_streams"]:
        for role in ROLES:
            sent = expected[role]
            if not sent or sent["hole_at"] is not None:
                continue
            stream = streams.get((expected["conn"], role), Stream())
            assert all(stream.seen)
            assert len(stream.data) == sent["bytes"]
            assert hashlib.sha256(stream.data).hexdigest() == sent["sha256"]
            compared += 1
    assert compared


# Reinjections


@both_passes
@pytest.mark.parametrize("lab", [each for each in WITH_FACTS
                                 if facts_of(each).get("reinjection_by_frame")],
                         ids=lambda each: each.name)
def test_reinjections_are_those_of_the_facts(tshark, path_of, lab: Capture,
                                             passes: list[str]):
    """The facts count the whole payload of a frame that TCP has retransmitted in part."""
    fields = ["frame.number", "mptcp.data.reinjection", "mptcp.data.reinjection_of",
              "mptcp.data.retransmission"]
    rows = tshark.fields(path_of(lab), fields, *passes,
                         display_filter="mptcp.data.reinjection")
    reported = {first(row, "frame.number"): row for row in rows}
    facts = {each["frame"]: each for each in facts_of(lab)["reinjection_by_frame"]["list"]}
    for frame, row in reported.items():
        assert first(row, "mptcp.data.reinjection_of") == facts[frame]["reinjection_of"]
        assert first(row, "mptcp.data.reinjection") + first(row, "mptcp.data.retransmission") == \
            facts[frame]["bytes"]
    only_tcp = sorted(set(facts) - set(reported))  # TCP retransmissions of reinjected data
    retransmissions = tshark.frames(path_of(lab), "mptcp.data.retransmission", *passes)
    assert set(only_tcp) <= set(retransmissions)


def test_reinjections_are_linked_both_ways(tshark, path_of, capture: Capture):
    fields = ["frame.number", "mptcp.data.reinjection_of", "mptcp.data.reinjected_in"]
    rows = tshark.fields(path_of(capture), fields, "-2", display_filter="mptcp.data.reinjection_of"
                         " || mptcp.data.reinjected_in")
    later = {first(row, "frame.number"): first(row, "mptcp.data.reinjected_in") for row in rows}
    for row in rows:
        earlier, frame = first(row, "mptcp.data.reinjection_of"), first(row, "frame.number")
        if earlier:
            assert earlier < frame
            assert 0 < later[earlier] <= frame  # the first of its reinjections


# Packets, against the generator's reference accounting


def expected_by_frame(name: str) -> dict[int, dict[str, int]]:
    """The expected `mptcp.data` fields of each packet with payload; 0 for a field that must be
    absent."""
    scene = SCENARIOS[name]()
    frames: dict[int, dict[str, int]] = {}
    for connection in scene.connections:
        for accounting in connection.data_accounting().values():
            for byte in accounting.payload_bytes():
                # If the upper half of a DSN is unknown, there is no field.
                dsn = byte.dsn if byte.dsn is not None and accounting.is_64_bit else 0
                counts = frames.setdefault(byte.segment.frame, Counter({"seq": dsn}))
                counts[byte.kind] += 1
                if byte.first:
                    of = counts["reinjection_of"] or byte.first.frame
                    counts["reinjection_of"] = min(of, byte.first.frame)
    return frames


@pytest.mark.parametrize("name", [name for name in SCENARIOS if name != "tunnels"])
def test_packets_agree_with_the_reference_accounting(tshark, path_of, name: str):
    """Packets in tunnels are left out. They may have payload of several subflows."""
    capture = next(each for each in CAPTURES if each.name == name)
    names = {"seq": "seq", "reinjected": "reinjection", "reinjection_of": "reinjection_of",
             "retransmitted": "retransmission", "unmapped": "unmapped"}
    rows = tshark.fields(path_of(capture), ["frame.number", *(f"mptcp.data.{field}"
                                                              for field in names.values())],
                         "-2", display_filter="mptcp.payload > 0 && !mptcp.copy_of")
    found = {first(row, "frame.number"): row for row in rows}
    expected = expected_by_frame(name)
    assert set(found) == set(expected)
    differences = [f"frame {frame}: {kind} {value}, not {counts[kind]}"
                   for frame, counts in expected.items() for kind, field in names.items()
                   if (value := first(found[frame], f"mptcp.data.{field}")) != counts[kind]]
    assert differences == []


# Sums


@both_passes
def test_each_byte_is_of_one_kind(tshark, path_of, capture: Capture, passes: list[str]):
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
    """Captures with tunnels are left out. Their packets may have payload of several subflows."""
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


@pytest.mark.parametrize("lab", WITH_FACTS[:4], ids=lambda each: each.name)
def test_a_filter_counts_matching_packets(tshark, path_of, lab: Capture):
    """Packets with even and with odd numbers, counted separately, add up to all packets."""
    whole = tshark.json(path_of(lab))["connections"][0]["data"]
    halves = [tshark.json(path_of(lab), display_filter=condition)["connections"][0]["data"]
              for condition in ("frame.number % 2 == 0", "frame.number % 2 == 1")]
    for role in ROLES:
        for kind in (*KINDS, "retransmissions"):
            assert whole[role][kind] == sum(half[role][kind] for half in halves)
        for half in halves:
            samples = half[role]["ack_latency"]
            assert (samples or {"samples": 0})["samples"] <= \
                (whole[role]["ack_latency"] or {"samples": 0})["samples"]


def test_one_pass_and_two_agree(tshark, path_of, capture: Capture):
    """They may differ only in values that depend on later packets. In one pass, a packet whose
    connection is not known yet has none."""
    fields = ["frame.number", "mptcp.conn", "mptcp.data.seq", "mptcp.data.rel", "mptcp.data.reinjection",
              "mptcp.data.reinjection_of", "mptcp.data.retransmission", "mptcp.data.in_flight",
              "mptcp.data.window", "mptcp.data.checksum.status"]
    # Values that need a mapping, a key or a SYN, which may come later.
    late = {"mptcp.data.seq", "mptcp.data.rel", "mptcp.data.window", "mptcp.data.reinjection",
            "mptcp.data.reinjection_of"}
    if tshark.json(path_of(capture))["totals"]["copies"] > 0:
        fields.remove("mptcp.data.in_flight")  # one pass does not know where it is true
    one = tshark.fields(path_of(capture), fields)
    two = tshark.fields(path_of(capture), fields, "-2")
    for before, after in zip(one, two, strict=True):
        if not before["mptcp.conn"]:
            continue
        for name in fields:
            if name == "mptcp.conn":
                continue  # an index may be one too high in one pass
            if name not in late or before[name]:
                assert before[name] == after[name], f"frame {before['frame.number']}: {name}"


# Comparison with the kernel and with Wireshark


@pytest.mark.parametrize("name, of_the_kernel", [("s10_loss_server", 388),
                                                 ("s38_slow_reader", 59968)])
def test_reinjections_agree_with_the_kernel(tshark, path_of, name: str, of_the_kernel: int):
    """As `bytes_retrans` of the server's MPTCP socket. The kernel does not count the one byte of a
    window probe."""
    capture = next((each for each in CAPTURES if each.name == name), None)
    if capture is None:
        pytest.skip("the capture is not here")
    data = tshark.json(path_of(capture))["connections"][0]["data"]["server"]
    probes = tshark.frames(path_of(capture), "mptcp.data.reinjection == 1 && tcp.len == 1 && "
                                             "mptcp.from_client == 0")
    assert data["reinjected"] - len(probes) == of_the_kernel


@with_facts
def test_handshake_rtt_agrees_with_wireshark(tshark, path_of, lab: Capture):
    rows = tshark.fields(path_of(lab), ["tcp.stream", "tcp.analysis.initial_rtt"], "-2",
                         display_filter="tcp.analysis.initial_rtt && mptcp_conn")
    initial = {first(row, "tcp.stream"): float(row["tcp.analysis.initial_rtt"][0]) for row in rows}
    compared = 0
    for connection in tshark.json(path_of(lab))["connections"]:
        for subflow in connection["subflows"]:
            if subflow["handshake_rtt"] is not None and subflow["stream"] in initial:
                assert subflow["handshake_rtt"] == pytest.approx(initial[subflow["stream"]],
                                                                 abs=2e-6)
                compared += 1
    assert compared or not initial


@with_facts
def test_rtt_is_within_that_of_wireshark(tshark, path_of, lab: Capture):
    """Wireshark also measures after retransmissions, and does not measure where an ACK covers
    several segments. Therefore the minimum here is never below Wireshark's, and the maximum never
    above."""
    rows = tshark.fields(path_of(lab), ["tcp.stream", "tcp.analysis.ack_rtt",
                                        "mptcp.from_client"], "-2",
                         display_filter="tcp.analysis.ack_rtt && mptcp_conn")
    for connection in tshark.json(path_of(lab))["connections"]:
        for subflow in connection["subflows"]:
            for role in ROLES:
                other = "0" if role == "client" else "1"  # the sender of the ACK
                theirs = [float(row["tcp.analysis.ack_rtt"][0]) for row in rows
                          if first(row, "tcp.stream") == subflow["stream"]
                          and row["mptcp.from_client"] == [other]]
                ours = subflow["data"][role]["rtt"]
                if ours and theirs:
                    assert ours["min"] >= min(theirs) - 2e-6
                    assert ours["max"] <= max(theirs) + 2e-6
