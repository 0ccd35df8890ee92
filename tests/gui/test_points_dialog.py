# SPDX-License-Identifier: GPL-2.0-or-later
"""Statistics, MPTCP, Points: what happened between points, as `-z mptcp,points` and the JSON have
it."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import threading
from decimal import Decimal
from pathlib import Path

import pytest

from dialogs import milliseconds, time_with_unit
from pcapng import merged, shifted
from wireshark_window import Table, WiresharkWindow, missing_programs

pytestmark = pytest.mark.skipif(
    bool(missing_programs()), reason=f"not installed: {', '.join(missing_programs())}"
)

TITLE = "MPTCP Points"
LIST = "MPTCP points"
COUNTS = {"Both": "both", "Lost": "lost", "Missed": "missed", "Unseen": "unseen",
          "Late": "reordered"}
DELAYS = {"Min": "min", "Median": "median", "95 %": "p95", "Max": "max", "Jitter": "jitter"}
LOST = {"Lost data": "data", "Lost signalling": "signalling", "Lost ACKs": "ack"}
COLUMNS = ["Points", "Conn", "Subflow", "Sender", *COUNTS, *DELAYS, "Resegmented",
           "Resegmented to", "Changes", *LOST, "Duplicated"]
HIDDEN = ["Resegmented to", *LOST, "Duplicated"]
KINDS = {"data": "data", "signalling": "signalling", "ack": "pure ACK"}
CLOCK = re.compile(r"^Clock of point (\d+) less that of point (\d+): .*$", re.M)
NAT = "k_nat_ends.pcapng"
LOSS = "k_http_loss"


def open_dialog(wireshark: WiresharkWindow) -> str:
    """Returns a pattern of its title."""
    wireshark.press_menu(["Statistics", "MPTCP", "Points"])
    wireshark.wait_for_window(TITLE)
    return TITLE


def both_ends(stage: Path, captures_dir: Path, pair: str, ahead: float = 3600) -> Path:
    """The files of both ends as one; the clock of the server is ahead."""
    client, server = (captures_dir / f"{pair}_{role}.pcap" for role in ("client", "server"))
    return merged(stage / f"window_{pair}.pcapng", "-I", "none", client,
                  shifted(stage / f"window_{pair}_shifted.pcapng", server, ahead))


@pytest.fixture(scope="module")
def lossy(stage, captures_dir) -> Path:
    return both_ends(stage, captures_dir, LOSS)


class Expected:
    """What the dialog must show of a capture, from the JSON and the text."""

    def __init__(self, tshark, path: Path, display_filter: str = "") -> None:
        statistic = "mptcp,points" + (f",{display_filter}" if display_filter else "")
        text = tshark.run("-r", path, "-q", "-z", statistic).stdout
        self.document = tshark.json(path, display_filter=display_filter, parse_float=Decimal)
        self.between = self.document["between"]
        self.clocks = {(int(clock[2]), int(clock[1])): clock[0] for clock in CLOCK.finditer(text)}

    def points(self) -> list[list[str]]:
        return [[str(each["point"]), f"{each['packets']:,}", each["side"] or "-", each["name"]]
                for each in self.document["points"]]

    def passages(self) -> list[list[str]]:
        return [self._passage(each, self._readable) for each in self.between]

    def csv(self) -> list[list[str]]:
        return [[cell.replace(",", "") for cell in self._passage(each, self._exact)]
                for each in self.between]

    def totals(self) -> str:
        sums = [f"{title.lower()} {sum(each[key] for each in self.between)}"
                for title, key in COUNTS.items() if key != "both"]
        return ", ".join([f"Points {len(self.document['points'])}", *sums])

    def matches(self, table: Table) -> bool:
        passages = [row for row, level in zip(table.rows, table.levels) if level == 0]
        return passages == self.passages() and self._details_match(table)

    def _details_match(self, table: Table) -> bool:
        """Rows below a passage have one cell."""
        below: list[list[tuple[int, str]]] = []
        for level, (words, *others) in zip(table.levels, table.rows):
            if level == 0:
                below.append([])
            elif any(others):
                return False
            else:
                below[-1].append((level, words))
        return all(map(self._is_about, self.between, below))

    def _is_about(self, passage: dict, rows: list[tuple[int, str]]) -> bool:
        way = (passage["from"], passage["to"])
        expected = self._losses(passage) + self._resegmented(passage)
        expected += [(1, f"{each['what']}: packets {each['packets']}, "
                         f"first in frame {each['first_frame']}") for each in passage["changes"]]
        if way in self.clocks:
            expected.append((1, self.clocks[way]))
        elif any((each["from"], each["to"]) == way for each in self.document["clocks"]):
            # The text has the clocks of two files once, in one direction.
            clock = rows.pop()[1] if rows else ""
            if not clock.startswith(f"Clock of point {way[1]} less that of point {way[0]}: "):
                return False
        return rows == expected

    @staticmethod
    def _losses(passage: dict) -> list[tuple[int, str]]:
        kinds = ", ".join(f"{words} {passage['lost_kinds'][kind]}" for kind, words in KINDS.items()
                          if passage["lost_kinds"][kind])
        frames = [(2, f"frame {frame}") for frame in passage["lost_frames"]]
        return [(1, f"lost: {kinds}"), *frames] if frames else []

    @staticmethod
    def _resegmented(passage: dict) -> list[tuple[int, str]]:
        here, there = passage["resegmented"]["from"], passage["resegmented"]["to"]
        return [(1, f"merged or split: packets {here}, which are {there} at the second point")
                ] if here + there else []

    @staticmethod
    def _passage(each: dict, delay_in_words) -> list[str]:
        order = ">" if each["order_known"] else "?"
        return [f"{each['from']} {order} {each['to']}", str(each["conn"]), str(each["subflow"]),
                each["sender"], *(f"{each[key]:,}" for key in COUNTS.values()),
                *(delay_in_words(each["delay"], key) for key in DELAYS.values()),
                str(each["resegmented"]["from"]), str(each["resegmented"]["to"]),
                str(len(each["changes"])), *(str(each["lost_kinds"][key]) for key in LOST.values()),
                str(each["duplicated"])]

    @staticmethod
    def _readable(delay: dict | None, key: str) -> str:
        return "-" if delay is None else time_with_unit(Decimal(delay[key]))

    @staticmethod
    def _exact(delay: dict | None, key: str) -> str:
        return "" if delay is None else milliseconds(Decimal(delay[key]))


def wait_for(wireshark: WiresharkWindow, expected: Expected) -> Table:
    """The table, as soon as it is as expected."""
    table = wireshark.wait_for_table(TITLE, expected.matches)
    assert [row for row, level in zip(table.rows, table.levels) if level == 0] == expected.passages()
    assert expected.matches(table), table
    return table


def check_all(wireshark: WiresharkWindow, expected: Expected) -> None:
    table = wait_for(wireshark, expected)
    assert table.header == COLUMNS
    assert wireshark.list_cells(TITLE, LIST).rows == expected.points()
    assert wireshark.label(TITLE, "Points") == expected.totals()


def row_of(table: Table, words: str) -> int:
    return next(place for place, row in enumerate(table.rows) if row[0] == words)


@pytest.mark.parametrize("name", [NAT, "k_container_any.pcap", "s19_partial_router.pcap",
                                  "points.pcap"])
def test_rows_agree_with_the_json(plugin_dir, captures_dir, tshark, name):
    expected = Expected(tshark, captures_dir / name)
    assert expected.between
    with WiresharkWindow(captures_dir / name, plugin_dir=plugin_dir) as wireshark:
        open_dialog(wireshark)
        check_all(wireshark, expected)


@pytest.mark.parametrize("pair", [LOSS, "k_strip_midstream"])
def test_rows_of_two_ends_agree_with_the_json(plugin_dir, stage, captures_dir, tshark, pair):
    path = both_ends(stage, captures_dir, pair)
    expected = Expected(tshark, path)
    assert expected.between and expected.clocks
    with WiresharkWindow(path, plugin_dir=plugin_dir) as wireshark:
        open_dialog(wireshark)
        check_all(wireshark, expected)


def test_delays_of_one_direction_are_unknown(plugin_dir, lossy, stage, tshark):
    """As the difference of the clocks is."""
    path = stage / "window_one_way.pcapng"
    subprocess.run(["tshark", "-r", lossy, "-Y", "tcp.dstport == 8080", "-w", path], check=True,
                   capture_output=True)
    path.chmod(0o644)
    expected = Expected(tshark, path)
    assert [each["delay"] for each in expected.between] == [None, None]
    with WiresharkWindow(path, plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        wait_for(wireshark, expected)
        assert wireshark.cell(dialog, 0, "Min") == ("-", "The difference of the clocks is unknown")


def test_one_point(plugin_dir, captures_dir):
    with WiresharkWindow(captures_dir / "ipv6.pcap", plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        hint = "All packets were recorded at one point."
        assert wireshark.wait_for_label(dialog, "All") == hint
        assert wireshark.table_cells(dialog).rows == []


def test_filters_count_matching_packets(plugin_dir, captures_dir, tshark):
    path = captures_dir / NAT
    whole = Expected(tshark, path)
    part = Expected(tshark, path, "mptcp.subflow == 1")
    less = Expected(tshark, path, "mptcp.subflow == 1 && mptcp.from_client == 1")
    assert len(whole.between) > len(part.between) > len(less.between) > 0
    with WiresharkWindow(path, plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        table = wait_for(wireshark, whole)
        wireshark.apply_filter(dialog, "mptcp.subflow == 1")
        check_all(wireshark, part)
        wireshark.apply_filter(dialog, "")
        wait_for(wireshark, whole)
        place = next(place for place, row in enumerate(table.rows)
                     if row[1:4] == ["0", "1", "client"])
        wireshark.press_row_menu(dialog, place, ["Apply as Filter", "Selected"])
        wireshark.tick(dialog, "Limit to display filter")
        check_all(wireshark, less)


def test_filter_of_a_row(plugin_dir, lossy, tshark):
    """A passage selects its packets at both points; its losses select the frames."""
    expected = Expected(tshark, lossy)
    place, passage = next((place, each) for place, each in enumerate(expected.between)
                          if each["lost"])
    points = f"mptcp.point in {{{passage['from']}, {passage['to']}}}"
    frames = tshark.frames(lossy, f"mptcp.subflow == {passage['subflow']} && {points} && "
                                  f"mptcp.from_client == {int(passage['sender'] == 'client')}", "-2")
    with WiresharkWindow(lossy, plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        table = wait_for(wireshark, expected)
        passages = [row for row, level in enumerate(table.levels) if level == 0]
        wireshark.press_row_menu(dialog, passages[place], ["Apply as Filter", "Selected"])
        assert wireshark.wait_for_packets(frames) == frames
        wireshark.press_row_menu(dialog, passages[place] + 1, ["Apply as Filter", "Selected"])
        assert wireshark.wait_for_packets(passage["lost_frames"]) == passage["lost_frames"]
        wireshark.press_row_menu(dialog, passages[place] + 2, ["Apply as Filter", "Selected"])
        assert wireshark.wait_for_packets(passage["lost_frames"][:1]) == passage["lost_frames"][:1]


def test_goes_to_lost_and_changed_packets(plugin_dir, lossy, captures_dir, tshark):
    """By a double click, by the key Return, and by the menu."""
    lost = next(each["lost_frames"] for each in Expected(tshark, lossy).between if each["lost"])
    with WiresharkWindow(lossy, plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        table = wait_for(wireshark, Expected(tshark, lossy))
        wireshark.fill_screen(dialog)
        first = row_of(table, f"frame {lost[0]}")
        wireshark.double_click(dialog, first)
        assert wireshark.wait_for(wireshark.selected_packet, str(lost[0])) == str(lost[0])
        wireshark.fill_screen(dialog)
        wireshark.press_keys("Down", "Return")
        assert wireshark.wait_for(wireshark.selected_packet, str(lost[1])) == str(lost[1])
        wireshark.press_row_menu(dialog, first + 2, ["Go to Packet"])
        assert wireshark.wait_for(wireshark.selected_packet, str(lost[2])) == str(lost[2])
        wireshark.press_row_menu(dialog, 0, ["Collapse All"])
        wireshark.press_row_menu(dialog, 0, ["Expand All"])
        assert wireshark.table_cells(dialog) == table
    path = captures_dir / NAT
    expected = Expected(tshark, path)
    passage = expected.between[1]
    change = passage["changes"][0]
    with WiresharkWindow(path, plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        table = wait_for(wireshark, expected)
        wireshark.fill_screen(dialog)
        words = f"{change['what']}: packets {change['packets']}, first in frame {change['first_frame']}"
        wireshark.double_click(dialog, row_of(table, words))
        frame = str(change["first_frame"])
        assert wireshark.wait_for(wireshark.selected_packet, frame) == frame


def test_sorts_passages_by_value(plugin_dir, captures_dir, tshark):
    path = captures_dir / "s19_partial_router.pcap"
    expected = Expected(tshark, path)
    with WiresharkWindow(path, plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        wait_for(wireshark, expected)
        wireshark.press_header(dialog, "Median")
        shown = [row[0] for row, level in zip(*wireshark.table_cells(dialog)[1:]) if level == 0]
    order = [row[0] for _, row in sorted(zip([each["delay"]["median"] for each in expected.between],
                                             expected.passages()))]
    assert shown in (order, order[::-1])


def test_tooltips(plugin_dir, captures_dir, tshark):
    """The names of the points, and exact delays."""
    expected = Expected(tshark, captures_dir / NAT)
    passage, names = expected.between[0], [row[-1] for row in expected.points()]
    with WiresharkWindow(captures_dir / NAT, plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        wait_for(wireshark, expected)
        ends = [f"{point}: {names[point]}" for point in (passage["from"], passage["to"])]
        assert wireshark.cell(dialog, 0, "Points")[1] == "\n".join(ends)
        assert wireshark.cell(dialog, 0, "Max")[1] == (
            milliseconds(passage["delay"]["max"]) + " ms")


def test_copies_and_saves_the_passages(plugin_dir, lossy, tshark):
    expected = Expected(tshark, lossy)
    titles = [f"{title} ms" if title in DELAYS else title for title in COLUMNS]
    titles[titles.index("Resegmented")] = "Resegmented from"
    with WiresharkWindow(lossy, plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        wait_for(wireshark, expected)
        wireshark.press_button_menu(dialog, "Copy", ["as CSV"])
        assert list(csv.reader(wireshark.clipboard().splitlines())) == [titles, *expected.csv()]
        file = wireshark.home / "points.csv"
        wireshark.press_button(dialog, "Save as…")
        wireshark.save_as(file)
        wireshark.wait_until(lambda: file.exists() and file.stat().st_size)
        assert file.read_text() == wireshark.clipboard()
        wireshark.press_button_menu(dialog, "Copy", ["as YAML"])
        values = [line[2:].split(": ", 1)[1].strip('"').replace("null", "")
                  for line in wireshark.clipboard().splitlines()[1:]]
        assert values == [cell for row in expected.csv() for cell in row]
        wireshark.press_button_menu(dialog, "Copy", ["as JSON"])
        assert json.loads(wireshark.clipboard()) == tshark.json(lossy)


def test_columns(plugin_dir, captures_dir, tshark):
    with WiresharkWindow(captures_dir / NAT, plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        wait_for(wireshark, Expected(tshark, captures_dir / NAT))
        shown = [title for title, _, _ in wireshark.shown_columns(dialog)]
        assert shown == [title for title in COLUMNS if title not in HIDDEN]
        wireshark.choose_columns(dialog, ["Lost data", "Jitter"])
        assert wireshark.shows_column(dialog, "Lost data")
        assert not wireshark.shows_column(dialog, "Jitter")


def test_help(plugin_dir, captures_dir):
    with WiresharkWindow(captures_dir / NAT, plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        wireshark.table_cells(dialog)
        wireshark.press_button(dialog, "Help")
        text = wireshark.text_of("MPTCP Points: Help", "label", "Help")
    for words in [*COLUMNS, "difference of the clocks", "Limit to display filter"]:
        assert words in text


@pytest.mark.parametrize("display_filter", ["", "mptcp.subflow == 1"])
def test_opens_at_start(plugin_dir, captures_dir, tshark, display_filter):
    path = captures_dir / NAT
    option = "mptcp,points" + (f",{display_filter}" if display_filter else "")
    with WiresharkWindow(path, "-z", option, plugin_dir=plugin_dir) as wireshark:
        wireshark.wait_for_window(TITLE)
        check_all(wireshark, Expected(tshark, path, display_filter))


def test_other_files_and_reload(plugin_dir, captures_dir, tshark):
    expected = Expected(tshark, captures_dir / NAT)
    with WiresharkWindow(captures_dir / NAT, plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        wait_for(wireshark, expected)
        wireshark.press_menu(["View", "Reload"])
        check_all(wireshark, expected)
        wireshark.lay_beside(captures_dir / "ipv6.pcap")
        wireshark.open_file("ipv6.pcap")
        assert wireshark.wait_for_label(dialog, "All packets were recorded at one point.")
        wireshark.open_file(NAT)
        check_all(wireshark, expected)


def test_grows_with_a_live_capture(plugin_dir, lossy, tshark, stage):
    """Packets come through a pipe, at first half of them."""
    expected = Expected(tshark, lossy)
    pipe = stage / "window_pipe"
    os.mkfifo(pipe)
    pipe.chmod(0o666)
    data = lossy.read_bytes()
    go_on = threading.Event()

    def feed() -> None:
        with pipe.open("wb", buffering=0) as out:
            out.write(data[:len(data) // 2])
            go_on.wait()
            out.write(data[len(data) // 2:])

    threading.Thread(target=feed, daemon=True).start()
    try:
        with WiresharkWindow(None, "-k", "-i", str(pipe), plugin_dir=plugin_dir) as wireshark:
            dialog = open_dialog(wireshark)
            wireshark.wait_until(lambda: wireshark.table_cells(dialog).rows)
            assert not expected.matches(wireshark.table_cells(dialog))
            go_on.set()
            wait_for(wireshark, expected)
    finally:
        go_on.set()
