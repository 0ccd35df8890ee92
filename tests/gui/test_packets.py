# SPDX-License-Identifier: GPL-2.0-or-later
"""What Wireshark's main window says of each packet: its columns and its tree."""

from __future__ import annotations

import pytest

from wireshark_window import WiresharkWindow, missing_programs

pytestmark = pytest.mark.skipif(
    bool(missing_programs()), reason=f"not installed: {', '.join(missing_programs())}"
)

FIELDS = ["mptcp.conn", "mptcp.subflow", "mptcp.version", "mptcp.token", "mptcp.token.client",
          "mptcp.token.server", "mptcp.payload", "mptcp.key.client", "mptcp.nonce.client"]
COLUMNS = ["-o", "gui.column.format:" + ",".join(f'"{name}","%Cus:{name}:0:U"' for name in FIELDS)]
CAPTURES = ["join_before_keys.pcap", "s14d_join_bad_hmac_ack_server.pcap"]


@pytest.mark.parametrize("name", CAPTURES)
def test_columns_say_what_tshark_says_in_two_passes(plugin_dir, captures_dir, tshark, name):
    path = captures_dir / name
    expected = [{name: ",".join(values) for name, values in row.items()}
                for row in tshark.fields(path, FIELDS, "-2")]
    with WiresharkWindow(path, *COLUMNS, plugin_dir=plugin_dir) as wireshark:
        assert wireshark.wait_for(wireshark.packet_list, expected) == expected


def test_tree_of_a_join_with_a_wrong_hmac(plugin_dir, captures_dir):
    path = captures_dir / "s14d_join_bad_hmac_ack_server.pcap"
    with WiresharkWindow(path, "-g", "8", plugin_dir=plugin_dir) as wireshark:
        assert wireshark.packet_details("Multipath TCP Connection") == [
            "[Multipath TCP Connection, Connection: 0, Subflow: 1, from the client]",
            "[Connection index: 0]",
            "[Subflow index: 1 (join, initiated by the client)]",
            "[Sent by the client: True]",
            "[Version: 1]",
            "[Client token: 2053524626 (0x7a664c92)]",
            "[Server token: 1916017974 (0x72341d36)]",
            "[Payload: 0 bytes]",
            "[Point: 2 (interface index 3, incoming)]",
            "[HMAC status: Bad]",
            "[Event: MP_JOIN in the third ACK: HMAC bad]",
        ]


def test_why_a_join_failed_stands_in_the_packet_list(plugin_dir, captures_dir):
    columns = ["-o", 'gui.column.format:"No.","%m","Info","%i"']
    with WiresharkWindow(captures_dir / "s14_join_limit.pcap", *columns,
                         plugin_dir=plugin_dir) as wireshark:
        info = wireshark.packet_list()[8]["Info"]
    assert info.startswith("[Join of connection 0 refused: administratively prohibited]")


def test_conversation_filter_by_a_right_click(plugin_dir, captures_dir, tshark):
    path = captures_dir / "s25_reuse.pcap"
    with WiresharkWindow(path, plugin_dir=plugin_dir) as wireshark:
        wireshark.press_packet_menu(5, ["Conversation Filter", "MPTCP Connection"])
        expected = tshark.frames(path, "mptcp.conn == 0", "-2")
        assert wireshark.wait_for_packets(expected) == expected


@pytest.mark.parametrize("entry, display_filter", [
    ("MPTCP Connection", "mptcp.conn == 1"),
    ("MPTCP Subflow", "mptcp.conn == 1 && mptcp.subflow == 1"),
])
def test_conversation_filter(plugin_dir, captures_dir, tshark, entry, display_filter):
    path = captures_dir / "s25_reuse.pcap"
    frames = tshark.frames(path, display_filter, "-2")
    with WiresharkWindow(path, "-g", str(frames[3]), plugin_dir=plugin_dir) as wireshark:
        wireshark.press_menu(["Analyze", "Conversation Filter", entry])
        assert wireshark.wait_for_packets(frames) == frames


@pytest.mark.parametrize("subflow", [0, 1])
def test_tls_is_followed_from_each_subflow(plugin_dir, captures_dir, tshark, subflow):
    """Wireshark 4.6 asks the conversation of the packet for its TLS stream."""
    path = captures_dir / "k_tls13.pcap"
    frame = tshark.frames(path, f"tls && mptcp.subflow == {subflow}", "-2")[0]
    with WiresharkWindow(path, "-g", str(frame), plugin_dir=plugin_dir) as wireshark:
        wireshark.wait_until(lambda: wireshark.selected_packet() == str(frame))
        wireshark.press_menu(["Analyze", "Follow", "TLS Stream"])
        wireshark.wait_for_window("Follow TLS Stream")
