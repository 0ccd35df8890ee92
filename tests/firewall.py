# SPDX-License-Identifier: GPL-2.0-or-later
"""A firewall between two capture points that rewrites initial sequence numbers, such as OpenBSD's pf
(modulate state) and Cisco's ASA. It can translate the address and port of the client, too."""

from __future__ import annotations

import random
import struct
from dataclasses import dataclass

from generator.wire.packets import ones_complement
from ip import is_ipv4, tcp_offset
from pcapng import Packet

IP_OFFSET = {1: 14, 101: 0, 113: 16, 276: 20}  # by link type
SYN, RST, ACK = 2, 4, 16
SACK, TIMESTAMPS = 5, 8  # TCP options
MODULUS = 2**32
SYN_DATA = 1500  # bytes, more than a SYN can carry (RFC 7413)
End = tuple[bytes, int]  # address and port


@dataclass
class State:
    """Of a connection whose SYN passed."""
    initiator: End
    isn: int
    shifts: tuple[int, int]  # of the numbers of the initiator, and of the other end
    translated: End


def options_of(tcp: bytes) -> list[tuple[int, int, int]]:
    """Kind, place and length of each."""
    found, place, end = [], 20, min(len(tcp), 4 * (tcp[12] >> 4))
    while place < end and tcp[place] != 0:
        if tcp[place] == 1:
            place += 1
            continue
        if place + 1 >= end or tcp[place + 1] < 2 or place + tcp[place + 1] > end:
            break
        found.append((tcp[place], place, tcp[place + 1]))
        place += tcp[place + 1]
    return found


def with_checksums(data: bytearray, ip: int, tcp: int) -> bytes:
    """The TCP checksum is right if the packet was captured as a whole."""
    if is_ipv4(data, ip):
        data[ip + 10:ip + 12] = bytes(2)
        data[ip + 10:ip + 12] = struct.pack("!H", ones_complement(bytes(data[ip:tcp])))
        end = ip + struct.unpack_from("!H", data, ip + 2)[0]
        addresses = data[ip + 12:ip + 20]
    else:
        end = ip + 40 + struct.unpack_from("!H", data, ip + 4)[0]
        addresses = data[ip + 8:ip + 40]
    data[tcp + 16:tcp + 18] = bytes(2)
    pseudo_header = bytes(addresses) + struct.pack("!HH", 6, end - tcp)
    data[tcp + 16:tcp + 18] = struct.pack(
        "!H", ones_complement(pseudo_header + bytes(data[tcp:end])))
    return bytes(data)


