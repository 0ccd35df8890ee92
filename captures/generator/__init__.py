# SPDX-License-Identifier: GPL-2.0-or-later
"""Plays Multipath TCP between hosts that do not exist, and keeps the books.

crypto    keys to tokens and IDSNs, the HMACs of joins
options   TCP option 30, byte by byte
packets   IP, TCP, ICMP and tunnels around them
pcap      the capture file
session   connections and subflows that send packets and count them
scenarios what the captures of this project show, one function each
"""
