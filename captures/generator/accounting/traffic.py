# SPDX-License-Identifier: GPL-2.0-or-later
"""Counts of the captured packets of a subflow or a connection."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..roles import ROLES


@dataclass
class TrafficCounters:
    """Packets and payload bytes by sender; the numbers and times (µs) of their frames."""

    packets: dict[str, int] = field(default_factory=lambda: dict.fromkeys(ROLES, 0))
    payload: dict[str, int] = field(default_factory=lambda: dict.fromkeys(ROLES, 0))
    frames: list[int] = field(default_factory=list)
    times: list[int] = field(default_factory=list)

    @staticmethod
    def sum(parts: list[TrafficCounters]) -> TrafficCounters:
        total = TrafficCounters()
        for part in parts:
            for role in ROLES:
                total.packets[role] += part.packets[role]
                total.payload[role] += part.payload[role]
            total.frames += part.frames
            total.times += part.times
        return total

    def add(self, role: str, payload: int, frame: int, time: int) -> None:
        self.packets[role] += 1
        self.payload[role] += payload
        self.frames.append(frame)
        self.times.append(time)

    def span(self) -> dict:
        """The first and the last frame, and their times in seconds."""
        return {"first_frame": min(self.frames), "last_frame": max(self.frames),
                "start": min(self.times) / 1e6,
                "duration": (max(self.times) - min(self.times)) / 1e6}
