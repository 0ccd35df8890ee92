# SPDX-License-Identifier: GPL-2.0-or-later
"""The reference accounting: the results that the plugin must report, computed by brute force.

addresses  the address table of a host
segments   captured segments and their mappings as plain values
data       the kind of each payload byte, and the verdict on each DSS checksum
order      data out of order, head-of-line blocking, and gaps
traffic    packets, payload, frames and times of a subflow

It uses `wire` and knows nothing of the simulated hosts.
"""
