# SPDX-License-Identifier: GPL-2.0-or-later
"""Figures of a connection that several points recorded, each from where it is true.

Recordings of the client and of the server are merged. What is true near a host must be exactly what
its own recording tells, whatever its clock.
"""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from captures import ROOT
from pcapng import merged, shifted
from test_points import HINDSIGHT, TWO_SIDED
from test_recorded import ROLES
from test_two_ends import BOTH_CLOCKS, merge, pairs, recordings_of

CAPTURES = ROOT / "captures"
LOSSY = "k_http_loss"
OTHER = {"client": "server", "server": "client"}
AT_SENDER = ("ack_latency", "rtt")
AT_RECEIVER = ("out_of_order", "blocked")


def identity(conn: dict) -> tuple:
    return tuple((conn[role]["address"], conn[role]["port"]) for role in ROLES)


def by_identity(document: dict) -> dict[tuple, dict]:
    return {identity(conn): conn for conn in document["connections"]}


def figures(conn: dict, sender: str, names: tuple[str, ...]) -> list[dict]:
    parts = [conn, *sorted(conn["subflows"], key=identity)]
    return [{name: part["data"][sender].get(name) for name in names} for part in parts]


def check_figures(conn: dict, sender: str, at_sender: dict | None, at_receiver: dict | None) -> None:
    """The others are those of the connection as one end alone saw it; None: it saw no MPTCP."""
    if at_receiver is not None:
        assert figures(conn, sender, AT_RECEIVER) == figures(at_receiver, sender, AT_RECEIVER)
    if at_sender is None:
        return
    assert figures(conn, sender, AT_SENDER) == figures(at_sender, sender, AT_SENDER)
    if conn["fallback"] is None:  # else it depends on when the fallback was detected
        assert conn["data"][sender]["max_in_flight"] == at_sender["data"][sender]["max_in_flight"]


TWO_ENDS = [pytest.param(recordings_of(pair), id=pair) for pair in pairs()] + [
    pytest.param(pair, id=pair[0].stem) for pair in TWO_SIDED]


@pytest.mark.parametrize("ahead", BOTH_CLOCKS)
@pytest.mark.parametrize("recordings", TWO_ENDS)
def test_figures_are_those_of_each_end(tshark, stage, recordings: list[Path], ahead: float):
    alone = {role: by_identity(tshark.json(shifted(stage / f"alone_{path.name}ng", path, 0.0)))
             for role, path in zip(ROLES, recordings)}
    document = tshark.json(merge(stage, *recordings, ahead))
    sides = {role: {each["point"] for each in document["points"] if each["side"] == role}
             for role in ROLES}
    for which, conn in by_identity(document).items():
        for role in ROLES:
            check_figures(conn, role, alone[role].get(which), alone[OTHER[role]].get(which))
            assert set(conn["seen_at"][role]) <= sides[role]
            assert conn["seen_at"][role]


@pytest.mark.parametrize("host", ROLES)
def test_all_figures_of_one_end(tshark, stage, captures_dir, host: str):
    """As the preference says: near one host, or at one point."""
    path = merge(stage, *recordings_of(LOSSY), 3600.0)
    alone = by_identity(tshark.json(captures_dir / f"{LOSSY}_{host}.pcap"))
    document = tshark.json(path, "-o", f"mptcp_conn.seen_at:{host}")
    for which, conn in by_identity(document).items():
        assert conn["seen_at"]["client"] == conn["seen_at"]["server"]
        for sender in ROLES:
            check_figures(conn, sender, alone[which], alone[which])
    point = document["connections"][0]["seen_at"][host][0]
    at_point = tshark.json(path, "-o", f"mptcp_conn.seen_at:{point}")
    assert all(conn["seen_at"] == dict.fromkeys(ROLES, [point]) for conn in at_point["connections"])


def series(tshark, path: Path, what: str, *without: str) -> list[dict]:
    out = tshark.run("-r", path, "-q", "-z", f"mptcp,series,{what}").stdout
    return [{name: value for name, value in row.items() if name not in without}
            for row in csv.DictReader(out.splitlines())]


def each_series(tshark, path: Path, which: tuple, sender: str, at: str = "") -> dict[str, list[dict]]:
    """Frames have other numbers in the merged file. Handshakes are timed where they were seen first."""
    conn = by_identity(tshark.json(path))[which]["conn"]
    rows = {what: series(tshark, path, f"{what},conn={conn},from={sender}{at}", "frame")
            for what in ("sequence", "rtt", "window", "goodput", "limits", "concurrency")}
    rows["rtt"] = [row for row in rows["rtt"] if row["kind"] != "handshake"]
    return rows


@pytest.mark.parametrize("pair", [LOSSY, "k_cookies_synack_lost"])
@pytest.mark.parametrize("ahead", [0.0, 3600.0])
def test_series_are_those_of_one_end(tshark, stage, captures_dir, pair: str, ahead: float):
    """Near the sender of the data, unless a place is given."""
    path = merge(stage, *recordings_of(pair), ahead)
    alone = {role: captures_dir / f"{pair}_{role}.pcap" for role in ROLES}
    which = identity(tshark.json(path)["connections"][0])
    for sender in ROLES:
        at_sender = each_series(tshark, alone[sender], which, sender)
        assert at_sender["sequence"] and at_sender["window"]
        assert each_series(tshark, path, which, sender) == at_sender
        for host in ROLES:
            assert each_series(tshark, path, which, sender, f",at={host}") == \
                each_series(tshark, alone[host], which, sender)


