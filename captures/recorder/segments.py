# SPDX-License-Identifier: GPL-2.0-or-later
"""TCP segments in Ethernet frames: what a middlebox looks at, and how it changes them.

This is the network's view. It knows option 30 as bytes to be removed, and nothing of MPTCP.
"""

from __future__ import annotations

import struct

from generator.wire.packets import ones_complement

ETHERTYPES = {0x0800: 4, 0x86DD: 6}
ETHERNET_HEADER = 14
IPV6_HEADER = 40
TCP = 6
FIN, SYN, RST, ACK = 1, 2, 4, 16
END, NOP, MPTCP = 0, 1, 30


class Segment:
    """A TCP segment in a frame without VLAN tags, IPv6 extension headers and fragments."""

    def __init__(self, frame: bytes) -> None:
        self.frame = bytearray(frame)
        version = ETHERTYPES[struct.unpack_from("!H", frame, 12)[0]]
        self.ip = ETHERNET_HEADER
        if version == 4:
            header = (frame[self.ip] & 15) * 4
            end = self.ip + struct.unpack_from("!H", frame, self.ip + 2)[0]
            self.addresses = frame[self.ip + 12:self.ip + 20]
        else:
            header = IPV6_HEADER
            end = self.ip + header + struct.unpack_from("!H", frame, self.ip + 4)[0]
            self.addresses = frame[self.ip + 8:self.ip + 40]
        self.tcp, self.end = self.ip + header, end
        self.payload = self.tcp + (frame[self.tcp + 12] >> 4) * 4

    @property
    def flags(self) -> int:
        return self.frame[self.tcp + 13]

    @property
    def sequence_number(self) -> int:
        return struct.unpack_from("!I", self.frame, self.tcp + 4)[0]

    @property
    def length(self) -> int:
        """Bytes of payload."""
        return self.end - self.payload

    def has_option(self, kind: int = MPTCP) -> bool:
        return any(each == kind for each, _, _ in self._options())

    def strip_option(self, kind: int = MPTCP) -> None:
        """Overwrites the options of this kind by NOPs, as Linux' TCPOPTSTRIP does."""
        for each, begin, end in self._options():
            if each == kind:
                self.frame[begin:end] = bytes([NOP]) * (end - begin)
        self._update_checksum()

    def change_payload(self) -> None:
        """Inverts the bits of the last byte of payload."""
        self.frame[self.end - 1] ^= 0xff
        self._update_checksum()

    def _options(self) -> list[tuple[int, int, int]]:
        """Kind, begin and end of each option."""
        found, position = [], self.tcp + 20
        while position < self.payload and self.frame[position] != END:
            kind = self.frame[position]
            end = position + (1 if kind == NOP else max(2, self.frame[position + 1]))
            found.append((kind, position, end))
            position = end
        return found

    def _update_checksum(self) -> None:
        checksum = slice(self.tcp + 16, self.tcp + 18)
        self.frame[checksum] = bytes(2)
        segment = bytes(self.frame[self.tcp:self.end])
        pseudo_header = self.addresses + struct.pack("!II", len(segment), TCP)
        self.frame[checksum] = struct.pack("!H", ones_complement(pseudo_header + segment))


def parse(frame: bytes) -> Segment | None:
    """None if the frame has no TCP segment."""
    version = ETHERTYPES.get(struct.unpack_from("!H", frame, 12)[0])
    protocol = {4: ETHERNET_HEADER + 9, 6: ETHERNET_HEADER + 6}.get(version)
    return Segment(frame) if protocol and frame[protocol] == TCP else None
