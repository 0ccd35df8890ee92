# SPDX-License-Identifier: GPL-2.0-or-later
"""sharkd: tables, fields and filters, and several files in one process.

sharkd reads a capture to its end, and dissects packets again for each request, so its results are
those of two passes of tshark. It caches the result of a filter beyond the next load, so no test
uses a filter in two files.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from captures import Capture, find_captures
from sharkd import Sharkd, SharkdError
from table_cells import share
from tshark import SMALL_PAGES, Tshark

TABLE = "nstat:mptcp,conn"
MIB = 1 << 20


@pytest.fixture(scope="module")
def used(tshark: Tshark) -> Iterator[Sharkd]:
    """One process for many tests, which has opened other files before."""
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
    """A value of the JSON document as in the table."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "-" if value is None else str(value)


def by_sender(name: str, counts: dict) -> dict[str, str]:
    return {f"{name} C>S": str(counts["client"]), f"{name} S>C": str(counts["server"])}


def counts_of(counted: dict) -> dict[str, str]:
    """The columns that connections and subflows have in common."""
    row = {"State": counted["state"], "First frame": str(counted["first_frame"]),
           "Last frame": str(counted["last_frame"])}
    for name in ("packets", "payload"):
        row |= by_sender(name.capitalize(), counted[name])
    for kind in ("unique", "reinjected", "retransmitted", "unmapped"):
        row |= by_sender(kind.capitalize(),
                         {role: counted["data"][role][kind] for role in ("client", "server")})
    return row


def connection_row(connection: dict) -> dict[str, str]:
    row = {"Connection": str(connection["conn"]), "Handshake": connection["handshake"],
           "Version": text(connection["version"]), "Subflows": str(len(connection["subflows"]))}
    for role in ("client", "server"):
        row |= {f"{role.capitalize()} token": text(connection[role]["token"]),
                f"{role.capitalize()} key": text(connection[role]["key"])}
    return row | counts_of(connection)


def subflow_row(connection: dict, subflow: dict) -> dict[str, str]:
    row = {"Connection": str(connection["conn"]), "Subflow": str(subflow["subflow"]),
           "Stream": text(subflow["stream"]), "Kind": subflow["kind"],
           "Share C>S": share(connection, subflow, "client"),
           "Share S>C": share(connection, subflow, "server")}
    for role in ("client", "server"):
        row |= {f"{role.capitalize()} ID": text(subflow[role]["address_id"]),
                f"{role.capitalize()} nonce": text(subflow[role]["nonce"]),
                f"{role.capitalize()} backup": text(subflow[role]["backup"])}
    return row | counts_of(subflow)


def assert_agree(found: dict[str, list[dict]], document: dict) -> None:
    """The tables agree with the document."""
    connections = sorted(document["connections"], key=lambda connection: connection["conn"])
    expected = {
        "Connections": [connection_row(connection) for connection in connections],
        "Subflows": [subflow_row(connection, subflow) for connection in connections
                     for subflow in connection["subflows"]]}
    for title, rows in expected.items():
        index = lambda row: (int(row["Connection"]), int(row["Subflow"] or 0))  # noqa: E731
        by_index = sorted(found[title], key=index)
        assert [{name: row[name] for name in wanted}
                for row, wanted in zip(by_index, rows, strict=True)] == rows
    totals = document["totals"]
    cells = [" ".join(row.values()) for row in found["Totals"]]
    assert [cell.strip() for cell in cells] == [
        f"Connections {totals['connections']} Subflows {totals['subflows']} "
        f"Established {totals['established']} Payload {totals['payload']} bytes "
        f"TCP packets {document['packets']}"]


def test_tables_agree_with_the_json(tshark, path_of, used: Sharkd, fresh: Sharkd,
                                    shipped: Capture):
    """In a new process, and in one that has opened other files."""
    path = path_of(shipped)
    answers = []
    for process in (fresh, used):
        process.load(path)
        answers.append(process.taps(TABLE, "conv:MPTCP", "endpt:MPTCP", "expert"))
    assert_agree(tables(fresh), tshark.json(path))
    assert answers[0] == answers[1]


