# SPDX-License-Identifier: GPL-2.0-or-later
"""The address table of a host (RFC 8684 3.4)."""

from __future__ import annotations


class AddressTable:
    """One row for each address of an ID, from its first use until REMOVE_ADDR."""

    def __init__(self) -> None:
        self.rows: list[dict] = []

    def announce(self, address_id: int, address: str, port: int | None, frame: int) -> None:
        self._record("announced", address_id, address, frame)["port"] = port

    def echo(self, address_id: int, address: str, frame: int) -> None:
        self._record("echoed", address_id, address, frame)

    def use(self, address_id: int, address: str, frame: int) -> None:
        self._record("used", address_id, address, frame)

    def remove(self, address_id: int, frame: int) -> None:
        for row in self._current(address_id):
            row["removed"] = frame

    def _current(self, address_id: int) -> list[dict]:
        return [row for row in self.rows if row["id"] == address_id and row["removed"] is None]

    def _record(self, column: str, address_id: int, address: str, frame: int) -> dict:
        """Keeps the first frame of each column."""
        known = [row for row in self._current(address_id) if row["address"] == address]
        row = known[0] if known else {"id": address_id, "address": address, "port": None,
                                      **dict.fromkeys(("announced", "echoed", "used", "removed"))}
        if not known:
            self.rows.append(row)
        row[column] = row[column] or frame
        return row
