#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The part of the window tests that runs beside Wireshark, as its user.

Started by wireshark_window.py, with Debian's Python (it needs python3-gi). It
makes a private X display and a private D-Bus session, and starts Wireshark
there. Then it reads orders, a JSON list [name, argument, ...] a line, from its
standard input, carries them out and answers each with one JSON line. At the
end of the input it ends every process that descends from it.
"""

from __future__ import annotations

import ctypes
import functools
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Callable, Optional

import accessible
from accessible import BusError, Node
from waiting import DEADLINE, POLL, until
from x_input import Input

SCREEN = "4000x1000x24"  # wide: a header is pressed with the mouse, so it must be visible
PR_SET_CHILD_SUBREAPER = 36


class Failure(Exception):
    """The order could not be carried out; says why, in the user's words."""


def start(command: list[str], log: Path, **options) -> subprocess.Popen:
    """Starts a program whose messages go to a file."""
    with log.open("wb") as messages:
        options.setdefault("stdout", messages)
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stderr=messages, **options
        )


def start_display(logs: Path) -> str:
    """Starts Xvfb on a display number that it finds free; returns ':number'."""
    reading, writing = os.pipe()
    # -noreset: or it starts anew, deaf for a moment, whenever its last client leaves.
    options = ["-noreset", "-screen", "0", SCREEN, "-nolisten", "tcp"]
    start(["Xvfb", "-displayfd", str(writing), *options], logs / "xvfb.log", pass_fds=[writing])
    os.close(writing)
    with os.fdopen(reading) as announcement:
        number = announcement.readline().strip()
    if not number:
        raise Failure("Xvfb does not start: " + (logs / "xvfb.log").read_text())
    return f":{number}"


def start_bus(logs: Path) -> str:
    """Starts a D-Bus session of our own, with its sockets here; returns its address."""
    command = ["dbus-daemon", "--session", "--nofork", "--print-address=1",
               "--address=unix:dir=" + os.environ["XDG_RUNTIME_DIR"]]
    process = start(command, logs / "dbus.log", stdout=subprocess.PIPE, text=True)
    address = process.stdout.readline().strip()
    if not address:
        raise Failure("dbus-daemon does not start: " + (logs / "dbus.log").read_text())
    return address


def end_descendants() -> None:
    """Ends every process below this one: first politely, then for good."""
    for how, patience in ((signal.SIGTERM, 20), (signal.SIGKILL, DEADLINE / 2)):
        give_up = time.monotonic() + patience
        while time.monotonic() < give_up:
            for child in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split():
                os.kill(int(child), how)
            try:
                while os.waitpid(-1, os.WNOHANG)[0]:
                    pass
            except ChildProcessError:
                return
            time.sleep(POLL)


def some_window_shows() -> bool:
    search = ["xdotool", "search", "--onlyvisible", "--name", "."]
    return subprocess.run(search, stdout=subprocess.DEVNULL, check=False).returncode == 0


def is_closed(states: set[str]) -> bool:
    return "expandable" in states and "expanded" not in states


def at_this_moment(read: Callable) -> Callable:
    """A reader of what the window shows, which returns None if a widget goes while it reads."""

    @functools.wraps(read)
    def read_or_none(*arguments):
        try:
            return read(*arguments)
        except BusError:
            return None

    return read_or_none


