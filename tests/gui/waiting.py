# SPDX-License-Identifier: GPL-2.0-or-later
"""How tests wait: for something to happen, never for time to pass."""

from __future__ import annotations

import time
from typing import Any, Callable

# Seconds. Whatever a test waits for takes a moment, or some seconds on a busy machine: only what
# hangs takes so long.
DEADLINE = 180
POLL = 0.05  # seconds between two looks


def until(look: Callable[[], Any], timeout: float = DEADLINE) -> Any:
    """Looks until there is something to see; returns it, or the last that was seen."""
    give_up = time.monotonic() + timeout
    while not (seen := look()) and time.monotonic() < give_up:
        time.sleep(POLL)
    return seen
