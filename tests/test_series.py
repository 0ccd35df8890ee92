# SPDX-License-Identifier: GPL-2.0-or-later
"""Series: `tshark -z mptcp,series` prints what happened over time on one connection as CSV.

The sums of each series are those of the JSON, for every capture of this project. For some, each
point is compared with what the test computes from the fields of the packets.
"""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

import pytest

from captures import ROOT, Capture

ROLES = ("client", "server")
HEADERS = {
    "sequence": "time,frame,subflow,rel,bytes,kind",
    "goodput": "time,width,subflow,bytes,unique",
    "rtt": "time,frame,subflow,seconds,kind",
    "window": "time,frame,subflow,bytes,kind",
    "paths": "time,end,subflow,kind,words",
    "delay": "time,frame,subflow,from,to,seconds",
    "limits": "time,end,subflow,kind,bytes",
    "concurrency": "time,end,subflows",
}
TYPES_IN_WORDS = ("give a type: sequence, goodput, rtt, window, paths, delay; of series also limits, "
                  "concurrency")
KINDS = ("unique", "reinjected", "retransmitted", "unmapped")
PASSES = pytest.mark.parametrize("passes", [(), ("-2",)], ids=["one-pass", "two-pass"])
POINTS = ("reinjection", "data_order", "late_start", "s01_single", "s30_v0_generated")
CAPTURES = [pytest.param(path, id=path.stem, marks=pytest.mark.xdist_group(path.stem))
            for path in sorted((ROOT / "captures").glob("*.pcap*"))]

Row = dict[str, str]


@dataclass(frozen=True)
class Request:
    """A series of one direction of one connection."""

    conn: int
    sender: str
    kind: str

    @property
    def option(self) -> str:
        return f"mptcp,series,{self.kind},conn={self.conn},from={self.sender}"


def rows_of(text: str) -> list[Row]:
    return list(csv.DictReader(io.StringIO(text)))


def series(tshark, path: Path, option: str, *options: str) -> list[Row]:
    """One series; `option` without mptcp,series."""
    return rows_of(tshark.run("-r", path, "-q", "-z", "mptcp,series," + option, *options).stdout)


def split(out: str) -> list[str]:
    """The documents of several requests, each with its header."""
    documents: list[str] = []
    for line in out.splitlines(keepends=True):
        if line.rstrip() in HEADERS.values():
            documents.append("")
        documents[-1] += line
    return documents


def all_series(tshark, path: Path, connections: int, *options: str) -> dict[Request, list[Row]]:
    """All series of a capture, by one tshark."""
    requests = [Request(conn, sender, kind) for conn in range(connections) for sender in ROLES
                for kind in HEADERS]
    arguments = [word for request in requests for word in ("-z", request.option)]
    documents = split(tshark.run("-r", path, "-q", *arguments, *options).stdout)
    if documents[0].startswith(list(HEADERS.values())[-1]):  # Wireshark prints the last request first
        documents.reverse()
    for request, text in zip(requests, documents, strict=True):
        assert text.startswith(HEADERS[request.kind])
    return {request: rows_of(text) for request, text in zip(requests, documents)}


def nanoseconds(seconds: str) -> int:
    whole, fraction = seconds.split(".")
    assert len(fraction) == 9
    return int(whole + fraction)


def bytes_by(rows: list[Row], column: str) -> Counter:
    sums: Counter = Counter()
    for row in rows:
        sums[row[column]] += int(row["bytes"])
    return sums


# Sums


def of_subflow(rows: list[Row], subflow: dict) -> list[Row]:
    return [row for row in rows if row["subflow"] == str(subflow["subflow"])]


def check_sequence(rows: list[Row], conn: dict, role: str) -> None:
    for part, own in [(conn, rows)] + [(each, of_subflow(rows, each)) for each in conn["subflows"]]:
        sums = bytes_by(own, "kind")
        assert {kind: sums[kind] for kind in KINDS} == \
            {kind: part["data"][role][kind] for kind in KINDS}
    assert all(row["bytes"] == "0" for row in rows if row["kind"] not in KINDS)
    frames = [int(row["frame"]) for row in rows]
    assert frames == sorted(frames)


