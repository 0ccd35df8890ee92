# SPDX-License-Identifier: GPL-2.0-or-later
"""The dialog 'Follow MPTCP Stream': opened in each way, read in each format, searched, saved."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from dialogs import open_dialog
from wireshark_window import WiresharkWindow, missing_programs

pytestmark = pytest.mark.skipif(
    bool(missing_programs()), reason=f"not installed: {', '.join(missing_programs())}"
)

CAPTURE = "k_http_pipelined.pcapng"  # one connection over two subflows
SEVERAL = "s25_reuse.pcap"
ROW_OF_CONNECTION_1 = 3
MPTCP_STREAM = "MPTCP stream"


def title_of(connection: int) -> str:
    return rf"Follow MPTCP Stream \(mptcp.conn eq {connection}\)"


def follow_row(wireshark: WiresharkWindow, row: int, connection: int) -> str:
    """Follows the connection of a row; returns a pattern of the dialog's title."""
    dialog = open_dialog(wireshark)
    wireshark.table_cells(dialog)
    wireshark.press_row_menu(dialog, row, ["Follow MPTCP Stream"])
    wireshark.wait_for_window(title_of(connection))
    return title_of(connection)


def shown(wireshark: WiresharkWindow, dialog: str) -> str:
    return wireshark.text_of(dialog, "text", MPTCP_STREAM)


def wait_for_text(wireshark: WiresharkWindow, dialog: str) -> str:
    wireshark.wait_until(lambda: shown(wireshark, dialog))
    return shown(wireshark, dialog)


def lines_of_tshark(tshark, path, form: str, connection: int) -> list[str]:
    """The data without tshark's frame, and without the tab before that of the server."""
    text = tshark.run("-2", "-r", path, "-q", "-z", f"follow,mptcp,{form},{connection}").stdout
    if form == "yaml":
        return [with_exact_time(line) for line in text.splitlines()]
    lines = text.strip("\n").splitlines()
    assert lines[0] == lines[-1] == "=" * 67
    return [line.lstrip("\t") for line in lines[5:-1]]


def with_exact_time(line: str) -> str:
    """tshark rounds times to a double. The capture has microseconds."""
    return re.sub(r"(?<=timestamp: )[\d.]+", lambda time: f"{round(Decimal(time[0]), 6):.9f}", line)


@pytest.mark.parametrize("form, name", [("hex", "Hex Dump"), ("raw", "Raw"), ("yaml", "YAML")])
def test_formats_are_those_of_tshark(plugin_dir, captures_dir, tshark, form, name):
    expected = lines_of_tshark(tshark, captures_dir / SEVERAL, form, 1)
    with WiresharkWindow(captures_dir / SEVERAL, plugin_dir=plugin_dir) as wireshark:
        dialog = follow_row(wireshark, ROW_OF_CONNECTION_1, 1)
        wait_for_text(wireshark, dialog)
        wireshark.choose(dialog, "Show data as", name)
        stripped = [line.strip() for line in expected]
        assert wireshark.wait_for(
            lambda: [line.strip() for line in shown(wireshark, dialog).splitlines()],
            stripped) == stripped


def test_text_and_directions(plugin_dir, captures_dir, tshark):
    """HTTP: the requests are text in each format for text, and each direction has its bytes."""
    raw = tshark.run("-2", "-r", captures_dir / CAPTURE, "-q", "-z", "follow,mptcp,raw,0").stdout
    server, client = (sum(len(line.strip()) // 2 for line in raw.splitlines()[6:-1]
                          if line.startswith("\t") == is_server) for is_server in (True, False))
    with WiresharkWindow(captures_dir / CAPTURE, plugin_dir=plugin_dir) as wireshark:
        dialog = follow_row(wireshark, 0, 0)
        text = wait_for_text(wireshark, dialog)
        both, from_client, from_server = wireshark.choices(dialog, "Direction")
        assert both == f"Entire conversation ({client + server:,} bytes)"
        assert from_client.endswith(f"({client:,} bytes)") and " → " in from_client
        assert from_server.endswith(f"({server:,} bytes)")
        assert text.startswith("GET /")
        assert re.search(r"HTTP/1.1 200 OK", text)
        wireshark.choose(dialog, "Direction", from_client)
        wireshark.wait_until(lambda: len(shown(wireshark, dialog)) < client)
        assert "HTTP/1.1 200" not in shown(wireshark, dialog)
        wireshark.choose(dialog, "Show data as", "UTF-8")
        assert shown(wireshark, dialog).startswith("GET /")
        wireshark.choose(dialog, "Show data as", "C Arrays")
        wireshark.wait_until(lambda: shown(wireshark, dialog).startswith("char peer0_0[] = {"))


def test_colors_by_subflow_have_a_legend(plugin_dir, captures_dir, tshark):
    subflows = tshark.json(captures_dir / CAPTURE, "-2")["connections"][0]["subflows"]
    with WiresharkWindow(captures_dir / CAPTURE, plugin_dir=plugin_dir) as wireshark:
        dialog = follow_row(wireshark, 0, 0)
        wait_for_text(wireshark, dialog)
        beginning = " Subflow 0"  # with a margin
        assert not wireshark.label(dialog, beginning)
        wireshark.choose(dialog, "Color by", "Subflow")
        wireshark.wait_until(lambda: wireshark.label(dialog, beginning))
        legend = wireshark.label(dialog, beginning)
    for subflow in subflows:
        unique = sum(subflow["data"][role]["unique"] for role in ("client", "server"))
        assert f"Subflow {subflow['subflow']}" in legend
        assert f"({unique:,} bytes)" in legend


