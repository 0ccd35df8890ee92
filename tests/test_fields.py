# SPDX-License-Identifier: GPL-2.0-or-later
"""The filter fields of each frame."""

from __future__ import annotations

from collections import Counter

import pytest

from captures import Capture
from tshark import Tshark

EVERY_PACKET = ["mptcp.conn", "mptcp.subflow", "mptcp.from_client", "mptcp.payload",
                "mptcp.version", "mptcp.token", "mptcp.token.client", "mptcp.token.server",
                "mptcp.subflow.backup"]
# In one pass, a join that precedes its connection has a connection index of its own at first. Until
# the join is assigned, the index of a later connection is too high by one.
RENUMBERED = {("join_before_keys", 24)}
UNVERIFIED = "2"  # of mptcp.hmac.status; keys or nonces may come later
CARRIED = ["mptcp.key.client", "mptcp.key.server", "mptcp.idsn.client", "mptcp.idsn.server",
           "mptcp.nonce.client", "mptcp.nonce.server", "mptcp.address_id.client",
           "mptcp.address_id.server", "mptcp.backup", "mptcp.hmac.status"]


def rows_of(tshark, path, names: list[str], *options: str, only: str = ""):
    rows = tshark.fields(path, ["frame.number", *names], *options, display_filter=only)
    return {int(row["frame.number"][0]): row for row in rows}


def test_every_packet_of_a_subflow_is_counted_once(tshark, path_of, capture: Capture):
    """The fields of all frames add up to the statistics."""
    path = path_of(capture)
    document = tshark.json(path)
    packets, payload = {}, {}
    for row in tshark.fields(path, EVERY_PACKET, "-2",
                             display_filter="mptcp_conn && !mptcp.copy_of"):
        for conn, subflow, from_client, size in zip(
                row["mptcp.conn"], row["mptcp.subflow"], row["mptcp.from_client"],
                row["mptcp.payload"], strict=True):
            role = "client" if from_client in ("1", "True") else "server"
            key = (int(conn), int(subflow), role)
            packets[key] = packets.get(key, 0) + 1
            payload[key] = payload.get(key, 0) + int(size)
    for connection in document["connections"]:
        for subflow in connection["subflows"]:
            for role in ("client", "server"):
                key = (connection["conn"], subflow["subflow"], role)
                assert packets.get(key, 0) == subflow["packets"][role]
                assert payload.get(key, 0) == subflow["payload"][role]


def test_two_passes_only_add_values(tshark, path_of, capture: Capture):
    """In one pass a value may be missing, but it never differs."""
    path = path_of(capture)
    names = EVERY_PACKET + CARRIED
    first = rows_of(tshark, path, names, only="mptcp_conn")
    second = rows_of(tshark, path, names, "-2", only="mptcp_conn")
    assert first.keys() == second.keys()
    for frame, row in first.items():
        for name in names:
            if name == "mptcp.conn" and (capture.name, frame) in RENUMBERED:
                assert int(row[name][0]) == int(second[frame][name][0]) + 1
            elif name == "mptcp.hmac.status":
                assert row[name] in (second[frame][name], [UNVERIFIED]), (frame, name)
            else:
                assert set(row[name]) <= set(second[frame][name]), (frame, name)


def test_either_token_matches_the_whole_connection(tshark, path_of, capture: Capture):
    """`mptcp.token == T` matches as many frames as `mptcp.conn == N`, and each of these has T."""
    path = path_of(capture)
    rows = tshark.fields(path, ["mptcp.conn", "mptcp.token"], "-2",
                         display_filter="mptcp.conn && !mptcp.copy_of")
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
            expected[f"mptcp.token == {token} && !mptcp.copy_of"] = len(own)
    assert tshark.counts(path, list(expected), "-2") == expected


def test_every_field_is_a_column(tshark, captures_dir):
    """Each field can be a column of the packet list."""
    path = captures_dir / "s14_join_limit.pcap"
    columns = [f"%Cus:{name}" for name in EVERY_PACKET[:5] + CARRIED]
    layout = ",".join(f'"{column}","{column}"' for column in columns)
    lines = tshark.run("-r", path, "-o", f"gui.column.format:{layout}", "-2").stdout.splitlines()
    assert "0xdf94c326b2255920" in lines[2]
    assert "2194764081" in lines[5]
    assert "Good" in lines[6]


def test_carried_values_agree_with_the_statistics(tshark, path_of, capture: Capture):
    """IDSNs and nonces of the packets agree with those of the connection."""
    path = path_of(capture)
    document = tshark.json(path)
    for frame, row in rows_of(tshark, path, EVERY_PACKET + CARRIED, "-2",
                              only="mptcp.idsn.client || mptcp.idsn.server").items():
        connection = document["connections"][int(row["mptcp.conn"][0])]
        for role in ("client", "server"):
            for carried in row[f"mptcp.idsn.{role}"]:
                assert carried == connection[role]["idsn"], frame
    nonces = {(int(row["mptcp.conn"][0]), int(row["mptcp.subflow"][0]), role, int(nonce))
              for row in tshark.fields(path, EVERY_PACKET + CARRIED, "-2",
                                       display_filter="mptcp.backup")
              for role in ("client", "server") for nonce in row[f"mptcp.nonce.{role}"]}
    assert nonces == {(connection["conn"], subflow["subflow"], role, subflow[role]["nonce"])
                      for connection in document["connections"]
                      for subflow in connection["subflows"] for role in ("client", "server")
                      if subflow[role]["nonce"] is not None}


