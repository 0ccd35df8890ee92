# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures truncated at every byte of the TCP header and its options.

Everything that is reported of a truncated capture is also reported of the complete one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from ip import IPV4, tcp_offset
from pcapng import Interface, Packet, read_pcap, section
from sharkd import Sharkd
from tshark import Tshark

RAW, COOKED = 101, 276  # link types
BEFORE_IP = {RAW: 0, COOKED: 20}  # bytes
TCP_FLAGS_END = 14

# A truncated frame may lack these values, but have no others. The roles may be exchanged if the
# handshake is truncated, so values by role are compared without the role.
BY_ROLE = ["mptcp.key", "mptcp.idsn", "mptcp.nonce", "mptcp.address_id"]
FIELDS = ["mptcp.payload", "mptcp.token", "mptcp.version", "mptcp.backup", "mptcp.data.seq",
          "mptcp.data.rel", "mptcp_conn.malformed", "_ws.malformed",
          *(f"{name}.{role}" for name in BY_ROLE for role in ("client", "server"))]
TABLE = "nstat:mptcp,conn"


@dataclass(frozen=True)
class Results:
    """sharkd's results for a capture."""

    frames: list[dict[str, set[str]]]
    tables: list


@pytest.fixture(scope="module")
def sharkd(tshark: Tshark) -> Iterator[Sharkd]:
    with Sharkd(tshark) as process:
        yield process


def results(sharkd: Sharkd, path: Path) -> Results:
    sharkd.load(path)
    columns = {f"column{number}": f"{field}:0" for number, field in enumerate(FIELDS)}
    rows = [frame["c"] for frame in sharkd.ask("frames", **columns)]
    [tap] = sharkd.taps(TABLE)
    return Results([values_of(row) for row in rows], [table["i"] for table in tap["tables"]])


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
    """The length of all headers up to the TCP payload."""
    tcp = tcp_offset(packet.data, BEFORE_IP[link_type])
    assert tcp is not None
    return tcp + 4 * (packet.data[tcp + 12] >> 4)


def truncations(packets: list[Packet], link_type: int,
                least: int) -> Iterator[tuple[int, list[Packet]]]:
    """All packets truncated at each byte, from `least` bytes of the IPv4 payload on."""
    longest = max(headers(packet, link_type) for packet in packets)
    for snaplen in range(BEFORE_IP[link_type] + IPV4 + least, longest + 1):
        yield snaplen, [replace(packet, data=packet.data[:snaplen]) for packet in packets]


@pytest.mark.xdist_group("snaplen")
@pytest.mark.parametrize("name", ["s01_single", "path_management"])
def test_truncated_at_every_byte(sharkd: Sharkd, captures_dir: Path, stage: Path, name: str):
    """No reported value is wrong, and no packet is malformed because it is truncated. Once all
    headers are complete, nothing is missing."""
    link_type, packets = read_pcap(captures_dir / f"{name}.pcap")
    complete = results(sharkd, captures_dir / f"{name}.pcap")
    for snaplen, shorter in truncations(packets, link_type, 0):
        truncated = results(sharkd, write(stage / "truncated.pcapng", link_type, shorter))
        pairs = zip(truncated.frames, complete.frames, strict=True)
        for number, (found, known) in enumerate(pairs, 1):
            for field, values in found.items():
                assert values <= known[field], f"snaplen {snaplen}: frame {number}, {field}"
    assert truncated == complete


@pytest.mark.xdist_group("snaplen")
def test_truncated_after_the_handshake(sharkd: Sharkd, captures_dir: Path, stage: Path):
    """If the flags are captured, all packets belong to the connection with all of their payload."""
    link_type, packets = read_pcap(captures_dir / "s01_single.pcap")
    complete = results(sharkd, captures_dir / "s01_single.pcap")
    handshake = packets[:3]
    for snaplen, shorter in truncations(packets, link_type, TCP_FLAGS_END):
        truncated = results(sharkd, write(stage / "truncated.pcapng", link_type,
                                          handshake + shorter[3:]))
        pairs = zip(truncated.frames, complete.frames, strict=True)
        for number, (found, known) in enumerate(pairs, 1):
            for field in ("mptcp.payload", "mptcp.token"):
                assert found[field] == known[field], f"snaplen {snaplen}: frame {number}, {field}"