def check_goodput(rows: list[Row], conn: dict, role: str) -> None:
    for subflow in conn["subflows"]:
        own = of_subflow(rows, subflow)
        assert sum(int(row["bytes"]) for row in own) == subflow["payload"][role]
        assert sum(int(row["unique"]) for row in own) == subflow["data"][role]["unique"]
        assert bool(own) == (subflow["payload"][role] > 0)
        for number, row in enumerate(own):
            assert nanoseconds(row["time"]) == number * nanoseconds(row["width"])
        assert len(own) <= 125
    assert sum(int(row["bytes"]) for row in rows) == conn["payload"][role]


def check_samples(rows: list[Row], expected: dict | None) -> None:
    seconds = sorted(float(row["seconds"]) for row in rows)
    if expected is None:
        assert not seconds
        return
    assert len(seconds) == expected["samples"]
    assert (seconds[0], seconds[-1]) == (expected["min"], expected["max"])


def check_rtt(rows: list[Row], conn: dict, role: str) -> None:
    for subflow in conn["subflows"]:
        own = of_subflow(rows, subflow)
        check_samples([row for row in own if row["kind"] == "tcp"], subflow["data"][role]["rtt"])
        handshakes = [float(row["seconds"]) for row in own if row["kind"] == "handshake"]
        assert handshakes == [each for each in [subflow["handshake_rtt"]] if each is not None]
    check_samples([row for row in rows if row["kind"] == "data_ack"],
                  conn["data"][role]["ack_latency"])


def check_window(rows: list[Row], conn: dict, role: str) -> None:
    data = conn["data"][role]
    in_flight = [int(row["bytes"]) for row in rows if row["kind"] == "in_flight"]
    assert max(in_flight, default=0) == (data["max_in_flight"] or 0)
    windows = [int(row["bytes"]) for row in rows if row["kind"] == "window"]
    if data["window"] is None:
        assert not windows
        return
    expected = data["window"]
    assert (min(windows), max(windows)) == (expected["min"], expected["max"])
    assert windows.count(0) == expected["zeros"]


def check_paths(rows: list[Row], conn: dict, role: str) -> None:
    by_kind = defaultdict(list)
    for row in rows:
        by_kind[row["kind"]].append(row)
        assert nanoseconds(row["time"]) <= nanoseconds(row["end"])
    assert {int(row["subflow"]) for row in by_kind["subflow"]} == \
        {subflow["subflow"] for subflow in conn["subflows"]}
    assert len(by_kind["subflow"]) == len(conn["subflows"])
    data = by_kind[f"{role}_data"]
    assert sum(int(row["words"].split()[0]) for row in data) == conn["payload"][role]
    assert not by_kind["server_data" if role == "client" else "client_data"]
    blocked = conn["data"][role]["blocked"]
    assert len(by_kind["blocked"]) == blocked["times"]
    assert sum(int(row["words"].split()[0]) for row in by_kind["blocked"]) == blocked["bytes"]


def check_delay(rows: list[Row], conn: dict, role: str) -> None:
    ways = defaultdict(list)
    for row in rows:
        ways[tuple(int(row[key]) for key in ("subflow", "from", "to"))].append(float(row["seconds"]))
    expected = {(each["subflow"], each["from"], each["to"]): each for each in conn["between"]
                if each["sender"] == role and each["delay"]}
    assert ways.keys() == expected.keys()
    for way, seconds in ways.items():
        each = expected[way]
        assert len(seconds) == each["both"]
        assert (min(seconds), max(seconds)) == (each["delay"]["min"], each["delay"]["max"])


