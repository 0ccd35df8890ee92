# SPDX-License-Identifier: GPL-2.0-or-later
"""Two recordings of one run, merged: what was lost, delayed and changed between them.

The network of the recordings (captures/record.py) tells what it dropped and changed. Of captures in
folders beside this project, facts also tell one-way delays.
"""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from captures import ROOT
from pcapng import merged, shifted
from test_points import TWO_SIDED
from test_recorded import PORT, ROLES

CAPTURES = ROOT / "captures"
ONE_WAY = "k_one_way"  # each file has the packets of one host
FLAGS = {"FIN": 1, "SYN": 2, "RST": 4, "ACK": 16}
BOTH_CLOCKS = [0.0, 1.234, 3600.0, -0.02]  # seconds by which that of the server is ahead


def facts_of(path: Path) -> dict:
    return json.loads(path.read_text())


def recordings_of(pair: str) -> list[Path]:
    return [CAPTURES / f"{pair}_{role}.pcap" for role in ROLES]


def pairs() -> list[str]:
    """Recordings of one run at its client and its server."""
    names = [path.name.removesuffix("_client.pcap") for path in CAPTURES.glob("k_*_client.pcap")]
    return sorted(name for name in names if name != ONE_WAY and is_one_run(recordings_of(name)))


def is_one_run(recordings: list[Path]) -> bool:
    client, server = ([each["client_token"] for each in facts["connections"]] for facts in
                      (facts_of(path.with_suffix(".facts.json")) for path in recordings))
    return client == server


def merge(stage: Path, client: Path, server: Path, ahead: float = 0.0) -> Path:
    """One file, each packet with the time of its clock."""
    name = f"{client.stem}_and_server_{ahead}"
    return merged(stage / f"{name}.pcapng", "-I", "none", client,
                  shifted(stage / f"{name}_shifted.pcapng", server, ahead))


def lost_frames(document: dict) -> list[int]:
    return sorted(frame for each in document["between"] for frame in each["lost_frames"])


def changes(document: dict, what: str) -> int:
    return sum(change["packets"] for each in document["between"] for change in each["changes"]
               if change["what"] == what)


def packets_of(tshark, path: Path, frames: list[int]) -> Counter:
    """Sequence number, payload and flags of each."""
    names = ["frame.number", "tcp.seq_raw", "tcp.len", "tcp.flags"]
    rows = {int(row["frame.number"][0]): row for row in tshark.fields(path, names)}
    return Counter((int(row["tcp.seq_raw"][0]), int(row["tcp.len"][0]),
                    int(row["tcp.flags"][0], 16) & sum(FLAGS.values()))
                   for row in (rows[frame] for frame in frames))


def of_network(facts: dict, what: str) -> Counter:
    return Counter((each["sequence_number"], each["payload"],
                    sum(FLAGS[flag] for flag in each["flags"].split("+")))
                   for each in facts["changed_on_the_way"] if each["what"] == what)


def stripped(tshark, captures_dir: Path, pair: str, facts: dict) -> int:
    """How many of the packets from which the network removed the option had it."""
    of_port = {"client": "tcp.dstport", "server": "tcp.srcport"}
    had = Counter()
    for role in ROLES:
        path = captures_dir / f"{pair}_{role}.pcap"
        sent = f"tcp.option_kind == 30 && {of_port[role]} == {facts.get('port', PORT)}"
        had += packets_of(tshark, path, tshark.frames(path, sent))
    return sum((had & of_network(facts, "option 30 removed")).values())


@pytest.mark.parametrize("ahead", BOTH_CLOCKS)
@pytest.mark.parametrize("pair", pairs())
def test_what_the_network_did(tshark, stage, captures_dir, pair: str, ahead: float):
    """Exactly the packets that it dropped are lost, and exactly those that it changed are changed."""
    if (pair, ahead) == ("k_strip_syn", -0.02):
        pytest.skip("the first packet in the file is a SYN without MPTCP, which belongs to no subflow")
    recordings = recordings_of(pair)
    facts = facts_of(recordings[0].with_suffix(".facts.json"))
    path = merge(stage, *recordings, ahead)
    document = tshark.json(path)
    dropped = of_network(facts, "dropped")
    assert packets_of(tshark, path, lost_frames(document)) == dropped
    assert changes(document, "option 30 removed") == stripped(tshark, captures_dir, pair, facts)
    assert changes(document, "payload altered") == of_network(facts, "payload changed").total()
    kinds = Counter("data" if payload else "signalling" if flags & 7 else "ack"
                    for _, payload, flags in dropped.elements())
    for each in document["between"]:
        kinds.subtract(each["lost_kinds"])
        assert each["order_known"]
        assert each["missed"] == each["unseen"] == 0
        assert each["delay"] is None or each["delay"]["min"] >= 0
        others = {change["what"] for change in each["changes"]} - {"option 30 removed",
                                                                   "payload altered"}
        assert not others
    assert not any(kinds.values())
    for clock in document["clocks"]:
        if clock["offset"] is not None:
            sign = 1 if starts_at_client(document, clock) else -1
            assert clock["low"] <= sign * ahead <= clock["high"]


