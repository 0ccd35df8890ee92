# SPDX-License-Identifier: GPL-2.0-or-later
"""The filter fields, frame by frame."""

from __future__ import annotations

from collections import Counter

import pytest

from captures import Capture
from tshark import Tshark

EVERY_PACKET = ["mptcp.conn", "mptcp.subflow", "mptcp.from_client", "mptcp.payload",
                "mptcp.version", "mptcp.token", "mptcp.token.client", "mptcp.token.server"]
# In one pass a connection's index is one too high until a join that was captured
# before the connection's first packet turns out to be a part of it.
LOWERED_LATER = {("join_before_keys", 24)}
UNVERIFIED = "2"  # of mptcp.hmac.status: what it takes may come later
CARRIED = ["mptcp.key.client", "mptcp.key.server", "mptcp.idsn.client", "mptcp.idsn.server",
           "mptcp.nonce.client", "mptcp.nonce.server", "mptcp.address_id.client",
           "mptcp.address_id.server", "mptcp.backup", "mptcp.hmac.status"]
IP = ["ip.src", "ipv6.src", "tcp.srcport"]


def rows_of(tshark, path, names: list[str], *options: str, only: str = ""):
    rows = tshark.fields(path, ["frame.number", *names], *options, display_filter=only)
    return {int(row["frame.number"][0]): row for row in rows}


def test_every_packet_of_a_subflow_is_counted_once(tshark, path_of, capture: Capture):
    """What the fields say of each frame adds up to the statistics."""
    path = path_of(capture)
    document = tshark.json(path)
    packets, payload = {}, {}
    for row in tshark.fields(path, EVERY_PACKET, "-2", display_filter="mptcp_conn"):
        for conn, subflow, from_client, octets in zip(
                row["mptcp.conn"], row["mptcp.subflow"], row["mptcp.from_client"],
                row["mptcp.payload"], strict=True):
            role = "client" if from_client in ("1", "True") else "server"
            place = (int(conn), int(subflow), role)
            packets[place] = packets.get(place, 0) + 1
            payload[place] = payload.get(place, 0) + int(octets)
    for connection in document["connections"]:
        for subflow in connection["subflows"]:
            for role in ("client", "server"):
                place = (connection["conn"], subflow["subflow"], role)
                assert packets.get(place, 0) == subflow["packets"][role]
                assert payload.get(place, 0) == subflow["payload"][role]


def test_two_passes_only_add_what_is_learnt_later(tshark, path_of, capture: Capture):
    """In one pass a value may be missing that is not known yet; none is another."""
    path = path_of(capture)
    names = EVERY_PACKET + CARRIED
    first = rows_of(tshark, path, names, only="mptcp_conn")
    second = rows_of(tshark, path, names, "-2", only="mptcp_conn")
    assert first.keys() == second.keys()
    for frame, row in first.items():
        for name in names:
            if name == "mptcp.conn" and (capture.name, frame) in LOWERED_LATER:
                assert int(row[name][0]) == int(second[frame][name][0]) + 1
            elif name == "mptcp.hmac.status":
                assert row[name] in (second[frame][name], [UNVERIFIED]), (frame, name)
            else:
                assert set(row[name]) <= set(second[frame][name]), (frame, name)


def test_either_token_finds_all_of_the_connection(tshark, path_of, capture: Capture):
    """`mptcp.token == T` finds as many frames as `mptcp.conn == N`, and each of these has T."""
    path = path_of(capture)
    rows = tshark.fields(path, ["mptcp.conn", "mptcp.token"], "-2", display_filter="mptcp.conn")
    expected = {}
    for role in ("client", "server"):
        connections = tshark.json(path)["connections"]
        tokens = Counter(each[role]["token"] for each in connections)
        for each in connections:
            token, conn = each[role]["token"], str(each["conn"])
            if token is None or tokens[token] > 1:
                continue
            own = [row for row in rows if conn in row["mptcp.conn"]]
            assert all(str(token) in row["mptcp.token"] for row in own)
            assert len(own) == sum(each["packets"].values())
            expected[f"mptcp.token == {token}"] = len(own)
    assert tshark.counts(path, list(expected), "-2") == expected


def test_every_field_is_a_column(tshark, captures_dir):
    """Each field can stand in the packet list, and shows its value there."""
    path = captures_dir / "s14_join_limit.pcap"
    columns = [f"%Cus:{name}" for name in EVERY_PACKET[:5] + CARRIED]
    layout = ",".join(f'"{column}","{column}"' for column in columns)
    lines = tshark.run("-r", path, "-o", f"gui.column.format:{layout}", "-2").stdout.splitlines()
    assert "0xdf94c326b2255920" in lines[2]
    assert "2194764081" in lines[5]
    assert "Good" in lines[6]


