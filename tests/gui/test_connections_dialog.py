# SPDX-License-Identifier: GPL-2.0-or-later
"""Statistics, MPTCP, Connections: pressed, read, sorted, filtered, copied, saved, followed."""

from __future__ import annotations

import csv
import io
import json

import pytest

from dialogs import expected_rows, open_dialog, shown_rows, ungrouped, wait_for_rows
from wireshark_window import WindowError, WiresharkWindow, missing_programs

pytestmark = pytest.mark.skipif(
    bool(missing_programs()), reason=f"not installed: {', '.join(missing_programs())}"
)

CAPTURE = "s25_reuse.pcap"  # several connections
CAPTURES = [CAPTURE, "s30_v0_generated.pcap", "s14d_join_bad_hmac_ack_server.pcap", "ipv6.pcap",
            "late_start.pcap", "fallbacks.pcap", "reinjection.pcap"]
FILTER = "mptcp.conn == 1 && tcp.len > 0"


def rows_of(text: str) -> list[dict[str, str]]:
    """A CSV file as expected_rows() has it, but for what is unknown: blank too."""
    return [{column: cell for column, cell in row.items() if cell}
            for row in csv.DictReader(io.StringIO(text))]


def known(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """As CSV: tokens in decimal only."""
    return [{column: cell.split(" (0x")[0] for column, cell in row.items() if cell != "-"}
            for row in rows]


@pytest.mark.parametrize("name", CAPTURES)
def test_cells_agree_with_json(plugin_dir, captures_dir, tshark, name):
    expected = expected_rows(tshark.json(captures_dir / name, "-2"))
    with WiresharkWindow(captures_dir / name, plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        assert wait_for_rows(wireshark, dialog, expected) == expected


def test_totals_agree_with_json(plugin_dir, captures_dir, tshark):
    document = tshark.json(captures_dir / CAPTURE)
    totals = document["totals"]
    with WiresharkWindow(captures_dir / CAPTURE, plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        wireshark.table_cells(dialog)
        label = wireshark.label(dialog, "Connections")
    assert label == (f"Connections {totals['connections']}, established {totals['established']}, "
                     f"subflows {totals['subflows']}, payload {totals['payload']:,} bytes, "
                     f"TCP packets {document['packets']:,}")


def test_header_sorts_numbers_as_numbers(plugin_dir, captures_dir):
    with WiresharkWindow(captures_dir / CAPTURE, plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        wireshark.table_cells(dialog)
        orders = []
        for _ in range(2):
            wireshark.press_header(dialog, "Payload S>C")
            table = wireshark.table_cells(dialog)
            rows = shown_rows(table)
            orders.append([int(row["Payload S>C"]) for row, level in zip(rows, table.levels)
                           if level == 0])
            for above, row in zip(rows, rows[1:]):  # subflows stay with their connection
                if "Subflow" in row:
                    assert row["Connection"] == above["Connection"]
    assert len(set(orders[0])) > 1
    assert sorted(orders[0]) in orders
    assert orders[0] == orders[1][::-1]


def test_filter_counts_only_what_matches(plugin_dir, captures_dir, tshark):
    path = captures_dir / CAPTURE
    whole = expected_rows(tshark.json(path, "-2"))
    part = expected_rows(tshark.json(path, "-2", display_filter=FILTER))
    with WiresharkWindow(path, plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        assert wait_for_rows(wireshark, dialog, whole) == whole
        wireshark.apply_filter(dialog, FILTER)
        assert wait_for_rows(wireshark, dialog, part) == part
        wireshark.apply_filter(dialog, "")
        assert wait_for_rows(wireshark, dialog, whole) == whole


def test_bad_filter_cannot_be_applied(plugin_dir, captures_dir):
    with WiresharkWindow(captures_dir / CAPTURE, plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        with pytest.raises(WindowError, match="'Apply' cannot be pressed"):
            wireshark.apply_filter(dialog, "mptcp.conn ==")


@pytest.mark.parametrize("display_filter", ["", FILTER])
def test_saves_csv_and_json(plugin_dir, captures_dir, tshark, display_filter):
    path = captures_dir / CAPTURE
    document = tshark.json(path, "-2", display_filter=display_filter)
    with WiresharkWindow(path, plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        wireshark.apply_filter(dialog, display_filter)
        wait_for_rows(wireshark, dialog, expected_rows(document))
        saved = {}
        for ending in ("csv", "json"):
            file = wireshark.home / f"saved.{ending}"
            wireshark.press_button(dialog, "Save as…")
            wireshark.save_as(file)
            saved[ending] = wireshark.wait_until(lambda: file.exists() and file.read_text())
    assert rows_of(saved["csv"]) == known(expected_rows(document))
    assert json.loads(saved["json"]) == document


def test_file_that_cannot_be_written_is_told(plugin_dir, captures_dir):
    with WiresharkWindow(captures_dir / CAPTURE, plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        wireshark.press_button(dialog, "Save as…")
        wireshark.save_as("/proc/nothing.csv")
        wireshark.wait_for_label("^Cannot save", "Cannot write /proc/nothing.csv")


def test_copies_csv(plugin_dir, captures_dir, tshark):
    expected = expected_rows(tshark.json(captures_dir / CAPTURE, "-2"))
    with WiresharkWindow(captures_dir / CAPTURE, plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        wait_for_rows(wireshark, dialog, expected)
        wireshark.press_button_menu(dialog, "Copy", ["as CSV"])
        assert rows_of(wireshark.clipboard()) == known(expected)
        wireshark.press_row_menu(dialog, 1, ["Copy Selected Rows as CSV"])
        assert rows_of(wireshark.clipboard()) == known(expected)[1:2]


def test_row_menu_filters_the_packet_list(plugin_dir, captures_dir, tshark):
    path = captures_dir / CAPTURE
    with WiresharkWindow(path, plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        for row, entry, display_filter in [
            (0, "Selected", "mptcp.conn == 0"),
            (4, "Selected", "mptcp.conn == 1 && mptcp.subflow == 0"),
            (6, "…or Selected", "(mptcp.conn == 1 && mptcp.subflow == 0) || mptcp.conn == 2"),
            (3, "Not Selected", "!mptcp.conn == 1"),
        ]:
            wireshark.press_row_menu(dialog, row, ["Apply as Filter", entry])
            expected = tshark.frames(path, display_filter, "-2")
            assert wireshark.wait_for_packets(expected) == expected


def test_row_menu_goes_to_packets(plugin_dir, captures_dir, tshark):
    rows = expected_rows(tshark.json(captures_dir / CAPTURE))
    with WiresharkWindow(captures_dir / CAPTURE, plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        for row, entry, column in [(4, "Go to First Packet", "First frame"),
                                   (3, "Go to Last Packet", "Last frame")]:
            wireshark.press_row_menu(dialog, row, [entry])
            frame = rows[row][column]
            assert wireshark.wait_for(wireshark.selected_packet, frame) == frame


@pytest.mark.parametrize("row, entries", [
    (4, ["Follow TCP Stream"]),
    (3, ["Follow TCP Stream", "Subflow 0"]),
], ids=["subflow", "connection"])
def test_row_menu_follows_a_subflow(plugin_dir, captures_dir, tshark, row: int, entries):
    rows = expected_rows(tshark.json(captures_dir / CAPTURE))
    with WiresharkWindow(captures_dir / CAPTURE, plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        # A display filter that hides the subflow is no obstacle.
        wireshark.press_row_menu(dialog, row, ["Apply as Filter", "Not Selected"])
        wireshark.press_row_menu(dialog, row, entries)
        wireshark.wait_for_window(rf"Follow TCP Stream \(tcp.stream eq {rows[4]['Stream']}\)")


def test_columns_are_remembered(plugin_dir, captures_dir):
    """Here: hidden by a right click on the header. The profile keeps it."""
    with WiresharkWindow(captures_dir / CAPTURE, plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        wireshark.table_cells(dialog)
        wireshark.press_header_menu(dialog, "Share C>S", ["Share C>S"])
        assert not wireshark.shows_column(dialog, "Share C>S")
        assert wireshark.shows_column(dialog, "Subflows")
        wireshark.close(dialog)
        settings = wireshark.home / "configuration" / "mptcp_conn_window"
        wireshark.wait_until(settings.exists)
        remembered = settings.read_bytes()
    with WiresharkWindow(captures_dir / CAPTURE, plugin_dir=plugin_dir,
                         configuration={"mptcp_conn_window": remembered}) as wireshark:
        dialog = open_dialog(wireshark)
        wireshark.table_cells(dialog)
        assert not wireshark.shows_column(dialog, "Share C>S")
        assert wireshark.shows_column(dialog, "Subflows")


def test_without_a_capture(plugin_dir, captures_dir):
    with WiresharkWindow(captures_dir / CAPTURE, plugin_dir=plugin_dir) as wireshark:
        wireshark.press_menu(["File", "Close"])
        dialog = open_dialog(wireshark)
        assert wireshark.table_cells(dialog).rows == []
        assert ungrouped(wireshark.label(dialog, "Connections")).startswith("Connections 0,")