def starts_at_client(document: dict, clock: dict) -> bool:
    """Whether `from` is the client's: client's packets pass in this direction."""
    return any(each["sender"] == "client" and (each["from"], each["to"]) == (clock["from"], clock["to"])
               for each in document["between"])


@pytest.mark.parametrize("name, sides", [
    ("k_nat_ends.pcapng", ["client", "server", "server", "client"]),
    ("k_container_any.pcap", ["client", None, "server", "server", None, "client"]),
    ("middlebox.pcap", [None, None]),  # TTLs separate the points, so both hosts are at the first
])
def test_side_of_each_point(tshark, captures_dir, name: str, sides: list[str | None]):
    assert [each["side"] for each in tshark.json(captures_dir / name)["points"]] == sides


# The packets themselves

FIELDS = ["frame.number", "frame.time_epoch", "mptcp.copy_of", "mptcp.point", "mptcp.point.delay",
          "mptcp_conn.lost_between", "mptcp_conn.option_removed", "mptcp_conn.payload_altered"]
OF_MIDDLEBOX = ["option_removed", "option_altered", "payload_altered"]


def frames_with(rows: list[dict], field: str) -> list[int]:
    return [int(row["frame.number"][0]) for row in rows if row[field]]


@pytest.mark.parametrize("ahead", BOTH_CLOCKS)
@pytest.mark.parametrize("pair", ["k_http_loss", "k_strip_midstream", "k_payload_changed"])
def test_packets_have_what_happened_to_them(tshark, stage, captures_dir, pair: str, ahead: float):
    path = merge(stage, *recordings_of(pair), ahead)
    document = tshark.json(path)
    facts = facts_of(CAPTURES / f"{pair}_client.facts.json")
    rows = tshark.fields(path, FIELDS, "-2")
    assert frames_with(rows, "mptcp_conn.lost_between") == lost_frames(document)
    removed = frames_with(rows, "mptcp_conn.option_removed")
    assert len(removed) == stripped(tshark, captures_dir, pair, facts)
    altered = packets_of(tshark, path, frames_with(rows, "mptcp_conn.payload_altered"))
    assert altered == of_network(facts, "payload changed")
    delays = [row for row in rows if row["mptcp.point.delay"]]
    assert len(delays) == sum(each["both"] for each in document["between"])
    assert all(Decimal(row["mptcp.point.delay"][0]) >= 0 for row in delays)


def test_delay_is_that_of_the_series(tshark, stage):
    path = merge(stage, *recordings_of("k_http_loss"), 3600.0)
    shown = {int(row["frame.number"][0]): float(row["mptcp.point.delay"][0])
             for row in tshark.fields(path, FIELDS, "-2") if row["mptcp.point.delay"]}
    in_series = {}
    for sender in ROLES:
        out = tshark.run("-r", path, "-q", "-z", f"mptcp,series,delay,from={sender}").stdout
        in_series |= {int(line["frame"]): float(line["seconds"])
                      for line in csv.DictReader(out.splitlines())}
    assert shown == pytest.approx(in_series, abs=1e-9)


def test_one_pass_does_not_know(tshark, captures_dir):
    """What happened later to a packet."""
    rows = tshark.fields(captures_dir / "middlebox.pcap", FIELDS)
    for field in FIELDS[4:]:
        assert frames_with(rows, field) == []


def test_middlebox(tshark, captures_dir):
    """An event for each kind of change, subflow and sender; an expert info on each packet."""
    path = captures_dir / "middlebox.pcap"
    events = [event for event in tshark.json(path)["events"] if event["type"] in OF_MIDDLEBOX]
    assert Counter(event["type"] for event in events) == dict.fromkeys(OF_MIDDLEBOX, 4)
    for event in events:
        assert (event["from_point"], event["to_point"]) == (0, 1)
        assert event["frame"] == event["frame_before"] + 1
        assert event["severity"] == "warn"
        assert event["packets"] == (2 if event["type"] == "option_removed" else 1)
    columns = [f"mptcp_conn.{kind}" for kind in OF_MIDDLEBOX]
    rows = tshark.fields(path, ["frame.number", "mptcp_conn.event", *columns], "-2")
    for kind in OF_MIDDLEBOX:
        first = {event["frame"] for event in events if event["type"] == kind}
        frames = frames_with(rows, f"mptcp_conn.{kind}")
        assert set(frames) - {frame + 2 for frame in first} == first
        assert len(frames) == sum(event["packets"] for event in events if event["type"] == kind)
        for row in rows:
            title = kind.replace("_", " ").replace("option", "MPTCP option")
            told = any(words.lower().startswith(title.lower()) for words in row["mptcp_conn.event"])
            assert told == (int(row["frame.number"][0]) in first)


