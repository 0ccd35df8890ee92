# SPDX-License-Identifier: GPL-2.0-or-later
"""Our dialogs while files come and go: reload, close, another file, and the end of Wireshark."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from dialogs import TITLE, Capture, open_dialog, shown_rows, wait_for_rows
from wireshark_window import WiresharkWindow, missing_programs

pytestmark = pytest.mark.skipif(
    bool(missing_programs()), reason=f"not installed: {', '.join(missing_programs())}"
)

CAPTURE = "s25_reuse.pcap"
PCAP_HEADER, RECORD_HEADER = 24, 16  # octets
ENOUGH_TO_LOOK_AT = 150_000  # packets: Wireshark takes a second or two


@pytest.fixture(scope="session")
def long_capture(captures_dir, stage) -> Path:
    """A capture again and again, each time a minute later."""
    data = (captures_dir / "script_example.pcap").read_bytes()
    order = "<" if data[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
    records, place = [], PCAP_HEADER
    while place < len(data):
        seconds, fraction, kept, size = struct.unpack_from(order + "4I", data, place)
        end = place + RECORD_HEADER + kept
        records.append((seconds, fraction, kept, size, data[place + RECORD_HEADER:end]))
        place = end
    path = stage / "long.pcap"
    with path.open("wb") as out:
        out.write(data[:PCAP_HEADER])
        for turn in range(ENOUGH_TO_LOOK_AT // len(records)):
            for seconds, fraction, kept, size, packet in records:
                out.write(struct.pack(order + "4I", seconds + 60 * turn, fraction, kept, size))
                out.write(packet)
    return path


@pytest.fixture(scope="session")
def long_totals(long_capture, tshark) -> str:
    document = tshark.json(long_capture)
    totals = document["totals"]
    return (f"Connections {totals['connections']:,}, established {totals['established']:,}, "
            f"subflows {totals['subflows']:,}, payload {totals['payload']:,} bytes, "
            f"TCP packets {document['packets']:,}")


def has_totals(wireshark: WiresharkWindow, expected: str):
    return lambda: wireshark.label(TITLE, "Connections") == expected


def test_reload(plugin_dir, captures_dir, tshark):
    expected = Capture.read(tshark, captures_dir / CAPTURE).shown()
    with WiresharkWindow(captures_dir / CAPTURE, plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        for _ in range(3):
            wireshark.press_menu(["View", "Reload"])
            assert wait_for_rows(wireshark, dialog, expected) == expected


def test_close_the_file_and_open_another(plugin_dir, captures_dir, tshark):
    expected = Capture.read(tshark, captures_dir / CAPTURE).shown()
    other = Capture.read(tshark, captures_dir / "ipv6.pcap").shown()
    with WiresharkWindow(captures_dir / CAPTURE, plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        assert wait_for_rows(wireshark, dialog, expected) == expected
        wireshark.press_menu(["File", "Close"])
        assert wait_for_rows(wireshark, dialog, []) == []
        wireshark.lay_beside(captures_dir / "ipv6.pcap")
        wireshark.open_file("ipv6.pcap")
        assert wait_for_rows(wireshark, dialog, other) == other
        wireshark.open_file(CAPTURE)  # without closing the one before
        assert wait_for_rows(wireshark, dialog, expected) == expected


def test_a_display_filter_of_the_main_window_changes_nothing(plugin_dir, captures_dir, tshark):
    """It has Wireshark dissect and tap everything anew."""
    expected = Capture.read(tshark, captures_dir / CAPTURE).shown()
    with WiresharkWindow(captures_dir / CAPTURE, plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        wireshark.press_row_menu(dialog, 0, ["Apply as Filter", "Not Selected"])
        assert wait_for_rows(wireshark, dialog, expected) == expected


def test_several_dialogs_count_each_for_itself(plugin_dir, captures_dir, tshark):
    path = captures_dir / CAPTURE
    whole = Capture.read(tshark, path).shown()
    with WiresharkWindow(path, plugin_dir=plugin_dir) as wireshark:
        dialog = open_dialog(wireshark)
        wireshark.press_menu(["Statistics", "MPTCP", "Events"])
        events = "MPTCP Events"
        wireshark.wait_for_window(events)
        wireshark.apply_filter(events, "mptcp_conn.join_syn")
        assert wait_for_rows(wireshark, dialog, whole) == whole
        wireshark.wait_for_label(events, "Events 3")
        wireshark.close(events)
        wireshark.press_menu(["View", "Reload"])
        assert wait_for_rows(wireshark, dialog, whole) == whole


@pytest.mark.xdist_group("long")  # in one process, which makes the capture once
def test_opened_and_closed_while_a_file_is_read(plugin_dir, long_capture, long_totals):
    with WiresharkWindow(long_capture, plugin_dir=plugin_dir) as wireshark:
        for _ in range(2):
            wireshark.press_menu(["View", "Reload"])
            wireshark.press_menu(["Statistics", "MPTCP", "Connections"])
            wireshark.wait_for_window(TITLE)
            wireshark.press_menu(["View", "Reload"])
            wireshark.close(TITLE)
        assert wireshark.is_alive()
        wireshark.press_menu(["Statistics", "MPTCP", "Connections"])
        wireshark.wait_for_window(TITLE)
        wireshark.wait_until(has_totals(wireshark, long_totals))


@pytest.mark.xdist_group("long")  # in one process, which makes the capture once
def test_open_while_a_file_is_read_again(plugin_dir, long_capture, long_totals):
    with WiresharkWindow(long_capture, plugin_dir=plugin_dir) as wireshark:
        open_dialog(wireshark)
        wireshark.press_menu(["View", "Reload"])
        wireshark.wait_until(has_totals(wireshark, long_totals))


@pytest.mark.parametrize("entry, name", [("Connections", CAPTURE), ("Events", CAPTURE),
                                         ("Points", "k_nat_ends.pcapng"), ("Summary", CAPTURE)])
def test_wireshark_ends_with_the_dialog_open(plugin_dir, captures_dir, entry, name):
    with WiresharkWindow(captures_dir / name, plugin_dir=plugin_dir) as wireshark:
        wireshark.press_menu(["Statistics", "MPTCP", entry])
        assert shown_rows(wireshark.table_cells(wireshark.wait_for_window(f"MPTCP {entry}")))
        wireshark.press_menu(["File", "Quit"])
        assert wireshark.exit_status() == 0