def check_intervals(rows: list[Row], conn: dict, *which: str) -> None:
    """They cover the whole time, without gaps, and no two neighbours are the same."""
    ends = [0] + [nanoseconds(row["end"]) for row in rows]
    assert ends[:-1] == [nanoseconds(row["time"]) for row in rows]
    assert ends == sorted(ends)
    if not any(conn["seen_at"].values()):  # else from the first packet to the last near one host
        assert ends[-1] == pytest.approx(conn["duration"] * 1e9, abs=1000)
    for row, following in zip(rows, rows[1:]):
        assert [row[column] for column in which] != [following[column] for column in which]


def check_concurrency(rows: list[Row], conn: dict, role: str) -> None:
    check_intervals(rows, conn, "subflows")
    used = sum(subflow["payload"][role] > 0 for subflow in conn["subflows"])
    assert all(row["subflows"] == "" or int(row["subflows"]) <= used for row in rows)


def check_limits(rows: list[Row], conn: dict, role: str) -> None:
    check_intervals(rows, conn, "kind", "subflow")
    assert sum(int(row["bytes"]) for row in rows) == conn["data"][role]["unique"]


CHECKS = {"sequence": check_sequence, "goodput": check_goodput, "rtt": check_rtt,
          "window": check_window, "paths": check_paths, "delay": check_delay,
          "limits": check_limits, "concurrency": check_concurrency}


@pytest.mark.parametrize("path", CAPTURES)
def test_sums_are_those_of_the_json(tshark, path_of, path: Path):
    """In one pass and in two, which agree. All series of a capture come from one tshark."""
    readable = path_of(Capture(path, path))
    document = tshark.json(readable)
    connections = document["connections"]
    if not connections:
        pytest.skip("no connection")
    for connection in connections:
        connection["between"] = [each for each in document["between"]
                                 if each["conn"] == connection["conn"]]
    found = all_series(tshark, readable, len(connections))
    for request, rows in found.items():
        CHECKS[request.kind](rows, connections[request.conn], request.sender)
    events = Counter(event["conn"] for event in document["events"])
    assert events == Counter(request.conn for request, rows in found.items() for row in rows
                             if row.get("kind") == "event")
    assert all_series(tshark, readable, len(connections), "-2") == found


# Points, from fields


FIELDS = """frame.number frame.time_epoch mptcp.conn mptcp.subflow mptcp.from_client mptcp.payload
    mptcp.idsn.client mptcp.idsn.server mptcp.data.rel mptcp.data.reinjection
    mptcp.data.retransmission mptcp.data.unmapped mptcp.data.in_flight mptcp.data.window
    mptcp.data.ack_latency tcp.options.mptcp.rawdataack tcp.options.mptcp.dataack8.flag
    tcp.seq_raw tcp.ack_raw tcp.flags.syn tcp.flags.ack tcp.flags.reset mptcp.copy_of""".split()


class Packets:
    """The packets of one connection, from `tshark -T fields`, as the data of `sender` sees them."""

    def __init__(self, rows: list[dict[str, list[str]]], conn: int, sender: str):
        self.rows = [row for row in rows
                     if row["mptcp.conn"] == [str(conn)] and not row["mptcp.copy_of"]]
        self.start = min(map(self.epoch, self.rows))
        self.sender = sender
        self.idsn = next((int(row[f"mptcp.idsn.{sender}"][0], 0) for row in rows
                          if row["mptcp.conn"] == [str(conn)] and row[f"mptcp.idsn.{sender}"]),
                         None)

    @staticmethod
    def epoch(row) -> int:
        return nanoseconds(row["frame.time_epoch"][0])

    def is_sent(self, row) -> bool:
        return row["mptcp.from_client"] == ["1" if self.sender == "client" else "0"]

    def place(self, row) -> tuple[int, int, int]:
        return (self.epoch(row) - self.start, int(row["frame.number"][0]),
                int(row["mptcp.subflow"][0]))

    def data_ack(self, row) -> int | None:
        """The number that a DATA_ACK acknowledges up to, relative to the sender's first byte."""
        if not row["tcp.options.mptcp.rawdataack"] or self.idsn is None:
            return None
        raw = int(row["tcp.options.mptcp.rawdataack"][0], 0)
        distance = raw - self.idsn - 1
        if row["tcp.options.mptcp.dataack8.flag"] == ["1"]:
            return distance
        return (distance + (1 << 31)) % (1 << 32) - (1 << 31)  # shorter than 2 GiB


