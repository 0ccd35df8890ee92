# SPDX-License-Identifier: GPL-2.0-or-later
"""Scenarios about connections and subflows.

capture_conditions  late, one-way, reordered, duplicated and truncated captures
encapsulation       tunnels, ICMP errors, IPv6, fragments
endings             DATA_FIN, FIN, RST, silence
fallbacks           fallback to plain TCP
handshake_flaws     handshakes that contradict themselves or the RFC
handshakes          versions, refused handshakes, MP_FASTCLOSE, joins by either host
join_failures       joins that fail
one_path            why only one path is used
path_use            one path compared with two
paths               addresses and priorities
reuse               tokens, keys and 4-tuples that occur more than once
script_example      the example of the script that this project replaces
traffic             what the scenarios share
wire_format         options of every form, and malformed ones
"""
