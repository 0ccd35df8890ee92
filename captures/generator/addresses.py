# SPDX-License-Identifier: GPL-2.0-or-later
"""The book of one host's addresses, by their IDs."""

from __future__ import annotations


class AddressBook:
    """A row for each address that an ID stood for, from then until it is withdrawn."""

    def __init__(self) -> None:
        self.rows: list[dict] = []

    def announce(self, address_id: int, address: str, port: int | None, frame: int) -> None:
        self._note("announced", address_id, address, frame)["port"] = port

    def echo(self, address_id: int, address: str, frame: int) -> None:
        self._note("echoed", address_id, address, frame)

    def use(self, address_id: int, address: str, frame: int) -> None:
        self._note("used", address_id, address, frame)

    def withdraw(self, address_id: int, frame: int) -> None:
        for row in self._living(address_id):
            row["removed"] = frame

    def _living(self, address_id: int) -> list[dict]:
        return [row for row in self.rows if row["id"] == address_id and row["removed"] is None]

    def _note(self, what: str, address_id: int, address: str, frame: int) -> dict:
        """The first time is the one that counts."""
        known = [row for row in self._living(address_id) if row["address"] == address]
        row = known[0] if known else {"id": address_id, "address": address, "port": None,
                                      **dict.fromkeys(("announced", "echoed", "used", "removed"))}
        if not known:
            self.rows.append(row)
        row[what] = row[what] or frame
        return row