def number(row, name: str) -> int:
    return int(row[name][0]) if row[name] else 0


def data_points(packets: Packets) -> list[tuple]:
    points = []
    for row in packets.rows:
        if not packets.is_sent(row) or not number(row, "mptcp.payload"):
            continue
        sizes = {"retransmitted": number(row, "mptcp.data.retransmission"),
                 "reinjected": number(row, "mptcp.data.reinjection"),
                 "unmapped": number(row, "mptcp.data.unmapped")}
        sizes["unique"] = number(row, "mptcp.payload") - sum(sizes.values())
        points += [(*packets.place(row), size, kind) for kind, size in sizes.items() if size]
    return points


def acknowledgment_points(packets: Packets) -> list[tuple]:
    points = []
    for row in packets.rows:
        data_ack = packets.data_ack(row)
        if packets.is_sent(row) or data_ack is None:
            continue
        points.append((*packets.place(row), data_ack, "data_ack"))
        if row["mptcp.data.window"] and row["tcp.flags.reset"] == ["0"]:
            points.append((*packets.place(row), data_ack + number(row, "mptcp.data.window"),
                           "window"))
    return points


def found_place(row: Row) -> tuple[int, int, int]:
    return nanoseconds(row["time"]), int(row["frame"]), int(row["subflow"])


@pytest.fixture(scope="module", params=POINTS)
def pointed(request, tshark, captures_dir):
    """A capture, the fields of its packets, and its connections."""
    path = next(captures_dir.glob(request.param + ".pcap*"))
    return path, tshark.fields(path, FIELDS, "-2"), tshark.json(path)["connections"]


def directions(pointed):
    path, rows, connections = pointed
    for conn in range(len(connections)):
        for sender in ROLES:
            yield conn, sender, Packets(rows, conn, sender)
    assert connections


def test_segments_are_those_of_the_fields(tshark, pointed):
    found = all_series(tshark, pointed[0], len(pointed[2]))
    compared = 0
    for conn, sender, packets in directions(pointed):
        rows = found[Request(conn, sender, "sequence")]
        data = [(*found_place(row), int(row["bytes"]), row["kind"]) for row in rows
                if row["kind"] in KINDS]
        assert sorted(data) == sorted(data_points(packets))
        acknowledgments = [(*found_place(row), int(row["rel"]), row["kind"]) for row in rows
                           if row["kind"] not in KINDS and row["rel"]]
        assert sorted(acknowledgments) == sorted(acknowledgment_points(packets))
        compared += len(data)
    assert compared


def test_places_are_those_of_the_fields(tshark, pointed):
    """Of the first kind in a packet. Without the IDSN, there are none."""
    found = all_series(tshark, pointed[0], len(pointed[2]))
    for conn, sender, packets in directions(pointed):
        expected = {number(row, "frame.number"): int(row["mptcp.data.rel"][0])
                    for row in packets.rows if packets.is_sent(row) and row["mptcp.data.rel"]}
        first = {}
        for row in found[Request(conn, sender, "sequence")]:
            if row["kind"] in KINDS and row["rel"]:
                place = first.get(int(row["frame"]), int(row["rel"]))
                first[int(row["frame"])] = min(place, int(row["rel"]))
        assert first == expected


