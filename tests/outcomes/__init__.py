# SPDX-License-Identifier: GPL-2.0-or-later
"""What a real kernel does with exactly these packets, and what must therefore be reported.

The scripts of multipath-tcp/packetdrill (gtests/net/mptcp) state outcomes: which segment the
kernel ignores, which one it answers and how, what its sockets and counters say. Each case has the
packets of such an outcome, and cites the script. Only facts are taken from the scripts.

case        a case, and rows that many cases share
handshakes  MP_CAPABLE, fallback at the handshake, TCP Fast Open
joins       MP_JOIN, ADD_ADDR, REMOVE_ADDR, MP_PRIO
data        mappings, DATA_ACKs, DATA_FINs, fallback after the handshake
endings     RST, MP_TCPRST, MP_FASTCLOSE
"""
