# SPDX-License-Identifier: GPL-2.0-or-later
"""A scenario: a capture together with the simulated connections in it."""

from __future__ import annotations

from ..roles import ROLES
from . import expected
from .capture import Capture, Endpoint
from .connection import Connection


class Scenario(Capture):
    """`streams`: the expected JSON covers stream numbers. They are left out where Wireshark's
    rules for reused 4-tuples would have to be simulated as well."""

    def __init__(self, seed: str, streams: bool = True, events: bool = False,
                 order: bool = False) -> None:
        super().__init__(seed, events, order)
        self.has_streams = streams
        self.connections: list[Connection] = []
        self.points: list[dict] = []  # what the JSON says of them; stated by the scenario

    def connection(self, version: int, client: Endpoint, server: Endpoint,
                   keys: tuple[int, int] | None = None) -> Connection:
        """Adds a connection. Without `keys` (client's, server's), they are random."""
        keys = keys or (self.random.getrandbits(64), self.random.getrandbits(64))
        connection = Connection(self, version, client, server, dict(zip(ROLES, keys)))
        self.connections.append(connection)
        return connection

    def expected(self) -> dict:
        """The JSON that `tshark -z mptcp,json` must print for this capture."""
        document = expected.document(self, self.connections, self.has_streams)
        if self.points:
            expected.add_copies(document, self.connections)
            document["points"] = self.points
        return document
