# SPDX-License-Identifier: GPL-2.0-or-later
"""The cases of outcomes/: what a real kernel does with exactly these packets.

A case with a text in `wrong` fails today, and the mark is strict: remove the text when the plugin is
right.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from captures import differences
from outcomes import data, endings, handshakes, joins
from outcomes.case import ADDRESSES, SERVER_PORT, Case

from generator.segment_table import TableConnection  # after outcomes, which extends the path
from generator.simulation import Capture
from generator.wire import pcap

CASES: list[Case] = [*handshakes.CASES, *joins.CASES, *data.CASES, *endings.CASES]
SEVERE = ("warn", "error")


def write(case: Case, version: int, path: Path) -> None:
    """Writes the capture of a case."""
    capture = Capture(case.name)
    clients, servers = zip(*ADDRESSES[case.ipv6])
    server = (servers[0], SERVER_PORT)
    connection = TableConnection(capture, version, (clients[0], 40001), server)
    if case.reused:
        connection.path((clients[0], 40001), server, case.ids, case.backup)
    else:
        connection.path((clients[1], 40002), (servers[1], SERVER_PORT), case.ids, case.backup)
    connection.send(case.segments)
    if case.more:
        more = TableConnection(capture, version, (clients[0], case.more.client_port), server)
        more.send(case.more.segments)
    pcap.write(path, capture.packets)
    path.chmod(0o644)


def event_differences(case: Case, events: list[dict]) -> list[str]:
    """Events of the types that the case lists, and severe ones of other types."""
    found = []
    for kind, expected in case.events.items():
        actual = [(event["from"], event["frame"]) for event in events
                  if event["type"] == kind and not event["repeated"]]
        if actual != expected:
            found.append(f"events {kind}: {actual}, not {expected}")
    return found + [f"event {event['type']} at frame {event['frame']}: {event['details']}"
                    for event in events
                    if event["severity"] in SEVERE and event["type"] not in case.events]


def counter_differences(case: Case, counters: dict) -> list[str]:
    expected = {host: {f"MPTcpExt{name}": value for name, value in counted.items()}
                for host, counted in case.counters.items()}
    return differences(expected, counters, "counters")


@pytest.mark.parametrize("case, version",
                         [parameters for case in CASES for parameters in case.parameters()])
def test_outcome(tshark, stage: Path, case: Case, version: int):
    path = stage / f"outcome-{case.name}-v{version}.pcap"
    write(case, version, path)
    document = tshark.json(path)
    right = case.right if isinstance(case.right, list) else [case.right]
    found = [*differences(right, document["connections"], "connections"),
             *event_differences(case, document["events"]),
             *counter_differences(case, document["counters"])]
    assert not found, "\n".join(found)


def test_names_are_unique():
    names = [case.name for case in CASES]
    assert len(names) == len(set(names))
