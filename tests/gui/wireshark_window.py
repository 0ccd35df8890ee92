# SPDX-License-Identifier: GPL-2.0-or-later
"""Wireshark's window for tests: opened, read and pressed by what is written on it.

    with WiresharkWindow("some.pcap", "-z", "mptcp,conn", plugin_dir=folder) as wireshark:
        dialog = wireshark.wait_for_window("MPTCP Connections")
        header, rows, levels = wireshark.table_cells(dialog)

Each WiresharkWindow has a display, a D-Bus session, a home and a configuration
of its own, and leaves nothing behind: no process and no file. It needs no
window manager, only Debian's packages wireshark, xvfb, xdotool, imagemagick,
at-spi2-core, dbus and python3-gi. A window is named by a regular
expression that is searched in its title.

Starting takes less than a second, so take a fresh one for each test. Take one
above all to open a dialog anew: Qt 5 often forgets to tell AT-SPI of a dialog
that it opens after one of the same kind was closed.

Wireshark ignores personal plugins when root runs it; so when root runs the
tests, the window belongs to NOBODY.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from typing import Any, Callable, Mapping, NamedTuple, Optional, Union

from tshark import LARGE_PAGES
from waiting import DEADLINE, until

HERE = Path(__file__).resolve().parent
WORKER_FILES = ("window_worker.py", "accessible.py", "waiting.py", "x_input.py")
DEBIAN_PYTHON = "/usr/bin/python3"  # python3-gi belongs to this one
NOBODY = 65534
ANSWER_LIMIT = 5 * DEADLINE  # seconds; more than any order may take
LOG_CHARACTERS = 4000
PROGRAMS = ("wireshark", "Xvfb", "xdotool", "import", "xclip", "dbus-daemon", "setpriv", DEBIAN_PYTHON)


class WindowError(Exception):
    """Something did not happen in the window; tells what the window showed."""


class Table(NamedTuple):
    """A table as the window shows it, with every row expanded."""

    header: list[str]
    rows: list[list[str]]
    levels: list[int]  # of each row: 0 at the top, 1 for a child of a row, ...


def missing_programs() -> list[str]:
    """What this machine lacks for a window."""
    return [program for program in PROGRAMS if shutil.which(program) is None]


class WiresharkWindow:
    """A running Wireshark with a capture; use it in a 'with' statement.

    `arguments` are Wireshark's; `plugin_dir` is what WIRESHARK_PLUGIN_DIR would
    name; `environment` is added to that of Wireshark alone; `profile` is a
    folder with one, for Wireshark's -C; `configuration` are files of its last
    run, such as "recent". Without a capture, the arguments have Wireshark
    make one, and `begin` are the words that start a command as a user who may.
    """

    def __init__(
        self,
        capture: Union[str, Path, None],
        *arguments: str,
        plugin_dir: Union[str, Path, None] = None,
        environment: Optional[Mapping[str, str]] = None,
        program: str = "wireshark",
        profile: Optional[Path] = None,
        configuration: Optional[Mapping[str, bytes]] = None,
        begin: Optional[list[str]] = None,
    ) -> None:
        self._capture = None if capture is None else Path(capture)
        self._begin = begin
        self._arguments = arguments
        self._plugin_dir = plugin_dir
        variables = {**LARGE_PAGES, **(environment or {})}
        self._environment = [f"{name}={value}" for name, value in variables.items()]
        self._program = program
        self._profile = profile
        self._configuration = configuration or {}

    def __enter__(self) -> WiresharkWindow:
        # Sockets are made below it, and their paths must be short: so not in $TMPDIR.
        self.home = Path(tempfile.mkdtemp(prefix="wireshark-", dir="/tmp"))
        try:
            self._fill_home()
            self._start_worker()
            self._order("start")
            title = re.escape(self._capture.name) if self._capture else "Capturing from"
            self.wait_for_window("^" + title)
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(self, kind, error, traceback) -> None:
        try:
            if isinstance(error, Exception) and not isinstance(error, WindowError):
                _add_note(error, self.report())
        finally:
            self._end()

    def wait_for_window(self, title: str, timeout: float = DEADLINE) -> str:
        """Waits until a window's title matches; returns the whole title."""
        return self._order("wait_for_window", title, timeout)

    def windows(self) -> list[str]:
        """The titles of all windows, the main window first."""
        return self._order("windows")

    def press_menu(self, names: list[str]) -> None:
        """Presses a menu entry of the main window, as ['Statistics', 'I/O Graphs']."""
        self._order("press_menu", names)

    def lay_beside(self, capture: Path) -> None:
        """Copies another capture to where the window can read it."""
        shutil.copy(capture, self.home / "captures")

    def open_file(self, name: str) -> None:
        """Opens a capture that lies beside the first one: File, Open."""
        self._order("press_menu", ["File", "Open"], True)
        path = str(self.home / "captures" / name)
        self._order("choose_file", "Open Capture File", "Open", path, DEADLINE)

    def press_button(self, window: str, name: str) -> None:
        self._order("press_button", window, name)

    def press_row_menu(self, window: str, row: int, names: list[str]) -> None:
        """Right-clicks a row of a dialog's table, from 0, and presses an entry of its menu."""
        self._order("press_row_menu", window, row, names)

    def press_header_menu(self, window: str, column: str, names: list[str]) -> None:
        """Right-clicks a column's header, and presses an entry of its menu."""
        self._order("press_header_menu", window, column, names)

    def shows_column(self, window: str, column: str) -> bool:
        """Whether a dialog's table has a column that can be seen."""
        return self._order("shows_column", window, column)

    def press_button_menu(self, window: str, button: str, names: list[str]) -> None:
        """Presses an entry of the menu that a button of a dialog opens."""
        self._order("press_button_menu", window, button, names)

    def press_label_menu(self, window: str, beginning: str, names: list[str]) -> None:
        """Presses an entry of the menu that a click on a label opens."""
        self._order("press_label_menu", window, beginning, names)

    def press_packet_menu(self, frame: int, names: list[str]) -> None:
        """Right-clicks a packet of the list, and presses an entry of its menu."""
        self._order("press_packet_menu", str(frame), names)

    def save_as(self, path: Union[str, Path], timeout: float = DEADLINE,
                title: str = "^Save") -> None:
        """Has the file dialog that is open save to that path."""
        self._order("choose_file", title, "Save", str(path), timeout)

    def label(self, window: str, beginning: str) -> Optional[str]:
        """The text of a dialog's first label that begins so; None if there is none."""
        return self._order("label", window, beginning)

    def wait_for_label(self, window: str, beginning: str) -> str:
        """Waits until a window has a label that begins so; returns all of it."""
        return self.wait_until(lambda: self.label(window, beginning))

    def wait_until(self, look: Callable[[], Any], timeout: float = DEADLINE) -> Any:
        """Looks until there is something to see; returns it."""
        seen = until(look, timeout)
        if not seen:
            raise WindowError(f"waited {timeout} s in vain\n{self.report()}")
        return seen

    def wait_for(self, read: Callable[[], Any], expected: Any, timeout: float = DEADLINE) -> Any:
        """Reads until it is as expected or time is up; returns what was read last."""
        last = [None]

        def is_right() -> bool:
            last[0] = read()
            return last[0] == expected

        until(is_right, timeout)
        return last[0]

    def wait_for_packets(self, expected: list[int]) -> list[int]:
        """The numbers of the listed packets, as soon as they are as expected or time is up."""
        return self.wait_for(self._packet_numbers, expected)

    def _packet_numbers(self) -> Optional[list[int]]:
        try:
            return self._ask("packet_numbers")
        except WindowError:
            return None  # the list was changing

    def selected_packet(self) -> Optional[str]:
        """The number of the packet that is selected in the list."""
        return self._order("selected_packet")

    def clipboard(self) -> str:
        """The text that was copied last."""
        return self._order("clipboard")

    def exit_status(self, timeout: float = DEADLINE) -> int:
        """Waits until Wireshark has ended of its own accord."""
        return self._order("exit_status", timeout)

    def apply_filter(self, window: str, display_filter: str) -> None:
        """Types into a dialog's 'Display filter' box and presses 'Apply'."""
        self._order("type_filter", window, display_filter)
        self.press_button(window, "Apply")

    def table_cells(self, window: str, timeout: float = DEADLINE) -> Table:
        """The cells of a dialog's table, as soon as it has stopped changing."""
        return Table(**self._order("table_cells", window, timeout))

    def wait_for_table(
        self, window: str, is_right: Callable[[Table], bool], timeout: float = DEADLINE
    ) -> Table:
        """Reads a dialog's table until it is as wanted or time is up; returns the last."""
        last: list[Table] = []

        def reads_right() -> bool:
            last[:] = [self.table_cells(window)]
            return is_right(last[0])

        until(reads_right, timeout)
        return last[0]

    def list_cells(self, window: str, name: str) -> Table:
        """The cells of a list beside a dialog's table, by its accessible name."""
        return Table(**self._order("list_cells", window, name))

    def packet_list(self) -> list[dict[str, str]]:
        """The packets as the main window lists them: a dict by column a packet."""
        shown = self._order("packet_list")
        return [dict(zip(shown["header"], row)) for row in shown["rows"]]

    def packet_details(self, name: str) -> list[str]:
        """Opens an item of the selected packet's details; it, and what is listed below it."""
        return self._order("packet_details", name)

    def press_header(self, window: str, column: str) -> None:
        """Sorts by a column; once more, and the order turns round."""
        self._order("press_header", window, column)

    def choose_columns(self, window: str, names: list[str]) -> None:
        """Presses these entries of a dialog's menu 'Columns', which stays open meanwhile."""
        self._order("choose_columns", window, names)

    def click_columns(self, window: str, names: list[str]) -> None:
        """The same with the mouse."""
        self._order("click_columns", window, names)

    def choose(self, window: str, box: str, entry: str) -> None:
        """Chooses an entry of a combo box."""
        self._order("choose", window, box, entry)

    def choose_page(self, window: str, name: str) -> None:
        """Chooses a page by its tab."""
        self._order("choose_page", window, name)

    def picture_box(self, window: str, name: str) -> list[int]:
        """Where a widget is on the screen, by its accessible name: x, y, width, height."""
        return self._order("picture_box", window, name)

    def point(self, window: str, name: str, x: int, y: int) -> None:
        """Moves the mouse to a place in a widget."""
        self._order("point", window, name, x, y)

    def click_at(self, window: str, name: str, x: int, y: int) -> None:
        """Clicks a place in a widget."""
        self._order("click_at", window, name, x, y)

    def drag(self, window: str, name: str, begin: tuple[int, int], end: tuple[int, int]) -> None:
        """Drags the mouse from one place in a widget to another one."""
        self._order("drag", window, name, begin, end)

    def choose_radio(self, window: str, name: str) -> None:
        """Chooses a radio button."""
        self._order("choose_radio", window, name)

    def choices(self, window: str, box: str) -> list[str]:
        """The entries of a combo box."""
        return self._order("choices", window, box)

    def chosen(self, window: str, box: str) -> list[str]:
        """What a combo box shows, in each window whose title matches."""
        return self._order("chosen", window, box)

    def tick(self, window: str, name: str) -> None:
        """Clicks a check box."""
        self._order("tick", window, name)

    def check_box(self, window: str, name: str) -> tuple[bool, bool]:
        """Whether a check box can be used, and whether it is ticked."""
        enabled, ticked = self._order("check_box", window, name)
        return enabled, ticked

    def double_click(self, window: str, row: int) -> None:
        """Double-clicks a row of a dialog's table."""
        self._order("double_click", window, row)

    def selected_rows(self, window: str) -> list[int]:
        """The rows of a dialog's table that are selected, from 0."""
        return self._order("selected_rows", window)

    def cell(self, window: str, row: int, column: str) -> tuple[str, str]:
        """A cell of a dialog's table, and its tooltip."""
        text, tooltip = self._order("cell", window, row, column)
        return text, tooltip

    def press_keys(self, *names: str) -> None:
        """Presses keys in the window that has the focus."""
        self._order("press_keys", names)

    def text_of(self, window: str, role: str, name: Optional[str] = None) -> str:
        """What a text widget says, by its role and name for AT-SPI."""
        return self._order("text_of", window, role, name)

    def set_text(self, window: str, name: str, text: str) -> None:
        """Fills a text widget, by its name for AT-SPI."""
        self._order("set_text", window, name, text)

    def selection(self, window: str, name: str) -> list[int]:
        """Where the selection of a text begins and ends, in characters."""
        return self._order("selection", window, name)

    def click_text(self, window: str, name: str) -> None:
        """Clicks the beginning of a text, by its name for AT-SPI."""
        self._order("click_text", window, name)

    def set_number(self, window: str, number: int) -> None:
        """Types a number into a window's only box for one."""
        self._order("set_number", window, str(number))

    def cell_boxes(self, window: str) -> list[list[list[int]]]:
        """Where the cells of a dialog's table are on the screen: x, y, width, height."""
        return self._order("cell_boxes", window)

    def window_box(self, window: str) -> list[int]:
        """Where a window is on the screen: x, y, width, height."""
        return self._order("window_box", window)

    def shown_columns(self, window: str) -> list[tuple[str, int, int]]:
        """The columns that a dialog's table shows, from left to right: title, where it begins,
        and width, in pixels from the window's left edge."""
        return [tuple(column) for column in self._order("shown_columns", window)]

    def fill_screen(self, window: str) -> None:
        """Raises a window and makes it as large as the screen."""
        self._order("fill_screen", window)

    def place(self, window: str, x: int, y: int, width: int, height: int) -> None:
        """Moves a window and gives it this size, in pixels."""
        self._order("place", window, x, y, width, height)

    def close(self, window: str, timeout: float = DEADLINE) -> None:
        """Presses a dialog's 'Close' and waits until it has gone."""
        self._order("close", window, timeout)

    def screenshot(
        self, path: Union[str, Path], width: Optional[int] = None, height: Optional[int] = None
    ) -> None:
        """Writes the screen, or its upper left part of this size, as a PNG file."""
        inside = self.home / "screen.png"
        self._order("screenshot", str(inside), width, height)
        shutil.copyfile(inside, path)

    def is_alive(self) -> bool:
        """Whether Wireshark still runs."""
        return self._order("is_alive")

    def messages(self) -> str:
        """What Wireshark wrote to its standard output and error."""
        log = self.home / "wireshark.log"
        return log.read_text(errors="replace") if log.exists() else ""

    def report(self) -> str:
        """What the windows hold and what Wireshark said, for whoever reads the failure."""
        try:
            windows = self._ask("dump")
        except WindowError as error:
            windows = f"(not to be had: {error})"
        said = self.messages()[-LOG_CHARACTERS:]
        return f"--- windows ---\n{windows}\n--- wireshark's messages ---\n{said}"

    def _fill_home(self) -> None:
        """Copies in what Wireshark reads, for its user may not read the originals."""
        (self.home / "run").mkdir(mode=0o700)
        (self.home / "configuration").mkdir()
        for name, content in self._configuration.items():
            (self.home / "configuration" / name).write_bytes(content)
        if self._profile is not None:
            profiles = self.home / "configuration" / "profiles"
            shutil.copytree(self._profile, profiles / self._profile.name)
        (self.home / "captures").mkdir()
        if self._capture is not None:
            shutil.copy(self._capture, self.home / "captures")
        for name in WORKER_FILES:
            shutil.copy(HERE / name, self.home)
        if self._plugin_dir is not None:
            for version in Path(self._plugin_dir).glob("[0-9]*.[0-9]*"):
                shutil.copytree(version, self.home / "plugins" / version.name)
        if os.geteuid() == 0:
            subprocess.run(["chown", "-R", f"{NOBODY}:{NOBODY}", self.home], check=True)

    def _start_worker(self) -> None:
        user = f"--reuid={NOBODY} --regid={NOBODY} --clear-groups".split()
        become = ["setpriv", *user] if os.geteuid() == 0 else []
        if self._begin is not None:
            become = self._begin
        command = [DEBIAN_PYTHON, self.home / WORKER_FILES[0]]
        command += ["env", *self._environment, self._program, *self._arguments]
        if self._capture is not None:
            command += ["-r", self.home / "captures" / self._capture.name]
        with (self.home / "worker.log").open("wb") as log:
            self.worker = subprocess.Popen(
                become + command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env=self._worker_environment(),
                cwd=self.home,
                start_new_session=True,
                text=True,
            )

    def _worker_environment(self) -> dict[str, str]:
        home = str(self.home)
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": home,
            "LC_ALL": "C.UTF-8",
            "XDG_RUNTIME_DIR": f"{home}/run",
            "WIRESHARK_CONFIG_DIR": f"{home}/configuration",
            "WIRESHARK_PLUGIN_DIR": f"{home}/plugins",
            # None of the programs that capture from elsewhere: Wireshark starts each of them twice.
            "WIRESHARK_EXTCAP_DIR": f"{home}/no-extcap",
            "QT_QPA_PLATFORM": "xcb",
            "QT_ACCESSIBILITY": "1",
            "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
        }

    def _order(self, name: str, *arguments: Any) -> Any:
        """Has the worker do something; a failure carries the report."""
        try:
            return self._ask(name, *arguments)
        except WindowError as error:
            raise WindowError(f"{error}\n{self.report()}") from None

    def _ask(self, name: str, *arguments: Any) -> Any:
        try:
            self.worker.stdin.write(json.dumps([name, *arguments]) + "\n")
            self.worker.stdin.flush()
        except BrokenPipeError:
            raise WindowError("the worker has ended") from None
        return self._receive()

    def _receive(self) -> Any:
        watchdog = threading.Timer(ANSWER_LIMIT, self.worker.kill)
        watchdog.start()
        line = self.worker.stdout.readline()
        watchdog.cancel()
        if not line:
            said = (self.home / "worker.log").read_text(errors="replace")
            raise WindowError(f"the worker has ended: {said[-LOG_CHARACTERS:]}")
        answer = json.loads(line)
        if "error" in answer:
            raise WindowError(answer["error"])
        return answer["result"]

    def _end(self) -> None:
        """Ends every process and removes the home."""
        if hasattr(self, "worker"):
            end_worker(self.worker)
        shutil.rmtree(self.home, ignore_errors=True)


def end_worker(worker: subprocess.Popen) -> None:
    """Lets the worker tidy up; kills its whole process group if it cannot."""
    try:
        worker.communicate(timeout=DEADLINE)  # it ends at the end of its input
    except subprocess.TimeoutExpired:
        worker.kill()
        worker.wait()
    give_up = time.monotonic() + DEADLINE
    try:
        while time.monotonic() < give_up:
            os.killpg(worker.pid, signal.SIGKILL)
            time.sleep(0.05)
    except ProcessLookupError:
        pass  # nobody is left


def _add_note(error: BaseException, note: str) -> None:
    """Has the traceback say more (Python before 3.11 cannot)."""
    if hasattr(error, "add_note"):
        error.add_note(note)