class Firewall:
    def __init__(self, link_type: int, shifts_client: bool = True, shifts_server: bool = True,
                 nat: bool = False):
        self.ip = IP_OFFSET[link_type]
        self.shifts = (shifts_client, shifts_server)
        self.nat = nat
        self.random = random.Random(4711)
        self.states: dict[frozenset, State] = {}  # by both ends
        self.pending: dict[frozenset, State] = {}  # not answered yet

    def forwarded(self, packet: Packet, hops: int = 1) -> Packet:
        """The packet as the second point records it."""
        tcp = tcp_offset(packet.data, self.ip) if len(packet.data) > self.ip else None
        if tcp is None:
            return packet
        data = bytearray(packet.data)
        data[self.ip + (8 if is_ipv4(data, self.ip) else 7)] -= hops
        size = 4 if is_ipv4(data, self.ip) else 16
        first = self.ip + (12 if size == 4 else 8)
        addresses = bytes(data[first:first + size]), bytes(data[first + size:first + 2 * size])
        ends = tuple(zip(addresses, struct.unpack_from("!HH", data, tcp)))
        state = self.state_of(ends, data[tcp:])
        if state is not None:
            self.rewrite(data, tcp, state, ends[0] == state.initiator)
            if self.nat:
                place = 0 if ends[0] == state.initiator else 1
                data[first + place * size:first + (place + 1) * size] = state.translated[0]
                struct.pack_into("!H", data, tcp + 2 * place, state.translated[1])
        return Packet(packet.time, with_checksums(data, self.ip, tcp), packet.length)

    def state_of(self, ends: tuple[End, End], tcp: bytes) -> State | None:
        """A SYN replaces the state of its 4-tuple once it is answered."""
        seq, ack = struct.unpack_from("!II", tcp, 4)
        flags, flow = tcp[13], frozenset(ends)
        known, pending = self.states.get(flow), self.pending.get(flow)
        if flags & SYN:  # a SYN/ACK may be in the file before the SYN
            initiator, isn = (ends[1], (ack - 1) % MODULUS) if flags & ACK else (ends[0], seq)
            state = next((state for state in (known, pending) if state is not None
                          and state.initiator == initiator
                          and (isn - state.isn) % MODULUS in range(SYN_DATA if flags & ACK else 1)),
                         None)
            if state is None:
                state = pending = self.pending[flow] = self.new_state(initiator, isn)
            if not flags & ACK or state is known:
                return state
        if pending is None:
            return known
        own = ends[0] == pending.initiator
        number = seq if own else ack
        if (number - pending.isn - 1) % MODULUS not in range(SYN_DATA) or not (own or flags & ACK):
            return known
        if not flags & RST:
            self.states[flow] = self.pending.pop(flow)
        return pending

    def new_state(self, initiator: End, isn: int) -> State:
        """The client's numbers wrap after some hundred bytes."""
        shifts = (-self.random.randrange(300, 900) - isn) % MODULUS, self.random.randrange(1, MODULUS)
        address, port = initiator
        translated = address[:-2] + bytes([address[-2] ^ 0x40, address[-1]]), port ^ 0x4000
        return State(initiator, isn, tuple(shift if wanted else 0 for shift, wanted
                                           in zip(shifts, self.shifts)), translated)

    @staticmethod
    def rewrite(data: bytearray, tcp: int, state: State, from_initiator: bool) -> None:
        own, other = state.shifts if from_initiator else reversed(state.shifts)

        def add(place: int, shift: int) -> None:
            number = struct.unpack_from("!I", data, place)[0]
            struct.pack_into("!I", data, place, (number + shift) % MODULUS)

        add(tcp + 4, own)
        if data[tcp + 13] & ACK:
            add(tcp + 8, other)
        for kind, place, length in options_of(data[tcp:]):
            if kind == SACK:
                for edge in range(place + 2, place + length - 3, 4):
                    add(tcp + edge, other)


def lacks_timestamp(tcp: bytes) -> bool:
    """A SYN or SYN/ACK without a timestamp, and with room for it."""
    header = 4 * (tcp[12] >> 4)
    return bool(tcp[13] & SYN) and header <= min(len(tcp), 48) and all(
        kind != TIMESTAMPS for kind, _, _ in options_of(tcp))


def stamped(link_type: int, packets: list[Packet]) -> list[Packet]:
    """Packets of the generator with a timestamp in each SYN and SYN/ACK without one, as nearly all
    hosts send it."""
    ip, result = IP_OFFSET[link_type], []
    for number, packet in enumerate(packets, 1):
        tcp = tcp_offset(packet.data, ip) if len(packet.data) > ip else None
        if tcp is None or not lacks_timestamp(packet.data[tcp:]):
            result.append(packet)
            continue
        data = bytearray(packet.data)
        data[tcp + 20:tcp + 20] = struct.pack("!BBBBII", 1, 1, TIMESTAMPS, 10, number, 0)
        data[tcp + 12] += 3 << 4
        length = ip + (2 if is_ipv4(data, ip) else 4)
        struct.pack_into("!H", data, length, struct.unpack_from("!H", data, length)[0] + 12)
        result.append(Packet(packet.time, with_checksums(data, ip, tcp), packet.length + 12))
    return result