@pytest.mark.parametrize("pair, event, cause", [
    ("k_strip_synack", "fallback", "option_removed"), ("k_payload_changed", "fallback", "payload_altered")])
def test_why_it_fell_back(tshark, stage, pair: str, event: str, cause: str):
    events = tshark.json(merge(stage, *recordings_of(pair)))["events"]
    told, = (each for each in events if each["type"] == event)
    why = next(each for each in events if each["type"] == cause)
    assert re.search(rf"; see frame {why['frame']}: .* between capture points$", told["details"])


# Clocks that the user sets

def clocks_of(tshark, path: Path, setting: str) -> dict:
    document = tshark.json(path, "-o", f"mptcp_conn.clocks:{setting}")
    clock = document["clocks"][0]
    return {"clock": clock, "delays": [each["delay"] for each in document["between"]]}


def test_clock_is_set(tshark, stage):
    path = merge(stage, *recordings_of("k_payload_changed"), 1.234)
    by_packets = clocks_of(tshark, path, "")
    by_hand = clocks_of(tshark, path, "2 = 1.235")
    assert (by_packets["clock"]["set"], by_hand["clock"]["set"]) == (False, True)
    assert by_hand["clock"]["offset"] == 1.235
    moved = 1.235 - by_packets["clock"]["offset"]
    for before, after, sign in zip(by_packets["delays"], by_hand["delays"], (-1, 1)):
        assert after["median"] == pytest.approx(before["median"] + sign * moved, abs=2e-9)
    text = tshark.run("-r", path, "-o", "mptcp_conn.clocks:2 = 1.235", "-q", "-z", "mptcp,points").stdout
    assert "1.235000 s, as set in the preferences, between " in text


def test_clock_against_the_packets(tshark, stage):
    """They would arrive before they were sent: no delay is shown."""
    path = merge(stage, *recordings_of("k_payload_changed"), 1.234)
    assert clocks_of(tshark, path, "2 = 2")["delays"] == [None, None]
    text = tshark.run("-r", path, "-o", "mptcp_conn.clocks:2 = 2", "-q", "-z", "mptcp,points").stdout
    assert "2.000000 s, as set in the preferences, against the packets, between " in text


def test_setting_that_is_none(tshark, captures_dir):
    done = tshark.run("-r", captures_dir / "ipv6.pcap", "-o", "mptcp_conn.clocks:1 = 5ms", "-q", "-z",
                      "mptcp,points", check=False)
    assert '"1 = 5ms" does not set clocks of capture points' in done.stderr


# The text, the passes and the filter

SEVERAL_POINTS = ["k_nat_ends.pcapng", "k_container_any.pcap", "s19_partial_router.pcap", "points.pcap",
                  "middlebox.pcap"]
ROW = re.compile(r"^(\d+) ([>?]) (\d+) +(\d+)\.(\d+) +(client|server)((?: +\S+){10})$", re.M)
COUNTS = ("both", "lost", "missed", "unseen", "reordered")
DELAYS = ("min", "median", "p95", "max", "jitter")


@pytest.mark.parametrize("name", SEVERAL_POINTS)
def test_text_has_the_numbers_of_the_json(tshark, captures_dir, name: str):
    text = tshark.run("-r", captures_dir / name, "-q", "-z", "mptcp,points").stdout
    between = tshark.json(captures_dir / name)["between"]
    rows = ROW.findall(text)
    assert len(rows) == len(between) > 0
    for row, each in zip(rows, between):
        start, order, to, conn, subflow, sender, rest = row
        assert [int(start), int(to), int(conn), int(subflow), sender] == [
            each[key] for key in ("from", "to", "conn", "subflow", "sender")]
        assert (order == ">") == each["order_known"]
        assert list(map(int, rest.split()[:5])) == [each[key] for key in COUNTS]
        assert list(map(float, rest.split()[5:])) == pytest.approx(
            [each["delay"][key] * 1000 for key in DELAYS], abs=0.001)
        for change in each["changes"]:
            assert f"  {change['what']}: packets {change['packets']}, first in frame " in text
    assert max(map(len, text.splitlines())) <= 100


