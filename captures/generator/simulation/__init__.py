# SPDX-License-Identifier: GPL-2.0-or-later
"""Simulated MPTCP hosts and the capture of what they send.

capture     the capture: frames with times, and stream numbers
connection  connections and subflows: they send segments, and account for those captured
events      the events that the plugin must report
scenario    a capture with its connections, and the JSON that is expected of it
expected    builds that JSON
"""

from .capture import NO_SNAPLEN, PACKET_INTERVAL, START, Capture, Endpoint
from .connection import SYN_OPTIONS, Connection, Subflow
from .scenario import Scenario

__all__ = ["NO_SNAPLEN", "PACKET_INTERVAL", "START", "SYN_OPTIONS", "Capture", "Connection",
           "Endpoint", "Scenario", "Subflow"]
