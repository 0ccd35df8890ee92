# SPDX-License-Identifier: GPL-2.0-or-later
"""Scenarios about the data level (RFC 8684 3.3).

checksums      DSS checksums
data_order     data out of order, head-of-line blocking, gaps
data_transfer  what these scenarios share: data sent at any offset, under any mapping
mappings       mappings of every form
mappings_late  mappings of subflows whose handshake was not captured
reinjections   data sent more than once
troubles       what makes a connection slow
"""
