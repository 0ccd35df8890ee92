# SPDX-License-Identifier: GPL-2.0-or-later
"""The widgets of a running program, read and pressed through AT-SPI.

A thin client of the accessibility bus, by plain D-Bus calls: it keeps no copy
of anything, so what it returns is what the program shows at that moment.
(libatspi, which pyatspi uses, caches: it never finds a program that it asked
too early.) It needs the session bus of the program it looks at, and Debian's
python3-gi.
"""

from __future__ import annotations

from typing import Callable, Iterator, NamedTuple, Optional

from gi.repository import Gio, GLib

from waiting import DEADLINE, until

REGISTRY = "org.a11y.atspi.Registry"
ROOT = "/org/a11y/atspi/accessible/root"
# What has hundreds of children, or many thousands: cells and menu entries.
CROWDED = ("tree", "table", "list", "menu bar")
NULL = "/org/a11y/atspi/null"  # in the place of a child that is not there
SCREEN_COORDINATES = 0
LABELLED_BY = 2  # of AT-SPI's RelationType

# AT-SPI's StateType, in the order of its bits; the rest matters to no test.
STATES = (
    "invalid active armed busy checked collapsed defunct editable enabled expandable expanded "
    "focusable focused has-tooltip horizontal iconified modal multi-line multiselectable opaque "
    "pressed resizable selectable selected sensitive showing single-line stale transient vertical "
    "visible manages-descendants"
).split()
TOLD_STATES = set("active busy checked editable expandable expanded focused modal selected".split())

BusError = GLib.Error


class Box(NamedTuple):
    """A rectangle on the screen, in pixels."""

    x: int
    y: int
    width: int
    height: int

    def centre(self) -> tuple[int, int]:
        return self.x + self.width // 2, self.y + self.height // 2


class Node(NamedTuple):
    """One accessible object: a window, a menu entry, a button, a cell."""

    bus: Gio.DBusConnection
    owner: str
    path: str

    def children(self) -> list[Node]:
        found = self._call("Accessible", "GetChildren")
        return [Node(self.bus, owner, path) for owner, path in found if path != NULL]

    def role(self) -> str:
        return self._call("Accessible", "GetRoleName")

    def name(self) -> str:
        return self._property("Accessible", "Name")

    def description(self) -> str:
        return self._property("Accessible", "Description")

    def labels(self) -> list[str]:
        """What the labels beside it say."""
        relations = self._call("Accessible", "GetRelationSet")
        return [Node(self.bus, owner, path).name() for kind, nodes in relations
                if kind == LABELLED_BY for owner, path in nodes]

    def states(self) -> set[str]:
        low = self._call("Accessible", "GetState")[0]
        return {state for bit, state in enumerate(STATES) if low >> bit & 1}

    def box(self) -> Box:
        screen = GLib.Variant("(u)", (SCREEN_COORDINATES,))
        return Box(*self._call("Component", "GetExtents", screen))

    def column_count(self) -> int:
        return self._property("Table", "NColumns")

    def text(self) -> str:
        whole = GLib.Variant("(ii)", (0, -1))
        return self._call("Text", "GetText", whole)

    def selection(self) -> list[int]:
        """Where the selection begins and ends, in characters."""
        first = GLib.Variant("(i)", (0,))
        return list(_send(self.bus, self.owner, self.path, "org.a11y.atspi.Text", "GetSelection", first))

    def set_text(self, text: str) -> None:
        self._call("EditableText", "SetTextContents", GLib.Variant("(s)", (text,)))

    def press(self) -> None:
        """Does what a click does: the first action of buttons and menu entries."""
        self._call("Action", "DoAction", GLib.Variant("(i)", (0,)))

    def press_and_go_on(self) -> None:
        """The same, for what answers only when the dialog that it opens has closed."""
        self.bus.call(self.owner, self.path, "org.a11y.atspi.Action", "DoAction",
                      GLib.Variant("(i)", (0,)), None, Gio.DBusCallFlags.NONE, -1, None, None)
        self.bus.flush_sync(None)

    def parent(self) -> Node:
        owner, path = self._property("Accessible", "Parent")
        return Node(self.bus, owner, path)

    def descendants(self) -> Iterator[tuple[str, Node]]:
        """Every node below this one with its role, parents before their children; but no cells
        of tables and no entries of menus, for each question about one takes a while."""
        for child in self.children():
            role = child.role()
            yield role, child
            if role not in CROWDED:
                yield from child.descendants()

    def find(self, role: str, name: Optional[str] = None) -> Optional[Node]:
        """The first descendant of that role, and of that name if one is given."""
        for each, node in self.descendants():
            if each == role and name in (None, node.name()):
                return node
        return None

    def _property(self, interface: str, name: str):
        arguments = GLib.Variant("(ss)", (f"org.a11y.atspi.{interface}", name))
        return self._send("org.freedesktop.DBus.Properties", "Get", arguments)

    def _call(self, interface: str, method: str, arguments: Optional[GLib.Variant] = None):
        return self._send(f"org.a11y.atspi.{interface}", method, arguments)

    def _send(self, interface: str, method: str, arguments: Optional[GLib.Variant]):
        reply = _send(self.bus, self.owner, self.path, interface, method, arguments)
        return reply[0] if reply else None


