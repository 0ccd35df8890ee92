# SPDX-License-Identifier: GPL-2.0-or-later
"""Records the MPTCP of this machine's kernel between network namespaces, with the facts that the
applications and the kernels know of each recording.

From the bottom up:

hosts         hosts, which are network namespaces; their counters and events
segments      TCP segments in Ethernet frames, and how a middlebox changes them
cables        cables between hosts, with delay, rate and rules for single segments
applications  what the hosts run: connections, each with a plan of what it transfers
protocols     servers and clients of upper protocols, in the place of the applications
networks      hosts and the cables between them
dump          recording with dumpcap; parts of recordings
scenarios     the recordings by name
facts         what is known of a recording, as JSON
"""