def role_of(row) -> str:
    return "client" if row["mptcp.from_client"][0] in ("1", "True") else "server"


@pytest.mark.parametrize("name", ["both_openers", "path_management", "s30_v0_generated"])
def test_backup_marks_every_packet_of_the_subflow(tshark, captures_dir, name: str):
    """From the packet on in which a host asks for it, until it no longer does."""
    path = captures_dir / f"{name}.pcap"
    priorities = {(c["conn"], s["subflow"]): s["priorities"]
                  for c in tshark.json(path)["connections"] for s in c["subflows"]}
    flags = {subflow: {"client": False, "server": False} for subflow in priorities}
    marked = 0
    names = ["mptcp.conn", "mptcp.subflow", "mptcp.from_client", "mptcp.backup", "tcp.flags.syn",
             "mptcp.subflow.backup"]
    for frame, row in rows_of(tshark, path, names, "-2", only="mptcp_conn").items():
        subflow = (int(row["mptcp.conn"][0]), int(row["mptcp.subflow"][0]))
        if row["mptcp.backup"] and row["tcp.flags.syn"][0] in ("1", "True"):
            flags[subflow][role_of(row)] |= row["mptcp.backup"][0] in ("1", "True")
        for change in priorities[subflow]:
            if change["frame"] <= frame:
                flags[subflow][change["from"]] = change["backup"]
        expected = any(flags[subflow].values())
        assert bool(row["mptcp.subflow.backup"]) == expected, frame
        marked += expected
    assert marked > 3


def test_join_by_the_server_keeps_the_roles(tshark, captures_dir):
    """The SYN of a subflow that the server initiates comes from the server."""
    path = captures_dir / "both_openers.pcap"
    joins = [(c["conn"], s["subflow"], s["first_frame"]) for c in tshark.json(path)["connections"]
             for s in c["subflows"] if s["initiator"] == "server"]
    assert joins
    rows = rows_of(tshark, path, ["mptcp.from_client", "mptcp.nonce.server"], "-2")
    for _, _, frame in joins:
        assert rows[frame]["mptcp.from_client"][0] in ("0", "False")
        assert rows[frame]["mptcp.nonce.server"]


def test_fields_are_generated(tshark, captures_dir):
    """The plugin's fields claim no bytes of the packet, and the field without role is hidden."""
    shown = tshark.run("-r", captures_dir / "s01_single.pcap", "-V", "-c", "3").stdout
    tree = shown[shown.index("Multipath TCP Connection"):]
    assert "[Connection index: 0]" in tree
    assert "    [Token: " not in tree


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


def test_wireshark_is_the_same_with_and_without_the_plugin(tshark, captures_dir, stage):
    """The plugin adds fields and changes no output of Wireshark, except that data of a connection
    goes to the dissectors as MPTCP data."""
    path = captures_dir / "s30_v0_generated.pcap"
    without = Tshark(stage / "no-plugins", tshark.home)
    names = ["tcp.stream", "tcp.analysis.flags", "tcp.checksum.status"]
    assert without.fields(path, names) == tshark.fields(path, names)
    by_flow = ["-o", "mptcp_conn.upper_protocols:FALSE"]
    names.append("frame.protocols")
    assert without.fields(path, names) == tshark.fields(path, names, *by_flow)
    silent = ["-o", "mptcp_conn.info_events:nothing", *by_flow]
    assert without.run("-r", path).stdout == tshark.run("-r", path, *silent).stdout


def test_info_column_preference(tshark, captures_dir):
    path = captures_dir / "s14_join_limit.pcap"
    lines = tshark.run("-r", path, "-o", "mptcp_conn.info_column:TRUE").stdout.splitlines()
    assert "[MPTCP 0.1] [Join of connection 0] 51345 → 5001 [SYN]" in lines[5]


@pytest.mark.parametrize("statistic", ["expert", "expert -V"])
def test_expert_statistic(tshark, captures_dir, statistic: str):
    """The counts do not depend on whether tshark builds a tree anyway."""
    path = captures_dir / "both_openers.pcap"
    out = tshark.run("-r", path, "-q", "-z", *statistic.split()).stdout
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert "4 Security MPTCP Connection Bad HMAC: MP_JOIN in the SYN/ACK" in lines
    assert "4 Security MPTCP Connection Bad HMAC: MP_JOIN in the third ACK" in lines
