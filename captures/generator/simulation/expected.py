# SPDX-License-Identifier: GPL-2.0-or-later
"""The JSON that is expected of a scenario, in the schema of `tshark -z mptcp,json`.

It is computed from what the simulated hosts sent. The capture file is never read. Members
that another test covers are left out.
"""

from __future__ import annotations

from ..accounting.data import DataAccounting
from ..accounting.order import OrderAccounting
from ..accounting.traffic import TrafficCounters
from ..roles import CLIENT, ROLES, SERVER, other
from ..wire import crypto, options
from .capture import Capture
from .connection import Connection, Subflow


def document(capture: Capture, connections: list[Connection], with_streams: bool) -> dict:
    captured = sorted((each for each in connections if each.captured_subflows()),
                      key=lambda each: each.first_frame)
    documents = [_connection(each, index, with_streams) for index, each in enumerate(captured)]
    result = {"schema": 1, "packets": capture.tcp_packets, "connections": documents,
              "totals": {"connections": len(documents),
                         "established": sum(d["handshake"] == "complete" for d in documents),
                         "subflows": sum(len(d["subflows"]) for d in documents),
                         "payload": sum(sum(d["payload"].values()) for d in documents)}}
    if events := _required_events(captured):
        result["required_events"] = events
    return result


def add_copies(document: dict, connections: list[Connection]) -> None:
    """For captures of several points, in which all packets are captured in order."""
    total = 0
    for connection, result in zip(connections, document["connections"]):
        result["copies"] = {role: sum(s.copies[role] for s in connection.subflows)
                            for role in ROLES}
        total += sum(result["copies"].values())
        for subflow, part in zip(connection.captured_subflows(), result["subflows"]):
            part |= {"copies": subflow.copies, "also": subflow.also}
    document["totals"]["copies"] = total


def _required_events(captured: list[Connection]) -> list[dict]:
    """The events of all subflows, by frame, with the indexes of their connections and subflows."""
    events = [{"type": event["type"], "frame": event["frame"], "conn": index, "subflow": number,
               **event}
              for index, connection in enumerate(captured)
              for number, subflow in enumerate(connection.captured_subflows())
              for event in subflow.events]
    return sorted(events, key=lambda event: event["frame"])


def _connection(connection: Connection, index: int, with_streams: bool) -> dict:
    subflows = connection.captured_subflows()
    traffic = TrafficCounters.sum([subflow.traffic for subflow in subflows])
    result = {
        "conn": index, "version": connection.reported_version if connection.seen else None,
        "handshake": connection.captured_handshake(), "state": connection.state,
        "partial": "syn" not in connection.seen,
        **{role: _host(connection, role, subflows) for role in ROLES},
        **traffic.span(), "packets": traffic.packets, "payload": traffic.payload,
        "subflows": [_subflow(subflow, number, with_streams)
                     for number, subflow in enumerate(subflows)]}
    _add_data(connection, result, subflows)
    if connection.seen:
        result["checksum_required"] = bool(connection.flags & options.CHECKSUM)
    if isinstance(connection.fallback, dict) or not connection.fallback:
        result["fallback"] = connection.fallback or None
    if connection.capture.has_events:
        result["addresses"] = {role: table.rows for role, table in connection.addresses.items()}
        if connection.counters:
            result["counters"] = connection.counters
        for subflow, part in zip(subflows, result["subflows"]):
            part["idle"] = (max(traffic.times) - max(subflow.traffic.times)) / 1e6
    return result


def _host(connection: Connection, role: str, subflows: list[Subflow]) -> dict:
    address, port = subflows[0].ends[role]
    key = connection.keys[role]
    host = {"address": address, "port": port, "key": None, "token": None, "idsn": None}
    if connection.key_known(role):
        host |= {"key": f"0x{key:016x}", "token": connection.token(role),
                 "idsn": f"0x{crypto.idsn(connection.version, key):016x}"}
    elif any(subflow.initiator == other(role) and "syn" in subflow.seen for subflow in subflows
             if subflow.kind == "join"):
        host["token"] = connection.token(role)  # from the SYN of a join
    return host


def _add_data(connection: Connection, result: dict, subflows: list[Subflow]) -> None:
    """Adds the member `data` to a connection and to its subflows."""
    accounting = connection.data_accounting()
    result["data"] = {role: accounting[role].of_connection() for role in ROLES}
    for subflow, part in zip(subflows, result["subflows"]):
        part["data"] = {role: accounting[role].of_subflow(subflow) for role in ROLES}
    if not connection.has_order:
        return
    for role in ROLES:
        order = _order(connection, role, accounting)
        result["data"][role] |= order.of_connection()
        for subflow, part in zip(subflows, result["subflows"]):
            part["data"][role] |= order.of_subflow(subflow)


def _order(connection: Connection, role: str,
           accounting: dict[str, DataAccounting]) -> OrderAccounting:
    """The accounting must agree with the numbers that the scenario states itself."""
    order = OrderAccounting(accounting[role], connection.first_dsn(role),
                            accounting[other(role)].segments)
    computed = order.of_connection()
    wrong = {name: (value, computed[name]) for name, value in
             connection.stated_order.get(role, {}).items() if computed[name] != value}
    assert not wrong, f"the scenario states other numbers than its accounting: {wrong}"
    return order


def _subflow(subflow: Subflow, index: int, with_streams: bool) -> dict:
    result = {
        "subflow": index, "kind": subflow.reported_kind, "initiator": subflow.reported_initiator,
        **{role: _end(subflow, role) for role in ROLES},
        "hmac": {"synack": _hmac_verdict(subflow, "syn_ack"),
                 "ack": _hmac_verdict(subflow, "ack")},
        **subflow.traffic.span(), "packets": subflow.traffic.packets,
        "payload": subflow.traffic.payload}
    capture = subflow.connection.capture
    if with_streams:
        result["stream"] = capture.stream(*subflow.ends.values())
    if subflow.state:
        result["state"] = subflow.state
    if capture.has_events:
        result |= {"priorities": subflow.priorities, "end": subflow.end}
    return result


def _end(subflow: Subflow, role: str) -> dict:
    address, port = subflow.ends[role]
    known = subflow.id_known(role)
    return {"address": address, "port": port,
            "address_id": subflow.ids[role] if known else None,
            "nonce": subflow.nonces[role] if known else None,
            "backup": subflow.backup[role] if known else None}


def _hmac_verdict(subflow: Subflow, packet: str) -> str:
    if packet in subflow.verdicts:
        return subflow.verdicts[packet]
    if subflow.kind != "join" or packet not in subflow.seen:
        return "absent"
    keys_known = all(subflow.connection.key_known(role) for role in (CLIENT, SERVER))
    return "good" if keys_known and {"syn", "syn_ack"} <= subflow.seen else "unverified"
