# SPDX-License-Identifier: GPL-2.0-or-later
"""Statistics, MPTCP, Connections: pressed, read, sorted, filtered, copied, saved, followed."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest

from dialogs import (DEFAULT, MENU, Capture, open_dialog, shown_rows, size_with_unit, ungrouped,
                     wait_for_rows)
from wireshark_window import WindowError, WiresharkWindow, missing_programs

pytestmark = pytest.mark.skipif(
    bool(missing_programs()), reason=f"not installed: {', '.join(missing_programs())}"
)

CAPTURE = "s25_reuse.pcap"  # several connections
CAPTURES = [CAPTURE, "s30_v0_generated.pcap", "s14d_join_bad_hmac_ack_server.pcap", "ipv6.pcap",
            "late_start.pcap", "fallbacks.pcap", "reinjection.pcap"]
FILTER = "mptcp.conn == 1 && tcp.len > 0"
STORED = Path(__file__).resolve().parent / "stored_settings"


def rows_of(text: str) -> list[dict[str, str]]:
    """A CSV file as Capture.exact() has it, but for what is unknown: blank too."""
    return [{column: cell for column, cell in row.items() if cell}
            for row in csv.DictReader(io.StringIO(text))]


def known(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """As CSV: tokens in decimal only."""
    return [{column: cell.split(" (0x")[0] for column, cell in row.items() if cell != "-"}
            for row in rows]


def yaml_rows(text: str) -> list[dict[str, str]]:
    """A YAML document as known() has it. Its scalars are JSON's, too."""
    assert text.startswith("---\n")
    rows: list[dict[str, str]] = []
    for line in text.splitlines()[1:]:
        column, value = line[2:].split(": ", maxsplit=1)
        if line.startswith("- "):
            rows.append({})
        scalar = json.loads(value, parse_float=str)
        if scalar is not None:
            rows[-1][column] = {True: "yes", False: "no"}[scalar] if isinstance(scalar, bool) else str(scalar)
    return rows


@pytest.mark.parametrize("name", CAPTURES)
def test_cells_agree_with_json(plugin_dir, captures_dir, tshark, name):
    expected = Capture.read(tshark, captures_dir / name).shown()
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