def desktop() -> Node:
    """The parent of every program on the accessibility bus of this session."""
    session = Gio.bus_get_sync(Gio.BusType.SESSION)
    (address,) = _send(session, "org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress")
    flags = (
        Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT
        | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION
    )
    bus = Gio.DBusConnection.new_for_address_sync(address, flags)
    return Node(bus, REGISTRY, ROOT)


def popup_that_gets_focus(bus: Gio.DBusConnection, act: Callable[[], None]) -> Node:
    """Does something, and returns the menu one of whose entries comes into focus by it.

    The only way to a popup menu, which Qt lists among nobody's children.
    """
    focused: list[Node] = []

    def on_change(_bus, owner, path, _interface, _signal, arguments) -> None:
        what, on = arguments.unpack()[:2]
        if what == "focused" and on:
            focused.append(Node(bus, owner, path))

    _send(bus, REGISTRY, "/org/a11y/atspi/registry", REGISTRY, "RegisterEvent",
          GLib.Variant("(s)", ("object:state-changed:focused",)))
    subscription = bus.signal_subscribe(None, "org.a11y.atspi.Event.Object", "StateChanged", None,
                                        None, Gio.DBusSignalFlags.NONE, on_change)
    def menu_of_the_focused() -> Optional[Node]:
        while GLib.MainContext.default().iteration(False):
            pass
        parents = [node.parent() for node in reversed(focused)]
        focused.clear()
        return next((node for node in parents if node.role() == "popup menu"), None)

    try:
        act()
        menu = until(menu_of_the_focused)
    finally:
        bus.signal_unsubscribe(subscription)
    if menu is None:
        raise TimeoutError("no menu came into focus")
    return menu


def dump(node: Node, most_lines: int) -> list[str]:
    """Role, name and states of what is shown of a node, a line each."""
    lines: list[str] = []
    _dump(node, 0, most_lines, lines)
    return lines


def _dump(node: Node, depth: int, most_lines: int, lines: list[str]) -> None:
    states = node.states()
    if "showing" not in states or len(lines) > most_lines:
        return
    if len(lines) == most_lines:
        lines.append("... (more)")
        return
    told = sorted(states & TOLD_STATES) + ["disabled"] * ("sensitive" not in states)
    lines.append(" ".join(["  " * depth + node.role(), repr(node.name()), *told]))
    for child in node.children():
        _dump(child, depth + 1, most_lines, lines)


def _send(bus, owner, path, interface, method, arguments=None):
    """One D-Bus call; the reply as a tuple of plain Python values."""
    no_flags = Gio.DBusCallFlags.NONE
    timeout = DEADLINE * 1000  # milliseconds; the program answers between two of its own tasks
    reply = bus.call_sync(
        owner, path, interface, method, arguments, None, no_flags, timeout, None
    )
    return reply.unpack()
