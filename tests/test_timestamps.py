# SPDX-License-Identifier: GPL-2.0-or-later
"""Timestamps: several clocks in one file, and impossible times."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from captures import Capture
from pcapng import Interface, Packet, read_pcap, section
from test_points import without_copies, without_figures

IN_SECONDS = {"start", "duration", "time", "after", "first", "last", "handshake_rtt", "idle", "rtt",
              "ack_latency", "throughput", "goodput", "total", "longest"}
OF_TIMES = ("path_silent", "reinjection_burst")
LATEST = 2**62 - 1  # nanoseconds; the limit of the times that the plugin reports


def without_times(value):
    """A JSON document without all values in seconds, and without what follows from them."""
    if isinstance(value, dict):
        return {name: without_times(each) for name, each in value.items() if name not in IN_SECONDS}
    if isinstance(value, list):
        return [without_times(each) for each in value
                if not (isinstance(each, dict) and each.get("type") in OF_TIMES)]
    return re.sub(r"after -?[\d.]+ s", "", value) if isinstance(value, str) else value


def document_in(output: str) -> dict:
    """The JSON document in the output, with fractions as strings."""
    begin = output.index('{\n  "schema"')
    return json.JSONDecoder(parse_float=str).raw_decode(output[begin:])[0]


def write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    path.chmod(0o644)
    return path


def split_without_repetition(packets: list[Packet]) -> int:
    """Where to split the packets into two parts, near the middle, so that no packet is in both: it
    would be a copy."""
    first = {}
    last = {}
    for number, packet in enumerate(packets):
        first.setdefault(packet.identity, number)
        last[packet.identity] = number
    crossed = [0] * (len(packets) + 1)  # repetitions that a split there would separate
    for identity, begin in first.items():
        for place in range(begin + 1, last[identity] + 1):
            crossed[place] += 1
    return min((place for place, count in enumerate(crossed) if count == 0),
               key=lambda place: abs(place - len(packets) // 2))


def without_points(document: dict) -> dict:
    of_points = ("points", "between", "clocks")
    return {name: value for name, value in document.items() if name not in of_points}


def test_interfaces_and_sections(tshark, path_of, stage, shipped: Capture):
    """Two interfaces with different clocks, and two sections, the second one big-endian."""
    if shipped.name in ("points", "middlebox", "tunnels"):
        pytest.skip("packets of a tunnel or of several points are not identified here")
    link_type, packets = read_pcap(path_of(shipped))
    half = split_without_repetition(packets)
    path = write(stage / f"{shipped.name}.sections.pcapng", b"".join((
        section("<", link_type, [Interface(6, 1000), Interface(9)], packets[:half]),
        section(">", link_type, [Interface(9, -86400), Interface(6)], packets[half:]))))
    found, usual = tshark.json(path, "-2"), tshark.json(path_of(shipped))
    if usual["totals"]["copies"] > 0:  # which host a point is near to is not known here
        found, usual = (without_figures(without_copies(document)) for document in (found, usual))
        assert found == usual
        return
    assert without_points(found) == without_points(usual)


def at(packets: list[Packet], times: list[int]) -> list[Packet]:
    return [replace(packet, time=time) for packet, time in zip(packets, times, strict=True)]


# Nanoseconds by packet number. pcapng has 64-bit timestamps, and any offset in seconds.
ABSURD = {
    "none": lambda number: 0,
    "decreasing": lambda number: (10**6 - number) * 10**9,
    "2^63_ns": lambda number: 2**63 + number,
    "2^63_s": lambda number: (2**63 - 10**6 + number) * 10**9,
    "before_the_epoch": lambda number: (number - 2**40) * 10**9,
    "jumps": lambda number: [0, 2**62, 2**40, -2**62][number % 4] * 10**9,
}


@pytest.mark.parametrize("clock", ABSURD)
@pytest.mark.parametrize("name", ["mappings", "path_management", "s14_join_limit", "tuple_reuse"])
def test_absurd_times(tshark, captures_dir, stage, name: str, clock: str):
    """Only times change, and they stay within the supported range."""
    link_type, packets = read_pcap(captures_dir / f"{name}.pcap")
    times = [ABSURD[clock](number) for number in range(len(packets))]
    seconds = all(time % 10**9 == 0 for time in times)
    path = write(stage / f"{name}.{clock}.pcapng", section(
        "<", link_type, [Interface(0 if seconds else 9)], at(packets, times)))
    statistics = ["-z", "mptcp,json", "-z", "mptcp,conn", "-z", "mptcp,events"]
    document, usual = (document_in(tshark.run("-r", each, "-2", "-V", *statistics).stdout)
                       for each in (path, captures_dir / f"{name}.pcap"))
    for statement in document.pop("diagnosis"):  # it depends on times
        assert all(float(figure) >= 0 for figure in statement["figures"].values())
    assert usual.pop("diagnosis")
    assert without_times(without_points(document)) == without_times(without_points(usual))
    for connection in document["connections"]:
        frames = slice(connection["first_frame"] - 1, connection["last_frame"])
        clamped = [min(max(time, -LATEST), LATEST) for time in times[frames]]
        start, duration = (int(connection[each].replace(".", "")) for each in ("start", "duration"))
        assert min(clamped) <= start <= start + duration <= max(clamped)
