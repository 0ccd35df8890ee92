# SPDX-License-Identifier: GPL-2.0-or-later
"""The window harness itself, on a dialog that every Wireshark has."""

from __future__ import annotations

from pathlib import Path

import pytest

from wireshark_window import WindowError, WiresharkWindow, missing_programs

pytestmark = pytest.mark.skipif(
    bool(missing_programs()), reason=f"not installed: {', '.join(missing_programs())}"
)

CAPTURE = "s01_single.pcap"
TITLE = "ASAP Statistics"
MENU = ["Statistics", "Reliable Server Pooling (RSerPool)", TITLE]


def processes_below(folder: Path) -> list[str]:
    """The processes that have a private home of a window as their own."""
    found = []
    for environment in Path("/proc").glob("[0-9]*/environ"):
        try:
            if f"HOME={folder}\0".encode() in environment.read_bytes():
                found.append((environment.parent / "cmdline").read_text())
        except OSError:
            pass  # ended meanwhile, or somebody else's
    return found


def test_reads_a_table_and_leaves_nothing(captures_dir, tmp_path):
    with WiresharkWindow(captures_dir / CAPTURE) as wireshark:
        wireshark.press_menu(MENU)
        dialog = wireshark.wait_for_window(TITLE)
        header, rows, levels = wireshark.table_cells(dialog)
        assert header[0] == "ASAP Message Type"
        assert ["ASAP Cookie", "0"] in [[cell.strip() for cell in row[:2]] for row in rows]
        assert set(levels) == {0}
        wireshark.screenshot(tmp_path / "screen.png")
        assert (tmp_path / "screen.png").stat().st_size > 1000
        home = wireshark.home
        assert processes_below(home)
    assert not processes_below(home)
    assert not home.exists()


def test_a_failure_says_what_was_there(captures_dir):
    with WiresharkWindow(captures_dir / CAPTURE) as wireshark:
        with pytest.raises(WindowError, match="no menu entry 'Nonsense' among .*'I/O Graphs'"):
            wireshark.press_menu(["Statistics", "Nonsense"])
        with pytest.raises(WindowError) as failure:
            wireshark.wait_for_window("Nonsense", timeout=1)
    assert "tree 'Packet list'" in str(failure.value)


def test_a_failed_start_says_why_and_leaves_nothing(captures_dir):
    window = WiresharkWindow(captures_dir / CAPTURE, "-o", "nonsense")
    with pytest.raises(WindowError, match="(?s)wireshark ended with status.*nonsense"):
        window.__enter__()
    assert not window.home.exists()
    assert not processes_below(window.home)


def test_a_killed_worker_leaves_nothing(captures_dir):
    with pytest.raises(WindowError, match="the worker has ended"):
        with WiresharkWindow(captures_dir / CAPTURE) as wireshark:
            wireshark.worker.kill()
            wireshark.windows()
    assert not processes_below(wireshark.home)
