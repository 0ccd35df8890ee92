# SPDX-License-Identifier: GPL-2.0-or-later
"""The fields and display filters that many tests ask for, by one run of tshark for all of them.

To start tshark takes longer than to read most captures. So Tshark.fields() asks for all of FIELDS
at once, and has Wireshark evaluate all of FILTERS (matches.lua), when a test asks for some of
them; the next test gets its answer from the same run. What is not listed here has a run of its
own: the lists only save time.
"""

from __future__ import annotations

FILTERS = (
    "frame",
    "mptcp.backup",
    "mptcp.conn",
    "mptcp.conn && !mptcp.copy_of",
    "mptcp.data.reinjection",
    "mptcp.data.reinjection_of || mptcp.data.reinjected_in",
    "mptcp.data.rel && mptcp.payload > 0",
    "mptcp.data.retransmission",
    "mptcp.idsn.client || mptcp.idsn.server",
    "mptcp.payload > 0",
    "mptcp_conn",
    "mptcp_conn && !mptcp.copy_of",
    "mptcp_conn.join_syn || mptcp_conn.join_synack",
    "tcp && !icmp && !icmpv6",
    "tcp.analysis.ack_rtt && mptcp_conn",
    "tcp.analysis.initial_rtt && mptcp_conn",
)
FIELDS = tuple("""
    frame.len frame.number ip.dst ip.src ipv6.dst ipv6.src
    mptcp.address_id.client mptcp.address_id.server mptcp.backup mptcp.conn
    mptcp.data.blocked.bytes mptcp.data.checksum.status mptcp.data.in_flight
    mptcp.data.out_of_order mptcp.data.reinjected_in mptcp.data.reinjection
    mptcp.data.reinjection_of mptcp.data.rel mptcp.data.retransmission mptcp.data.seq
    mptcp.data.unmapped mptcp.data.window mptcp.from_client mptcp.hmac.status
    mptcp.idsn.client mptcp.idsn.server mptcp.join.response_in mptcp.join.response_to
    mptcp.key.client mptcp.key.server mptcp.nonce.client mptcp.nonce.server mptcp.payload
    mptcp.subflow mptcp.subflow.backup mptcp.token mptcp.token.client mptcp.token.server mptcp.version
    mptcp_conn.event mptcp_conn.join_syn mptcp_conn.join_synack
    tcp.analysis.ack_rtt tcp.analysis.initial_rtt tcp.flags.ack tcp.flags.syn
    tcp.options.mptcp.addrid tcp.payload tcp.srcport tcp.stream""".split())
PASSES = ((), ("-2",))
MATCHES = "matches\t"

Row = dict[str, list[str]]


def are_shared(names: list[str], options: tuple[str, ...], display_filter: str) -> bool:
    return (options in PASSES and set(names) <= set(FIELDS)
            and (display_filter or "frame") in FILTERS)


def arguments(script: str) -> list[str]:
    """What tshark is told to evaluate FILTERS."""
    return ["-X", f"lua_script:{script}",
            *(word for each in FILTERS for word in ("-X", f"lua_script1:{each}"))]


def split(out: str) -> tuple[list[str], dict[str, list[int]]]:
    """From what tshark prints: the line of each frame, and the frames that match each filter."""
    lines = out.splitlines()
    frames = [line for line in lines if not line.startswith(MATCHES)]
    matches = {}
    for line in lines[len(frames):]:
        _, number, numbers = line.split("\t")
        matches[FILTERS[int(number) - 1]] = list(map(int, numbers.split()))
    assert set(matches) == set(FILTERS), "matches.lua did not run"
    return frames, matches
