# SPDX-License-Identifier: GPL-2.0-or-later
"""Statistics, MPTCP, Summary: the statements of `-z mptcp,diagnosis` and the JSON, and where they
lead to."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest

from dialogs import endpoint
from pcapng import merged
from test_diagnosis import by_connection, diagnosis, interleaved, pcap
from test_events_dialog import COLOURS, RANK, THRESHOLDS, colour_at
from wireshark_window import Table, WiresharkWindow, missing_programs

pytestmark = pytest.mark.skipif(
    bool(missing_programs()), reason=f"not installed: {', '.join(missing_programs())}"
)

MENU = ["Statistics", "MPTCP", "Summary"]
TITLE = "MPTCP Summary"
VIEW = "MPTCP diagnosis"
COLUMNS = ["Connection", "Severity", "Code", "Frames", "Statement"]
FIELDS = ["Connection", "Client", "Server", "Subflow", "Sender", "Severity", "Code", "Statement",
          "Frames"]
FEW = 20  # connections that are open at first
MANY = 2000
LIMITS = ["limited_by_application", "limited_by_receive_window", "limited_by_path",
          "limited_by_loss", "head_of_line_blocked"]
OUTCOMES = {"works": "used several paths", "single_path": "used one path",
            "fallback": "fell back to TCP", "no_data": "carried no data", "refused": "refused",
            "unanswered": "not answered", "capture_incomplete": "incomplete in the capture"}
# Of `-z mptcp,series`, where the statement is on the data of a sender.
GRAPHS = {"limited_by_application": "window", "limited_by_receive_window": "window",
          "limited_by_path": "window", "limited_by_loss": "sequence"}


def open_dialog(wireshark: WiresharkWindow) -> str:
    """Returns a pattern of its title."""
    wireshark.press_menu(MENU)
    wireshark.wait_for_window(TITLE)
    return TITLE


class Expected:
    """What the dialog must show of a capture."""

    def __init__(self, tshark, path: Path, display_filter: str = "") -> None:
        self.document = tshark.json(path, "-2", display_filter=display_filter)
        self.groups = by_connection(self.document)
        self.ends = {each["conn"]: [endpoint(each[role]) for role in ("client", "server")]
                     for each in self.document["connections"]}
        text = diagnosis(tshark, path, "-2", display_filter=display_filter)
        first = text.split("\n\n")[1]
        self.sentence = " ".join(first.split())
        if self.groups and self.groups[0][0]["conn"] is None:
            self.sentence = self.groups[0][0]["text"]
        if len(self.groups) > 10:
            self.codes = re.findall(r"^(note|warn|error) +(\w+) +(\d+) +\d+$", text, re.M)

    def rows(self) -> list[tuple[int, list[str]]]:
        """With their levels."""
        found: list[tuple[int, list[str]]] = []
        for group in self.groups:
            is_of_capture = group[0]["conn"] is None
            if not is_of_capture:
                found.append((0, self._connection(group)))
            found += [(0 if is_of_capture else 1, self._statement(each)) for each in group]
        return found

    def csv(self) -> list[list[str]]:
        return [[text(each["conn"]), *self.ends[each["conn"]], text(each["subflow"]),
                 text(each["sender"]), each["severity"], each["code"], each["text"],
                 " ".join(map(str, each["frames"]))] for group in self.groups for each in group]

    def row_of(self, statement: dict) -> int:
        return self.rows().index((1, self._statement(statement)))

    def statements(self) -> list[dict]:
        return [each for group in self.groups for each in group]

    def _connection(self, group: list[dict]) -> list[str]:
        worst = max(group, key=lambda each: RANK[each["severity"]])
        ends = " → ".join(self.ends[group[0]["conn"]])
        return [str(group[0]["conn"]), worst["severity"], worst["code"], "",
                f"{ends}: {OUTCOMES[group[0]['code']]}"]

    @staticmethod
    def _statement(each: dict) -> list[str]:
        subflow = "" if each["subflow"] is None else f"{each['conn']}.{each['subflow']}"
        return [subflow, each["severity"], each["code"], ", ".join(map(str, each["frames"])),
                each["text"]]


def text(value: object) -> str:
    return "" if value is None else str(value)


def rows_of(table: Table) -> list[tuple[int, list[str]]]:
    return list(zip(table.levels, table.rows))


def wait_for(wireshark: WiresharkWindow, expected: Expected) -> None:
    """Until the table and the sentence are as expected."""
    rows = expected.rows()
    assert rows_of(wireshark.wait_for_table(TITLE, lambda table: rows_of(table) == rows)) == rows
    assert wireshark.label(TITLE, expected.sentence) == expected.sentence


@pytest.mark.parametrize("name", [
    "s01_single.pcap", "s13d_fb_strip_synack.pcap", "s14_join_limit.pcap", "join_failures.pcap",
    "ipv6.pcap", "k_lost_path.pcap", "k_receive_window.pcap", "refused.pcap", "late_start.pcap"])
def test_statements_are_those_of_the_json(plugin_dir, captures_dir, tshark, name):
    expected = Expected(tshark, captures_dir / name)
    assert expected.groups
    with WiresharkWindow(captures_dir / name, plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        wait_for(wireshark, expected)
        assert wireshark.table_cells(dialog).header == COLUMNS
        count = f"Statements {len(expected.document['diagnosis'])}"
        assert wireshark.label(dialog, "Statements") == count


@pytest.mark.parametrize("name", ["k_lost_path.pcap", "k_receive_window.pcap"])
def test_it_says_what_limited_the_hosts(captures_dir, tshark, name):
    """So that the captures of these tests have such statements."""
    assert any(each["code"] in LIMITS
               for each in tshark.json(captures_dir / name, "-2")["diagnosis"])


def test_statements_on_two_ends(plugin_dir, stage, captures_dir, tshark):
    """Figures are taken from where they are true, as in the JSON."""
    path = merged(stage / "summary_ends.pcapng", "-I", "none",
                  *(captures_dir / f"k_http_loss_{role}.pcap" for role in ("client", "server")))
    path.chmod(0o644)
    expected = Expected(tshark, path)
    with WiresharkWindow(path, plugin_dir=plugin_dir) as wireshark:
        open_dialog(wireshark)
        wait_for(wireshark, expected)


def test_capture_without_mptcp(plugin_dir, captures_dir, tshark):
    """One statement, on the capture, which leads nowhere."""
    path = captures_dir / "k_strip_syn_server.pcap"
    expected = Expected(tshark, path)
    (statement,) = expected.statements()
    assert statement["conn"] is None
    with WiresharkWindow(path, plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        wait_for(wireshark, expected)
        wireshark.press_row_menu(dialog, 0, ["Copy Text"])
        assert wireshark.clipboard() == statement["text"]


def test_of_many_connections(plugin_dir, captures_dir, tshark):
    """What is the matter with how many; they are closed at first; the worst come first if asked."""
    path = captures_dir / "fallbacks.pcap"
    expected = Expected(tshark, path)
    assert len(expected.groups) > FEW and expected.codes
    with WiresharkWindow(path, plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        wireshark.wait_until(lambda: wireshark.label(dialog, expected.sentence))
        codes = wireshark.label(dialog, expected.codes[0][0] + ":")
        found = [(part.split(":")[0], *each.split()) for part in codes.rstrip(".").split("; ")
                 for each in part.split(": ")[1].split(", ")]
        assert found == expected.codes
        assert len(wireshark.cell_boxes(dialog)) == len(expected.groups)
        wireshark.press_header(dialog, "Severity")
        shown = [row[1] for row, level in zip(*wireshark.table_cells(dialog)[1:]) if level == 0]
        if RANK[shown[0]] < RANK[shown[-1]]:
            wireshark.press_header(dialog, "Severity")
            shown = [row[1] for row, level in zip(*wireshark.table_cells(dialog)[1:]) if level == 0]
        assert shown == sorted(shown, key=RANK.get, reverse=True)
        assert shown[0] != shown[-1]


@pytest.mark.xdist_group("many_connections")
def test_thousands_of_connections(plugin_dir, stage):
    path = stage / "many_summarized.pcap"
    pcap.write(path, interleaved(MANY, []))
    path.chmod(0o644)
    with WiresharkWindow(path, plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        sentence = wireshark.wait_for_label(dialog, f"{MANY:,}")
        assert sentence == f"{MANY:,} connections: {MANY:,} used several paths."
        wireshark.apply_filter(dialog, f"mptcp.conn == {MANY - 1}")
        wireshark.wait_for_label(dialog, "1 connection: ")
        assert wireshark.table_cells(dialog).rows[0][0] == str(MANY - 1)


def test_goes_to_frames(plugin_dir, captures_dir, tshark):
    """By a click on a number, by a double click, by the key Return, and by the menu."""
    path = captures_dir / "s14_join_limit.pcap"
    expected = Expected(tshark, path)
    statements = [each for each in expected.statements() if len(each["frames"]) > 1]
    widest = max(statements, key=lambda each: sum(len(str(frame)) for frame in each["frames"]))
    first, last = str(widest["frames"][0]), str(widest["frames"][-1])
    row = expected.row_of(widest)

    def selected(frame: str) -> bool:
        return wireshark.wait_for(wireshark.selected_packet, frame) == frame

    with WiresharkWindow(path, plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        wait_for(wireshark, expected)
        wireshark.fill_screen(dialog)

        cell, view = wireshark.cell_boxes(dialog)[row][3], wireshark.picture_box(dialog, VIEW)

        def click(x: int) -> None:
            """On the frames, in pixels from the left edge of their cell."""
            wireshark.fill_screen(dialog)
            wireshark.click_at(dialog, VIEW, cell[0] + x - view[0], cell[1] + 8 - view[1])

        click(6)
        assert selected(first)
        for x in range(cell[2] - 6, 6, -8):  # the column may be wider than the numbers
            click(x)
            if wireshark.selected_packet() != first:
                break
        assert selected(last)
        wireshark.press_row_menu(dialog, row, [f"Go to Packet {last}"])
        assert selected(last)
        wireshark.fill_screen(dialog)
        wireshark.double_click(dialog, row)
        assert selected(first)
        wireshark.press_row_menu(dialog, row, [f"Go to Packet {last}"])
        assert selected(last)
        wireshark.fill_screen(dialog)
        wireshark.press_keys("Return")
        assert selected(first)


def test_filters_of_rows(plugin_dir, captures_dir, tshark):
    """Of a connection, of a subflow, and of the sender of data."""
    path = captures_dir / "k_lost_path.pcap"
    expected = Expected(tshark, path)
    of_subflow = next(each for each in expected.statements()
                      if each["subflow"] is not None and each["code"] not in GRAPHS)
    of_sender = next(each for each in expected.statements() if each["code"] in GRAPHS)
    client = int(of_sender["sender"] == "client")
    filters = {0: "mptcp.conn == 0",
               expected.row_of(of_subflow): f"mptcp.subflow == {of_subflow['subflow']}",
               expected.row_of(of_sender): f"mptcp.from_client == {client}"}
    if of_sender["subflow"] is not None:
        filters[expected.row_of(of_sender)] += f" && mptcp.subflow == {of_sender['subflow']}"
    with WiresharkWindow(path, plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        wait_for(wireshark, expected)
        for row, display_filter in filters.items():
            frames = tshark.frames(path, display_filter, "-2")
            wireshark.press_row_menu(dialog, row, ["Apply as Filter", "Selected"])
            assert wireshark.wait_for_packets(frames) == frames


def test_opens_the_graph_that_shows_it(plugin_dir, captures_dir, tshark):
    path = captures_dir / "k_receive_window.pcap"
    expected = Expected(tshark, path)
    statement = next(each for each in expected.statements()
                     if GRAPHS.get(each["code"]) == "window")
    chosen = f"mptcp,series,window,conn=0,from={statement['sender']}"
    series = tshark.run("-2", "-r", path, "-q", "-z", chosen).stdout
    with WiresharkWindow(path, plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        wait_for(wireshark, expected)
        wireshark.press_row_menu(dialog, expected.row_of(statement), ["Graphs"])
        graphs = "MPTCP Graphs"
        wireshark.wait_for_window(rf"{graphs} \(mptcp.conn eq 0\)")
        wireshark.wait_for_label(graphs, "Hover over the graph")
        file = wireshark.home / "graph.csv"
        wireshark.press_button(graphs, "Save as…")
        wireshark.save_as(file, title="^Save Graph As")
        wireshark.wait_until(file.exists)
        assert file.read_text() == series


def test_opens_events_and_the_stream(plugin_dir, captures_dir, tshark):
    path = captures_dir / "join_failures.pcap"
    expected = Expected(tshark, path)
    events = tshark.json(path, "-2", display_filter="mptcp.conn == 1")["events"]
    assert 0 < len(events) < len(expected.document["events"])
    statement = next(each for each in expected.statements()
                     if each["conn"] == 1 and each["frames"])
    with WiresharkWindow(path, plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        wait_for(wireshark, expected)
        wireshark.press_row_menu(dialog, expected.row_of(statement), ["Events"])
        wireshark.wait_for_window("MPTCP Events")
        wireshark.wait_until(
            lambda: wireshark.label("MPTCP Events", "Events") == f"Events {len(events)}")
        wireshark.press_row_menu(dialog, expected.row_of(statement), ["Follow MPTCP Stream"])
        wireshark.wait_for_window(r"Follow MPTCP Stream \(mptcp.conn eq 1\)")


def test_choosers(plugin_dir, captures_dir, tshark):
    """Of the severity and of the code; what is shown is copied."""
    path = captures_dir / "join_failures.pcap"
    expected = Expected(tshark, path)
    statements = expected.statements()
    with WiresharkWindow(path, plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        wait_for(wireshark, expected)
        assert wireshark.choices(dialog, "Severity:") == list(THRESHOLDS)

        def shown() -> list[str]:
            return [row[4] for row, level in zip(*wireshark.table_cells(dialog)[1:]) if level == 1]

        for choice in ("Errors", "Notes and worse"):
            wireshark.choose(dialog, "Severity:", choice)
            part = [each["text"] for each in statements
                    if RANK[each["severity"]] >= RANK[THRESHOLDS[choice]]]
            assert wireshark.wait_for(shown, part) == part
            assert 0 < len(part) < len(statements)
            count = f"Statements {len(statements)}, shown {len(part)}"
            assert wireshark.label(dialog, "Statements") == count
        wireshark.choose(dialog, "Severity:", "All")
        codes = {each["code"] for each in statements}
        assert set(wireshark.choices(dialog, "Code:")) == {"All", *codes}
        wireshark.choose(dialog, "Code:", "join_refused")
        part = [each["text"] for each in statements if each["code"] == "join_refused"]
        assert wireshark.wait_for(shown, part) == part
        wireshark.press_button_menu(dialog, "Copy", ["as CSV"])
        assert [line[7] for line in csv.reader(wireshark.clipboard().splitlines())][1:] == part


def test_copies_and_saves(plugin_dir, captures_dir, tshark):
    path = captures_dir / "join_failures.pcap"
    expected = Expected(tshark, path)
    with WiresharkWindow(path, plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        wait_for(wireshark, expected)
        file = wireshark.home / "summary.csv"
        wireshark.press_button(dialog, "Save as…")
        wireshark.save_as(file)
        wireshark.wait_until(lambda: file.exists() and file.stat().st_size)
        with file.open(newline="") as lines:
            assert list(csv.reader(lines)) == [FIELDS, *expected.csv()]
        wireshark.press_button_menu(dialog, "Copy", ["as YAML"])
        values = [json.loads(line[2:].split(": ", 1)[1])
                  for line in wireshark.clipboard().splitlines()[1:]]
        assert values == [value for each in expected.statements() for value in (
            each["conn"], *expected.ends[each["conn"]], each["subflow"], each["sender"],
            each["severity"], each["code"], each["text"], each["frames"])]
        wireshark.press_button_menu(dialog, "Copy", ["as JSON"])
        assert json.loads(wireshark.clipboard()) == expected.document
        # A connection stands for its statements.
        row = next(place for place, (level, cells) in enumerate(expected.rows())
                   if level == 0 and cells[0] == "1")
        of_connection = [line for line in expected.csv() if line[0] == "1"]
        wireshark.press_row_menu(dialog, row, ["Copy Selected Rows as CSV"])
        assert list(csv.reader(wireshark.clipboard().splitlines()))[1:] == of_connection
        wireshark.press_row_menu(dialog, row + 1, ["Copy Selected Rows as CSV"])
        assert list(csv.reader(wireshark.clipboard().splitlines()))[1:] == of_connection[:1]
        wireshark.press_row_menu(dialog, row + 1, ["Copy Text"])
        assert wireshark.clipboard() == of_connection[0][7]
        wireshark.press_row_menu(dialog, row, ["Copy Text"])
        assert wireshark.clipboard().splitlines() == [
            expected.rows()[row][1][4], *(line[7] for line in of_connection)]


def test_filters_choose_connections(plugin_dir, captures_dir, tshark):
    """The statements are on all of their packets."""
    path = captures_dir / "join_failures.pcap"
    whole = Expected(tshark, path)
    joined = Expected(tshark, path, "mptcp.conn >= 2 && mptcp.subflow == 3")
    one = Expected(tshark, path, "mptcp.conn == 1")
    assert len(whole.groups) > len(joined.groups) > len(one.groups) == 1
    assert joined.statements() == [
        each for each in whole.statements()
        if each["conn"] in {group[0]["conn"] for group in joined.groups}]
    with WiresharkWindow(path, plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        wait_for(wireshark, whole)
        wireshark.apply_filter(dialog, "mptcp.conn >= 2 && mptcp.subflow == 3")
        wait_for(wireshark, joined)
        wireshark.apply_filter(dialog, "")
        wait_for(wireshark, whole)
        row = next(place for place, (level, cells) in enumerate(whole.rows())
                   if level == 0 and cells[0] == "1")
        wireshark.press_row_menu(dialog, row, ["Apply as Filter", "Selected"])
        wireshark.tick(dialog, "Limit to display filter")
        wait_for(wireshark, one)
        wireshark.apply_filter(dialog, "mptcp.conn == 3")
        wireshark.wait_for_label(dialog, "No packet of an MPTCP connection.")
        assert wireshark.table_cells(dialog).rows == []


@pytest.mark.parametrize("display_filter", ["", "mptcp.conn == 1"])
def test_opens_from_the_command_line(plugin_dir, captures_dir, tshark, display_filter):
    path = captures_dir / "join_failures.pcap"
    expected = Expected(tshark, path, display_filter)
    statistic = "mptcp,diagnosis" + (f",{display_filter}" if display_filter else "")
    with WiresharkWindow(path, "-z", statistic, plugin_dir=plugin_dir) as wireshark:
        wireshark.wait_for_window(TITLE)
        wait_for(wireshark, expected)


def test_reload_and_another_file(plugin_dir, captures_dir, tshark):
    first, other = (captures_dir / name for name in ("k_lost_path.pcap", "ipv6.pcap"))
    expected = Expected(tshark, first)
    with WiresharkWindow(first, plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        wait_for(wireshark, expected)
        wireshark.press_menu(["View", "Reload"])
        wait_for(wireshark, expected)
        wireshark.press_menu(["File", "Close"])
        wireshark.wait_for_table(dialog, lambda table: table.rows == [])
        assert wireshark.label(dialog, expected.sentence) is None
        assert wireshark.label(dialog, "No packet") is None
        wireshark.lay_beside(other)
        wireshark.open_file("ipv6.pcap")
        wait_for(wireshark, Expected(tshark, other))


def test_rows_stay_as_the_user_has_them(plugin_dir, captures_dir, tshark):
    """A display filter of the main window has everything tapped again."""
    path = captures_dir / "join_failures.pcap"
    expected = Expected(tshark, path)
    with WiresharkWindow(path, plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        wait_for(wireshark, expected)
        wireshark.press_row_menu(dialog, 3, ["Apply as Filter", "Not Selected"])
        wireshark.wait_for(lambda: wireshark.selected_rows(dialog), [3])
        wait_for(wireshark, expected)
        assert wireshark.selected_rows(dialog) == [3]


def test_names_of_addresses(plugin_dir, captures_dir, tshark):
    path = captures_dir / "s01_single.pcap"
    expected = Expected(tshark, path)
    client, server = expected.ends[0]
    host = client.rsplit(":", 1)[0].strip("[]")
    hosts = {"hosts": f"{host} phone.example\n".encode()}
    with WiresharkWindow(path, "-N", "n", "-o", "nameres.network_name:TRUE", plugin_dir=plugin_dir,
                         configuration=hosts) as wireshark:
        dialog = open_dialog(wireshark)
        wait_for(wireshark, expected)
        wireshark.tick(dialog, "Name resolution")
        name = f"phone.example:{client.rsplit(':', 1)[1]} → "
        wireshark.wait_until(lambda: wireshark.cell(dialog, 0, "Statement")[0].startswith(name))


def test_lines_have_wiresharks_colours(plugin_dir, captures_dir, tshark, tmp_path):
    """Of a connection, the cell of the worst severity."""
    path = captures_dir / "join_failures.pcap"
    expected = Expected(tshark, path)
    with WiresharkWindow(path, plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        wait_for(wireshark, expected)
        wireshark.fill_screen(dialog)
        boxes = wireshark.cell_boxes(dialog)
        wireshark.screenshot(tmp_path / "screen.png")
    seen: set[tuple[int, str]] = set()
    for (level, row), cells in zip(expected.rows(), boxes):
        if cells[0][1] > 700:
            break
        seen.add((level, row[1]))
        for column in (1, 4):
            x, y, width, _ = cells[column]
            found = colour_at(tmp_path / "screen.png", x + width - 4, y + 2)
            is_coloured = row[1] in COLOURS and (level == 1 or column == 1)
            assert (found == COLOURS[row[1]] if is_coloured
                    else found not in COLOURS.values()), (row, found)
    assert seen >= {(0, "error"), (1, "error"), (1, "note"), (1, "chat")}


def test_statements_are_wrapped_into_the_window(plugin_dir, captures_dir, tshark):
    """Nothing is cut off: rows are higher in a narrower window."""
    path = captures_dir / "k_lost_path.pcap"
    expected = Expected(tshark, path)
    with WiresharkWindow(path, plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        wait_for(wireshark, expected)

        def height(width: int) -> int:
            wireshark.place(dialog, 0, 0, width, 900)
            begin, room = wireshark.shown_columns(dialog)[-1][1:]
            return wireshark.cell_boxes(dialog)[1][4][3] if begin + room <= width else 0

        narrow = wireshark.wait_until(lambda: height(800))
        wireshark.wait_until(lambda: 0 < height(2400) < narrow / 2)


def test_help(plugin_dir, captures_dir):
    with WiresharkWindow(captures_dir / "s01_single.pcap", plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        wireshark.table_cells(dialog)
        wireshark.press_button(dialog, "Help")
        words = wireshark.text_of(f"{TITLE}: Help", "label", "Help")
    for each in [*COLUMNS, "Limit to display filter", "Click a number"]:
        assert each in words
