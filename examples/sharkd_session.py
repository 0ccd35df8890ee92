#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Queries sharkd, Wireshark as a server. One process opens a capture once and then answers any
number of JSON-RPC 2.0 requests, one on each line. sharkd reads the capture to its end before it
answers, so fields depend on the whole capture.

Usage: sharkd_session.py FILE [DISPLAY_FILTER]
"""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from typing import Any


class Sharkd:
    """A sharkd process. Use it in a `with` statement."""

    def __enter__(self) -> Sharkd:
        self._process = subprocess.Popen(["sharkd", "-"], stdin=subprocess.PIPE,
                                         stdout=subprocess.PIPE,
                                         stderr=subprocess.DEVNULL, encoding="utf-8")
        self._ids = itertools.count(1)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()  # closes the input, which ends sharkd

    def ask(self, method: str, **parameters: Any) -> Any:
        """Returns the result of one request."""
        request = {"jsonrpc": "2.0", "id": next(self._ids), "method": method, "params": parameters}
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        if "error" in answer:
            raise RuntimeError(answer["error"]["message"])
        return answer["result"]

    def connections(self) -> dict[str, list[dict[str, Any]]]:
        """The table `mptcp,conn`: its parts Connections, Subflows and Totals, with rows by
        column."""
        [tap] = self.ask("tap", tap0="nstat:mptcp,conn")["taps"]
        columns = [field["c"] for field in tap["fields"]]
        return {table["t"]: [dict(zip(columns, row)) for row in table["i"]]
                for table in tap["tables"]}

    def frames(self, display_filter: str, *columns: str) -> list[dict[str, Any]]:
        """The frames that match the filter, with these fields as columns."""
        wanted = {f"column{number}": f"{name}:1" for number, name in enumerate(columns)}
        return self.ask("frames", filter=display_filter, **wanted)


def main() -> None:
    if not 2 <= len(sys.argv) <= 3:
        sys.exit(__doc__.strip().splitlines()[-1])
    display_filter = sys.argv[2] if len(sys.argv) == 3 else "mptcp_conn.event.severity >= 1"
    columns = ("Connection", "Handshake", "State", "Server token", "Payload C>S", "Payload S>C")
    with Sharkd() as sharkd:
        sharkd.ask("load", file=os.path.abspath(sys.argv[1]))
        for row in sharkd.connections()["Connections"]:
            print(*(str(row[name]).strip() for name in columns), sep="\t")
        fields = ("mptcp.conn", "mptcp.subflow", "mptcp_conn.event")
        for frame in sharkd.frames(display_filter, *fields):
            print(f"frame {frame['num']}", *frame["c"], sep="\t")


if __name__ == "__main__":
    main()
