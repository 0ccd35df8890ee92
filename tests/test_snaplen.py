# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures cut at every octet of the TCP header and its options: what is told of a cut one is
told of the whole one, too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from ip import IPV4, tcp_begin
from pcapng import Interface, Packet, read_pcap, section
from sharkd import Sharkd
from tshark import Tshark

RAW, COOKED = 101, 276  # link types
BEFORE_IP = {RAW: 0, COOKED: 20}  # octets
TCP_FLAGS_END = 14

# What no cut may change, only hide: by frame, all values that the frame has. Who is the client
# may be another one where the handshake is cut: what is told by role is compared without it.
BY_ROLE = ["mptcp.key", "mptcp.idsn", "mptcp.nonce", "mptcp.address_id"]
FIELDS = ["mptcp.payload", "mptcp.token", "mptcp.version", "mptcp.backup", "mptcp.data.seq",
          "mptcp.data.rel", "mptcp_conn.malformed", "_ws.malformed",
          *(f"{name}.{role}" for name in BY_ROLE for role in ("client", "server"))]
TABLE = "nstat:mptcp,conn"


@dataclass(frozen=True)
class Told:
    """What sharkd says of a capture."""

    frames: list[dict[str, set[str]]]
    tables: list


@pytest.fixture(scope="module")
def sharkd(tshark: Tshark) -> Iterator[Sharkd]:
    with Sharkd(tshark) as process:
        yield process


def told(sharkd: Sharkd, path: Path) -> Told:
    sharkd.load(path)
    columns = {f"column{place}": f"{field}:0" for place, field in enumerate(FIELDS)}
    rows = [frame["c"] for frame in sharkd.ask("frames", **columns)]
    [tap] = sharkd.taps(TABLE)
    return Told([values_of(row) for row in rows], [table["i"] for table in tap["tables"]])


def values_of(row: list[str]) -> dict[str, set[str]]:
    """The values of a frame's columns, by field."""
    values: dict[str, set[str]] = {}
    for field, cell in zip(FIELDS, row, strict=True):
        name = field.removesuffix(".client").removesuffix(".server")
        values.setdefault(name, set()).update(filter(None, cell.split(",")))
    return values


def write(path: Path, link_type: int, packets: list[Packet]) -> Path:
    path.write_bytes(section("<", link_type, [Interface()], packets))
    path.chmod(0o644)
    return path


def headers(packet: Packet, link_type: int) -> int:
    """Octets up to the payload of TCP."""
    tcp = tcp_begin(packet.octets, BEFORE_IP[link_type])
    assert tcp is not None
    return tcp + 4 * (packet.octets[tcp + 12] >> 4)


def cuts(packets: list[Packet], link_type: int, least: int) -> Iterator[tuple[int, list[Packet]]]:
    """All packets cut behind each octet, from `least` octets of IPv4's payload on."""
    longest = max(headers(packet, link_type) for packet in packets)
    for snaplen in range(BEFORE_IP[link_type] + IPV4 + least, longest + 1):
        yield snaplen, [replace(packet, octets=packet.octets[:snaplen]) for packet in packets]


@pytest.mark.xdist_group("snaplen")
@pytest.mark.parametrize("name", ["s01_single", "path_management"])
def test_cut_at_every_octet(sharkd: Sharkd, captures_dir: Path, stage: Path, name: str):
    """All packets: what is told is true, and nothing looks malformed for being cut. All of it is
    told as soon as the headers are whole."""
    link_type, packets = read_pcap(captures_dir / f"{name}.pcap")
    whole = told(sharkd, captures_dir / f"{name}.pcap")
    for snaplen, shorter in cuts(packets, link_type, 0):
        cut = told(sharkd, write(stage / "cut.pcapng", link_type, shorter))
        for number, (found, known) in enumerate(zip(cut.frames, whole.frames, strict=True), 1):
            for field, values in found.items():
                assert values <= known[field], f"cut to {snaplen}: frame {number}, {field}"
    assert cut == whole


@pytest.mark.xdist_group("snaplen")
def test_cut_behind_the_handshake(sharkd: Sharkd, captures_dir: Path, stage: Path):
    """From the flags on, all packets are the connection's, with all of their payload."""
    link_type, packets = read_pcap(captures_dir / "s01_single.pcap")
    whole = told(sharkd, captures_dir / "s01_single.pcap")
    handshake = packets[:3]
    for snaplen, shorter in cuts(packets, link_type, TCP_FLAGS_END):
        cut = told(sharkd, write(stage / "cut.pcapng", link_type, handshake + shorter[3:]))
        for number, (found, known) in enumerate(zip(cut.frames, whole.frames, strict=True), 1):
            for field in ("mptcp.payload", "mptcp.token"):
                assert found[field] == known[field], f"cut to {snaplen}: frame {number}, {field}"