def test_what_is_in_flight_is_that_of_the_fields(tshark, pointed):
    found = all_series(tshark, pointed[0], len(pointed[2]))
    for conn, sender, packets in directions(pointed):
        rows = found[Request(conn, sender, "window")]
        by_frame = {(int(row["frame"]), row["kind"]): int(row["bytes"]) for row in rows}
        sent: dict[str, int] = {}
        acked: dict[str, int] = {}
        for row in packets.rows:
            frame = number(row, "frame.number")
            subflow = row["mptcp.subflow"][0]
            if packets.is_sent(row) and number(row, "mptcp.payload"):
                if row["mptcp.data.in_flight"]:
                    assert by_frame[frame, "in_flight"] == number(row, "mptcp.data.in_flight")
                end = number(row, "tcp.seq_raw") + number(row, "mptcp.payload") + \
                    number(row, "tcp.flags.syn")
                sent[subflow] = max(sent.get(subflow, 0), end)
            elif not packets.is_sent(row) and row["tcp.flags.ack"] == ["1"]:
                acked[subflow] = max(acked.get(subflow, 0), number(row, "tcp.ack_raw"))
            if (frame, "subflow_in_flight") in by_frame:
                assert by_frame[frame, "subflow_in_flight"] == \
                    max(sent[subflow] - acked[subflow], 0)
            if (frame, "window") in by_frame:
                assert by_frame[frame, "window"] == number(row, "mptcp.data.window")


def test_latencies_are_those_of_the_fields(tshark, pointed):
    found = all_series(tshark, pointed[0], len(pointed[2]))
    for conn, sender, packets in directions(pointed):
        rows = found[Request(conn, sender, "rtt")]
        latencies = {int(row["frame"]): float(row["seconds"]) for row in rows
                     if row["kind"] == "data_ack"}
        assert latencies == {number(row, "frame.number"): float(row["mptcp.data.ack_latency"][0])
                             for row in packets.rows
                             if packets.is_sent(row) and row["mptcp.data.ack_latency"]}
        epoch = {number(row, "frame.number"): packets.epoch(row) for row in packets.rows}
        acks = [row for row in packets.rows if not packets.is_sent(row)]
        for row in (each for each in rows if each["kind"] == "tcp"):
            sent = epoch[int(row["frame"])]
            assert any(abs(packets.epoch(ack) - sent - nanoseconds(row["seconds"])) < 1000
                       and ack["mptcp.subflow"] == [row["subflow"]] for ack in acks)


# What is chosen


def test_most_data_is_the_default(tshark, captures_dir):
    path = captures_dir / "data_order.pcap"
    connections = tshark.json(path)["connections"]
    most = max(connections, key=lambda conn: sum(conn["payload"].values()))
    sender = max(ROLES, key=lambda role: most["payload"][role])
    for kind in ("sequence", "goodput", "rtt", "window", "limits", "concurrency"):
        assert series(tshark, path, kind) == \
            series(tshark, path, f"{kind},conn={most['conn']},from={sender}")
    both = series(tshark, path, "paths")
    assert both == series(tshark, path, f"paths,conn={most['conn']}")
    assert {row["kind"] for row in both} >= {"client_data", "server_data"}


@PASSES
def test_filter_counts_matching_packets(tshark, captures_dir, passes):
    """What is in flight depends on all packets."""
    path = captures_dir / "s30_v0_generated.pcap"
    for kind in ("sequence", "rtt", "window"):
        whole = series(tshark, path, f"{kind},conn=0,from=client", *passes)
        halves = [series(tshark, path, f"{kind},conn=0,from=client,{condition}", *passes)
                  for condition in ("frame.number % 2 == 0", "frame.number % 2 == 1")]
        assert all(halves)
        assert sorted(map(found_place, whole)) == sorted(map(found_place, sum(halves, [])))
        for half in halves:
            assert all(row in whole for row in half)


def test_filter_with_a_comma(tshark, captures_dir):
    path = captures_dir / "s01_single.pcap"
    rows = series(tshark, path, "sequence,frame.number in {8, 9, 10}")
    assert {row["frame"] for row in rows} <= {"8", "9", "10"}
    assert rows


def test_width_of_bins(tshark, captures_dir):
    path = captures_dir / "s01_single.pcap"
    rows = series(tshark, path, "goodput,width=0.25")
    assert {row["width"] for row in rows} == {"0.250000000"}
    usual = series(tshark, path, "goodput")
    assert sum(int(row["bytes"]) for row in rows) == sum(int(row["bytes"]) for row in usual)
    least = series(tshark, path, "goodput,width=0.000001,conn=0")
    assert len(least) <= 100_001