def test_files_one_after_another(path_of, used: Sharkd):
    """Results do not depend on earlier files, nor on how often a file was opened."""
    captures = find_captures(shipped_only=True)
    answers: dict[str, list[dict]] = {}
    for capture in [*captures, *reversed(captures), captures[0], captures[0]]:
        used.load(path_of(capture))
        answer = used.taps(TABLE, "expert")
        assert answers.setdefault(capture.name, answer) == answer
    assert len(answers) == len(captures)


def test_filters_match_frames(tshark, captures_dir, used: Sharkd):
    path = captures_dir / "s25_reuse.pcap"
    used.load(path)
    for chosen in ("mptcp.conn == 1", "mptcp.token == 1168751324", "mptcp.subflow == 1",
                   "mptcp_conn.subflow_reset"):
        assert used.frames(chosen) == tshark.frames(path, chosen, "-2") != []
    with pytest.raises(SharkdError):
        used.frames("mptcp.conn ==")


def test_trees_have_the_fields(tshark, captures_dir, used: Sharkd):
    """In any order of frames. Each item has a valid filter."""
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


def test_expert_lists_each_event(tshark, captures_dir, used: Sharkd):
    path = captures_dir / "s25_reuse.pcap"
    used.load(path)
    [tap] = used.taps("expert")
    found = [item["f"] for item in tap["details"] if item["p"] == "MPTCP Connection"]
    assert sorted(found) == [event["frame"] for event in tshark.json(path)["events"]]


def test_builtin_tables_show_the_connections(tshark, captures_dir, used: Sharkd):
    path = captures_dir / "both_openers.pcap"
    document = tshark.json(path)
    used.load(path)
    [tap] = used.taps("conv:MPTCP")
    assert sorted(sorted((row["txf"], row["rxf"])) for row in tap["convs"]) == sorted(
        sorted(connection["packets"].values()) for connection in document["connections"])


def test_table_is_offered(used: Sharkd):
    assert {"name": "MPTCP Connections", "tap": TABLE} in used.ask("info")["nstat"]


def test_table_twice_in_one_request(captures_dir, fresh: Sharkd):
    """sharkd registers two listeners for the same table. Packets still count once."""
    fresh.load(captures_dir / "s25_reuse.pcap")
    [once] = fresh.taps(TABLE)
    assert fresh.taps(TABLE, "conv:TCP", TABLE)[-1] == once


def test_refused_requests_have_no_effect(captures_dir, fresh: Sharkd):
    """sharkd never removes the listeners of a refused request."""
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
    """A capture repeated several times with other addresses, so that each copy has its own
    connections."""
    data = path.read_bytes()
    header, records = data[:24], data[24:]
    copies = [records.replace(bytes([10, 0, 1]), bytes([10, copy, 1]))  # 10.0.1.2 -> 10.3.1.2
              .replace(bytes([10, 0, 2]), bytes([10, copy, 2])) for copy in range(times)]
    target.write_bytes(header + b"".join(copies))
    target.chmod(0o644)
    return target


def growth(tshark: Tshark, path: Path, tap: str) -> int:
    """The growth of sharkd's memory by 20 more loads of a file."""
    with Sharkd(tshark) as process:
        def load_often(times: int) -> int:
            for _ in range(times):
                process.load(path)
                process.taps(tap)
            return process.memory()

        early = load_often(10)
        return load_often(20) - early


def test_files_leak_no_memory(tshark, captures_dir, stage):
    """sharkd 4.0 itself keeps about 9 MiB for each load; 4.4 frees everything. The plugin adds
    nothing.

    For this capture, the plugin has 0.7 MiB: 20 leaks would be 14 MiB. Runs differ by less than 2
    MiB.
    """
    path = repeated(captures_dir / "mappings.pcap", stage / "repeated.pcap", 10)
    measured = replace(tshark, environment=SMALL_PAGES)
    without = replace(measured, plugin_dir=stage / "no-plugins")
    own = max(0, growth(without, path, "conv:TCP"))
    assert growth(measured, path, TABLE) < own + 6 * MIB
