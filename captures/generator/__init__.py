# SPDX-License-Identifier: GPL-2.0-or-later
"""Generates captures of simulated MPTCP hosts, with the results that are expected for them.

From the bottom up:

roles             client and server
wire              from values to bytes and back
accounting        the reference accounting: expected results, by brute force
simulation        connections and subflows that send, and the capture
scenarios         captures about connections and subflows
data_scenarios    captures about the data level
registry          the captures by name
segment_table     captures from tables of segments, without hosts
many_connections  captures of any number of connections
"""
