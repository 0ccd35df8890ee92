# SPDX-License-Identifier: GPL-2.0-or-later
"""Statistics, MPTCP, Events: the story of `-z mptcp,events`, in the window."""

from __future__ import annotations

import csv

import pytest

from event_text import FIELDS as COLUMNS, event_rows
from wireshark_window import WiresharkWindow, missing_programs

pytestmark = pytest.mark.skipif(
    bool(missing_programs()), reason=f"not installed: {', '.join(missing_programs())}"
)

MENU = ["Statistics", "MPTCP", "Events"]
TITLE = "MPTCP Events"
CAPTURES = ["path_management.pcap", "s14_join_limit.pcap", "join_failures.pcap"]


def open_dialog(wireshark: WiresharkWindow) -> str:
    wireshark.press_menu(MENU)
    return wireshark.wait_for_window(TITLE)


@pytest.mark.parametrize("name", CAPTURES)
def test_cells_agree_with_the_text(plugin_dir, captures_dir, tshark, name):
    expected = event_rows(tshark.events(captures_dir / name, "-2"))
    with WiresharkWindow(captures_dir / name, plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        table = wireshark.wait_for_table(dialog, lambda table: table.rows == expected)
    assert table.header == COLUMNS
    assert table.rows == expected


@pytest.mark.parametrize("format_", ["u", "e", "r", "d"])
def test_times_are_in_the_format_of_the_packet_list(plugin_dir, captures_dir, tshark, format_):
    path = captures_dir / "s14_join_limit.pcap"
    expected = event_rows(tshark.events(path, "-2", "-t", format_))
    with WiresharkWindow(path, "-t", format_, plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        table = wireshark.wait_for_table(dialog, lambda table: table.rows == expected)
    assert table.rows == expected


def test_sorts_by_severity(plugin_dir, captures_dir):
    with WiresharkWindow(captures_dir / "s14_join_limit.pcap", plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        wireshark.table_cells(dialog)
        wireshark.press_header(dialog, "Severity")
        shown = [row[COLUMNS.index("Severity")] for row in wireshark.table_cells(dialog).rows]
    rank = {"chat": 0, "note": 1, "warn": 2, "error": 3}
    ranks = [rank[severity] for severity in shown]
    assert len(set(ranks)) > 1
    assert ranks in (sorted(ranks), sorted(ranks, reverse=True))


def test_row_menu(plugin_dir, captures_dir, tshark):
    path = captures_dir / "s14_join_limit.pcap"
    with WiresharkWindow(path, plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        rows = wireshark.table_cells(dialog).rows
        place = next(place for place, row in enumerate(rows) if "join_refused" in row)
        wireshark.press_row_menu(dialog, place, ["Go to Packet"])
        frame = rows[place][0]
        assert wireshark.wait_for(wireshark.selected_packet, frame) == frame
        wireshark.press_row_menu(dialog, place, ["Apply as Filter", "Selected"])
        expected = tshark.frames(path, "mptcp_conn.join_refused", "-2")
        assert wireshark.wait_for_packets(expected) == expected


def test_saves_csv(plugin_dir, captures_dir, tshark):
    path = captures_dir / "path_management.pcap"
    expected = event_rows(tshark.events(path, "-2"))
    with WiresharkWindow(path, plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        wireshark.wait_for_table(dialog, lambda table: table.rows == expected)
        file = wireshark.home / "events.csv"
        wireshark.press_button(dialog, "Save as…")
        wireshark.save_as(file)
        wireshark.wait_until(lambda: file.exists() and file.stat().st_size)
        with file.open(newline="") as lines:
            assert list(csv.reader(lines)) == [COLUMNS, *expected]