def test_carried_values_are_those_of_the_statistics(tshark, path_of, capture: Capture):
    """Keys, IDSNs and nonces of the packets agree with the connection's."""
    path = path_of(capture)
    document = tshark.json(path)
    for frame, row in rows_of(tshark, path, EVERY_PACKET + CARRIED, "-2",
                              only="mptcp.idsn.client || mptcp.idsn.server").items():
        connection = document["connections"][int(row["mptcp.conn"][0])]
        for role in ("client", "server"):
            for carried in row[f"mptcp.idsn.{role}"]:
                assert carried == connection[role]["idsn"], frame
    nonces = {(int(row["mptcp.conn"][0]), int(row["mptcp.subflow"][0]), role, int(nonce))
              for row in tshark.fields(path, EVERY_PACKET + CARRIED, "-2", display_filter="mptcp.backup")
              for role in ("client", "server") for nonce in row[f"mptcp.nonce.{role}"]}
    assert nonces == {(connection["conn"], subflow["subflow"], role, subflow[role]["nonce"])
                      for connection in document["connections"]
                      for subflow in connection["subflows"] for role in ("client", "server")
                      if subflow[role]["nonce"] is not None}


def test_server_opened_join_keeps_the_roles(tshark, captures_dir):
    """A subflow that the server opens: its SYN comes from the server."""
    path = captures_dir / "both_openers.pcap"
    opened = [(c["conn"], s["subflow"], s["first_frame"]) for c in tshark.json(path)["connections"]
              for s in c["subflows"] if s["initiator"] == "server"]
    assert opened
    rows = rows_of(tshark, path, ["mptcp.from_client", "mptcp.nonce.server"], "-2")
    for _, _, frame in opened:
        assert rows[frame]["mptcp.from_client"][0] in ("0", "False")
        assert rows[frame]["mptcp.nonce.server"]


def test_fields_are_generated(tshark, captures_dir):
    """Nothing of ours claims bytes of the packet, and the plain token is hidden."""
    shown = tshark.run("-r", captures_dir / "s01_single.pcap", "-V", "-c", "3").stdout
    ours = shown[shown.index("Multipath TCP Connection"):]
    assert "[Connection index: 0]" in ours
    assert "    [Token: " not in ours


def test_disabled_protocol_does_nothing(tshark, captures_dir):
    path = captures_dir / "s01_single.pcap"
    assert tshark.frames(path, "mptcp_conn", "--disable-protocol", "mptcp_conn") == []
    assert len(tshark.frames(path, "tcp", "--disable-protocol", "mptcp_conn")) == 26
    text = tshark.text(path, "--disable-protocol", "mptcp_conn")
    assert "No MPTCP connection." in text


def test_disabled_tcp_has_no_segments(tshark, captures_dir):
    path = captures_dir / "s30_v0_generated.pcap"
    assert tshark.frames(path, "mptcp_conn || tcp", "--disable-protocol", "tcp") == []
    assert "TCP packets 0" in tshark.text(path, "--disable-protocol", "tcp")


def test_wireshark_says_the_same_with_and_without_the_plugin(tshark, captures_dir, stage):
    """The plugin adds its own, and changes nothing of what Wireshark says."""
    path = captures_dir / "s30_v0_generated.pcap"
    without = Tshark(stage / "no-plugins", tshark.home)
    names = ["frame.protocols", "tcp.stream", "tcp.analysis.flags", "tcp.checksum.status"]
    assert without.fields(path, names) == tshark.fields(path, names)
    silent = ["-o", "mptcp_conn.info_events:nothing"]
    assert without.run("-r", path).stdout == tshark.run("-r", path, *silent).stdout


def test_info_column_preference(tshark, captures_dir):
    path = captures_dir / "s14_join_limit.pcap"
    lines = tshark.run("-r", path, "-o", "mptcp_conn.info_column:TRUE").stdout.splitlines()
    assert "[MPTCP 0.1] [Join of connection 0] 51345 → 5001 [SYN]" in lines[5]


@pytest.mark.parametrize("statistic", ["expert", "expert -V"])
def test_expert_statistic(tshark, captures_dir, statistic: str):
    """It counts the same whether tshark makes a tree for its own purposes or not."""
    out = tshark.run("-r", captures_dir / "both_openers.pcap", "-q", "-z", *statistic.split()).stdout
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert "4 Security MPTCP Connection The HMAC is wrong: MP_JOIN in the SYN/ACK" in lines
    assert "4 Security MPTCP Connection The HMAC is wrong: MP_JOIN in the third ACK" in lines
