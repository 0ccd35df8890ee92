# SPDX-License-Identifier: GPL-2.0-or-later
"""The two hosts of a connection. The client is the one that opened the initial subflow."""

from __future__ import annotations

CLIENT, SERVER = "client", "server"
ROLES = (CLIENT, SERVER)


def other(role: str) -> str:
    return SERVER if role == CLIENT else CLIENT