def test_menus_follow_the_selected_packet(plugin_dir, captures_dir):
    """The entry of Statistics, and that of Analyze, Follow."""
    for menu in (["Statistics", "MPTCP", "Follow Stream"], ["Analyze", "Follow", "MPTCP Stream"]):
        with WiresharkWindow(captures_dir / CAPTURE, plugin_dir=plugin_dir) as wireshark:
            wireshark.wait_until(wireshark.selected_packet)
            wireshark.press_menu(menu)
            wireshark.wait_for_window(title_of(0))


def test_a_packet_of_no_connection_is_told(plugin_dir, captures_dir):
    with WiresharkWindow(captures_dir / "script_example.pcap", "-R", "!mptcp_conn",
                         plugin_dir=plugin_dir) as wireshark:
        wireshark.press_menu(["Statistics", "MPTCP", "Follow Stream"])
        wireshark.wait_for_label("Follow MPTCP Stream", "Select a packet")


def test_stream_follows_another_connection(plugin_dir, captures_dir, tshark):
    expected = lines_of_tshark(tshark, captures_dir / SEVERAL, "raw", 2)
    frames = tshark.frames(captures_dir / SEVERAL, "mptcp.conn == 2", "-2")
    with WiresharkWindow(captures_dir / SEVERAL, plugin_dir=plugin_dir) as wireshark:
        dialog = follow_row(wireshark, 0, 0)
        wait_for_text(wireshark, dialog)
        wireshark.choose(dialog, "Show data as", "Raw")
        wireshark.set_number(dialog, 2)
        wireshark.wait_for_window(title_of(2))
        assert wireshark.wait_for(lambda: shown(wireshark, title_of(2)).splitlines(),
                                  expected) == expected
        assert wireshark.wait_for_packets(frames) == frames


def test_find(plugin_dir, captures_dir):
    """Ignores case, and goes on at the beginning."""
    with WiresharkWindow(captures_dir / CAPTURE, plugin_dir=plugin_dir) as wireshark:
        dialog = follow_row(wireshark, 0, 0)
        text = wait_for_text(wireshark, dialog)
        places = [found.span() for found in re.finditer("http/1.1 200 ok", text, re.IGNORECASE)]
        assert len(places) > 1
        wireshark.set_text(dialog, "Find:", "http/1.1 200 ok")
        for place in [*places, places[0]]:
            wireshark.press_button(dialog, "Find Next")
            assert wireshark.wait_for(lambda: wireshark.selection(dialog, MPTCP_STREAM),
                                      [*place]) == [*place]


def test_a_click_on_data_selects_its_packet(plugin_dir, captures_dir, tshark):
    first = tshark.frames(captures_dir / CAPTURE, "mptcp.conn == 0 && tcp.len > 0", "-2")[0]
    with WiresharkWindow(captures_dir / CAPTURE, plugin_dir=plugin_dir) as wireshark:
        dialog = follow_row(wireshark, 0, 0)
        wait_for_text(wireshark, dialog)
        wireshark.click_text(dialog, MPTCP_STREAM)
        assert wireshark.wait_for(wireshark.selected_packet, str(first)) == str(first)


@pytest.mark.parametrize("button", ["Filter Out This Stream", "Back"])
def test_buttons_leave_with_a_filter(plugin_dir, captures_dir, tshark, button):
    path = captures_dir / SEVERAL
    left = {"Back": "frame", "Filter Out This Stream": "!(mptcp.conn eq 0)"}[button]
    frames = tshark.frames(path, left, "-2")
    with WiresharkWindow(path, plugin_dir=plugin_dir) as wireshark:
        dialog = follow_row(wireshark, 0, 0)
        wait_for_text(wireshark, dialog)
        wireshark.press_button(dialog, button)
        assert wireshark.wait_for_packets(frames) == frames
        wireshark.wait_until(lambda: not any(re.search(dialog, each)
                                             for each in wireshark.windows()))


def test_saves_the_bytes(plugin_dir, captures_dir, tshark):
    lines = lines_of_tshark(tshark, captures_dir / CAPTURE, "raw", 0)
    with WiresharkWindow(captures_dir / CAPTURE, plugin_dir=plugin_dir) as wireshark:
        dialog = follow_row(wireshark, 0, 0)
        wait_for_text(wireshark, dialog)
        wireshark.choose(dialog, "Show data as", "Raw")
        file = wireshark.home / "stream.bin"
        wireshark.press_button(dialog, "Save as…")
        wireshark.save_as(file, title="^Save Stream Content As")
        wireshark.wait_until(lambda: file.exists() and file.stat().st_size > 0)
        assert file.read_bytes() == bytes.fromhex("".join(lines))


def test_follow_http_from_another_subflow(plugin_dir, captures_dir, tshark):
    """Wireshark's own dialog, for a packet of the second subflow."""
    path = captures_dir / CAPTURE
    selected = tshark.frames(path, "mptcp.subflow == 1 && http", "-2")[0]
    frames = tshark.frames(path, "tcp.stream == 0 || mptcp.data.stream == 0", "-2")
    with WiresharkWindow(path, "-g", str(selected), plugin_dir=plugin_dir) as wireshark:
        wireshark.wait_for(wireshark.selected_packet, str(selected))
        wireshark.press_menu(["Analyze", "Follow", "HTTP Stream"])
        wireshark.wait_for_window(
            r"Follow HTTP Stream \(\(tcp.stream eq 0 or mptcp.data.stream eq 0\)\)")
        assert wireshark.wait_for_packets(frames) == frames
