# SPDX-License-Identifier: GPL-2.0-or-later
"""MP_JOIN, ADD_ADDR, REMOVE_ADDR and MP_PRIO."""

from __future__ import annotations

from .case import HANDSHAKE, Case, end, first_data, joined
from generator.segment_table import add_addr, capable, dss, join
from generator.wire.options import mp_prio, mp_tcprst, remove_addr

ANNOUNCED, ANNOUNCED_6 = "198.51.100.2", "2001:db8::c1:a0"
GOOD = {"synack": "good", "ack": "good"}
OPEN_JOIN = {"state": "open", "kind": "join", "initiator": "client", "hmac": GOOD}
JOIN_COUNTERS = {"client": {"MPJoinSynTx": 1, "MPJoinSynAckRx": 1},
                 "server": {"MPJoinSynRx": 1, "MPJoinAckRx": 1, "MPJoinRejected": 0}}
START = [*HANDSHAKE, *first_data(2)]  # frames 1 to 5


def join_to_an_announced_address(name: str, source: str, address: str, ipv6: bool) -> Case:
    """The client echoes, joins, receives data by the join, and closes on both subflows."""
    fin = dss(ack=101, dsn=3, fin=True)
    return Case(
        name, source,
        [*START, ("S", ".", 1, 3, 0, add_addr(1, address)),
         ("C", ".", 3, 1, 0, add_addr(1, address, echo=True)),
         *joined(ack=3), ("S1", ".", 1, 1, 100, dss(ack=3, dsn=1)),
         ("C1", ".", 1, 101, 0, dss(ack=101)),
         ("C", ".", 3, 1, 0, fin), ("C1", ".", 1, 101, 0, fin)],
        {"state": "open", "handshake": "complete", "fallback": None,
         "subflows": [{"state": "open", "kind": "initial"}, OPEN_JOIN],
         "data": {"client": {"unique": 2, "unmapped": 0, "fin": True},
                  "server": {"unique": 100, "unmapped": 0, "fin": False}},
         "addresses": {"server": [{"id": 0}, {"id": 1, "address": address, "announced": 6,
                                              "echoed": 7, "used": 8, "removed": None}]}},
        {"add_addr": [("server", 6)], "add_addr_echo": [("client", 7)],
         "join_syn": [("client", 8)], "join_synack": [("server", 9)], "join_ack": [("client", 10)],
         "join_established": [("server", 11)], "data_fin": [("client", 14)], "data_fin_acked": []},
        {"client": JOIN_COUNTERS["client"] | {"AddAddr": 1, "EchoAddTx": 1},
         "server": JOIN_COUNTERS["server"] | {"AddAddrTx": 1, "EchoAdd": 1}},
        ipv6=ipv6, ids=(0, 1))


def echoed(name: str, source: str, address: str, port: int | None = None, address_id: int = 12,
           ipv6: bool = False) -> Case:
    """The server announces an address before any data; the client echoes it."""
    return Case(
        name, source,
        [*HANDSHAKE, ("S", ".", 1, 1, 0, add_addr(address_id, address, port)),
         ("C", ".", 1, 1, 0, add_addr(address_id, address, port, echo=True))],
        {"state": "open", "handshake": "complete", "fallback": None,
         "addresses": {"server": [{"id": 0}, {
             "id": address_id, "address": address, "port": port, "announced": 4, "echoed": 5,
             "used": None, "removed": None}]}},
        {"add_addr": [("server", 4)], "add_addr_echo": [("client", 5)]},
        {"client": {"AddAddr": 1, "EchoAddTx": 1, "PortAdd": int(port is not None)},
         "server": {"AddAddrTx": 1, "EchoAdd": 1}}, ipv6=ipv6)


def removed(name: str, source: str, address: str) -> Case:
    """The server removes the address that it has announced, and closes."""
    return Case(
        name, source,
        [*HANDSHAKE, ("S", ".", 1, 1, 0, add_addr(10, address)),
         ("C", ".", 1, 1, 0, add_addr(10, address, echo=True)),
         ("S", ".", 1, 1, 0, remove_addr(10), dss(ack=1, ack64=False)),
         ("S", ".", 1, 1, 0, dss(ack=1, dsn=1, fin=True, ack64=False))],
        {"state": "open", "fallback": None,
         "addresses": {"server": [{"id": 0}, {"id": 10, "address": address, "announced": 4,
                                              "echoed": 5, "removed": 6}]}},
        {"add_addr": [("server", 4)], "add_addr_echo": [("client", 5)],
         "remove_addr": [("server", 6)], "data_fin": [("server", 7)]},
        {"server": {"RmAddrTx": 1}, "client": {"RmAddr": 1}})


