# SPDX-License-Identifier: GPL-2.0-or-later
"""Statistics, MPTCP, Events: the story of `-z mptcp,events`, in the window and in the words of the
packet list."""

from __future__ import annotations

import csv
import json
import re
import subprocess
from pathlib import Path

import pytest

from dialogs import endpoint
from event_text import FIELDS as COLUMNS, event_rows
from wireshark_window import WiresharkWindow, missing_programs

pytestmark = pytest.mark.skipif(
    bool(missing_programs()), reason=f"not installed: {', '.join(missing_programs())}"
)

MENU = ["Statistics", "MPTCP", "Events"]
TITLE = "MPTCP Events"
CAPTURES = ["path_management.pcap", "s14_join_limit.pcap", "join_failures.pcap", "fallbacks.pcap"]
EVENT = COLUMNS.index("Event")
SEVERITY = COLUMNS.index("Severity")
DETAILS = COLUMNS.index("Details")
# Events that the packet list has no words for: TCP's own, what another event covers, and what only
# the end of the capture shows.
OWN_WORDS = {
    "capable_ack": "MP_CAPABLE in an ACK", "subflow_fin": "Subflow FIN",
    "subflow_closed": "Subflow closed", "unanswered": "MP_CAPABLE not answered",
    "path_silent": "Path silent while the connection goes on",
}
THRESHOLDS = {"All": "chat", "Notes and worse": "note", "Warnings and worse": "warn",
              "Errors": "error"}
RANK = {"chat": 0, "note": 1, "warn": 2, "error": 3}
COLOURS = {"note": "#a0ffff", "warn": "#f7f253", "error": "#ff5c5c"}  # Wireshark's


def open_dialog(wireshark: WiresharkWindow) -> str:
    """Returns a pattern of its title."""
    wireshark.press_menu(MENU)
    wireshark.wait_for_window(TITLE)
    return TITLE


def packet_list(tshark, path: Path) -> dict[str, list[str]]:
    """By frame, what its Info column says in brackets."""
    columns = ["-o", 'gui.column.format:"No.","%m","Info","%i"']
    lines = tshark.run("-2", "-r", path, *columns).stdout.splitlines()
    found = {}
    for line in lines:
        number, info = line.split(None, 1)
        found[number] = re.findall(r"\[((?:[^][]|\[[^][]*\])*)\] ", info)
    return found


def without_words(rows: list[list[str]]) -> list[list[str]]:
    return [[cell for place, cell in enumerate(row) if place != EVENT] for row in rows]


def wait_for_rows(wireshark: WiresharkWindow, expected: list[list[str]]) -> list[list[str]]:
    """The rows of the dialog, as soon as they are as expected but for their words."""
    wanted = without_words(expected)
    return wireshark.wait_for_table(TITLE, lambda table: without_words(table.rows) == wanted).rows