def test_header_sorts_numbers_as_numbers(plugin_dir, captures_dir, tshark):
    """Also where the cells have units."""
    payload = {str(each["conn"]): each["payload"]["server"]
               for each in tshark.json(captures_dir / CAPTURE, "-2")["connections"]}
    with WiresharkWindow(captures_dir / CAPTURE, plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        wireshark.table_cells(dialog)
        orders = []
        for _ in range(2):
            wireshark.press_header(dialog, "Payload S>C")
            table = wireshark.table_cells(dialog)
            rows = shown_rows(table)
            orders.append([payload[row["Connection"]] for row, level in zip(rows, table.levels)
                           if level == 0])
            for above, row in zip(rows, rows[1:]):  # subflows stay with their connection
                if "Subflow" in row:
                    assert row["Connection"].split(".")[0] == above["Connection"].split(".")[0]
    assert len(set(orders[0])) > 1
    assert sorted(orders[0]) in orders
    assert orders[0] == orders[1][::-1]


def test_filter_counts_only_what_matches(plugin_dir, captures_dir, tshark):
    path = captures_dir / CAPTURE
    whole = Capture.read(tshark, path).shown()
    part = Capture.read(tshark, path, FILTER).shown()
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
def test_saves_csv_yaml_and_json(plugin_dir, captures_dir, tshark, display_filter):
    path = captures_dir / CAPTURE
    capture = Capture.read(tshark, path, display_filter)
    with WiresharkWindow(path, plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        wireshark.apply_filter(dialog, display_filter)
        wait_for_rows(wireshark, dialog, capture.shown())
        saved = {}
        for ending in ("csv", "yaml", "json"):
            file = wireshark.home / f"saved.{ending}"
            wireshark.press_button(dialog, "Save as…")
            wireshark.save_as(file)
            saved[ending] = wireshark.wait_until(lambda: file.exists() and file.read_text())
    assert rows_of(saved["csv"]) == known(capture.exact())
    assert yaml_rows(saved["yaml"]) == known(capture.exact())
    assert json.loads(saved["json"], parse_float=Decimal) == capture.document


def test_proposes_a_file_name(plugin_dir, captures_dir, tshark):
    """The capture's, beside it, with the ending of the format that is selected."""
    path = captures_dir / CAPTURE
    with WiresharkWindow(path, plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        wireshark.table_cells(dialog)
        wireshark.press_button(dialog, "Save as…")
        stem = "s25_reuse-mptcp-connections"
        assert wireshark.text_of("^Save as", "text", "File name:") == f"{stem}.csv"
        wireshark.choose("^Save as", "Files of type:", "JSON (*.json)")
        assert wireshark.text_of("^Save as", "text", "File name:") == f"{stem}.json"
        wireshark.press_button("^Save as", "Save")
        file = wireshark.home / "captures" / f"{stem}.json"
        text = wireshark.wait_until(lambda: file.exists() and file.read_text())
    assert json.loads(text) == tshark.json(path, "-2")


def test_file_that_cannot_be_written_is_told(plugin_dir, captures_dir):
    with WiresharkWindow(captures_dir / CAPTURE, plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        wireshark.press_button(dialog, "Save as…")
        wireshark.save_as("/proc/nothing.csv")
        wireshark.wait_for_label("^Cannot save", "Cannot write /proc/nothing.csv")


def test_copies_csv_yaml_and_json(plugin_dir, captures_dir, tshark):
    capture = Capture.read(tshark, captures_dir / CAPTURE)
    exact = known(capture.exact())
    with WiresharkWindow(captures_dir / CAPTURE, plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        wait_for_rows(wireshark, dialog, capture.shown())
        wireshark.press_button_menu(dialog, "Copy", ["as CSV"])
        assert rows_of(wireshark.clipboard()) == exact
        wireshark.press_button_menu(dialog, "Copy", ["as YAML"])
        assert yaml_rows(wireshark.clipboard()) == exact
        wireshark.press_button_menu(dialog, "Copy", ["as JSON"])
        assert json.loads(wireshark.clipboard(), parse_float=Decimal) == capture.document
        wireshark.press_row_menu(dialog, 1, ["Copy Selected Rows as CSV"])
        assert rows_of(wireshark.clipboard()) == exact[1:2]
        wireshark.press_row_menu(dialog, 3, ["Copy Selected Rows as YAML"])
        assert yaml_rows(wireshark.clipboard()) == exact[3:4]


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
    rows = Capture.read(tshark, captures_dir / CAPTURE).shown()
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
    rows = Capture.read(tshark, captures_dir / CAPTURE).shown()
    with WiresharkWindow(captures_dir / CAPTURE, plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        # A display filter that hides the subflow is no obstacle.
        wireshark.press_row_menu(dialog, row, ["Apply as Filter", "Not Selected"])
        wireshark.press_row_menu(dialog, row, entries)
        wireshark.wait_for_window(rf"Follow TCP Stream \(tcp.stream eq {rows[4]['Stream']}\)")


# Export as TCP


def test_row_menu_exports_a_connection(plugin_dir, captures_dir, tshark):
    """The file is that of tshark; the proposed name has the capture and the connection."""
    with WiresharkWindow(captures_dir / CAPTURE, plugin_dir=plugin_dir) as wireshark:
        index = Capture.read(tshark, captures_dir / CAPTURE).shown()[3]["Connection"]
        file, expected = (wireshark.home / f"{name}.pcapng" for name in ("window", "tshark"))
        dialog = open_dialog(wireshark)
        wireshark.press_row_menu(dialog, 3, ["Export as TCP…"])
        assert wireshark.text_of("^Export as TCP", "text", "File name:") == (
            f"{Path(CAPTURE).stem}-mptcp-{index}.pcapng")
        wireshark.save_as(file, title="^Export as TCP")
        tshark.run("-2", "-r", captures_dir / CAPTURE, "-q", "-z",
                   f"mptcp,export,{index},{expected}")
        wireshark.wait_until(lambda: file.exists() and file.read_bytes() == expected.read_bytes())


def test_export_that_fails_is_reported(plugin_dir, captures_dir):
    with WiresharkWindow(captures_dir / CAPTURE, plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        wireshark.press_row_menu(dialog, 3, ["Export as TCP…"])
        wireshark.save_as("/proc/nothing.pcapng", title="^Export as TCP")
        wireshark.wait_for_label("^Cannot export", "cannot write to /proc/nothing.pcapng")


# Columns


def column_titles(wireshark: WiresharkWindow, dialog: str) -> list[str]:
    return [title for title, _, _ in wireshark.shown_columns(dialog)]


def stored_by_closing(wireshark: WiresharkWindow, dialog: str) -> bytes:
    """Closes the dialog; returns what the profile then has of it."""
    settings = wireshark.home / "configuration" / "mptcp_conn_window"
    settings.unlink(missing_ok=True)
    wireshark.close(dialog)
    wireshark.wait_until(settings.exists)
    return settings.read_bytes()


@pytest.mark.parametrize("name", [CAPTURE, "ipv6.pcap"])
def test_opens_with_a_dozen_columns_that_fit(plugin_dir, captures_dir, name):
    with WiresharkWindow(captures_dir / name, plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        wireshark.wait_until(lambda: wireshark.shown_columns(dialog)[0][2] > 0)
        wireshark.wait_until(lambda: (wireshark.label(dialog, "Connections") or "")[12:14] not in ("", "0,"))
        columns = wireshark.shown_columns(dialog)
        width = wireshark.window_box(dialog)[2]
    assert [title for title, _, _ in columns] == DEFAULT
    assert width <= 1280
    _, begin, last_width = columns[-1]
    assert begin + last_width <= width
    assert min(width for _, _, width in columns) >= 40


@pytest.mark.parametrize("way", ["choose_columns", "click_columns"], ids=["keys", "mouse"])
def test_menu_of_columns_stays_open(plugin_dir, captures_dir, way):
    with WiresharkWindow(captures_dir / CAPTURE, plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        table = wireshark.table_cells(dialog)
        choose = getattr(wireshark, way)
        choose(dialog, ["State", "Idle", "Server key", "State", "RTT"])
        chosen = [*(title for title in DEFAULT if title != "RTT"), "Server key", "Idle"]
        assert column_titles(wireshark, dialog) == chosen
        choose(dialog, ["All", "Share C>S"])
        everything = column_titles(wireshark, dialog)
        assert set(everything) == set(table.header) - {"Share C>S"}
        assert everything[:len(DEFAULT) - 1] == [title for title in DEFAULT if title != "Share C>S"]
        choose(dialog, ["Default"])
        assert column_titles(wireshark, dialog) == DEFAULT


def test_columns_are_remembered(plugin_dir, captures_dir):
    """Here: chosen by a right click on the header. The profile keeps it."""
    with WiresharkWindow(captures_dir / CAPTURE, plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        wireshark.table_cells(dialog)
        wireshark.press_header_menu(dialog, "Share C>S", ["Share C>S"])
        wireshark.press_keys("Escape")
        wireshark.choose_columns(dialog, ["Stream"])
        chosen = column_titles(wireshark, dialog)
        assert set(chosen) == set(DEFAULT) - {"Share C>S"} | {"Stream"}
        remembered = stored_by_closing(wireshark, dialog)
    with WiresharkWindow(captures_dir / CAPTURE, plugin_dir=plugin_dir,
                         configuration={"mptcp_conn_window": remembered}) as wireshark:
        dialog = open_dialog(wireshark)
        wireshark.table_cells(dialog)
        assert column_titles(wireshark, dialog) == chosen


def test_a_choice_of_the_version_before_stays(plugin_dir, captures_dir):
    """Of 50 columns, all of which were shown by default, the user had hidden three."""
    stored = (STORED / "chosen_columns").read_bytes()
    with WiresharkWindow(captures_dir / CAPTURE, plugin_dir=plugin_dir,
                         configuration={"mptcp_conn_window": stored}) as wireshark:
        dialog = open_dialog(wireshark)
        table = wireshark.table_cells(dialog)
        hidden = {"Subflow", "Share C>S", "Delivered C>S"}
        new = {"Sent again", "Rel Start", "Idle"}
        assert column_titles(wireshark, dialog) == [title for title in table.header
                                                    if title not in hidden | new]
        again = stored_by_closing(wireshark, dialog)
    with WiresharkWindow(captures_dir / CAPTURE, plugin_dir=plugin_dir,
                         configuration={"mptcp_conn_window": again}) as wireshark:
        dialog = open_dialog(wireshark)
        wireshark.table_cells(dialog)
        assert set(table.header) - set(column_titles(wireshark, dialog)) == hidden | new


def test_all_columns_of_the_version_before_were_no_choice(plugin_dir, captures_dir):
    stored = (STORED / "all_columns").read_bytes()
    with WiresharkWindow(captures_dir / CAPTURE, plugin_dir=plugin_dir,
                         configuration={"mptcp_conn_window": stored}) as wireshark:
        dialog = open_dialog(wireshark)
        wireshark.table_cells(dialog)
        assert column_titles(wireshark, dialog) == DEFAULT
        wireshark.choose_columns(dialog, ["All"])
        chosen = stored_by_closing(wireshark, dialog)
    with WiresharkWindow(captures_dir / CAPTURE, plugin_dir=plugin_dir,
                         configuration={"mptcp_conn_window": chosen}) as wireshark:
        dialog = open_dialog(wireshark)
        table = wireshark.table_cells(dialog)
        assert set(column_titles(wireshark, dialog)) == set(table.header)


# What Wireshark's Conversations have


RESOLUTION = {
    "none": b"nameres.mac_name: TRUE\nnameres.network_name: FALSE\nnameres.transport_name: FALSE\n",
    "addresses": b"nameres.network_name: TRUE\nnameres.transport_name: FALSE\n",
    "ports": b"nameres.network_name: FALSE\nnameres.transport_name: TRUE\n",
}
TCP_TAB = b"gui.conversation_tabs: TCP\n"


def with_names(endpoint: str, names: dict[str, str]) -> str:
    for number, name in names.items():
        endpoint = endpoint.replace(number, name)
    return endpoint


@pytest.mark.parametrize("resolved", RESOLUTION)
def test_name_resolution(plugin_dir, captures_dir, tshark, resolved):
    """Where it is possible, as in Wireshark's Conversations; off at first, as there."""
    path = captures_dir / "s30_v0_generated.pcap"
    plain = Capture.read(tshark, path).shown()
    files = {"preferences": RESOLUTION[resolved], "recent": TCP_TAB,
             "hosts": b"192.0.2.10 phone.example\n", "services": b"web 443/tcp\nproxy 8443/tcp\n"}
    with WiresharkWindow(path, plugin_dir=plugin_dir, configuration=files) as wireshark:
        wireshark.press_menu(["Statistics", "Conversations"])
        wireshark.wait_for_window("Conversations")
        dialog = open_dialog(wireshark)
        assert wait_for_rows(wireshark, dialog, plain) == plain
        state = wireshark.check_box(dialog, "Name resolution")
        assert state == wireshark.check_box("Conversations", "Name resolution")
        assert state == (resolved != "none", False)
        if resolved == "none":
            return
        wireshark.tick(dialog, "Name resolution")
        names = {"addresses": {"192.0.2.10:": "phone.example:"},
                 "ports": {":443": ":web", ":8443": ":proxy"}}[resolved]
        named = [{column: with_names(cell, names) if column in ("Client", "Server") else cell
                  for column, cell in row.items()} for row in plain]
        assert named != plain
        assert wait_for_rows(wireshark, dialog, named) == named


def test_absolute_start_time(plugin_dir, captures_dir, tshark):
    path = captures_dir / CAPTURE
    capture = Capture.read(tshark, path)
    zone = timezone(timedelta(hours=5, minutes=30))
    starts = [Decimal(row["Start"]) for row in capture.exact()]
    clock = [datetime.fromtimestamp(int(start), zone).strftime("%H:%M:%S") + f"{start % 1:.6f}"[1:]
             for start in starts]
    with WiresharkWindow(path, plugin_dir=plugin_dir, environment={"TZ": "IST-5:30"}) as wireshark:
        dialog = open_dialog(wireshark)
        wait_for_rows(wireshark, dialog, capture.shown())
        assert wireshark.check_box(dialog, "Absolute start time") == (True, False)
        wireshark.tick(dialog, "Absolute start time")
        assert column_titles(wireshark, dialog) == [*DEFAULT, "Abs Start"]
        rows = shown_rows(wireshark.table_cells(dialog))
        assert [row["Abs Start"] for row in rows] == clock
        wireshark.tick(dialog, "Absolute start time")
        assert wait_for_rows(wireshark, dialog, capture.shown()) == capture.shown()


def test_limit_to_display_filter(plugin_dir, captures_dir, tshark):
    """To the one that the main window has applied, not to one that it is about to."""
    path = captures_dir / CAPTURE
    rows = {display_filter: Capture.read(tshark, path, display_filter).shown()
            for display_filter in ["", "mptcp.conn == 1", "mptcp.conn == 2",
                                   "(mptcp.conn == 2) && (tcp.len > 0)", "tcp.len > 0"]}
    with WiresharkWindow(path, plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)

        def shows(display_filter: str) -> None:
            assert wait_for_rows(wireshark, dialog, rows[display_filter]) == rows[display_filter]

        shows("")
        wireshark.press_row_menu(dialog, 3, ["Apply as Filter", "Selected"])
        shows("")
        assert wireshark.check_box(dialog, "Limit to display filter") == (True, False)
        wireshark.tick(dialog, "Limit to display filter")
        shows("mptcp.conn == 1")
        wireshark.press_row_menu(dialog, 0, ["Prepare as Filter", "Not Selected"])
        wireshark.press_menu(["View", "Reload"])
        shows("mptcp.conn == 1")
        wireshark.tick(dialog, "Limit to display filter")
        shows("")
        wireshark.press_row_menu(dialog, 6, ["Apply as Filter", "Selected"])
        wireshark.tick(dialog, "Limit to display filter")
        shows("mptcp.conn == 2")
        wireshark.apply_filter(dialog, "tcp.len > 0")
        shows("(mptcp.conn == 2) && (tcp.len > 0)")
        wireshark.tick(dialog, "Limit to display filter")
        shows("tcp.len > 0")


def test_title_has_the_name_of_the_capture(plugin_dir, captures_dir):
    with WiresharkWindow(captures_dir / CAPTURE, plugin_dir=plugin_dir) as wireshark:
        wireshark.press_menu(["Statistics", "Conversations"])
        theirs = wireshark.wait_for_window("Conversations")
        wireshark.press_menu(MENU)
        ours = wireshark.wait_for_window("MPTCP Connections")
        assert ours == theirs.replace("Conversations", "MPTCP Connections")
        assert CAPTURE in ours
        wireshark.press_menu(["File", "Close"])
        wireshark.wait_for_window("MPTCP Connections$")
        wireshark.lay_beside(captures_dir / "ipv6.pcap")
        wireshark.open_file("ipv6.pcap")
        wireshark.wait_for_window("MPTCP Connections.*ipv6.pcap")


def test_double_click_does_what_it_does_in_conversations(plugin_dir, captures_dir):
    """It selects the row: no packet, no filter, no other window."""
    files = {"recent": TCP_TAB}
    with WiresharkWindow(captures_dir / CAPTURE, plugin_dir=plugin_dir,
                         configuration=files) as wireshark:
        wireshark.press_menu(["Statistics", "Conversations"])
        open_dialog(wireshark)
        packets = [int(packet["No."]) for packet in wireshark.packet_list()]
        for window, row in [("Conversations", 1), ("MPTCP Connections", 4)]:
            wireshark.table_cells(window)
            wireshark.fill_screen(window)
            before = wireshark.windows()
            wireshark.double_click(window, row)
            assert wireshark.selected_rows(window) == [row]
            assert wireshark.windows() == before
            assert wireshark.wait_for_packets(packets) == packets
            assert wireshark.selected_packet() == "1"


def test_help_explains_columns_and_options(plugin_dir, captures_dir):
    with WiresharkWindow(captures_dir / CAPTURE, plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        header = wireshark.table_cells(dialog).header
        wireshark.press_button(dialog, "Help")
        text = wireshark.text_of("MPTCP Connections: Help", "label", "Help")
        wireshark.close("MPTCP Connections: Help")
    for words in [*header, "Name resolution", "Absolute start time", "Limit to display filter",
                  "Time from a connection's last packet to the end of the capture"]:
        assert words in text


def test_tooltip_is_the_exact_value(plugin_dir, captures_dir, tshark):
    path = captures_dir / CAPTURE
    connection = tshark.json(path, "-2")["connections"][0]
    payload = connection["payload"]["server"]
    with WiresharkWindow(path, plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        wireshark.table_cells(dialog)
        cell, tooltip = wireshark.cell(dialog, 0, "Payload S>C")
    assert (cell, tooltip) == (size_with_unit(payload), f"{payload:,} bytes")


def test_without_a_capture(plugin_dir, captures_dir):
    with WiresharkWindow(captures_dir / CAPTURE, plugin_dir=plugin_dir) as wireshark:
        wireshark.press_menu(["File", "Close"])
        dialog = open_dialog(wireshark)
        assert wireshark.table_cells(dialog).rows == []
        assert ungrouped(wireshark.label(dialog, "Connections")).startswith("Connections 0,")
