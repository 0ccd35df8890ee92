# SPDX-License-Identifier: GPL-2.0-or-later
"""The mouse and the keyboard of a display, and proof that a program has dealt with them.

Input reaches a program by way of the X server; questions about its widgets reach
it by way of D-Bus and may overtake the input. So each input ends with a ping, as
window managers send it (EWMH, _NET_WM_PING): the answer comes from the same queue
as the input, behind it.
"""

from __future__ import annotations

import ctypes
import select
import subprocess
import time
from ctypes import POINTER, byref, c_char_p, c_int, c_long, c_ulong, c_void_p
from typing import Iterator

from waiting import DEADLINE

DOUBLE_CLICK = 0.5  # seconds; Qt takes two clicks within 0.4 s as one double click
CLIENT_MESSAGE = 33
OF_THE_ROOT = 1 << 17 | 1 << 19  # StructureNotifyMask, SubstructureNotifyMask


class ClientMessage(ctypes.Structure):
    """Xlib's XClientMessageEvent, as long as an XEvent."""

    _fields_ = [("type", c_int), ("serial", c_ulong), ("send_event", c_int),
                ("display", c_void_p), ("window", c_ulong), ("message_type", c_ulong),
                ("format", c_int), ("data", c_long * 5), ("padding", c_long * 12)]


@ctypes.CFUNCTYPE(c_int, c_void_p, c_void_p)
def _ignore_error(_display, _error) -> int:
    return 0  # a window has just gone


def xdotool(*arguments: object) -> None:
    subprocess.run(["xdotool", *map(str, arguments)], check=True, timeout=DEADLINE)


class Input:
    """Of the display that the environment names."""

    def __init__(self) -> None:
        self._x = ctypes.CDLL("libX11.so.6")
        self._x.XOpenDisplay.restype = c_void_p
        self._x.XDefaultRootWindow.restype = c_ulong
        self._x.XInternAtom.restype = c_ulong
        self._x.XSetErrorHandler(_ignore_error)
        self._display = c_void_p(self._x.XOpenDisplay(None))
        self._root = c_ulong(self._x.XDefaultRootWindow(self._display))
        self._protocols, self._ping = (
            self._x.XInternAtom(self._display, c_char_p(name), 0)
            for name in (b"WM_PROTOCOLS", b"_NET_WM_PING"))
        self._x.XSelectInput(self._display, self._root, c_long(OF_THE_ROOT))
        self._pings = 0
        self._last_click: tuple[float, tuple[int, int]] = (0, (0, 0))

    def keys(self, *names: str) -> None:
        xdotool("key", *names)
        self.settle()

    def click(self, place: tuple[int, int], button: int = 1) -> None:
        then, before = self._last_click
        if place == before:
            time.sleep(max(0, then + DOUBLE_CLICK - time.monotonic()))
        xdotool("mousemove", *place, "click", button)
        self._last_click = time.monotonic(), place
        self.settle()

    def point(self, place: tuple[int, int]) -> None:
        xdotool("mousemove", *place)
        self.settle()

    def drag(self, begin: tuple[int, int], end: tuple[int, int]) -> None:
        """By way of the middle, since a program may take the first movement as the begin."""
        middle = tuple((first + last) // 2 for first, last in zip(begin, end))
        xdotool("mousemove", *begin, "mousedown", 1)
        for place in (middle, end):
            xdotool("mousemove", *place)
            self.settle()
        xdotool("mouseup", 1)
        self.settle()

    def double_click(self, place: tuple[int, int]) -> None:
        self.click(place)
        time.sleep(DOUBLE_CLICK)  # or it counts with the one before
        xdotool("click", "--repeat", 2, "--delay", 50, 1)
        self._last_click = time.monotonic(), place
        self.settle()

    def move_window(self, pattern: str, *arguments: object) -> None:
        """Has xdotool do something with the windows whose titles match."""
        xdotool("search", "--onlyvisible", "--name", pattern, *arguments)
        self.settle()

    def settle(self) -> None:
        """Waits until the program has dealt with all that the display had for it."""
        window = next(self._answering_windows(), None)
        if window is not None and not self._answers(window):
            raise TimeoutError("the program does not answer a ping of the display")

    def _answers(self, window: int) -> bool:
        self._pings += 1
        message = ClientMessage(type=CLIENT_MESSAGE, window=window, format=32,
                                message_type=self._protocols)
        message.data[:3] = self._ping, self._pings, window
        self._x.XSendEvent(self._display, c_ulong(window), 0, c_long(0), byref(message))
        self._x.XFlush(self._display)
        give_up = time.monotonic() + DEADLINE
        while time.monotonic() < give_up:
            while self._x.XPending(self._display):
                answer = ClientMessage()
                self._x.XNextEvent(self._display, byref(answer))
                if (answer.type == CLIENT_MESSAGE and answer.message_type == self._protocols
                        and answer.data[:2] == [self._ping, self._pings]):
                    return True
            select.select([self._x.XConnectionNumber(self._display)], [], [], 1)
            if window not in self._answering_windows():
                return True  # it was closed by the input
        return False

    def _answering_windows(self) -> Iterator[int]:
        children, count = POINTER(c_ulong)(), c_int()
        self._x.XQueryTree(self._display, self._root, byref(c_ulong()), byref(c_ulong()),
                           byref(children), byref(count))
        windows = children[:count.value]
        if children:
            self._x.XFree(children)
        return (window for window in windows if self._ping in self._protocols_of(window))

    def _protocols_of(self, window: int) -> list[int]:
        atoms, count = POINTER(c_ulong)(), c_int()
        if not self._x.XGetWMProtocols(self._display, c_ulong(window), byref(atoms), byref(count)):
            return []
        found = atoms[:count.value]
        self._x.XFree(atoms)
        return found
