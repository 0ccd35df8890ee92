# SPDX-License-Identifier: GPL-2.0-or-later
"""Wireshark's own MPTCP tables as replaced by the plugin: a row for each connection, and
endpoints."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from captures import Capture

IN_TUNNELS = {"tunnels", "s20b_gre", "points"}
OFF = ["-o", "mptcp_conn.replaced_tables:FALSE"]
CONVERSATION = re.compile(r"^(\S+) +<-> (\S+) +(\d+) (\S+ \S+) +(\d+) (\S+ \S+) +(\d+) (\S+ \S+) ")
ENDPOINT = re.compile(r"^(\S+)" + r" +(\d+) +(\d+ ?[a-zA-Z]*)" * 3 + r" *$")


def conversations(text: str) -> Counter:
    """The number of identical rows: both ends; frames from the second to the first, in the other
    direction, and in total."""
    rows = filter(None, map(CONVERSATION.match, text.splitlines()))
    return Counter((row[1], row[2], int(row[3]), int(row[5]), int(row[7])) for row in rows)


def endpoints(text: str) -> dict[str, list[tuple[int, str]]]:
    """Packets and bytes by address: total, sent, received."""
    rows = filter(None, map(ENDPOINT.match, text.splitlines()))
    return {row[1]: [(int(row[column]), row[column + 1].strip()) for column in (2, 4, 6)]
            for row in rows}


def agrees(size: str, expected: int) -> bool:
    """Wireshark 4.6 rounds large numbers of bytes, as in "38 kB"."""
    number, _, unit = size.partition(" ")
    return unit not in ("", "bytes") or int(number) == expected


def tables(tshark, path, *options: str, conversation_filter: str = "") -> str:
    """The output of `-z conv,mptcp` and of further statistics among the options."""
    statistic = "conv,mptcp" + (f",{conversation_filter}" if conversation_filter else "")
    return tshark.run("-n", "-r", path, "-q", "-z", statistic, *options).stdout


def expected_conversations(document: dict) -> Counter:
    rows: Counter = Counter()
    for connection in document["connections"]:
        ends = [(connection[role]["address"], connection[role]["port"],
                 connection["packets"][role]) for role in ("client", "server")]
        rows[frozenset(ends)] += 1
    return rows


def without_ports(rows: Counter) -> Counter:
    """Rows as in the table: by address, with the frames sent from each."""
    shown: Counter = Counter()
    for ends, count in rows.items():
        (one, _, sent), (two, _, received) = ends if len(ends) == 2 else [*ends] * 2
        shown[frozenset([(one, sent), (two, received)])] += count
    return shown


def by_address(rows: Counter) -> Counter:
    shown: Counter = Counter()
    for (one, two, from_two, from_one, total), count in rows.items():
        assert from_one + from_two == total
        shown[frozenset([(one, from_one), (two, from_two)])] += count
    return shown


def test_tables_show_the_connections(tshark, path_of, capture: Capture):
    """Captures with tunnels are an exception: a frame counts once, however often it contains
    packets of a connection, and it has several addresses."""
    path = path_of(capture)
    text = tables(tshark, path, "-2", "-z", "endpoints,mptcp")
    found = by_address(conversations(text))
    expected = without_ports(expected_conversations(tshark.json(path, "-2")))
    if capture.name in IN_TUNNELS:
        assert found.total() == expected.total()
    else:
        assert found == expected
        shown, endpoint_counts = endpoints(text), expected_endpoints(tshark, path)
        assert {address: [packets for packets, _ in pairs] for address, pairs in shown.items()} == {
            address: [packets for packets, _ in pairs]
            for address, pairs in endpoint_counts.items()}
        for address, pairs in endpoint_counts.items():
            for (_, size), (_, expected_size) in zip(shown[address], pairs):
                assert agrees(size, expected_size)


def expected_endpoints(tshark, path) -> dict[str, list[tuple[int, int]]]:
    rows = tshark.fields(path, ["frame.len", "ip.src", "ip.dst", "ipv6.src", "ipv6.dst"], "-2",
                         display_filter="mptcp_conn && !mptcp.copy_of")
    expected: dict[str, Counter] = {}
    for row in rows:
        length = int(row["frame.len"][0])
        source, = row["ip.src"] or row["ipv6.src"]
        destination, = row["ip.dst"] or row["ipv6.dst"]
        expected.setdefault(source, Counter()).update({"sent": 1, "sent bytes": length})
        expected.setdefault(destination, Counter()).update(
            {"received": 1, "received bytes": length})
    return {
        address: [(each["sent"] + each["received"],
                   each["sent bytes"] + each["received bytes"]),
                  (each["sent"], each["sent bytes"]), (each["received"], each["received bytes"])]
        for address, each in expected.items()}


def test_filter(tshark, captures_dir):
    path = captures_dir / "both_openers.pcap"
    display_filter = "mptcp.subflow == 1"
    document = tshark.json(path, display_filter=display_filter)
    found = by_address(conversations(tables(tshark, path, conversation_filter=display_filter)))
    assert found == without_ports(expected_conversations(document))


@pytest.mark.parametrize("option", [OFF, ["--disable-protocol", "mptcp_conn"]],
                         ids=["preference off", "protocol disabled"])
def test_builtin_rows_are_one_way(tshark, captures_dir, option: list[str]):
    """Without the replacement, each direction has a row of its own."""
    rows = conversations(tables(tshark, captures_dir / "both_openers.pcap", *option))
    assert rows.total() == 8
    assert all(0 in (row[2], row[3]) for row in rows)


def test_several_at_once(tshark, captures_dir):
    """Tables do not share counts."""
    path = captures_dir / "s25_reuse.pcap"
    out = tshark.run("-r", path, "-q", "-z", "conv,mptcp", "-z", "endpoints,mptcp",
                     "-z", "conv,mptcp,mptcp.conn == 0", "-z", "conv,tcp").stdout
    assert out.count("MPTCP Conversations") == 2
    assert sum(1 for line in out.splitlines() if CONVERSATION.match(line)) >= 3 + 1
