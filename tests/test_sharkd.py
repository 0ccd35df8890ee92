# SPDX-License-Identifier: GPL-2.0-or-later
"""In sharkd: the tables, fields and filters, and one file after another.

sharkd reads a capture to its end and dissects packets again whenever it is
asked, so it says what two passes of tshark say. It keeps its answer to a filter
when it opens the next file: no test asks for one filter in two files.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from captures import Capture, find_captures
from sharkd import Sharkd, SharkdError
from tshark import Tshark

TABLE = "nstat:mptcp,conn"
MIB = 1 << 20


@pytest.fixture(scope="module")
def used(tshark: Tshark) -> Iterator[Sharkd]:
    """One process for many tests: it has opened other files before."""
    with Sharkd(tshark) as process:
        yield process


@pytest.fixture
def fresh(tshark: Tshark) -> Iterator[Sharkd]:
    process = Sharkd(tshark)
    yield process
    assert process.close() == 0


def rows_of(tap: dict) -> dict[str, list[dict]]:
    """The rows of each table, by column."""
    columns = [field["c"] for field in tap["fields"]]
    return {table["t"]: [dict(zip(columns, (str(cell).strip() for cell in row), strict=True))
                         for row in table["i"]]
            for table in tap["tables"]}


def tables(process: Sharkd) -> dict[str, list[dict]]:
    [tap] = process.taps(TABLE)
    assert tap["tap"] == TABLE
    return rows_of(tap)


def text(value: object) -> str:
    """A value of the JSON document as the table has it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "-" if value is None else str(value)


def by_sender(name: str, counts: dict) -> dict[str, str]:
    return {f"{name} C>S": str(counts["client"]), f"{name} S>C": str(counts["server"])}


def counts_of(told: dict) -> dict[str, str]:
    """What connections and subflows both have, in the table's words."""
    row = {"State": told["state"], "First frame": str(told["first_frame"]),
           "Last frame": str(told["last_frame"])}
    for name in ("packets", "payload"):
        row |= by_sender(name.capitalize(), told[name])
    for kind in ("unique", "reinjected", "retransmitted", "unmapped"):
        row |= by_sender(kind.capitalize(),
                         {role: told["data"][role][kind] for role in ("client", "server")})
    return row


def connection_row(told: dict) -> dict[str, str]:
    row = {"Connection": str(told["conn"]), "Handshake": told["handshake"],
           "Version": text(told["version"]), "Subflows": str(len(told["subflows"]))}
    for role in ("client", "server"):
        row |= {f"{role.capitalize()} token": text(told[role]["token"]),
                f"{role.capitalize()} key": text(told[role]["key"])}
    return row | counts_of(told)


def share(part: dict, whole: dict) -> str:
    return f"{100 * sum(part.values()) / (sum(whole.values()) or 1):.1f}%"


def subflow_row(connection: dict, told: dict) -> dict[str, str]:
    row = {"Connection": str(connection["conn"]), "Subflow": str(told["subflow"]),
           "Stream": text(told["stream"]), "Kind": told["kind"],
           "Share": share(told["payload"], connection["payload"])}
    for role in ("client", "server"):
        row |= {f"{role.capitalize()} ID": text(told[role]["address_id"]),
                f"{role.capitalize()} nonce": text(told[role]["nonce"]),
                f"{role.capitalize()} backup": text(told[role]["backup"])}
    return row | counts_of(told)


def assert_agree(found: dict[str, list[dict]], document: dict) -> None:
    """The tables, as far as they tell the same, are those of the document."""
    connections = sorted(document["connections"], key=lambda told: told["conn"])
    expected = {
        "Connections": [connection_row(told) for told in connections],
        "Subflows": [subflow_row(told, subflow) for told in connections
                     for subflow in told["subflows"]]}
    for title, rows in expected.items():
        place = lambda row: (int(row["Connection"]), int(row["Subflow"] or 0))  # noqa: E731
        by_index = sorted(found[title], key=place)
        assert [{name: row[name] for name in wanted}
                for row, wanted in zip(by_index, rows, strict=True)] == rows
    totals = document["totals"]
    cells = [" ".join(row.values()) for row in found["Totals"]]
    assert [cell.strip() for cell in cells] == [
        f"Connections {totals['connections']} Subflows {totals['subflows']} "
        f"Established {totals['established']} Payload {totals['payload']} bytes "
        f"TCP packets {document['packets']}"]


def test_tables_are_those_of_the_json(tshark, path_of, used: Sharkd, fresh: Sharkd,
                                      shipped: Capture):
    """In a process that has just started, and in one that has opened other files."""
    path = path_of(shipped)
    answers = []
    for process in (fresh, used):
        process.load(path)
        answers.append(process.taps(TABLE, "conv:MPTCP", "endpt:MPTCP", "expert"))
    assert_agree(tables(fresh), tshark.json(path))
    assert answers[0] == answers[1]


def test_files_one_after_another(path_of, used: Sharkd):
    """What came before a file does not matter, nor how often it was opened."""
    captures = find_captures(shipped_only=True)
    answers: dict[str, list[dict]] = {}
    for capture in [*captures, *reversed(captures), captures[0], captures[0]]:
        used.load(path_of(capture))
        answer = used.taps(TABLE, "expert")
        assert answers.setdefault(capture.name, answer) == answer
    assert len(answers) == len(captures)