@pytest.mark.parametrize("name", CAPTURES)
def test_cells_agree_with_the_text(plugin_dir, captures_dir, tshark, name):
    expected = event_rows(tshark.events(captures_dir / name, "-2"))
    with WiresharkWindow(captures_dir / name, plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        rows = wait_for_rows(wireshark, expected)
        assert wireshark.table_cells(dialog).header == COLUMNS
    assert without_words(rows) == without_words(expected)


@pytest.mark.parametrize("name", CAPTURES)
def test_events_have_the_words_of_the_packet_list(plugin_dir, captures_dir, tshark, name):
    """But for the details, which have a column of their own."""
    expected = event_rows(tshark.events(captures_dir / name, "-2"))
    info = packet_list(tshark, captures_dir / name)
    with WiresharkWindow(captures_dir / name, plugin_dir=plugin_dir) as wireshark:
        open_dialog(wireshark)
        rows = wait_for_rows(wireshark, expected)
    assert len(rows) == len(expected)
    for row, identifier in zip(rows, (row[EVENT] for row in expected)):
        words = row[EVENT]
        if identifier == "join_unanswered":
            assert words == f"Join of connection {row[COLUMNS.index('Conn')]} not answered"
        elif identifier in OWN_WORDS:
            assert words == OWN_WORDS[identifier]
        else:
            details = f"{words}: {row[DETAILS]}"
            assert {words, details} & set(info[row[0]]), (identifier, words, info[row[0]])


def test_words_name_the_connection_and_the_reason(plugin_dir, captures_dir):
    with WiresharkWindow(captures_dir / "s14_join_limit.pcap", plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        rows = wireshark.table_cells(dialog).rows
        place = next(place for place, row in enumerate(rows) if row[0] == "9")
        assert wireshark.cell(dialog, place, "Event") == (
            "Join of connection 0 refused: administratively prohibited", "join_refused")


@pytest.mark.parametrize("format_", ["u", "e", "r", "d"])
def test_times_are_in_the_format_of_the_packet_list(plugin_dir, captures_dir, tshark, format_):
    path = captures_dir / "s14_join_limit.pcap"
    expected = event_rows(tshark.events(path, "-2", "-t", format_))
    with WiresharkWindow(path, "-t", format_, plugin_dir=plugin_dir) as wireshark:
        open_dialog(wireshark)
        rows = wait_for_rows(wireshark, expected)
    assert without_words(rows) == without_words(expected)


def test_sorts_by_severity(plugin_dir, captures_dir):
    with WiresharkWindow(captures_dir / "s14_join_limit.pcap", plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        wireshark.table_cells(dialog)
        wireshark.press_header(dialog, "Severity")
        shown = [row[SEVERITY] for row in wireshark.table_cells(dialog).rows]
    ranks = [RANK[severity] for severity in shown]
    assert len(set(ranks)) > 1
    assert ranks in (sorted(ranks), sorted(ranks, reverse=True))


def test_chooser_of_severity(plugin_dir, captures_dir, tshark):
    path = captures_dir / "path_management.pcap"
    expected = event_rows(tshark.events(path, "-2"))
    with WiresharkWindow(path, plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        wait_for_rows(wireshark, expected)
        assert wireshark.choices(dialog, "Severity:") == list(THRESHOLDS)
        for choice, least in reversed(THRESHOLDS.items()):
            part = [row for row in expected if RANK[row[SEVERITY]] >= RANK[least]]
            assert part
            wireshark.choose(dialog, "Severity:", choice)
            assert without_words(wait_for_rows(wireshark, part)) == without_words(part)
            shown = "" if choice == "All" else f", shown {len(part)}"
            assert wireshark.label(dialog, "Events") == f"Events {len(expected)}{shown}"


def test_chooser_of_the_connection(plugin_dir, captures_dir, tshark):
    """The same connection stays chosen when the events change."""
    path = captures_dir / "join_failures.pcap"
    expected = event_rows(tshark.events(path, "-2"))
    connections = tshark.json(path, "-2")["connections"]
    ends = [f"{endpoint(each['client'])} → {endpoint(each['server'])}" for each in connections]
    assert len(connections) > 1
    with WiresharkWindow(path, plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        wait_for_rows(wireshark, expected)
        choices = wireshark.choices(dialog, "Connection:")
        assert choices == ["All", *(f"{each['conn']}: {words}"
                                    for each, words in zip(connections, ends))]
        wireshark.choose(dialog, "Connection:", choices[2])
        part = [row for row in expected if row[COLUMNS.index("Conn")] == "1"]
        assert without_words(wait_for_rows(wireshark, part)) == without_words(part)
        wireshark.apply_filter(dialog, "mptcp.conn >= 1")
        wireshark.wait_until(lambda: len(wireshark.choices(dialog, "Connection:")) == len(choices) - 1)
        assert without_words(wait_for_rows(wireshark, part)) == without_words(part)
        wireshark.choose(dialog, "Severity:", "Notes and worse")
        worse = [row for row in part if row[SEVERITY] != "chat"]
        assert 0 < len(worse) < len(part)
        assert without_words(wait_for_rows(wireshark, worse)) == without_words(worse)


def test_details_are_wrapped_into_the_window(plugin_dir, captures_dir):
    """Rows are as high as their details need, again after the window has changed its width."""
    with WiresharkWindow(captures_dir / "s14_join_limit.pcap", plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        rows = wireshark.table_cells(dialog).rows
        wireshark.fill_screen(dialog)
        heights = lambda: [row[DETAILS][3] for row in wireshark.cell_boxes(dialog)]  # noqa: E731
        wireshark.wait_until(lambda: len(set(heights())) == 1)
        single = heights()[0]
        for width in (1280, 1000):
            wireshark.place(dialog, 0, 0, width, 900)
            room = wireshark.wait_until(lambda: details_inside(wireshark, width))  # noqa: B023
            characters = room / 9  # pixels, at most, on average: so lines are not overestimated
            narrow = room / 5
            for row, height in zip(rows, heights()):
                assert height >= single
                if len(row[DETAILS]) <= characters:
                    assert height < 2 * single
                if len(row[DETAILS]) > narrow:
                    assert height >= single * 1.9


def details_inside(wireshark: WiresharkWindow, width: int) -> int:
    """The width of the column, once it ends inside the window."""
    title, begin, room = wireshark.shown_columns(TITLE)[-1]
    assert title == "Details"
    return room if begin + room <= width else 0


def test_lines_have_wiresharks_colours(plugin_dir, captures_dir, tmp_path):
    with WiresharkWindow(captures_dir / "path_management.pcap", plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        wireshark.table_cells(dialog)
        wireshark.press_header(dialog, "Severity")
        wireshark.press_header(dialog, "Severity")
        rows = wireshark.table_cells(dialog).rows
        if rows[0][SEVERITY] == "chat":
            wireshark.press_header(dialog, "Severity")
            rows = wireshark.table_cells(dialog).rows
        wireshark.fill_screen(dialog)
        boxes = wireshark.cell_boxes(dialog)
        wireshark.screenshot(tmp_path / "screen.png")
        seen: set[str] = set()
        for row, cells in zip(rows, boxes):
            if cells[0][1] > 700:
                break
            severity = row[SEVERITY]
            seen.add(severity)
            for x, y, width, height in (cells[0], cells[DETAILS]):
                found = colour_at(tmp_path / "screen.png", x + width // 2, y + 2)
                assert (found == COLOURS[severity] if severity in COLOURS
                        else found not in COLOURS.values()), (row, found)
    assert seen >= {"error", "warn", "note"}


def colour_at(picture: Path, x: int, y: int) -> str:
    words = subprocess.run(["convert", picture, "-depth", "8", "-crop", f"1x1+{x}+{y}", "txt:-"],
                           check=True, capture_output=True, text=True).stdout
    return re.search(r"#[0-9A-F]{6}", words)[0].lower()


def test_row_menu(plugin_dir, captures_dir, tshark):
    path = captures_dir / "s14_join_limit.pcap"
    with WiresharkWindow(path, plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        rows = wireshark.table_cells(dialog).rows
        place = next(place for place, row in enumerate(rows) if "refused" in row[EVENT])
        wireshark.press_row_menu(dialog, place, ["Go to Packet"])
        frame = rows[place][0]
        assert wireshark.wait_for(wireshark.selected_packet, frame) == frame
        wireshark.press_row_menu(dialog, place, ["Apply as Filter", "Selected"])
        expected = tshark.frames(path, "mptcp_conn.join_refused", "-2")
        assert wireshark.wait_for_packets(expected) == expected


def test_double_click_goes_to_the_packet(plugin_dir, captures_dir):
    with WiresharkWindow(captures_dir / "s14_join_limit.pcap", plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        frame = wireshark.table_cells(dialog).rows[6][0]
        wireshark.fill_screen(dialog)
        wireshark.double_click(dialog, 6)
        assert wireshark.wait_for(wireshark.selected_packet, frame) == frame


def test_saves_and_copies_what_is_shown(plugin_dir, captures_dir, tshark):
    """With the identifiers of events, and then their words."""
    path = captures_dir / "path_management.pcap"
    expected = event_rows(tshark.events(path, "-2"))
    with WiresharkWindow(path, plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        words = [row[EVENT] for row in wait_for_rows(wireshark, expected)]
        whole = [[*row, said] for row, said in zip(expected, words)]
        file = wireshark.home / "events.csv"
        wireshark.press_button(dialog, "Save as…")
        wireshark.save_as(file)
        wireshark.wait_until(lambda: file.exists() and file.stat().st_size)
        with file.open(newline="") as lines:
            assert list(csv.reader(lines)) == [[*COLUMNS, "Words"], *whole]
        wireshark.choose(dialog, "Severity:", "Errors")
        errors = [row for row in whole if row[SEVERITY] == "error"]
        wireshark.press_button_menu(dialog, "Copy", ["as CSV"])
        assert list(csv.reader(wireshark.clipboard().splitlines()))[1:] == errors
        wireshark.press_button_menu(dialog, "Copy", ["as YAML"])
        values = [json.loads(line[2:].split(": ", 1)[1], parse_float=str, parse_int=str)
                  for line in wireshark.clipboard().splitlines()[1:]]
        assert values == [cell for row in errors for cell in row]
        wireshark.press_button_menu(dialog, "Copy", ["as JSON"])
        assert json.loads(wireshark.clipboard()) == tshark.json(path, "-2")


def test_limit_to_display_filter(plugin_dir, captures_dir, tshark):
    path = captures_dir / "path_management.pcap"
    expected = event_rows(tshark.events(path, "-2"))
    with WiresharkWindow(path, plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        rows = wait_for_rows(wireshark, expected)
        place = next(place for place, row in enumerate(rows) if row[EVENT].endswith("announced, ID 2"))
        wireshark.press_row_menu(dialog, place, ["Apply as Filter", "Selected"])
        frames = set(map(str, tshark.frames(path, "mptcp_conn.add_addr", "-2")))
        part = [row for row in expected if row[0] in frames]
        assert len(part) < len(expected)
        wireshark.tick(dialog, "Limit to display filter")
        assert without_words(wait_for_rows(wireshark, part)) == without_words(part)
        assert wireshark.wait_for_window(TITLE) == "Wireshark · MPTCP Events · path_management.pcap"


def test_help(plugin_dir, captures_dir):
    with WiresharkWindow(captures_dir / "path_management.pcap", plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        wireshark.table_cells(dialog)
        wireshark.press_button(dialog, "Help")
        text = wireshark.text_of("MPTCP Events: Help", "label", "Help")
    for words in [*COLUMNS, "in the words of the packet list", "Limit to display filter"]:
        assert words in text
