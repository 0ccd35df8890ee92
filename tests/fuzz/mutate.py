# SPDX-License-Identifier: GPL-2.0-or-later
"""Mutants of captures that know what option 30 is: the same seed gives the same mutant.

What is changed: of options, the subtype, flags, the length, and the fields, whose
values come from other packets or lie near an edge; whole options, that move to
other packets; of segments, flags, numbers and payload; of the capture, packets
that are lost, repeated, cut, late, of another flow, or sent the other way.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random

from ip import is_ipv4, tcp_begin
from pcapng import Packet

MPTCP = 30
LINKS = {101: 0, 1: 14, 113: 16}  # octets before IP, by link type
MOST_OPTIONS = 40  # octets in a TCP header
EDGES = (0, 1, 2, 0x7f, 0x80, 0xfe, 0xff)

Option = tuple[int, bytes]  # kind, and all of its octets


@dataclass(frozen=True)
class Segment:
    """A packet in its parts; `before` is all that stands before the TCP header."""

    packet: Packet
    before: bytes
    tcp: bytes  # 20 octets
    options: tuple[Option, ...]
    payload: bytes

    def ours(self) -> list[int]:
        """The places of its options 30."""
        return [place for place, (kind, _) in enumerate(self.options) if kind == MPTCP]


def parse(packet: Packet, link: int) -> Segment | None:
    """None if it is no plain TCP over IP, or its header is not whole."""
    begin = tcp_begin(packet.octets, LINKS[link]) if link in LINKS else None
    if begin is None:
        return None
    tcp = packet.octets[begin:]
    data = 4 * (tcp[12] >> 4) if len(tcp) >= 20 else 0
    if not 20 <= data <= len(tcp):
        return None
    options = []
    rest = tcp[20:data]
    while rest:
        length = 1 if rest[0] < 2 else rest[1] if len(rest) > 1 and rest[1] > 1 else len(rest)
        options.append((rest[0], rest[:length]))
        rest = rest[length:]
    return Segment(packet, packet.octets[:begin], tcp[:20], tuple(options), tcp[data:])


def assemble(segment: Segment, link: int) -> Packet:
    """With lengths that are right, where the options fit; checksums stay as they were."""
    options = b"".join(octets for _, octets in segment.options)[:MOST_OPTIONS]
    options += b"\1" * (-len(options) % 4)
    tcp = (segment.tcp[:12] + bytes([(20 + len(options)) // 4 << 4 | segment.tcp[12] & 15])
           + segment.tcp[13:] + options)
    before = bytearray(segment.before)
    grown = len(before) + len(tcp) + len(segment.payload) - len(segment.packet.octets)
    place = LINKS[link] + (2 if is_ipv4(before, LINKS[link]) else 4)
    (length,) = struct.unpack_from("!H", before, place)
    struct.pack_into("!H", before, place, (length + grown) % 2**16)
    return Packet(segment.packet.time, bytes(before) + tcp + segment.payload,
                  max(0, segment.packet.length + grown))


def any_number(random: Random, octets: int) -> bytes:
    if random.randrange(2):
        return bytes([random.choice(EDGES)]) * octets
    return random.randbytes(octets)


def with_option(segment: Segment, place: int, octets: bytes) -> Segment:
    options = list(segment.options)
    options[place] = (octets[0] if octets else 0, octets)
    return replace(segment, options=tuple(options))


# Of one option 30 (its octets).

def other_subtype(random: Random, option: bytearray) -> None:
    option[2] = random.randrange(16) << 4 | option[2] & 15


def other_flags(random: Random, option: bytearray) -> None:
    option[random.choice((2, 3)) % len(option)] ^= 1 << random.randrange(8)


def other_length(random: Random, option: bytearray) -> None:
    option[1] = random.choice((*EDGES, option[1] + 1, option[1] - 1, 12, 20, 22, 24)) % 256


def other_field(random: Random, option: bytearray) -> None:
    size = min(random.choice((1, 2, 4, 8)), len(option) - 2)
    place = random.randrange(2, len(option) - size + 1)
    option[place:place + size] = any_number(random, size)


def near_field(random: Random, option: bytearray) -> None:
    """A number, a little more or less; or its other half of the space."""
    size = min(random.choice((2, 4, 8)), len(option) - 2)
    place = random.randrange(2, len(option) - size + 1)
    value = int.from_bytes(option[place:place + size], "big")
    value += random.choice((1, -1, 100, -100, 2**(8 * size - 1), 2**31))
    option[place:place + size] = (value % 2**(8 * size)).to_bytes(size, "big")


def shorter(random: Random, option: bytearray) -> None:
    del option[random.randrange(3, len(option) + 1):]
    if random.randrange(2):
        option[1] = len(option)


def longer(random: Random, option: bytearray) -> None:
    option += any_number(random, random.choice((1, 2, 4, 8)))
    if random.randrange(2):
        option[1] = len(option)


OF_OPTIONS: tuple[Callable[[Random, bytearray], None], ...] = (
    other_subtype, other_flags, other_length, other_field, other_field, near_field, near_field,
    shorter, longer)


class Mutation:
    """The packets of a capture, while they are changed."""

    def __init__(self, link: int, packets: list[Packet], random: Random) -> None:
        self.link, self.packets, self.random = link, list(packets), random

    def any_segment(self, with_ours: bool = False) -> tuple[int, Segment] | None:
        for _ in range(20):
            place = self.random.randrange(len(self.packets))
            segment = parse(self.packets[place], self.link)
            if segment and (segment.ours() or not with_ours):
                return place, segment
        return None

    def put(self, place: int, segment: Segment) -> None:
        self.packets[place] = assemble(segment, self.link)

    def change_option(self) -> None:
        if found := self.any_segment(with_ours=True):
            place, segment = found
            which = self.random.choice(segment.ours())
            option = bytearray(segment.options[which][1])
            if len(option) >= 4:
                self.random.choice(OF_OPTIONS)(self.random, option)
                self.put(place, with_option(segment, which, bytes(option)))

    def swap_options(self) -> None:
        one, two = self.any_segment(with_ours=True), self.any_segment(with_ours=True)
        if one and two:
            self.put(one[0], replace(one[1], options=two[1].options))
            self.put(two[0], replace(two[1], options=one[1].options))

    def copy_option(self) -> None:
        """To a packet that may have some, before or behind them."""
        source, target = self.any_segment(with_ours=True), self.any_segment()
        if source and target:
            option = source[1].options[self.random.choice(source[1].ours())]
            options = target[1].options
            options = (option, *options) if self.random.randrange(2) else (*options, option)
            self.put(target[0], replace(target[1], options=options))

    def copy_field(self) -> None:
        """A key, token, DSN or HMAC of another packet."""
        source, target = self.any_segment(with_ours=True), self.any_segment(with_ours=True)
        if source and target:
            given = source[1].options[source[1].ours()[0]][1][4:]
            which = target[1].ours()[0]
            option = target[1].options[which][1]
            size = min(self.random.choice((4, 8)), len(given), max(len(option) - 4, 0))
            self.put(target[0], with_option(target[1], which,
                                            option[:4] + given[:size] + option[4 + size:]))

    def drop_options(self) -> None:
        if found := self.any_segment(with_ours=True):
            self.put(found[0], replace(found[1], options=tuple(
                option for option in found[1].options if option[0] != MPTCP)))

    def change_tcp(self) -> None:
        """Ports, numbers, flags, window."""
        if found := self.any_segment():
            tcp = bytearray(found[1].tcp)
            place, size = self.random.choice(((0, 2), (2, 2), (4, 4), (8, 4), (13, 1), (14, 2)))
            if size == 1:
                tcp[place] ^= 1 << self.random.randrange(5)
            else:
                value = int.from_bytes(tcp[place:place + size], "big")
                value += self.random.choice((1, -1, 1000, -1000, 2**(8 * size - 1)))
                tcp[place:place + size] = (value % 2**(8 * size)).to_bytes(size, "big")
            self.put(found[0], replace(found[1], tcp=bytes(tcp)))

    def turn_around(self) -> None:
        if found := self.any_segment():
            place, segment = found
            size = 4 if is_ipv4(segment.before, LINKS[self.link]) else 16
            source = LINKS[self.link] + (12 if size == 4 else 8)
            before = segment.before
            before = (before[:source] + before[source + size:source + 2 * size]
                      + before[source:source + size] + before[source + 2 * size:])
            tcp = segment.tcp[2:4] + segment.tcp[:2] + segment.tcp[4:]
            self.put(place, replace(segment, before=before, tcp=tcp))

    def cut(self) -> None:
        """As a snaplen does, anywhere."""
        place = self.random.randrange(len(self.packets))
        packet = self.packets[place]
        self.packets[place] = replace(
            packet, octets=packet.octets[:self.random.randrange(20, len(packet.octets) + 20)])

    def lose(self) -> None:
        if len(self.packets) > 1:
            del self.packets[self.random.randrange(len(self.packets))]

    def repeat(self) -> None:
        packet = self.random.choice(self.packets)
        self.packets.insert(self.random.randrange(len(self.packets) + 1), packet)

    def move(self) -> None:
        packet = self.packets.pop(self.random.randrange(len(self.packets)))
        self.packets.insert(self.random.randrange(len(self.packets) + 1), packet)

    def change_time(self) -> None:
        place = self.random.randrange(len(self.packets))
        time = self.packets[place].time + self.random.choice((-10**9, 10**9, 10**15, -10**6))
        self.packets[place] = replace(self.packets[place], time=max(0, time))


STEPS = ((Mutation.change_option, 12), (Mutation.copy_option, 4), (Mutation.copy_field, 4),
         (Mutation.swap_options, 2), (Mutation.drop_options, 2), (Mutation.change_tcp, 3),
         (Mutation.turn_around, 1), (Mutation.cut, 1), (Mutation.lose, 2), (Mutation.repeat, 2),
         (Mutation.move, 2), (Mutation.change_time, 1))


def mutant(link: int, packets: list[Packet], random: Random) -> list[Packet]:
    mutation = Mutation(link, packets, random)
    steps, weights = zip(*STEPS)
    for step in random.choices(steps, weights, k=random.choice((3, 10, 30, 100))):
        step(mutation)
    return mutation.packets