def test_frames_match_our_filters(tshark, captures_dir, used: Sharkd):
    path = captures_dir / "s25_reuse.pcap"
    used.load(path)
    for chosen in ("mptcp.conn == 1", "mptcp.token == 1168751324", "mptcp.subflow == 1",
                   "mptcp_conn.subflow_reset"):
        assert used.frames(chosen) == tshark.frames(path, chosen, "-2") != []
    with pytest.raises(SharkdError):
        used.frames("mptcp.conn ==")


def test_trees_have_our_fields(tshark, captures_dir, used: Sharkd):
    """In any order of frames; each item is a filter as one can apply it."""
    path = captures_dir / "s14_join_limit.pcap"
    names = ["mptcp.conn", "mptcp.subflow", "mptcp.token.client", "mptcp.token.server",
             "mptcp.version", "mptcp.payload"]
    rows = tshark.fields(path, ["frame.number", *names], "-2", display_filter="mptcp_conn")
    used.load(path)
    for row in reversed(rows):
        filters = [item.get("f", "") for item in used.tree(int(row["frame.number"][0]))]
        assert [each for each in filters if each.split(" ")[0] in names] == [
            f"{name} == {value}" for name in sorted(names, key=in_tree) for value in row[name]]


def in_tree(name: str) -> int:
    return ["mptcp.conn", "mptcp.subflow", "mptcp.version", "mptcp.token.client",
            "mptcp.token.server", "mptcp.payload"].index(name)


def test_expert_tells_each_event(tshark, captures_dir, used: Sharkd):
    path = captures_dir / "s25_reuse.pcap"
    used.load(path)
    [tap] = used.taps("expert")
    found = [item["f"] for item in tap["details"] if item["p"] == "MPTCP Connection"]
    assert sorted(found) == [event["frame"] for event in tshark.json(path)["events"]]


def test_builtin_tables_are_of_the_connections(tshark, captures_dir, used: Sharkd):
    path = captures_dir / "both_openers.pcap"
    document = tshark.json(path)
    used.load(path)
    [tap] = used.taps("conv:MPTCP")
    assert sorted(sorted((row["txf"], row["rxf"])) for row in tap["convs"]) == sorted(
        sorted(told["packets"].values()) for told in document["connections"])


def test_table_is_offered(used: Sharkd):
    assert {"name": "MPTCP Connections", "tap": TABLE} in used.ask("info")["nstat"]


def test_table_twice_in_one_request(captures_dir, fresh: Sharkd):
    """sharkd has both listen for one table; packets count once all the same."""
    fresh.load(captures_dir / "s25_reuse.pcap")
    [once] = fresh.taps(TABLE)
    assert fresh.taps(TABLE, "conv:TCP", TABLE)[-1] == once


def test_request_that_is_refused_spoils_no_other(captures_dir, fresh: Sharkd):
    """sharkd leaves the listener of such a request where it is, for ever."""
    fresh.load(captures_dir / "s25_reuse.pcap")
    [expected] = fresh.taps(TABLE)
    for _ in range(3):
        with pytest.raises(SharkdError):
            fresh.taps(TABLE, "nonsense")
    assert expected in fresh.taps(TABLE)
    fresh.taps("conv:TCP")
    fresh.load(captures_dir / "s01_single.pcap")
    fresh.taps("conv:TCP")
    assert fresh.taps(TABLE)
    fresh.load(captures_dir / "s25_reuse.pcap")
    assert expected in fresh.taps(TABLE)


def repeated(path: Path, target: Path, times: int) -> Path:
    """A capture that many times over, each with connections of its own."""
    octets = path.read_bytes()
    header, records = octets[:24], octets[24:]
    copies = [records.replace(bytes([10, 0, 1]), bytes([10, copy, 1]))  # 10.0.1.2 -> 10.3.1.2
              .replace(bytes([10, 0, 2]), bytes([10, copy, 2])) for copy in range(times)]
    target.write_bytes(header + b"".join(copies))
    target.chmod(0o644)
    return target


def growth(tshark: Tshark, path: Path, tap: str) -> int:
    """By how much 20 more loads of a file make sharkd grow."""
    with Sharkd(tshark) as process:
        def load_often(times: int) -> int:
            for _ in range(times):
                process.load(path)
                process.taps(tap)
            return process.memory()

        early = load_often(10)
        return load_often(20) - early


def test_files_leave_nothing_in_memory(tshark, captures_dir, stage):
    """sharkd 4.0 itself keeps some 9 MiB of each file, 4.4 gives back what it had; with us it is
    no more.

    On this capture we hold 0.7 MiB: 20 of them would be 14, and what differs
    from run to run has been less than 2.
    """
    path = repeated(captures_dir / "mappings.pcap", stage / "repeated.pcap", 10)
    without = replace(tshark, plugin_dir=stage / "no-plugins")
    own = max(0, growth(without, path, "conv:TCP"))
    assert growth(tshark, path, TABLE) < own + 6 * MIB
