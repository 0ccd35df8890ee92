# SPDX-License-Identifier: GPL-2.0-or-later
"""Mutants of captures. The mutations know the format of TCP option 30; the same seed gives the same
mutant.

They change the subtype, flags, length and fields of an option, with values from other packets or
near limits; they move whole options to other packets; they change flags, numbers and addresses of
segments; and they delete, repeat, truncate, move and re-time packets.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random

from ip import is_ipv4, tcp_offset
from pcapng import Packet

MPTCP = 30
LINKS = {101: 0, 1: 14, 113: 16}  # bytes before IP, by link type
MAX_OPTIONS = 40  # bytes in a TCP header
LIMITS = (0, 1, 2, 0x7f, 0x80, 0xfe, 0xff)

Option = tuple[int, bytes]  # kind; all bytes, including kind and length


@dataclass(frozen=True)
class Segment:
    """A packet in its parts. `before` is everything before the TCP header."""

    packet: Packet
    before: bytes
    tcp: bytes  # 20 bytes
    options: tuple[Option, ...]
    payload: bytes

    def mptcp_options(self) -> list[int]:
        """The indexes of the options of kind 30."""
        return [index for index, (kind, _) in enumerate(self.options) if kind == MPTCP]


def parse(packet: Packet, link: int) -> Segment | None:
    """Returns None for packets other than TCP directly over IP, and for incomplete TCP headers."""
    begin = tcp_offset(packet.data, LINKS[link]) if link in LINKS else None
    if begin is None:
        return None
    tcp = packet.data[begin:]
    header = 4 * (tcp[12] >> 4) if len(tcp) >= 20 else 0
    if not 20 <= header <= len(tcp):
        return None
    options = []
    rest = tcp[20:header]
    while rest:
        length = 1 if rest[0] < 2 else rest[1] if len(rest) > 1 and rest[1] > 1 else len(rest)
        options.append((rest[0], rest[:length]))
        rest = rest[length:]
    return Segment(packet, packet.data[:begin], tcp[:20], tuple(options), tcp[header:])


def assemble(segment: Segment, link: int) -> Packet:
    """Sets the lengths; options that do not fit are cut. Checksums stay as they were."""
    options = b"".join(data for _, data in segment.options)[:MAX_OPTIONS]
    options += b"\1" * (-len(options) % 4)
    tcp = (segment.tcp[:12] + bytes([(20 + len(options)) // 4 << 4 | segment.tcp[12] & 15])
           + segment.tcp[13:] + options)
    before = bytearray(segment.before)
    growth = len(before) + len(tcp) + len(segment.payload) - len(segment.packet.data)
    position = LINKS[link] + (2 if is_ipv4(before, LINKS[link]) else 4)
    (length,) = struct.unpack_from("!H", before, position)
    struct.pack_into("!H", before, position, (length + growth) % 2**16)
    return Packet(segment.packet.time, bytes(before) + tcp + segment.payload,
                  max(0, segment.packet.length + growth))


def any_number(random: Random, size: int) -> bytes:
    if random.randrange(2):
        return bytes([random.choice(LIMITS)]) * size
    return random.randbytes(size)


def with_option(segment: Segment, index: int, data: bytes) -> Segment:
    options = list(segment.options)
    options[index] = (data[0] if data else 0, data)
    return replace(segment, options=tuple(options))


# Mutations of a single option 30

def other_subtype(random: Random, option: bytearray) -> None:
    option[2] = random.randrange(16) << 4 | option[2] & 15


def other_flags(random: Random, option: bytearray) -> None:
    option[random.choice((2, 3)) % len(option)] ^= 1 << random.randrange(8)


def other_length(random: Random, option: bytearray) -> None:
    option[1] = random.choice((*LIMITS, option[1] + 1, option[1] - 1, 12, 20, 22, 24)) % 256


def other_field(random: Random, option: bytearray) -> None:
    size = min(random.choice((1, 2, 4, 8)), len(option) - 2)
    position = random.randrange(2, len(option) - size + 1)
    option[position:position + size] = any_number(random, size)


def near_field(random: Random, option: bytearray) -> None:
    """Moves a number by a little, by half its range, or by 2^31."""
    size = min(random.choice((2, 4, 8)), len(option) - 2)
    position = random.randrange(2, len(option) - size + 1)
    value = int.from_bytes(option[position:position + size], "big")
    value += random.choice((1, -1, 100, -100, 2**(8 * size - 1), 2**31))
    option[position:position + size] = (value % 2**(8 * size)).to_bytes(size, "big")


def shorter(random: Random, option: bytearray) -> None:
    del option[random.randrange(3, len(option) + 1):]
    if random.randrange(2):
        option[1] = len(option)


def longer(random: Random, option: bytearray) -> None:
    option += any_number(random, random.choice((1, 2, 4, 8)))
    if random.randrange(2):
        option[1] = len(option)


OPTION_MUTATIONS: tuple[Callable[[Random, bytearray], None], ...] = (
    other_subtype, other_flags, other_length, other_field, other_field, near_field, near_field,
    shorter, longer)


class Mutation:
    """The packets of a capture while they are being changed."""

    def __init__(self, link: int, packets: list[Packet], random: Random) -> None:
        self.link, self.packets, self.random = link, list(packets), random

    def any_segment(self, with_mptcp: bool = False) -> tuple[int, Segment] | None:
        for _ in range(20):
            index = self.random.randrange(len(self.packets))
            segment = parse(self.packets[index], self.link)
            if segment and (segment.mptcp_options() or not with_mptcp):
                return index, segment
        return None

    def put(self, index: int, segment: Segment) -> None:
        self.packets[index] = assemble(segment, self.link)

    def change_option(self) -> None:
        if found := self.any_segment(with_mptcp=True):
            index, segment = found
            which = self.random.choice(segment.mptcp_options())
            option = bytearray(segment.options[which][1])
            if len(option) >= 4:
                self.random.choice(OPTION_MUTATIONS)(self.random, option)
                self.put(index, with_option(segment, which, bytes(option)))

    def swap_options(self) -> None:
        one, two = self.any_segment(with_mptcp=True), self.any_segment(with_mptcp=True)
        if one and two:
            self.put(one[0], replace(one[1], options=two[1].options))
            self.put(two[0], replace(two[1], options=one[1].options))

    def copy_option(self) -> None:
        """Copies an option 30 to the beginning or end of another packet's options."""
        source, target = self.any_segment(with_mptcp=True), self.any_segment()
        if source and target:
            option = source[1].options[self.random.choice(source[1].mptcp_options())]
            options = target[1].options
            options = (option, *options) if self.random.randrange(2) else (*options, option)
            self.put(target[0], replace(target[1], options=options))

    def copy_field(self) -> None:
        """Copies the beginning of an option's fields, such as a key, token, DSN or HMAC."""
        source, target = self.any_segment(with_mptcp=True), self.any_segment(with_mptcp=True)
        if source and target:
            fields = source[1].options[source[1].mptcp_options()[0]][1][4:]
            which = target[1].mptcp_options()[0]
            option = target[1].options[which][1]
            size = min(self.random.choice((4, 8)), len(fields), max(len(option) - 4, 0))
            self.put(target[0], with_option(target[1], which,
                                            option[:4] + fields[:size] + option[4 + size:]))

    def drop_options(self) -> None:
        if found := self.any_segment(with_mptcp=True):
            self.put(found[0], replace(found[1], options=tuple(
                option for option in found[1].options if option[0] != MPTCP)))

    def change_tcp(self) -> None:
        """Changes a port, sequence number, flag or window."""
        if found := self.any_segment():
            tcp = bytearray(found[1].tcp)
            position, size = self.random.choice(
                ((0, 2), (2, 2), (4, 4), (8, 4), (13, 1), (14, 2)))
            if size == 1:
                tcp[position] ^= 1 << self.random.randrange(5)
            else:
                value = int.from_bytes(tcp[position:position + size], "big")
                value += self.random.choice((1, -1, 1000, -1000, 2**(8 * size - 1)))
                tcp[position:position + size] = (value % 2**(8 * size)).to_bytes(size, "big")
            self.put(found[0], replace(found[1], tcp=bytes(tcp)))

    def reverse_direction(self) -> None:
        if found := self.any_segment():
            index, segment = found
            size = 4 if is_ipv4(segment.before, LINKS[self.link]) else 16
            source = LINKS[self.link] + (12 if size == 4 else 8)
            before = segment.before
            before = (before[:source] + before[source + size:source + 2 * size]
                      + before[source:source + size] + before[source + 2 * size:])
            tcp = segment.tcp[2:4] + segment.tcp[:2] + segment.tcp[4:]
            self.put(index, replace(segment, before=before, tcp=tcp))

    def cut(self) -> None:
        """Truncates a packet anywhere, as a snaplen does."""
        index = self.random.randrange(len(self.packets))
        packet = self.packets[index]
        self.packets[index] = replace(
            packet, data=packet.data[:self.random.randrange(20, len(packet.data) + 20)])

    def delete(self) -> None:
        if len(self.packets) > 1:
            del self.packets[self.random.randrange(len(self.packets))]

    def repeat(self) -> None:
        packet = self.random.choice(self.packets)
        self.packets.insert(self.random.randrange(len(self.packets) + 1), packet)

    def move(self) -> None:
        packet = self.packets.pop(self.random.randrange(len(self.packets)))
        self.packets.insert(self.random.randrange(len(self.packets) + 1), packet)

    def change_time(self) -> None:
        index = self.random.randrange(len(self.packets))
        time = self.packets[index].time + self.random.choice((-10**9, 10**9, 10**15, -10**6))
        self.packets[index] = replace(self.packets[index], time=max(0, time))


STEPS = ((Mutation.change_option, 12), (Mutation.copy_option, 4), (Mutation.copy_field, 4),
         (Mutation.swap_options, 2), (Mutation.drop_options, 2), (Mutation.change_tcp, 3),
         (Mutation.reverse_direction, 1), (Mutation.cut, 1), (Mutation.delete, 2),
         (Mutation.repeat, 2), (Mutation.move, 2), (Mutation.change_time, 1))


def mutant(link: int, packets: list[Packet], random: Random) -> list[Packet]:
    mutation = Mutation(link, packets, random)
    steps, weights = zip(*STEPS)
    for step in random.choices(steps, weights, k=random.choice((3, 10, 30, 100))):
        step(mutation)
    return mutation.packets