@pytest.mark.parametrize("pair", ["k_http_loss", "k_strip_midstream"])
@pytest.mark.parametrize("ahead", [0.0, 3600.0])
def test_each_delay_is_that_of_the_frames(tshark, stage, pair: str, ahead: float):
    """The time at the second point less that at the first one, less the difference of the clocks."""
    path = merge(stage, *recordings_of(pair), ahead)
    document = tshark.json(path)
    offset = {(each["from"], each["to"]): each["offset"] for each in document["clocks"]}
    rows = tshark.fields(path, ["frame.number", "frame.time_epoch", "mptcp.copy_of", "mptcp.point"])
    time = {int(row["frame.number"][0]): Decimal(row["frame.time_epoch"][0]) for row in rows}
    pairs = {(int(row["mptcp.copy_of"][0]), int(row["frame.number"][0]))
             for row in rows if row["mptcp.copy_of"]}
    other = dict(pairs) | {copy: original for original, copy in pairs}
    for sender in ROLES:
        out = tshark.run("-r", path, "-q", "-z", f"mptcp,series,delay,from={sender}").stdout
        lines = list(csv.DictReader(out.splitlines()))
        assert len(lines) == sum(each["both"] for each in document["between"]
                                 if each["sender"] == sender)
        for line in lines:
            frame = int(line["frame"])
            way = (int(line["from"]), int(line["to"]))
            assert float(line["seconds"]) == pytest.approx(
                float(time[other[frame]] - time[frame]) - offset[way], abs=1e-6)


@pytest.mark.parametrize("name", SEVERAL_POINTS)
def test_passes_agree(tshark, captures_dir, name: str):
    one, two = (tshark.json(captures_dir / name, *passes) for passes in ([], ["-2"]))
    assert [one[key] for key in ("points", "between", "clocks")] == [
        two[key] for key in ("points", "between", "clocks")]


def test_filter_counts_matching_packets(tshark, captures_dir):
    """What happened to them follows from all packets: of copies, one is enough."""
    path = captures_dir / "k_nat_ends.pcapng"
    whole = tshark.json(path)["between"]
    of_subflow = tshark.json(path, display_filter="mptcp.subflow == 1")["between"]
    assert of_subflow == [each for each in whole if each["subflow"] == 1]
    originals = tshark.json(path, display_filter="!mptcp.copy_of")["between"]
    assert [each["both"] for each in originals] == [each["both"] for each in whole]


def test_one_point(tshark, captures_dir):
    text = tshark.run("-r", captures_dir / "ipv6.pcap", "-q", "-z", "mptcp,points").stdout
    assert "All packets were recorded at one point." in text
    document = tshark.json(captures_dir / "ipv6.pcap")
    assert (document["points"], document["between"], document["clocks"]) == ([], [], [])


# Captures beside this project

@pytest.mark.parametrize("ahead", BOTH_CLOCKS)
@pytest.mark.parametrize("client, server", [pytest.param(*pair, id=pair[0].stem)
                                            for pair in TWO_SIDED])
def test_delays_and_losses_of_the_lab(tshark, stage, client: Path, server: Path, ahead: float):
    facts = facts_of(client.with_suffix(".facts.json"))
    path = merge(stage, client, server, ahead)
    document = tshark.json(path)
    connection, = document["connections"]
    checked = 0
    for each in document["between"]:
        subflow = connection["subflows"][each["subflow"]]
        ends = [subflow[role] for role in ("client", "server")]
        source, target = ends if each["sender"] == "client" else reversed(ends)
        known = facts["one_way_delay_ms"]["{address}:{port}".format(**source) + " > " +
                                          "{address}:{port}".format(**target)]
        assert known["packets"] <= each["both"] <= known["packets"] + 2  # some look alike
        if not facts["dropped_on_the_way"]:  # the fastest packets of both directions are alike
            for kind in ("min", "median"):
                assert each["delay"][kind] * 1000 == pytest.approx(known[kind + "_ms"], abs=0.1)
        checked += 1
    assert checked == len(facts["one_way_delay_ms"])
    for clock in document["clocks"]:
        sign = 1 if starts_at_client(document, clock) else -1
        assert clock["low"] <= sign * ahead <= clock["high"]
    drops = [drop for path in facts["dropped_on_the_way"].values() for drop in path]
    dropped = Counter((drop["seq"], drop["plen"], drop["flags"] & sum(FLAGS.values()))
                      for drop in drops)
    assert packets_of(tshark, path, lost_frames(document)) == dropped
