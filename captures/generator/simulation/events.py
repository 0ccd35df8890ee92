# SPDX-License-Identifier: GPL-2.0-or-later
"""The events that the plugin must report, in the terms of `tshark -z mptcp,json`."""

from __future__ import annotations

# All other events have the severity chat.
SEVERITIES = {
    **dict.fromkeys(("refused", "unanswered", "version_downgrade", "odd_flags", "odd_form",
                     "join_refused", "join_stripped", "join_unanswered", "join_forbidden",
                     "fastclose", "subflow_reset", "data_unseen", "data_unmapped",
                     "reinjection_burst", "window_zero", "path_silent"), "note"),
    **dict.fromkeys(("version_mismatch", "key_mismatch", "idsn_mismatch", "fail", "fallback",
                     "mapping_mismatch"), "warn"),
    "checksum_bad": "error"}

# The events that end a subflow.
ENDINGS = ("refused", "join_refused", "subflow_reset", "subflow_closed")


def event(kind: str, frame: int, sender: str, severity: str | None = None, **members) -> dict:
    """`expert_info` among the members names an expert info that the frame has as well."""
    return {"type": kind, "frame": frame, "from": sender,
            "severity": severity or SEVERITIES.get(kind, "chat"), **members}


def ending(event: dict) -> dict:
    """The member `end` of a subflow that this event has ended."""
    details = {name: event[name] for name in ("reason_in_words", "transient") if name in event}
    return {"frame": event["frame"], "from": event["from"], "how": event["type"],
            "reason": event.get("reason"), **details}
