# SPDX-License-Identifier: GPL-2.0-or-later
"""The dialog 'MPTCP Graphs': its pages, zoom, clicks, subflows, and what it saves."""

from __future__ import annotations

import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest

from dialogs import open_dialog
from test_two_ends import merge, recordings_of
from tshark import lay_out
from wireshark_window import WiresharkWindow, missing_programs

pytestmark = pytest.mark.skipif(
    bool(missing_programs()), reason=f"not installed: {', '.join(missing_programs())}"
)

CAPTURE = "s30_v0_generated.pcap"  # connection 1 has three subflows
CONNECTION = 1
DIALOG = "MPTCP Graphs"
HINT = "Hover over the graph for details. Click to select a packet."
TYPES = {"Data Sequence": "sequence", "Goodput": "goodput", "Round-Trip Time": "rtt",
         "In Flight and Window": "window", "Paths": "paths", "One-Way Delay": "delay"}
WIDTH, HEIGHT = 1000, 680


@pytest.fixture
def wireshark(plugin_dir, captures_dir):
    """A window with the graphs of connection 1."""
    with WiresharkWindow(captures_dir / CAPTURE, "-g", "5", plugin_dir=plugin_dir) as window:
        window.wait_until(window.selected_packet)
        window.press_menu(["Statistics", "MPTCP", "Graphs"])
        window.wait_for_window(rf"{DIALOG} \(mptcp.conn eq {CONNECTION}\)")
        window.wait_for_label(DIALOG, "Hover over the graph")
        window.place(DIALOG, 0, 0, WIDTH, HEIGHT)
        yield window


def series(tshark, captures_dir: Path, kind: str, sender: str = "server") -> str:
    chosen = f"mptcp,series,{kind},conn={CONNECTION}" + (f",from={sender}" if kind != "paths" else "")
    return tshark.run("-2", "-r", captures_dir / CAPTURE, "-q", "-z", chosen).stdout


def save(wireshark: WiresharkWindow, name: str) -> bytes:
    path = wireshark.home / name
    wireshark.press_button(DIALOG, "Save as…")
    wireshark.save_as(path, title="^Save Graph As")
    wireshark.wait_until(path.exists)
    return path.read_bytes()


def picture(wireshark: WiresharkWindow, name: str) -> bytes:
    """The pixels of the graph, as the screen shows it."""
    screen = wireshark.home / "graph.png"
    wireshark.screenshot(screen)
    x, y, width, height = wireshark.picture_box(DIALOG, name)
    done = subprocess.run(["convert", screen, "-crop", f"{width}x{height}+{x}+{y}", "rgb:-"],
                          check=True, stdout=subprocess.PIPE)
    return done.stdout


def pixels_of(color: str, pixels: bytes) -> int:
    wanted = bytes.fromhex(color)
    return sum(pixels[place:place + 3] == wanted for place in range(0, len(pixels), 3))


@pytest.mark.parametrize("page, kind", TYPES.items(), ids=TYPES.values())
def test_data_is_that_of_tshark(tshark, captures_dir, wireshark, page: str, kind: str):
    wireshark.choose_page(DIALOG, page)
    assert save(wireshark, f"{kind}.csv").decode() == series(tshark, captures_dir, kind)


def test_pictures_are_saved_in_each_format(wireshark):
    png = save(wireshark, "graph.png")
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    svg = ElementTree.fromstring(save(wireshark, "graph.svg"))
    assert svg.tag == "{http://www.w3.org/2000/svg}svg"
    words = " ".join(text.text or "" for text in svg.iter("{http://www.w3.org/2000/svg}text"))
    assert "Data sequence" in words
    assert save(wireshark, "graph.pdf").startswith(b"%PDF-")


def test_direction_and_stream(tshark, captures_dir, wireshark):
    """The first direction is that of more data; another stream has its own."""
    directions = wireshark.choices(DIALOG, "Direction")
    assert wireshark.chosen(DIALOG, "Direction") == [directions[1]], "the server sent more"
    wireshark.choose(DIALOG, "Direction", directions[0])
    assert save(wireshark, "client.csv").decode() == series(tshark, captures_dir, "sequence",
                                                            "client")
    wireshark.set_number(DIALOG, 0)
    wireshark.wait_for_window(rf"{DIALOG} \(mptcp.conn eq 0\)")
    wireshark.wait_until(lambda: wireshark.choices(DIALOG, "Direction") not in ([], directions))
    other = tshark.run("-2", "-r", captures_dir / CAPTURE, "-q", "-z",
                       "mptcp,series,sequence,conn=0").stdout
    assert save(wireshark, "other.csv").decode() == other


def test_interval_of_the_goodput(tshark, captures_dir, wireshark):
    wireshark.choose_page(DIALOG, "Goodput")
    wireshark.choose(DIALOG, "Interval", "100 ms")
    chosen = f"mptcp,series,goodput,conn={CONNECTION},from=server,width=0.1"
    expected = tshark.run("-2", "-r", captures_dir / CAPTURE, "-q", "-z", chosen).stdout
    assert save(wireshark, "wide.csv").decode() == expected


