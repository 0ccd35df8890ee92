# SPDX-License-Identifier: GPL-2.0-or-later
"""Wireshark's window while it captures: the packet list and the dialogs grow with the traffic."""

from __future__ import annotations

import json
from csv import DictReader

import pytest

from dialogs import TITLE, open_dialog, shown_rows, size_with_unit
from live import BEGINNING, Hosts
from recorder.hosts import obstacle
from wireshark_window import WiresharkWindow, missing_programs

OBSTACLE = obstacle()
pytestmark = [
    pytest.mark.skipif(bool(missing_programs()),
                       reason=f"not installed: {', '.join(missing_programs())}"),
    pytest.mark.skipif(bool(OBSTACLE), reason=OBSTACLE),
    pytest.mark.xdist_group("live"),
]

SERVER = "10.77.1.2"


def connection_rows(wireshark: WiresharkWindow) -> list[dict[str, str]]:
    return [row for row in shown_rows(wireshark.table_cells(TITLE)) if "Subflow" not in row]


def test_dialog_grows_with_the_capture(plugin_dir):
    with Hosts() as hosts:
        interfaces = [word for name in hosts.interfaces for word in ("-i", name)]
        with WiresharkWindow(None, "-k", *interfaces, plugin_dir=plugin_dir,
                             begin=hosts.at_server()) as wireshark:
            open_dialog(wireshark)
            assert connection_rows(wireshark) == []
            sent = [(300_000, 54_321), (100_000, 5_432)]
            for turn, (up, down) in enumerate(sent, start=1):
                transfer = hosts.transfer(SERVER, up, down)
                assert (transfer.up, transfer.down) == (up, down)
                wireshark.wait_until(lambda: len(connection_rows(wireshark)) == turn)
                wireshark.wait_until(lambda: connection_rows(wireshark)[-1]["State"] == "closed")
                row = connection_rows(wireshark)[-1]
                assert (row["Unique C>S"], row["Unique S>C"]) == (size_with_unit(up), size_with_unit(down))
                token = transfer.server_token
                assert row["Server token"] == f"{token} (0x{token:08x})"
            wireshark.press_menu(["Capture", "Stop"])
            rows = connection_rows(wireshark)
            assert [(row["Unique C>S"], row["Unique S>C"]) for row in rows] == [
                (size_with_unit(up), size_with_unit(down)) for up, down in sent]
            assert wireshark.is_alive()


def test_summary_follows_the_capture(plugin_dir):
    """Nobody offers MPTCP, then one connection is open, then two have worked."""
    summary = "MPTCP Summary"
    with Hosts() as hosts:
        interfaces = [word for name in hosts.interfaces for word in ("-i", name)]
        with WiresharkWindow(None, "-k", *interfaces, plugin_dir=plugin_dir,
                             begin=hosts.at_server()) as wireshark:
            wireshark.press_menu(["Statistics", "MPTCP", "Summary"])
            wireshark.wait_for_window(summary)
            wireshark.wait_for_label(summary, "The capture has no TCP packet")
            hosts.transfer(SERVER, 300_000, 54_321,
                           meanwhile=lambda: wireshark.wait_for_label(summary, "1 connection: "))
            wireshark.wait_for_label(summary, "1 connection: 1 used several paths.")
            hosts.transfer(SERVER, 100_000, 5_432)
            wireshark.wait_for_label(summary, "2 connections: 2 used several paths.")
            wireshark.press_menu(["Capture", "Stop"])
            rows = wireshark.wait_for_table(
                summary, lambda table: [row[0] for row, level in zip(table.rows, table.levels)
                                        if level == 0] == ["0", "1"])
            wireshark.press_button_menu(summary, "Copy", ["as JSON"])
            texts = [each["text"] for each in json.loads(wireshark.clipboard())["diagnosis"]]
            shown = [row[4] for row, level in zip(rows.rows, rows.levels) if level == 1]
            assert sorted(shown) == sorted(texts) != []


def test_graphs_grow_with_the_capture(plugin_dir):
    """They show what was sent so far, and then the rest."""
    graphs = "MPTCP Graphs"
    with Hosts() as hosts:
        interfaces = [word for name in hosts.interfaces for word in ("-i", name)]
        with WiresharkWindow(None, "-k", *interfaces, plugin_dir=plugin_dir,
                             begin=hosts.at_server()) as wireshark:
            tries = iter(range(1000))

            def unique_bytes() -> int:
                path = wireshark.home / f"series{next(tries)}.csv"
                wireshark.press_button(graphs, "Save as…")
                wireshark.save_as(path, title="^Save Graph As")
                rows = DictReader(wireshark.wait_until(lambda: path.exists() and path.read_text())
                                  .splitlines())
                return sum(int(row["bytes"]) for row in rows if row["kind"] == "unique")

            def open_graphs() -> None:
                wireshark.wait_until(lambda: connection_rows(wireshark))
                wireshark.press_row_menu(TITLE, 0, ["Graphs"])
                wireshark.wait_for_window(graphs)
                wireshark.wait_until(lambda: unique_bytes() == BEGINNING)

            open_dialog(wireshark)
            up = 300_000
            hosts.transfer(SERVER, up, 54_321, meanwhile=open_graphs)
            wireshark.wait_until(lambda: unique_bytes() == up)
            wireshark.press_menu(["Capture", "Stop"])
            assert unique_bytes() == up
            assert wireshark.is_alive()