CASES = [
    join_to_an_announced_address("join_to_an_announced_address", "mp_join/mp_join_client",
                                 "10.0.8.1", False),
    join_to_an_announced_address("join_to_an_announced_address_by_ipv6",
                                 "mp_join/mp_join_client_v6", "2001:db8:8::1", True),

    # RFC 8684 3.2: the third ACK is repeated until the fourth packet arrives.
    Case("third_ack_of_a_join_is_repeated", "mp_join/3rdack_rtx",
         [*START, *joined(ack=3)[:3], ("C1", ".", 1, 1, 0, join()), ("C1", ".", 1, 1, 0, join()),
          ("S1", ".", 1, 1, 0, dss(ack=3)), ("S1", ".", 1, 1, 100, dss(ack=3, dsn=1)),
          ("C1", ".", 1, 101, 0, dss(ack=101))],
         {"state": "open", "fallback": None, "subflows": [{"state": "open"}, OPEN_JOIN],
          "data": {"server": {"unique": 100}}},
         {"join_ack": [("client", 8)], "join_established": [("server", 11)], "join_stripped": []},
         JOIN_COUNTERS),
    Case("mapping_without_length_in_an_ack_before_a_join", "mp_join/3rdack_rtx",
         [*START, ("S", ".", 1, 3, 0, dss(ack=3, dsn=1, length=0, ssn=0)), *joined(ack=3),
          ("S1", ".", 1, 1, 100, dss(ack=3, dsn=1)), ("C1", ".", 1, 101, 0, dss(ack=101))],
         {"state": "open", "fallback": None, "subflows": [{"state": "open"}, OPEN_JOIN],
          "data": {"server": {"unique": 100, "unmapped": 0}}},
         {"fallback": [], "join_established": [("server", 10)]},
         {"client": {"InfiniteMapRx": 0}, "server": {"InfiniteMapTx": 0, "MPJoinAckRx": 1}}),
    Case("backup_flags_of_both_hosts_in_a_join", "syscalls/accept",
         [*START, *joined(ack=3)],
         {"state": "open", "subflows": [
             {"state": "open", "client": {"backup": False}, "server": {"backup": False}},
             OPEN_JOIN | {"client": {"backup": True, "address_id": 2},
                          "server": {"backup": True, "address_id": 0}}]},
         {"join_established": [("server", 9)]},
         {"server": JOIN_COUNTERS["server"] | {"MPJoinSynBackupRx": 1},
          "client": {"MPJoinSynAckRx": 1, "MPJoinSynAckBackupRx": 1}},
         ids=(2, 0), backup=(True, True)),
    Case("join_with_an_unknown_token", "mp_join/mp_join_server_bad_token",
         [("C", "S", 0, None, 0, join(token=1)), ("S", "R.", 0, 1, 0, mp_tcprst(1))],
         {"partial": True, "state": "refused", "handshake": "unseen",
          "subflows": [{"state": "refused", "end": end("join_refused", "server", 2, reason=1)}]},
         {"join_refused": [("server", 2)]}, {"server": {"MPJoinSynRx": 1, "MPJoinAckRx": 0}}),
    Case("join_is_never_acknowledged", "mp_join/reqsk_clone_migration_msk_ref",
         [*START, *joined(ack=3)[:2]],
         {"state": "open", "subflows": [{"state": "open"}, {"state": "half-open", "end": None}]},
         {"join_refused": [], "join_established": []},
         {"server": {"MPJoinSynRx": 1, "MPJoinAckRx": 0}}),
    Case("one_host_closes_after_a_join", "mp_join/mp_join_server",
         [*START, *joined(ack=3), ("C", "F.", 3, 1, 0, dss(ack=1, dsn=3, fin=True, ack64=False)),
          ("C1", "F.", 1, 1, 0)],
         {"state": "open", "fallback": None,
          "subflows": [{"state": "half-closed", "end": None}, {"state": "half-closed"}],
          "data": {"client": {"fin": True}, "server": {"fin": False}}},
         {"data_fin": [("client", 10)], "subflow_fin": [("client", 10), ("client", 11)],
          "data_fin_acked": [], "subflow_closed": [], "join_stripped": []}, JOIN_COUNTERS),

    # RFC 8684 3.4.1
    echoed("announced_address_is_echoed", "add_addr/add_addr4_server", ANNOUNCED),
    echoed("announced_port_is_echoed", "add_addr/add_addr4_port_client", ANNOUNCED, 4321),
    echoed("announced_ipv6_address_is_echoed", "add_addr/add_addr6_server", ANNOUNCED_6,
           ipv6=True),
    echoed("announced_ipv6_port_is_echoed", "add_addr/add_addr6_port_client", ANNOUNCED_6, 4321),
    Case("echo_on_another_subflow", "add_addr/add_addr_echo_new_sf",
         [*START, ("C", ".", 3, 1, 0, add_addr(1, "10.0.1.1")), *joined(ack=3)[:3],
          ("S1", ".", 1, 1, 0, add_addr(1, "10.0.1.1", echo=True)),
          ("S1", ".", 1, 1, 100, dss(ack=3, dsn=1)), ("C1", ".", 1, 101, 0, dss(ack=101))],
         {"state": "open", "fallback": None, "subflows": [{"state": "open"}, OPEN_JOIN],
          "data": {"server": {"unique": 100}},
          "addresses": {"client": [{"id": 0}, {"id": 1, "address": "10.0.1.1", "announced": 6,
                                               "used": 7, "echoed": 10}]}},
         {"add_addr": [("client", 6)], "add_addr_echo": [("server", 10)], "join_refused": [],
          "join_stripped": []},
         {"client": {"AddAddrTx": 1, "EchoAdd": 1}, "server": {"AddAddr": 1, "EchoAddTx": 1}}),

    # RFC 8684 3.4.2
    removed("announced_address_is_removed", "remove_addr/remove_addr_server_v4", ANNOUNCED),
    removed("announced_ipv6_address_is_removed", "remove_addr/remove_addr_server_v6", ANNOUNCED_6),

    # RFC 8684 3.3.8: MP_PRIO has no address ID in version 1. Linux ignores one that has.
    Case("priorities_change_and_prio_of_version_0_is_ignored", "mp_prio/mp_prio_server",
         [*START, ("C", "P.", 3, 1, 2, dss(ack=1, dsn=3, dsn64=False), mp_prio(True)),
          ("S", ".", 1, 5, 0, dss(ack=5, ack64=False)), *joined(ack=5),
          ("C1", "P.", 1, 1, 10, dss(ack=1, dsn=5, dsn64=False), mp_prio(False)),
          ("S1", ".", 1, 11, 0, dss(ack=15, ack64=False)),
          ("S1", "P.", 1, 11, 100, dss(ack=15, dsn=1, ack64=False)),
          ("C1", ".", 11, 101, 0, dss(ack=101), mp_prio(True, 1)),
          ("S1", "P.", 101, 11, 100, dss(ack=15, dsn=101, ack64=False)),
          ("C1", ".", 11, 201, 0, dss(ack=201)),
          ("C1", ".", 11, 201, 0, dss(ack=201, dsn=15, fin=True)),
          ("S", ".", 1, 5, 0, dss(ack=16, ack64=False)),
          ("S1", ".", 201, 11, 0, dss(ack=16, ack64=False))],
         {"state": "open", "fallback": None,
          "subflows": [{"priorities": [{"frame": 6, "from": "client", "backup": True}]},
                       {"priorities": [{"frame": 12, "from": "client", "backup": False}],
                        "client": {"backup": True}, "server": {"backup": False},
                        "data": {"server": {"unique": 200}, "client": {"unique": 10}}}],
          "data": {"client": {"unique": 14, "fin": True}, "server": {"unique": 200}}},
         {"prio": [("client", 6), ("client", 12)], "data_fin": [("client", 18)],
          "data_fin_acked": [("server", 19)], "join_established": [("server", 11)]},
         {"client": {"MPPrioTx": 2}, "server": {"MPPrioRx": 2, "MPJoinSynBackupRx": 1}},
         backup=(True, False)),

    # Keys in an ACK without data, after data under a DSS: they change nothing.
    Case("keys_repeated_after_data", "mp_reset/mp_reset_multi",
         [*HANDSHAKE, ("C", "P.", 1, 1, 1000, dss(ack=1, dsn=1)),
          ("S", ".", 1, 1001, 0, dss(ack=1001)), ("C", ".", 1, 1, 0, capable()),
          ("S", ".", 1, 1001, 0, dss(ack=1001)), *joined(ack=1001)],
         {"state": "open", "handshake": "complete", "fallback": None,
          "subflows": [{"state": "open"}, OPEN_JOIN], "data": {"client": {"unique": 1000}}},
         {"established": [("client", 3)], "join_established": [("server", 11)],
          "key_mismatch": []}, {"server": {"MPCapableACKRX": 1}}),
]