def test_subflows_are_switched_off(wireshark):
    """The graph has the color of a subflow only while the subflow is shown."""
    wireshark.choose_page(DIALOG, "Goodput")
    colors = {"Subflow 0": "0072b2", "Subflow 1": "d55e00", "Subflow 2": "009e73"}
    shown = picture(wireshark, "Graph")
    assert all(pixels_of(color, shown) > 100 for color in colors.values())
    wireshark.tick(DIALOG, "Subflow 1")
    wireshark.wait_until(lambda: pixels_of(colors["Subflow 1"], picture(wireshark, "Graph")) == 0)
    rest = picture(wireshark, "Graph")
    assert pixels_of(colors["Subflow 0"], rest) > 100
    wireshark.tick(DIALOG, "Subflow 1")
    wireshark.wait_until(lambda: pixels_of(colors["Subflow 1"], picture(wireshark, "Graph")) > 100)


def find_event(wireshark: WiresharkWindow, words: str) -> tuple[int, int]:
    """Where the mouse points to an event of subflow 1, which has the second lane of three."""
    _, _, width, height = wireshark.picture_box(DIALOG, "Graph")
    for y in range(height // 4, height // 2, 14):
        for x in range(width // 2, width * 3 // 4, 14):
            wireshark.point(DIALOG, "Graph", x, y)
            label = wireshark.label(DIALOG, "Packet ")
            if label and words in label:
                return x, y
    raise AssertionError(f"nowhere is {words!r}")


def test_a_click_selects_the_packet(tshark, captures_dir, wireshark):
    """And the hint names it before."""
    [joined] = tshark.frames(captures_dir / CAPTURE, f"mptcp.conn == {CONNECTION} && "
                             "mptcp.subflow == 1 && mptcp_conn.join_established", "-2")
    wireshark.choose_page(DIALOG, "Paths")
    place = find_event(wireshark, "Subflow joined")
    assert wireshark.label(DIALOG, "Packet ").startswith(f"Packet {joined}, subflow 1: ")
    wireshark.click_at(DIALOG, "Graph", *place)
    assert wireshark.wait_for(wireshark.selected_packet, str(joined)) == str(joined)


def test_one_zoom_for_all_pages(wireshark):
    """Keys zoom the time of all pages; 0 shows the whole graph again."""
    before = {}
    for page in ("Goodput", "Paths"):
        wireshark.choose_page(DIALOG, page)
        before[page] = picture(wireshark, "Graph")
    _, _, width, height = wireshark.picture_box(DIALOG, "Graph")
    wireshark.point(DIALOG, "Graph", width // 2, height // 3)
    wireshark.press_keys("X", "X")
    wireshark.wait_until(lambda: picture(wireshark, "Graph") != before["Paths"])
    wireshark.choose_page(DIALOG, "Goodput")
    wireshark.wait_until(lambda: picture(wireshark, "Graph") != before["Goodput"])
    wireshark.press_button(DIALOG, "Reset")
    wireshark.wait_until(lambda: picture(wireshark, "Graph") == before["Goodput"])
    wireshark.choose_page(DIALOG, "Paths")
    wireshark.wait_until(lambda: picture(wireshark, "Graph") == before["Paths"])


def place_at(wireshark: WiresharkWindow, x: int, y: int) -> tuple[float, float]:
    """The time and the value at a place where no packet is."""
    wireshark.point(DIALOG, "Graph", x, y)
    seconds, value = wireshark.wait_until(lambda: wireshark.label(DIALOG, "0.")).split(" s, ")
    return float(seconds), float(value)


def test_a_rectangle_zooms(wireshark):
    """What was at its corners is at those of the graph then; dragging moves the graph."""
    wireshark.choose_page(DIALOG, "Goodput")
    _, _, width, height = wireshark.picture_box(DIALOG, "Graph")
    corners = (width * 3 // 8, height // 4), (width * 5 // 8, height // 2)
    begin, end = (place_at(wireshark, *corner) for corner in corners)
    middle = tuple((first + last) / 2 for first, last in zip(begin, end))
    wireshark.choose_radio(DIALOG, "zooms")
    wireshark.drag(DIALOG, "Graph", *corners)
    first, last = (place_at(wireshark, *corner) for corner in corners)
    for place in range(2):
        assert abs(last[place] - first[place]) < abs(end[place] - begin[place]) / 2
        assert sorted((begin[place], first[place], last[place], end[place])) in (
            [begin[place], first[place], last[place], end[place]],
            [end[place], last[place], first[place], begin[place]])
        between = (first[place] + last[place]) / 2
        assert between == pytest.approx(middle[place], abs=abs(end[place] - begin[place]) / 4)
    wireshark.choose_radio(DIALOG, "drags")
    wireshark.drag(DIALOG, "Graph", *corners)
    moved = place_at(wireshark, *corners[1])
    assert moved == pytest.approx(first, rel=0.02)


def test_a_filter_counts_matching_packets(tshark, captures_dir, wireshark):
    wireshark.apply_filter(DIALOG, "mptcp.subflow == 2")
    chosen = f"mptcp,series,sequence,conn={CONNECTION},from=server,mptcp.subflow == 2"
    expected = tshark.run("-2", "-r", captures_dir / CAPTURE, "-q", "-z", chosen).stdout
    saved = iter(range(1000))
    wireshark.wait_until(
        lambda: save(wireshark, f"filtered{next(saved)}.csv").decode() == expected)


def test_one_point_has_no_delays(wireshark):
    wireshark.choose_page(DIALOG, "One-Way Delay")
    wireshark.wait_for_label(DIALOG, "One-way delays need packets that two points recorded.")


def test_delays_between_two_points(tshark, plugin_dir, captures_dir):
    name = "k_nat_ends.pcapng"
    with WiresharkWindow(captures_dir / name, "-g", "1", plugin_dir=plugin_dir) as window:
        window.wait_until(window.selected_packet)
        window.press_menu(["Statistics", "MPTCP", "Graphs"])
        window.wait_for_label(DIALOG, "Hover over the graph")
        window.place(DIALOG, 0, 0, WIDTH, HEIGHT)
        window.choose_page(DIALOG, "One-Way Delay")
        [sender] = window.chosen(DIALOG, "Direction")
        role = "server" if sender.split(" ")[0].endswith(":5001") else "client"
        expected = tshark.run("-2", "-r", captures_dir / name, "-q", "-z",
                              f"mptcp,series,delay,conn=0,from={role}").stdout
        assert save(window, "delay.csv").decode() == expected
        assert expected.count("\n") > 10


def test_as_seen_at_each_end(tshark, plugin_dir, captures_dir, stage):
    """A merged file: the graphs are those of one end, and say which points these are."""
    path = merge(stage, *recordings_of("k_http_loss"), 0.0)
    with WiresharkWindow(path, "-g", "1", plugin_dir=plugin_dir) as window:
        window.wait_until(window.selected_packet)
        window.press_menu(["Statistics", "MPTCP", "Graphs"])
        window.wait_for_label(DIALOG, f"{HINT} As seen at point")
        for choice, at in ((None, ""), ("the client", ",at=client"), ("the server", ",at=server")):
            if choice:
                window.choose(DIALOG, "As seen at", choice)
            for page, kind in (("Round-Trip Time", "rtt"), ("Data Sequence", "sequence")):
                window.choose_page(DIALOG, page)
                expected = tshark.run("-2", "-r", path, "-q", "-z",
                                      f"mptcp,series,{kind},conn=0{at}").stdout
                assert save(window, f"{kind}{at}.csv").decode() == expected


def test_one_point_has_no_place(wireshark):
    assert wireshark.label(DIALOG, HINT) == HINT


def test_opened_from_a_row(plugin_dir, captures_dir):
    with WiresharkWindow(captures_dir / CAPTURE, plugin_dir=plugin_dir) as window:
        dialog = open_dialog(window)
        window.table_cells(dialog)
        window.press_row_menu(dialog, 0, ["Graphs"])
        window.wait_for_window(rf"{DIALOG} \(mptcp.conn eq 0\)")


def test_another_capture_is_drawn(tshark, captures_dir, wireshark):
    """When another file is opened, the dialog stays, and draws its connection."""
    wireshark.lay_beside(captures_dir / "s25_reuse.pcap")
    wireshark.open_file("s25_reuse.pcap")
    wireshark.wait_for_window("^s25_reuse.pcap")
    expected = tshark.run("-2", "-r", captures_dir / "s25_reuse.pcap", "-q", "-z",
                          f"mptcp,series,sequence,conn={CONNECTION}").stdout
    saved = iter(range(1000))
    wireshark.wait_until(
        lambda: save(wireshark, f"again{next(saved)}.csv").decode() == expected)


def test_without_its_libraries(plugin_dir, captures_dir, tmp_path):
    """Where the module of the graphs cannot be loaded, Wireshark says what it needs."""
    plugins = lay_out(plugin_dir, tmp_path / "plugins")
    [module] = plugins.glob("*/mptcp_conn/mptcp_conn_graphs.so")
    module.write_bytes(b"no library")
    with WiresharkWindow(captures_dir / CAPTURE, "-g", "5", plugin_dir=plugins) as window:
        window.wait_until(window.selected_packet)
        window.press_menu(["Statistics", "MPTCP", "Graphs"])
        assert "QCustomPlot" in window.wait_for_label("^$", "The MPTCP graphs cannot be")
