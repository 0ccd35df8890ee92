# SPDX-License-Identifier: GPL-2.0-or-later
"""Cells of the table of connections, from the JSON."""

from __future__ import annotations


def share(connection: dict, subflow: dict, role: str) -> str:
    """Of the unique bytes that the host sent."""
    whole = connection["data"][role]["unique"]
    return f"{100 * subflow['data'][role]['unique'] / whole:.1f}%" if whole else "-"