@pytest.mark.parametrize("ahead", [0.0, 3600.0])
def test_paths_are_those_of_both_ends(tshark, stage, captures_dir, ahead: float):
    """Blocking is that at the receiver, and the other times are near those of one end."""
    path = merge(stage, *recordings_of(LOSSY), ahead)
    alone = {role: series(tshark, captures_dir / f"{LOSSY}_{role}.pcap", "paths,conn=0,from=server")
             for role in ROLES}
    rows = series(tshark, path, "paths,conn=0,from=server")
    blocked = {role: [row for row in alone[role] if row["kind"] == "blocked"] for role in ROLES}
    assert [row for row in rows if row["kind"] == "blocked"] == blocked["client"]
    assert blocked["client"] != blocked["server"]
    ends = max(float(row["end"]) for side in alone.values() for row in side)
    assert max(float(row["end"]) for row in rows) == pytest.approx(ends, abs=0.1)
    events = [row["words"].partition(":")[0] for row in rows if row["kind"] == "event"]
    assert Counter(events) >= Counter(row["words"].partition(":")[0] for row in alone["client"]
                                      if row["kind"] == "event" and "established" in row["words"])


FIELDS = ["frame.number", "mptcp.conn", "mptcp.from_client", "mptcp.point", "mptcp.data.ack_latency",
          "mptcp.data.out_of_order", "mptcp.data.in_flight", "mptcp.data.blocked.bytes"]


@pytest.mark.parametrize("ahead", [0.0, 3600.0])
def test_packets_have_the_same_figures(tshark, stage, ahead: float):
    """At the points that the JSON names."""
    path = merge(stage, *recordings_of(LOSSY), ahead)
    rows = tshark.fields(path, FIELDS, "-2")
    for conn in tshark.json(path)["connections"]:
        for sender in ROLES:
            sent = [row for row in rows if row["mptcp.conn"] == [str(conn["conn"])]
                    and (row["mptcp.from_client"] == ["1"]) == (sender == "client")]
            check_fields(conn, sender, sent)


def check_fields(conn: dict, sender: str, rows: list[dict]) -> None:
    def numbers(field: str, side: str) -> list[float]:
        with_field = [row for row in rows if row[field]]
        assert {int(row["mptcp.point"][0]) for row in with_field} <= set(conn["seen_at"][side])
        return [float(row[field][0]) for row in with_field]

    data, receiver = conn["data"][sender], OTHER[sender]
    latencies = numbers("mptcp.data.ack_latency", sender)
    assert (len(latencies), max(latencies)) == (data["ack_latency"]["samples"],
                                                data["ack_latency"]["max"])
    assert max(numbers("mptcp.data.in_flight", sender)) == data["max_in_flight"]
    assert sum(numbers("mptcp.data.out_of_order", receiver)) == data["out_of_order"]["bytes"]
    assert sum(numbers("mptcp.data.blocked.bytes", receiver)) == data["blocked"]["bytes"]


def test_one_point_has_the_figures_of_the_whole(tshark, stage, path_of, capture):
    """A file twice in one: at either point, the figures are those of the file."""
    path = path_of(capture)
    document = tshark.json(path)
    if document["points"] or any(sum(conn["copies"].values()) for conn in document["connections"]):
        pytest.skip("has several points")
    twice = merged(stage / f"twice_{path.stem}.pcapng", "-I", "none", path,
                   shifted(stage / f"twice_{path.stem}_shifted.pcapng", path, 0.0005))
    points = [each["point"] for each in tshark.json(twice)["points"] if "index 1" in each["name"]]
    both = tshark.json(twice, "-o", "mptcp_conn.seen_at:" + "+".join(map(str, points)))
    assert len(both["connections"]) == len(document["connections"])
    for conn, expected in zip(both["connections"], document["connections"]):
        for sender in ROLES:
            if capture.name in HINDSIGHT:
                expected["data"][sender]["max_in_flight"] = conn["data"][sender]["max_in_flight"]
            check_figures(conn, sender, expected, expected)


@pytest.mark.parametrize("choice", ["both", "-1", "1.5", "point 1", "0+", "+"])
def test_no_place(tshark, captures_dir, choice: str):
    result = tshark.run("-r", captures_dir / "points.pcap", "-o", f"mptcp_conn.seen_at:{choice}",
                        "-q", "-z", "mptcp,conn")
    assert f'"{choice}" is no place to see figures at' in result.stderr
    failed = tshark.run("-r", captures_dir / "points.pcap", "-q", "-z",
                        f"mptcp,series,rtt,at={choice}", check=False)
    assert failed.returncode != 0
    assert f'"{choice}" is neither client nor server nor indexes of points' in failed.stderr


def test_one_point_is_no_choice(tshark, captures_dir):
    """A capture of one point is the same for all choices."""
    path = captures_dir / f"{LOSSY}_client.pcap"
    document = tshark.json(path)
    assert document["connections"][0]["seen_at"] == {"client": None, "server": None}
    assert tshark.json(path, "-o", "mptcp_conn.seen_at:server") == document