# Mistakes


@pytest.mark.parametrize("statistic", ["series", "graph"])
@pytest.mark.parametrize("arguments, why", [
    ("", TYPES_IN_WORDS),
    (",", TYPES_IN_WORDS),
    (",nonsense", TYPES_IN_WORDS),
    ("s,rtt", TYPES_IN_WORDS),
    (",rtt,conn=", '"" is not the index of a connection'),
    (",rtt,conn=-1", '"-1" is not the index of a connection'),
    (",rtt,conn=0x", '"0x" is not the index of a connection'),
    (",rtt,from=host", '"host" is neither client nor server'),
    (",goodput,width=0", '"0" is not a width in seconds'),
    (",goodput,width=nan", '"nan" is not a width in seconds'),
    (",goodput,width=", '"" is not a width in seconds'),
    (",rtt,conn=99", "the capture has no connection 99"),
    (",rtt,mptcp.conn ==", None),
    (",rtt,con=1", None),
])
def test_mistakes_in_the_command_line(tshark, captures_dir, statistic: str, arguments: str,
                                      why: str | None):
    """An error message, a non-zero exit status, and no partial document."""
    option = f"mptcp,{statistic}{arguments}"
    done = tshark.run("-r", captures_dir / "s01_single.pcap", "-q", "-z", option, check=False)
    assert done.returncode != 0 and done.stdout == ""
    message = done.stderr.strip().splitlines()[-1]
    assert message.startswith(f'tshark: "-z {option}": ')
    assert why is None or message.endswith(": " + why)


@pytest.mark.parametrize("statistic", ["series", "graph"])
def test_without_mptcp(tshark, captures_dir, statistic: str):
    option = f"mptcp,{statistic},sequence"
    done = tshark.run("-r", captures_dir / "k_strip_syn_server.pcap", "-q", "-z", option,
                      check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert f'"-z {option}": the capture has no MPTCP connection\n' in done.stderr


@pytest.mark.parametrize("kind", ["limits", "concurrency"])
def test_there_is_no_graph(tshark, captures_dir, kind: str):
    done = tshark.run("-r", captures_dir / "s01_single.pcap", "-q", "-z", f"mptcp,graph,{kind}",
                      check=False)
    assert done.returncode != 0 and done.stdout == ""
    assert f"there is no graph of {kind}" in done.stderr


def test_filter_limits_the_bytes_of_limits(tshark, captures_dir):
    """The intervals are those of the whole connection."""
    path = captures_dir / "s01_single.pcap"
    whole, nothing = (series(tshark, path, f"limits,from=server{condition}") for condition in ("", ",udp"))
    assert [row | {"bytes": "0"} for row in whole] == nothing


def test_filter_does_not_change_the_concurrency(tshark, captures_dir):
    path = captures_dir / "k_slow_path.pcap"
    whole = series(tshark, path, "concurrency,from=server")
    assert "2" in {row["subflows"] for row in whole}
    assert whole == series(tshark, path, "concurrency,from=server,udp")


def test_filter_that_nothing_matches(tshark, captures_dir):
    """The header alone; the connection is there."""
    for kind, header in HEADERS.items():
        if kind in ("limits", "concurrency"):
            continue
        out = tshark.run("-r", captures_dir / "s01_single.pcap", "-q", "-z",
                         f"mptcp,series,{kind},udp").stdout
        assert out == header + "\n"


def test_error_spares_the_other_statistics(tshark, captures_dir):
    path = captures_dir / "s01_single.pcap"
    done = tshark.run("-r", path, "-q", "-z", "mptcp,series,rtt", "-z", "mptcp,series,rtt,conn=99",
                      "-z", "mptcp,series,rtt,conn=0", check=False)
    assert done.returncode != 0
    assert len(split(done.stdout)) == 2
