# SPDX-License-Identifier: GPL-2.0-or-later
"""From values to bytes and back.

crypto        keys to tokens and IDSNs; HMACs
options       TCP option 30 as bytes
data_options  the parser for the options that describe data
packets       IP, TCP and ICMP packets, and tunnels
pcap          capture files
"""
