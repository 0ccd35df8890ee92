# SPDX-License-Identifier: GPL-2.0-or-later
"""Links between frames in all captures, and the Info column."""

from __future__ import annotations

import pytest

from captures import Capture

JOIN = ["mptcp.join.response_in", "mptcp.join.response_to"]
ADD_ADDR = ["mptcp.add_addr.echo_in", "mptcp.add_addr.echo_to"]
CONTEXT = ["frame.number", "mptcp.conn", "mptcp.subflow", "mptcp.from_client", "mptcp_conn.event",
           "tcp.flags.syn", "tcp.flags.ack", "tcp.options.mptcp.addrid"]


def rows_by_frame(tshark, path, names: list[str], display_filter: str) -> dict[int, dict]:
    rows = tshark.fields(path, [*CONTEXT, *names], "-2", display_filter=display_filter)
    return {int(row["frame.number"][0]): row for row in rows}


def link(row: dict, name: str) -> int:
    return int(row[name][0]) if row[name] else 0


def test_syn_and_syn_ack_of_a_join_are_linked(tshark, path_of, capture: Capture):
    rows = rows_by_frame(tshark, path_of(capture), JOIN,
                         "mptcp_conn.join_syn || mptcp_conn.join_synack")
    for frame, row in rows.items():
        answer, question = link(row, JOIN[0]), link(row, JOIN[1])
        for other in filter(None, (answer, question)):
            for name in ("mptcp.conn", "mptcp.subflow"):
                assert rows[other][name] == row[name]
            assert rows[other]["mptcp.from_client"] != row["mptcp.from_client"]
        if answer:
            assert "MP_JOIN in the SYN/ACK" in rows[answer]["mptcp_conn.event"][0]
            assert link(rows[answer], JOIN[1]) <= frame
        if question:
            assert link(rows[question], JOIN[0]) <= frame


def test_links_of_an_answered_join(tshark, captures_dir):
    path = captures_dir / "s14_join_limit.pcap"
    rows = rows_by_frame(tshark, path, JOIN, "mptcp_conn.join_syn || mptcp_conn.join_synack")
    assert {frame: (link(row, JOIN[0]), link(row, JOIN[1])) for frame, row in rows.items()} == {
        6: (7, 0), 7: (0, 6)}


def test_add_addr_and_echo_are_linked(tshark, captures_dir):
    """Frame 4 is repeated in frame 5. ID 2 is removed, and announced again in frame 32."""
    path = captures_dir / "path_management.pcap"
    rows = rows_by_frame(tshark, path, ADD_ADDR,
                         "(mptcp_conn.add_addr || mptcp_conn.add_addr_echo) && mptcp.conn == 0")
    links = {frame: (link(row, ADD_ADDR[0]), link(row, ADD_ADDR[1]))
             for frame, row in rows.items()}
    assert {frame: links[frame] for frame in range(4, 11)} == {
        4: (6, 0), 5: (6, 0), 6: (0, 4), 7: (8, 0), 8: (0, 7), 9: (10, 0), 10: (0, 9)}
    assert links[32][0] > 32
    assert links[links[32][0]] == (0, 32)


@pytest.mark.parametrize("name", [*JOIN, *ADD_ADDR])
def test_other_packets_have_no_links(tshark, captures_dir, name: str):
    """Only joins, or only ADD_ADDRs, have such a link."""
    events = ("mptcp_conn.join_syn || mptcp_conn.join_synack" if name in JOIN
              else "mptcp_conn.add_addr || mptcp_conn.add_addr_echo")
    for capture in ("path_management.pcap", "join_failures.pcap", "s30_v0_generated.pcap"):
        assert tshark.frames(captures_dir / capture, f"{name} && !({events})", "-2") == []


# Info column


INFO = {
    "s14_join_limit.pcap": {
        1: "[MPTCP version 1]",
        2: "[MPTCP version 1 accepted]",
        3: "[Connection 0 established]",
        6: "[Join of connection 0]",
        9: "[Join of connection 0 refused: administratively prohibited]",
    },
    "path_management.pcap": {
        4: "[Address 10.0.2.2 announced, ID 2]",
        6: "[Address 10.0.2.2 echoed, ID 2]",
        12: "[Address [2001:db8:2::2]:8443 echoed, ID 5]",
        16: "[Subflow 1 has joined connection 0]",
        30: "[Addresses removed: ID 2, ID 5]",
    },
    "s14d_join_bad_hmac_ack_server.pcap": {8: "[Join of connection 0 confirmed, HMAC bad]"},
}


def info_column(tshark, path, *options: str) -> dict[int, str]:
    columns = ["-o", 'gui.column.format:"No.","%m","Info","%i"']
    lines = tshark.run("-r", path, *columns, *options).stdout.splitlines()
    return {int(number): info for number, info in (line.split(None, 1) for line in lines)}


@pytest.mark.parametrize("passes", [[], ["-2"]], ids=["one pass", "two passes"])
@pytest.mark.parametrize("name", INFO)
def test_info_shows_events(tshark, captures_dir, name: str, passes: list[str]):
    info = info_column(tshark, captures_dir / name, *passes)
    for frame, words in INFO[name].items():
        assert info[frame].startswith(words)


def test_info_shows_reinjections(tshark, captures_dir):
    path = captures_dir / "s30_v0_generated.pcap"
    info = info_column(tshark, path, "-2")
    rows = tshark.fields(path, ["frame.number", "mptcp.data.reinjection_of"], "-2",
                         display_filter="mptcp.data.reinjection_of")
    assert rows
    for row in rows:
        frame, = row["frame.number"]
        of, = row["mptcp.data.reinjection_of"]
        assert f"[Reinjection of frame {of}]" in info[int(frame)]


@pytest.mark.parametrize("choice, shown", [("everything", {6, 9}), ("problems", {9}),
                                           ("nothing", set())])
def test_info_preference(tshark, captures_dir, choice: str, shown: set[int]):
    info = info_column(tshark, captures_dir / "s14_join_limit.pcap",
                       "-o", f"mptcp_conn.info_events:{choice}")
    assert {frame for frame in (6, 9) if "[Join" in info[frame]} == shown