class Desktop:
    """The orders: each public method is one."""

    def __init__(self, command: list[str]) -> None:
        self._command = command

    def start(self) -> None:
        """Makes the display and the session, and starts Wireshark in them."""
        logs = Path.home()
        os.environ["DISPLAY"] = start_display(logs)
        os.environ["DBUS_SESSION_BUS_ADDRESS"] = start_bus(logs)
        self._wireshark = start(self._command, logs / "wireshark.log")
        # Not before its window is there: Qt 5 never joins an accessibility bus that
        # is older than the program, and the first call to that bus starts it.
        self._until(some_window_shows, DEADLINE, "wireshark's first window")
        self._input = Input()
        self._root = accessible.desktop()

    def is_alive(self) -> bool:
        return self._wireshark.poll() is None

    def windows(self) -> list[str]:
        """The titles of the windows that are shown."""
        return [window.name() for window in self._windows()]

    def wait_for_window(self, title: str, timeout: float) -> str:
        """Waits until a title matches; returns the whole title."""
        window = self._until(lambda: self._search_window(title), timeout, f"window {title!r}")
        return window.name()

    def press_menu(self, names: list[str], opens_modal: bool = False) -> None:
        """Presses an entry of the main window's menus."""
        bars = [self._child(window, "menu bar") for window in self._windows()]
        node = next((bar for bar in bars if bar), None)
        for name in names:
            node = self._menu_entry(node, name)
        if opens_modal:
            node.press_and_go_on()
        else:
            node.press()
            self._input.settle()

    def press_button(self, title: str, name: str) -> None:
        button = self._button(title, name)
        if not {"sensitive", "showing"} <= button.states():
            raise Failure(f"button {name!r} cannot be pressed now")
        button.press()
        self._until_released(button)

    def press_row_menu(self, title: str, row: int, names: list[str]) -> None:
        """Right-clicks a row of a table, from 0, and presses an entry of the menu."""
        self.fill_screen(title)
        self._click(self._grid(self._table(title))[1][row][0], button=3)
        self._press_popup(names)

    def press_button_menu(self, title: str, button: str, names: list[str]) -> None:
        """Presses an entry of the menu that a button opens."""
        self._click(self._button(title, button))
        self._press_popup(names)

    def press_label_menu(self, title: str, beginning: str, names: list[str]) -> None:
        """Presses an entry of the menu that a click on a label opens."""
        label = self._label(title, beginning)
        if label is None:
            raise Failure(f"no label {beginning!r} in window {title!r}")
        self._click(label)
        self._press_popup(names)

    def choose_columns(self, title: str, names: list[str]) -> None:
        """Opens the menu of the button 'Columns', presses its entries one after another while it
        is open, and closes it."""
        self._click(self._button(title, "Columns"))
        menu = self._popup()
        entries = [each for each in menu.children()
                   if each.role() != "separator" and "sensitive" in each.states()]
        titles, place = [each.name() for each in entries], 0
        for name in names:
            if name not in titles:
                raise Failure(f"no column {name!r} among {titles}")
            wanted = titles.index(name)
            steps = ["Down"] * (wanted - place) + ["Up"] * (place - wanted)
            self._input.keys(*steps, "Return")
            place = wanted
        if "showing" not in menu.states():
            raise Failure("the menu has closed")
        self._input.keys("Escape")

    def click_columns(self, title: str, names: list[str]) -> None:
        """The same with the mouse."""
        self._click(self._button(title, "Columns"))
        menu = self._popup()
        for name in names:
            self._click(self._menu_entry(menu, name))
        if "showing" not in menu.states():
            raise Failure("the menu has closed")
        self._input.keys("Escape")

    def choose(self, title: str, box: str, entry: str) -> None:
        """Chooses an entry of a combo box."""
        node = self._combo_box(self._window(title), box)
        entries = self._entries(node)
        if entry not in entries:
            raise Failure(f"no {entry!r} among {entries}")
        self._click(node)
        self._input.keys("Home", *["Down"] * entries.index(entry), "Return")
        self._until(lambda: node.name() == entry or node.text() == entry, DEADLINE, "the choice")

    def choose_radio(self, title: str, name: str) -> None:
        button = self._part(title, "radio button", name)
        self._click(button)
        self._until(lambda: "checked" in button.states(), DEADLINE, "the radio button")

    def choose_page(self, title: str, name: str) -> None:
        """Chooses a page by its tab."""
        tab = self._part(title, "page tab", name)
        self._click(tab)
        self._until(lambda: "focused" in tab.states(), DEADLINE, "the page")

    def picture_box(self, title: str, name: str) -> list[int]:
        """Where a widget without children is, by its accessible name: x, y, width, height."""
        node = self._named(title, name)
        return [node.box().x, node.box().y, node.box().width, node.box().height]

    def point(self, title: str, name: str, x: int, y: int) -> None:
        """Moves the mouse to a place in such a widget."""
        box = self._named(title, name).box()
        self._input.point((box.x + x, box.y + y))

    def click_at(self, title: str, name: str, x: int, y: int) -> None:
        box = self._named(title, name).box()
        self._input.click((box.x + x, box.y + y))

    def drag(self, title: str, name: str, begin: list[int], end: list[int]) -> None:
        """Drags the mouse from place to place in such a widget."""
        box = self._named(title, name).box()
        self._input.drag(*((box.x + x, box.y + y) for x, y in (begin, end)))

    def _named(self, title: str, name: str) -> Node:
        for _, node in self._window(title).descendants():
            if node.name() == name and "showing" in node.states():
                return node
        raise Failure(f"nothing has the name {name!r}")

    def choices(self, title: str, box: str) -> list[str]:
        return self._entries(self._combo_box(self._window(title), box))

    def chosen(self, title: str, box: str) -> list[str]:
        windows = [each for each in self._windows() if re.search(title, each.name())]
        return [self._combo_box(each, box).name() for each in windows]

    def tick(self, title: str, name: str) -> None:
        """Clicks a check box."""
        self._click(self._part(title, "check box", name))

    def check_box(self, title: str, name: str) -> list[bool]:
        """Whether a check box can be used, and whether it is ticked."""
        states = self._part(title, "check box", name).states()
        return ["sensitive" in states, "checked" in states]

    def double_click(self, title: str, row: int) -> None:
        """Double-clicks a row of a table, behind its first column, which may have an arrow."""
        boxes = [cell.box() for cell in self._grid(self._table(title))[1][row][1:]]
        self._input.double_click(next(box for box in boxes if box.width > 0).centre())

    def selected_rows(self, title: str) -> list[int]:
        rows = self._grid(self._table(title))[1]
        return [place for place, row in enumerate(rows) if "selected" in row[0].states()]

    def cell(self, title: str, row: int, column: str) -> list[str]:
        """A cell of a table, and its tooltip."""
        header, rows = self._grid(self._table(title))
        node = rows[row][[each.name() for each in header].index(column)]
        return [node.name(), node.description()]

    def press_keys(self, names: list[str]) -> None:
        self._input.keys(*names)

    def text_of(self, title: str, role: str, name: Optional[str]) -> str:
        """What a text widget of a window says."""
        node = self._until(lambda: self._window(title).find(role, name), DEADLINE, "a text")
        return node.text()

    def set_text(self, title: str, name: str, text: str) -> None:
        self._window(title).find("text", name).set_text(text)

    def selection(self, title: str, name: str) -> list[int]:
        """Where the selection of a text begins and ends."""
        return self._window(title).find("text", name).selection()

    def click_text(self, title: str, name: str) -> None:
        """Clicks the beginning of a text."""
        box = self._window(title).find("text", name).box()
        self._input.click((box.x + 20, box.y + 12))

    def set_number(self, title: str, number: str) -> None:
        """Types a number into a window's only box for one."""
        self._click(self._window(title).find("spin box"))
        self._input.keys("ctrl+a", *number, "Tab")

    def cell_boxes(self, title: str) -> list[list[list[int]]]:
        """Where the cells of a table are on the screen: x, y, width, height."""
        return [[list(cell.box()) for cell in row] for row in self._grid(self._table(title))[1]]

    def window_box(self, title: str) -> list[int]:
        return list(self._window(title).box())

    def press_packet_menu(self, frame: str, names: list[str]) -> None:
        """Right-clicks a packet of the packet list, and presses an entry of the menu."""
        rows = self._grid(self._main_tree("Packet list"))[1]
        row = next((row for row in rows if row[0].name() == frame), None)
        if row is None:
            raise Failure(f"no packet {frame} in the list")
        self._click(row[0], button=3)
        self._press_popup(names)

    def choose_file(self, title: str, button: str, path: str, timeout: float) -> None:
        """Fills in a file dialog and presses its button."""
        dialog = self._until(lambda: self._search_window(title), timeout, "a file dialog")
        box = self._until(lambda: dialog.find("text", "File name:"), timeout, "its box")
        box.set_text(path)
        self.press_button(title, button)
        self._until(lambda: self._search_window(title) is None, timeout, "it to close")
        self._input.settle()

    @at_this_moment
    def label(self, title: str, beginning: str) -> Optional[str]:
        """The text of a window's first label that begins so."""
        label = self._label(title, beginning)
        return None if label is None else label.name()

    @at_this_moment
    def selected_packet(self) -> Optional[str]:
        """The first cell of the packet that is selected: its number."""
        rows = self._grid(self._main_tree("Packet list"))[1]
        return next((row[0].name() for row in rows if "selected" in row[0].states()), None)

    def clipboard(self) -> str:
        command = ["xclip", "-selection", "clipboard", "-out"]
        return subprocess.run(command, check=True, timeout=DEADLINE, capture_output=True).stdout.decode()

    def exit_status(self, timeout: float) -> int:
        """Waits until Wireshark has ended of its own accord."""
        return self._wireshark.wait(timeout)

    def type_filter(self, title: str, text: str) -> None:
        """Fills the box beside 'Display filter:'."""
        box = self._window(title).find("text", "Display filter entry")
        if box is None:
            raise Failure(f"no display filter box in window {title!r}")
        box.set_text(text)

    def table_cells(self, title: str, timeout: float) -> dict:
        """The table in a window, once it has stopped changing."""
        # Rows may go while the window is searched for it.
        table = self._until(lambda: self._table(title), timeout, f"a table in {title!r}")

        def read() -> dict:
            self._expand(table, title)
            return self._read(table)

        return self._until(at_rest(read), timeout, f"the table of {title!r} to come to rest")

    def list_cells(self, title: str, name: str) -> dict:
        """A list in a window, by its accessible name."""
        return self._read(self._named(title, name))

    def packet_list(self) -> dict:
        """The packets as the main window lists them, once the list stands still."""

        def read() -> dict:
            header, rows = self._grid(self._main_tree("Packet list"))
            names = [node.name() for node in header]
            return {"header": names, "rows": [[cell.name() for cell in row] for row in rows]}

        return self._until(at_rest(read), DEADLINE, "the packet list to come to rest")

    def packet_numbers(self) -> list[int]:
        """The numbers of the packets that the main window lists at this moment."""
        header, rows = self._grid(self._main_tree("Packet list"))
        place = [node.name() for node in header].index("No.")
        return [int(row[place].name()) for row in rows]

    def packet_details(self, name: str) -> list[str]:
        """Opens one item of the selected packet's details; all that is listed from it on."""
        tree = self._main_tree("Packet details")
        items = tree.children()
        place = next((i for i, item in enumerate(items) if name in item.name()), None)
        if place is None:
            raise Failure(f"no {name!r} among {[item.name() for item in items]}")
        if is_closed(items[place].states()):
            self.fill_screen(self._windows()[0].name())
            self._click(items[place])
            self._input.keys("Right")
            self._until(lambda: len(tree.children()) > len(items), DEADLINE, f"{name!r} to open")
        return [item.name() for item in tree.children()[place:]]

    def press_header(self, title: str, column: str) -> None:
        """Clicks a column's header, which sorts by it."""
        self.fill_screen(title)
        self._click(self._header(title, column))

    def press_header_menu(self, title: str, column: str, names: list[str]) -> None:
        """Right-clicks a column's header, and presses an entry of its menu."""
        self.fill_screen(title)
        self._click(self._header(title, column), button=3)
        self._press_popup(names)

    def shows_column(self, title: str, column: str) -> bool:
        header = self._grid(self._table(title))[0]
        return any(node.name() == column and node.box().width > 0 for node in header)

    def shown_columns(self, title: str) -> list[list]:
        """Of each column that is shown, from left to right: its title, where it begins, and its
        width, in pixels from the window's left edge."""
        left = self._window(title).box().x
        header = [(node.box(), node.name()) for node in self._grid(self._table(title))[0]]
        return [[name, box.x - left, box.width] for box, name in sorted(header) if box.width > 0]

    def fill_screen(self, title: str) -> None:
        """Raises a window and makes it as large as the screen."""
        window = self._window(title)
        self._input.move_window(self._pattern(title), "windowraise", "windowmove", 0, 0,
                                "windowsize", "100%", "100%")
        width = int(SCREEN.split("x", maxsplit=1)[0])
        self._until(lambda: window.box().width == width, DEADLINE, f"{title!r} to fill the screen")

    def close(self, title: str, timeout: float) -> None:
        """Presses a dialog's 'Close' and waits until it has gone."""
        self.press_button(title, "Close")
        gone = lambda: self._search_window(title) is None  # noqa: E731
        self._until(gone, timeout, f"{title!r} to close")

    def place(self, title: str, x: int, y: int, width: int, height: int) -> None:
        """Moves a window and gives it this size, in pixels."""
        wanted = accessible.Box(x, y, width, height)
        pattern = self._pattern(title)

        def placed() -> bool:
            self._input.move_window(pattern, "windowmove", x, y, "windowsize", width, height)
            return self._window(title).box() == wanted

        self._until(placed, DEADLINE, f"{title!r} to move")

    def screenshot(self, path: str, width: Optional[int], height: Optional[int]) -> None:
        part = ["-crop", f"{width}x{height}+0+0"] if width and height else []
        subprocess.run(["import", "-window", "root", *part, path], check=True, timeout=DEADLINE)

    def dump(self) -> str:
        """What the windows hold, the dialogs first."""
        if not self.is_alive():
            raise Failure(f"wireshark ended with status {self._wireshark.returncode}")
        lines: list[str] = []
        for window in reversed(self._windows()):
            lines += accessible.dump(window, 200 if window.role() == "dialog" else 50)
        return "\n".join(lines)

    def _windows(self) -> list[Node]:
        programs = self._root.children()
        windows = [window for program in programs for window in program.children()]
        return [window for window in windows if "showing" in window.states()]

    def _search_window(self, title: str) -> Optional[Node]:
        fitting = (w for w in self._windows() if re.search(title, w.name()))
        return next(fitting, None)

    def _window(self, title: str) -> Node:
        window = self._search_window(title)
        if window is None:
            raise Failure(f"no window {title!r} among {self.windows()}")
        return window

    def _pattern(self, title: str) -> str:
        """The whole title as xdotool takes it: a regular expression."""
        return "^" + re.sub(r"\W+", ".+", self._window(title).name()) + "$"

    def _table(self, title: str) -> Node:
        """The table of a window; beside a list, the one with more columns."""
        tables = [node for role, node in self._window(title).descendants() if role == "tree"]
        if not tables:
            raise Failure(f"no table in window {title!r}")
        return max(tables, key=Node.column_count) if len(tables) > 1 else tables[0]

    def _header(self, title: str, column: str) -> Node:
        header = self._grid(self._table(title))[0]
        names = [node.name() for node in header]
        if column not in names:
            raise Failure(f"no column {column!r} among {names}")
        return header[names.index(column)]

    def _button(self, title: str, name: str) -> Node:
        window = self._window(title)
        found = window.find("push button", name) or window.find("button menu", name)
        if found is None:
            raise Failure(f"no button {name!r} in window {title!r}")
        return found

    def _label(self, title: str, beginning: str) -> Optional[Node]:
        labels = (node for role, node in self._window(title).descendants() if role == "label")
        return next((node for node in labels if node.name().startswith(beginning)), None)

    def _part(self, title: str, role: str, name: str) -> Node:
        part = self._window(title).find(role, name)
        if part is None:
            raise Failure(f"no {role} {name!r} in window {title!r}")
        return part

    def _combo_box(self, window: Node, name: str) -> Node:
        """By its label, or the one before it: on X, Qt names a combo box by what it shows."""
        label = None
        for role, node in window.descendants():
            if role == "combo box" and name in (label, *node.labels()):
                return node
            label = node.name() if role == "label" else None
        raise Failure(f"no combo box {name!r} in window {window.name()!r}")

    def _entries(self, box: Node) -> list[str]:
        return [entry.name() for entry in self._child(box, "list").children()]

    def _press_popup(self, names: list[str]) -> None:
        """Chooses an entry of the menu that a click has opened, or of one below it, by keys:
        a menu whose entry AT-SPI presses does not close."""
        menu = self._popup()
        for name in names:
            entry = self._menu_entry(menu, name)
            entries = [each for each in menu.children()
                       if each.role() != "separator" and "sensitive" in each.states()]
            menu = self._child(entry, "popup menu")
            self._input.keys(*["Down"] * entries.index(entry), "Right" if menu else "Return")

    def _popup(self) -> Node:
        """The menu that a click has opened: its first entry gets the focus by 'Down'."""
        return accessible.popup_that_gets_focus(self._root.bus, lambda: self._input.keys("Down"))

    def _main_tree(self, name: str) -> Node:
        trees = [window.find("tree", name) for window in self._windows()]
        tree = next((tree for tree in trees if tree), None)
        if tree is None:
            raise Failure(f"no {name!r} among {self.windows()}")
        return tree

    def _menu_entry(self, menu: Optional[Node], name: str) -> Node:
        if menu is None:
            raise Failure(f"no menu to look for {name!r} in")
        entries = (self._child(menu, "popup menu") or menu).children()
        names = [entry.name() for entry in entries]
        if name not in names:
            raise Failure(f"no menu entry {name!r} among {names}")
        return entries[names.index(name)]

    @staticmethod
    def _child(node: Node, role: str) -> Optional[Node]:
        return next((child for child in node.children() if child.role() == role), None)

    @staticmethod
    def _grid(table: Node) -> tuple[list[Node], list[list[Node]]]:
        """A table's header and rows: Qt lists its children in reading order."""
        nodes, width = table.children(), table.column_count()
        cells = nodes[width:]
        return nodes[:width], [cells[i : i + width] for i in range(0, len(cells), width)]

    def _read(self, table: Node) -> dict:
        header, rows = self._grid(table)
        indents = [row[0].box().x for row in rows]
        depth = {x: level for level, x in enumerate(sorted(set(indents)))}
        return {
            "header": [node.name() for node in header],
            "rows": [[node.name() for node in row] for row in rows],
            "levels": [depth[x] for x in indents],
        }

    def _expand(self, table: Node, title: str) -> None:
        """Opens every row that hides others, as a user does: click, right arrow."""
        fills_screen = False
        while True:
            first_cells = [row[0] for row in self._grid(table)[1]]
            closed = [cell for cell in first_cells if is_closed(cell.states())]
            if not closed:
                return
            if not fills_screen:
                self.fill_screen(title)
                fills_screen = True
            self._click(closed[-1])
            self._input.keys("Right")

    def _click(self, node: Node, button: int = 1) -> None:
        self._input.click(node.box().centre(), button)

    def _until_released(self, button: Node) -> None:
        """Qt shows a button that AT-SPI presses as pressed for 0.1 s, and then acts."""

        def released() -> bool:
            try:
                return "pressed" not in button.states()
            except BusError:  # it has closed its window
                return True

        self._until(released, DEADLINE, "a button to act")

    def _until(self, look: Callable, timeout: float, what: str):
        """Looks until there is something to see; returns it."""

        def look_again():
            if not self.is_alive():
                raise Failure(f"wireshark ended with status {self._wireshark.returncode}")
            try:
                return look()
            except BusError:  # not on the bus yet, or a widget that has just gone
                return None

        seen = until(look_again, timeout)
        if not seen:
            raise Failure(f"waited {timeout} s for {what}")
        return seen


def at_rest(read: Callable[[], dict]) -> Callable[[], Optional[dict]]:
    """What is read, once it is twice the same."""
    before: list[Optional[dict]] = [None]

    def read_again() -> Optional[dict]:
        last, before[0] = before[0], read()
        return before[0] if last == before[0] else None

    return read_again


def carry_out(desktop: Desktop, order: list) -> dict:
    name, *arguments = order
    try:
        return {"result": getattr(desktop, name)(*arguments)}
    except Exception as error:  # whatever it is, the test is to hear of it
        return {"error": str(error) or repr(error)}


def answer(message: dict) -> None:
    print(json.dumps(message), flush=True)


def main(command: list[str]) -> None:
    # What our children leave behind becomes our child, so that none escapes.
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    desktop = Desktop(command)
    try:
        for line in sys.stdin:
            answer(carry_out(desktop, json.loads(line)))
    finally:
        end_descendants()


if __name__ == "__main__":
    main(sys.argv[1:])
