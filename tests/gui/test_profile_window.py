# SPDX-License-Identifier: GPL-2.0-or-later
"""The profile 'MPTCP' in the real window: columns, filter buttons and graphs."""

from __future__ import annotations

from pathlib import Path

import pytest

import mptcp_profile
from wireshark_window import WiresharkWindow, missing_programs

pytestmark = pytest.mark.skipif(
    bool(missing_programs()), reason=f"not installed: {', '.join(missing_programs())}"
)

CAPTURE = "s30_v0_generated.pcap"


@pytest.fixture(scope="session")
def installed(build, tmp_path_factory) -> Path:
    return mptcp_profile.install(build, tmp_path_factory.mktemp("install"))


def test_columns_and_buttons(plugin_dir, captures_dir, tshark, installed):
    path = captures_dir / CAPTURE
    with WiresharkWindow(path, "-C", mptcp_profile.NAME, plugin_dir=plugin_dir,
                         profile=installed) as wireshark:
        columns = list(wireshark.packet_list()[0])
        assert columns == ["No.", "Time", "Connection", "Subflow", "Server token", "Source",
                           "Destination", "Relative DSN", "Payload", "Protocol", "Length", "Info"]
        wireshark.fill_screen(f"^{CAPTURE}")  # or some buttons hide behind an arrow
        for label, display_filter in mptcp_profile.buttons(installed).items():
            wireshark.press_button(f"^{CAPTURE}", label)
            expected = tshark.frames(path, display_filter, "-2")
            assert wireshark.wait_for_packets(expected) == expected, label


def test_graphs(plugin_dir, captures_dir, installed):
    with WiresharkWindow(captures_dir / CAPTURE, "-C", mptcp_profile.NAME, plugin_dir=plugin_dir,
                         profile=installed) as wireshark:
        wireshark.press_menu(["Statistics", "I/O Graphs"])
        dialog = wireshark.wait_for_window("I/O Graphs")
        rows = wireshark.table_cells(dialog).rows
        assert [[row[1], row[2], row[6]] for row in rows] == [
            [name, *graph] for name, graph in mptcp_profile.graphs(installed).items()]


def open_graphs(wireshark: WiresharkWindow, expected: list[str]) -> None:
    """Opens one more dialog 'I/O Graphs'; then these are the intervals of all of them."""
    wireshark.press_menu(["Statistics", "I/O Graphs"])
    found = wireshark.wait_for(lambda: sorted(wireshark.chosen("I/O Graphs", "Interval")), expected)
    assert found == expected


def choose_profile(wireshark: WiresharkWindow, name: str) -> None:
    wireshark.fill_screen(f"^{CAPTURE}")  # or a dialog covers the status line
    wireshark.press_label_menu(f"^{CAPTURE}", "Profile: ", [name])
    wireshark.wait_for_label(f"^{CAPTURE}", f"Profile: {name}")


def test_interval_of_graphs(plugin_dir, captures_dir, installed):
    with WiresharkWindow(captures_dir / CAPTURE, "-C", mptcp_profile.NAME, plugin_dir=plugin_dir,
                         profile=installed) as wireshark:
        open_graphs(wireshark, ["100 ms"])
        wireshark.choose("I/O Graphs", "Interval", "2 sec")
        open_graphs(wireshark, ["100 ms", "2 sec"])


def test_interval_of_graphs_in_another_profile(plugin_dir, captures_dir, installed):
    with WiresharkWindow(captures_dir / CAPTURE, plugin_dir=plugin_dir,
                         profile=installed) as wireshark:
        open_graphs(wireshark, ["1 sec"])
        choose_profile(wireshark, mptcp_profile.NAME)
        open_graphs(wireshark, ["1 sec", "100 ms"])
        choose_profile(wireshark, "Default")
        open_graphs(wireshark, ["1 sec", "1 sec", "100 ms"])
