# SPDX-License-Identifier: GPL-2.0-or-later
"""Wireshark's dialogs 'Conversations' and 'Endpoints', tab MPTCP."""

from __future__ import annotations

import pytest

from wireshark_window import WiresharkWindow, missing_programs

pytestmark = pytest.mark.skipif(
    bool(missing_programs()), reason=f"not installed: {', '.join(missing_programs())}"
)

CAPTURE = "both_openers.pcap"
TABS = {"recent": b"gui.conversation_tabs: MPTCP\ngui.endpoint_tabs: MPTCP\n"}


def rows_of(wireshark: WiresharkWindow, title: str) -> list[dict[str, str]]:
    """Opens the dialog, which remembers that it showed this tab alone, and reads it."""
    wireshark.press_menu(["Statistics", title])
    table = wireshark.table_cells(wireshark.wait_for_window(title))
    return [dict(zip(table.header, row)) for row in table.rows]


def test_conversations(plugin_dir, captures_dir, tshark):
    connections = tshark.json(captures_dir / CAPTURE)["connections"]
    with WiresharkWindow(captures_dir / CAPTURE, plugin_dir=plugin_dir, configuration=TABS) as wireshark:
        rows = rows_of(wireshark, "Conversations")
    found = {frozenset([(row["Address A"], row["Port A"], row["Packets A → B"]),
                        (row["Address B"], row["Port B"], row["Packets B → A"])]) for row in rows}
    assert len(rows) == len(connections)
    assert found == {frozenset((each[role]["address"], str(each[role]["port"]),
                                str(each["packets"][role])) for role in ("client", "server"))
                     for each in connections}


def test_filter_of_a_row_is_the_connection(plugin_dir, captures_dir, tshark):
    path = captures_dir / CAPTURE
    connections = tshark.json(path)["connections"]
    with WiresharkWindow(path, plugin_dir=plugin_dir, configuration=TABS) as wireshark:
        row = rows_of(wireshark, "Conversations")[0]
        wireshark.press_row_menu("Conversations", 0, ["Apply as Filter", "Selected", "A ↔ B"])
        ports = {row["Port A"], row["Port B"]}
        connection, = (each["conn"] for each in connections
                       if {str(each[role]["port"]) for role in ("client", "server")} == ports)
        expected = tshark.frames(path, f"mptcp.conn == {connection}", "-2")
        assert wireshark.wait_for_packets(expected) == expected


def test_endpoints(plugin_dir, captures_dir, tshark):
    path = captures_dir / CAPTURE
    subflows = [each for connection in tshark.json(path)["connections"]
                for each in connection["subflows"]]
    ends = {(each[role]["address"], str(each[role]["port"])) for each in subflows
            for role in ("client", "server")}
    with WiresharkWindow(path, plugin_dir=plugin_dir, configuration=TABS) as wireshark:
        rows = rows_of(wireshark, "Endpoints")
    assert {(row["Address"], row["Port"]) for row in rows} == ends
    assert sum(int(row["Packets"]) for row in rows) == 2 * sum(
        sum(each["packets"].values()) for each in subflows)
