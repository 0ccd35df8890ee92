# SPDX-License-Identifier: GPL-2.0-or-later
"""The cases of outcomes/: what a real kernel does with exactly these packets.

All cases are in one capture, one after the other and with other client ports, so that tshark starts
only once. The frames that a case states are counted from its own first packet; messages about
connections have those of the capture.

To look at the packets of a case, write a capture of it alone:

  python3 tests/test_kernel_outcomes.py NAME FILE.pcap
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from captures import differences
from outcomes import data, endings, handshakes, joins
from outcomes.case import ADDRESSES, ANY, SERVER_PORT, Case

from generator.segment_table import TableConnection  # after outcomes, which extends the path
from generator.simulation import Capture
from generator.wire import pcap

CASES: list[Case] = [*handshakes.CASES, *joins.CASES, *data.CASES, *endings.CASES]
VARIANTS = [(case, version) for case in CASES for version in case.versions]
FIRST_PORT = 40001
PORTS = 10  # of each case
FRAMES = ("frame", "announced", "echoed", "used", "removed")  # members that are frame numbers
SEVERE = ("warn", "error")


@dataclass(frozen=True)
class Outcome:
    """What the document says of one case."""

    connections: list[dict]
    events: list[dict]
    before: int  # frames of other cases
    counters: set[str]  # the names of those that the plugin derives


def record(case: Case, version: int, capture: Capture, port: int) -> None:
    """Adds the segments of a case. `port`: of the client on the first path."""
    clients, servers = zip(*ADDRESSES[case.ipv6])
    ends = [((clients[0], port), (servers[0], SERVER_PORT)),
            ((clients[1], port + 1), (servers[1], SERVER_PORT))]
    connection = TableConnection(capture, version, *ends[0])
    connection.path(*ends[0 if case.reused else 1], case.ids, case.backup)
    connection.send(case.segments)
    if case.more:
        client = (clients[0], port if case.more.reused else port + 2)
        TableConnection(capture, version, client, ends[0][1]).send(case.more.segments)


@pytest.fixture(scope="module")
def outcome_of(tshark, stage: Path):
    """From a case, its version and the passes to the outcome."""
    capture = Capture("kernel outcomes")
    before = []
    for number, variant in enumerate(VARIANTS):
        before.append(len(capture.packets))
        record(*variant, capture, FIRST_PORT + PORTS * number)
    path = stage / "kernel_outcomes.pcap"
    pcap.write(path, capture.packets)
    path.chmod(0o644)

    def outcome(case: Case, version: int, passes: list[str]) -> Outcome:
        number = VARIANTS.index((case, version))
        first, after = before[number], [*before[1:], len(capture.packets)][number]
        document = tshark.json(path, *passes)
        return Outcome([each for each in document["connections"]
                        if first < each["first_frame"] <= after],
                       [each for each in document["events"] if first < each["frame"] <= after],
                       first, set(document["counters"]["client"]))

    return outcome


def shifted(expected, frames: int):
    """Expected JSON in which frames are counted from the beginning of the capture."""
    if isinstance(expected, list):
        return [shifted(each, frames) for each in expected]
    if not isinstance(expected, dict):
        return expected
    return {key: value + frames if key in FRAMES and value is not None else shifted(value, frames)
            for key, value in expected.items()}


def event_differences(case: Case, outcome: Outcome) -> list[str]:
    """Events of the types that the case lists, and severe ones of other types."""
    found = []
    for kind, expected in case.events.items():
        actual = [(event["from"], event["frame"] - outcome.before) for event in outcome.events
                  if event["type"] == kind and not event["repeated"] and not event["ignored"]]
        if expected is not ANY and actual != expected:
            found.append(f"events {kind}: {actual}, not {expected}")
    return found + [f"event {event['type']} at frame {event['frame'] - outcome.before}: "
                    f"{event['details']}" for event in outcome.events
                    if event["severity"] in SEVERE and event["type"] not in case.events]


def counter_differences(case: Case, outcome: Outcome) -> list[str]:
    found = []
    for host, expected in case.counters.items():
        for name, value in expected.items():
            assert f"MPTcpExt{name}" in outcome.counters, name
            actual = sum(each["counters"][host].get(f"MPTcpExt{name}", 0)
                         for each in outcome.connections)
            if actual != value:
                found.append(f"counter {name} of the {host}: {actual}, not {value}")
    return found


@pytest.mark.xdist_group("kernel_outcomes")
@pytest.mark.parametrize("passes", [[], ["-2"]], ids=["one-pass", "two-pass"])
@pytest.mark.parametrize("case, version", [each for case in CASES for each in case.parameters()])
def test_outcome(outcome_of, case: Case, version: int, passes: list[str]):
    outcome = outcome_of(case, version, passes)
    right = shifted(case.right if isinstance(case.right, list) else [case.right], outcome.before)
    found = [*differences(right, outcome.connections, "connections"),
             *event_differences(case, outcome), *counter_differences(case, outcome)]
    assert not found, "\n".join(found)


def test_names_are_unique():
    names = [case.name for case in CASES]
    assert len(names) == len(set(names))


if __name__ == "__main__":
    name, file = sys.argv[1:]
    alone = Capture(name)
    chosen, = (case for case in CASES if case.name == name)
    record(chosen, chosen.versions[-1], alone, FIRST_PORT)
    pcap.write(Path(file), alone.packets)
