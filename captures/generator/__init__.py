# SPDX-License-Identifier: GPL-2.0-or-later
"""Plays Multipath TCP between hosts that do not exist, and keeps the books.

crypto      keys to tokens and IDSNs, the HMACs of joins
options     TCP option 30, byte by byte
packets     IP, TCP, ICMP and tunnels around them
pcap        the capture file
session     connections and subflows that send packets and count them
pieces      data that goes out in any order, under any mapping
signals     what the options of a segment say of data
data_books  what each octet of payload was, and which checksums are right
order_books what came too early, what waited for it, what never came
scenarios   what the captures of this project show, one function each
"""
