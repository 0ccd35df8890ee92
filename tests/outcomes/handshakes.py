# SPDX-License-Identifier: GPL-2.0-or-later
"""MP_CAPABLE, fallback at the handshake, and TCP Fast Open."""

from __future__ import annotations

from .case import ANY, HANDSHAKE, HAPPENED, Case, More, end, first_data, plain_data
from generator.segment_table import capable, dss, wait
from generator.wire.options import EXTENSIBLE, HMAC

FLAG_B = EXTENSIBLE | HMAC
FASTOPEN_REQUEST = bytes.fromhex("2202 0101")
FASTOPEN_COOKIE = bytes.fromhex("220a abcd1234abcd1234")
NO_COUNTERS = {"MPCapableSYNRX": 0, "MPCapableACKRX": 0, "MPCapableFallbackACK": 0}


def plain_syn_ack(syn) -> list:
    """The server answers `syn` by plain TCP."""
    return [("C", "S", 0, None, 0, syn), ("S", "S.", 0, 1, 0), ("C", ".", 1, 1, 0), *plain_data()]


def ignored_syn_ack(option) -> list:
    """The client ignores the server's `option` and continues by plain TCP."""
    return [("C", "S", 0, None, 0, capable()), ("S", "S.", 0, 1, 0, option), ("C", ".", 1, 1, 0),
            ("C", "P.", 1, 1, 1000), ("S", ".", 1, 1001, 0), ("S", "P.", 1, 1001, 500),
            ("C", ".", 1001, 501, 0)]


def ignored_third_ack(option) -> list:
    return [*HANDSHAKE[:2], ("C", ".", 1, 1, 0, option), *plain_data()]


PLAIN_FROM_SYN_ACK = {"state": "fallback", "handshake": "syn-only", "fallback": {"frame": 2}}
PLAIN_FROM_THIRD_ACK = {"state": "fallback", "handshake": "half", "fallback": {"frame": 3}}
IGNORED_THIRD_ACK = {"server": {"MPCapableSYNRX": 1, "MPCapableACKRX": 0,
                                "MPCapableFallbackACK": 1},
                     "client": {"MPCapableDataFallback": 0}}
IGNORED = {"fallback": [("client", 3)], "established": [], "version_mismatch": ANY}
# Linux counts the SYN/ACK that it ignores like one without MP_CAPABLE.
IGNORED_SYN_ACK = {"client": {"MPCapableSYNACKRX": 0, "MPCapableFallbackSYNACK": 1},
                   "server": {"MPCapableSYNRX": 1, "MPCapableACKRX": 0,
                              "MPCapableFallbackACK": 1}}
NOT_ESTABLISHED = {"established": [], "fallback": ANY, "version_mismatch": ANY}
SYN_REPEATED = {"state": "fallback", "handshake": "syn-only"}

# What the plugin reports instead, by the kind of fault.

CASES = [
    # RFC 8684 3.1: MP_CAPABLE with B set or without an algorithm is ignored.
    Case("syn_with_flag_b_is_not_counted", "mp_capable/v1_bind_tcpfallback_flagB",
         plain_syn_ack(capable(FLAG_B)), PLAIN_FROM_SYN_ACK,
         {"fallback": [("server", 2)], "established": []}, {"server": NO_COUNTERS}),
    Case("syn_without_algorithm_is_not_counted", "mp_capable/v1_bind_tcpfallback_flagH",
         plain_syn_ack(capable(0)), PLAIN_FROM_SYN_ACK,
         {"fallback": [("server", 2)], "established": []}, {"server": NO_COUNTERS}),
    Case("syn_of_version_0_to_a_server_of_version_1", "mp_capable/v1_bind_tcpfallback_wrongver",
         plain_syn_ack(capable(version=0)), PLAIN_FROM_SYN_ACK,
         {"fallback": [("server", 2)], "established": []}),
    Case("third_ack_with_flag_b_is_ignored", "mp_capable/v1_bind_tcpfallback_flagB_3rd_ack",
         ignored_third_ack(capable(FLAG_B)), PLAIN_FROM_THIRD_ACK,
         IGNORED, IGNORED_THIRD_ACK),
    Case("third_ack_without_algorithm_is_ignored", "mp_capable/v1_bind_tcpfallback_flagH_3rd_ack",
         ignored_third_ack(capable(0)), PLAIN_FROM_THIRD_ACK,
         IGNORED, IGNORED_THIRD_ACK),
    Case("third_ack_of_version_0_is_ignored", "mp_capable/v1_bind_tcpfallback_wrongver_3rd_ack",
         ignored_third_ack(capable(version=0)), PLAIN_FROM_THIRD_ACK,
         IGNORED, IGNORED_THIRD_ACK),
    Case("syn_ack_with_flag_b_is_ignored", "mp_capable/v1_connect_tcpfallback_flagB",
         ignored_syn_ack(capable(FLAG_B)), {"state": "fallback", "fallback": HAPPENED},
         NOT_ESTABLISHED, IGNORED_SYN_ACK),
    Case("syn_ack_without_algorithm_is_ignored", "mp_capable/v1_connect_tcpfallback_flagH",
         ignored_syn_ack(capable(0)), {"state": "fallback", "fallback": HAPPENED},
         NOT_ESTABLISHED, IGNORED_SYN_ACK),
    Case("syn_ack_of_version_0_to_a_client_of_version_1",
         "mp_capable/v1_connect_tcpfallback_wrongver",
         ignored_syn_ack(capable(version=0, keys=("client", "server"))),
         {"state": "fallback", "fallback": HAPPENED}, NOT_ESTABLISHED),
    Case("plain_client_and_mptcp_server", "mp_capable/v1_bind_tcpfallback_nompc",
         [("C", "S", 0, None, 0), ("S", "S.", 0, 1, 0), ("C", ".", 1, 1, 0), *plain_data()], [],
         counters={"server": NO_COUNTERS}),

    # A middlebox drops SYNs with MP_CAPABLE.
    Case("syn_repeated_without_mp_capable_is_answered",
         "mp_capable/v1_mp_capable_connect_drop_fallback",
         [("C", "S", 0, None, 0, capable()), wait(1), ("C", "S", 0, None, 0, capable()), wait(1),
          ("C", "S", 0, None, 0, capable()), wait(1), ("C", "S", 0, None, 0),
          ("S", "S.", 0, 1, 0), ("C", ".", 1, 1, 0),
          ("C", "F.", 1, 1, 0), ("S", "F.", 1, 2, 0), ("C", ".", 2, 2, 0)],
         SYN_REPEATED | {"fallback": {"frame": 5}, "subflows": [{"state": "closed"}]},
         {"fallback": [("server", 5)], "capable_syn": [("client", 1)], "refused": [],
          "subflow_closed": [("server", 8)]},
         {"client": {"MPCapableSYNTX": 1, "MPCapableSYNTXDrop": 1, "MPCapableFallbackSYNACK": 0}},
         more=More([("C", "S", 0, None, 0), ("S", "S.", 0, 1, 0), ("C", ".", 1, 1, 0)])),
    Case("mptcp_after_a_syn_that_was_lost_without_mp_capable_too",
         "mp_capable/v1_mp_capable_connect_drop_fallback_no_blackhole",
         [("C", "S", 0, None, 0, capable()), wait(1), ("C", "S", 0, None, 0), wait(1),
          ("C", "S", 0, None, 0), ("S", "S.", 0, 1, 0), ("C", ".", 1, 1, 0),
          ("C", "F.", 1, 1, 0), ("S", "F.", 1, 2, 0), ("C", ".", 2, 2, 0)],
         [SYN_REPEATED | {"fallback": {"frame": 4}},
          {"state": "open", "handshake": "complete", "fallback": None}],
         {"fallback": [("server", 4)], "established": [("client", 11)]},
         {"client": {"MPCapableSYNTXDrop": 1, "MPCapableSYNACKRX": 1},
          "server": {"MPCapableACKRX": 1}}, more=More(HANDSHAKE)),

    # The SYN is refused, or seems to be.
    Case("syn_refused_by_rst", "syscalls/connect_reset_poll",
         [("C", "S", 0, None, 0, capable()), ("S", "R.", 0, 1, 0)],
         {"state": "refused", "handshake": "syn-only", "fallback": None,
          "subflows": [{"state": "refused", "end": end("refused", "server", 2)}]},
         {"refused": [("server", 2)]}, versions=(0, 1)),
    Case("syn_not_refused_by_rst_without_ack", "fastopen/client-MSG_FASTOPEN-no-cookie-rejected",
         [("C", "S", 0, None, 500, capable()), ("S", "R", 0, None, 0)],
         {"handshake": "syn-only", "subflows": [{"state": "unanswered", "end": None}]},
         {"refused": []}, versions=(0, 1)),
    Case("syn_ack_is_never_acknowledged", "mp_capable/reqsk_clone_migration_token",
         HANDSHAKE[:2], {"handshake": "half", "subflows": [{"state": "half-open", "end": None}]},
         {"refused": [], "established": []}, versions=(0, 1)),

    # RFC 8684 B.2: data of a SYN has no DSN. The data after it begins at DSN 1.
    Case("client_sends_data_with_syn_and_first_data", "fastopen/client-MSG_FASTOPEN-no-cookie",
         [("C", "S", 0, None, 500, capable()), ("S", "S.", 0, 501, 0, capable()),
          ("C", ".", 501, 1, 0, capable()),
          ("C", "P.", 501, 1, 1000, capable(length=1000)), ("S", ".", 1, 1501, 0, dss(ack=1001)),
          ("C", ".", 1501, 1, 0, dss(ack=1, dsn=1001, fin=True, ack64=False))],
         {"state": "open", "handshake": "complete", "fallback": None,
          "data": {"client": {"unique": 1000, "unmapped": 500, "fin": True,
                              "gaps": {"bytes": 0}}}},
         {"established": [("client", 3)], "data_fin": [("client", 6)], "data_unseen": [],
          "mapping_mismatch": [], "idsn_mismatch": []}),
    Case("fastopen_cookie_with_data_in_syn", "fastopen/server-TCP_FASTOPEN-cookie-data",
         [("C", "S", 0, None, 500, FASTOPEN_COOKIE, b"\x01\x01", capable()),
          ("S", "S.", 0, 501, 0, capable()), ("C", ".", 501, 1, 0, capable()),
          ("C", "P.", 501, 1, 1000, capable(length=1000)), ("S", ".", 1, 1501, 0, dss(ack=1001)),
          ("S", ".", 1, 1501, 0, dss(ack=1001, dsn=1, fin=True))],
         {"state": "open", "handshake": "complete", "fallback": None,
          "data": {"client": {"unique": 1000, "unmapped": 500}, "server": {"fin": True}}},
         {"established": [("client", 3)], "data_fin": [("server", 6)], "data_unseen": []}),
    Case("fastopen_cookie_requested_and_connection_closed", "fastopen/client-MSG_FASTOPEN",
         [("C", "S", 0, None, 0, FASTOPEN_REQUEST, capable()),
          ("S", "S.", 0, 1, 0, FASTOPEN_COOKIE, b"\x01\x01", capable()),
          ("C", ".", 1, 1, 0, capable()),
          ("C", ".", 1, 1, 0, dss(ack=1, dsn=1, fin=True)),
          ("S", ".", 1, 1, 0, dss(ack=2, dsn=1, fin=True, dsn64=False)),
          ("C", "F.", 1, 1, 0, dss(ack=2)), ("S", ".", 1, 2, 0, dss(ack=2)),
          ("C", ".", 2, 1, 0, dss(ack=2)), wait(0.4),
          ("S", "F.", 1, 2, 0, dss(ack=2)), ("C", ".", 2, 2, 0)],
         [{"state": "closed", "handshake": "complete", "fallback": None,
           "subflows": [{"state": "closed"}]},
          {"handshake": "half", "subflows": [{"state": "half-open"}],
           "data": {"client": {"unmapped": 500}}}],
         {"closed": [("client", 6)], "subflow_closed": [("server", 9)], "fallback": []},
         more=More([("C", "S", 0, None, 500, FASTOPEN_COOKIE, b"\x01\x01", capable()),
                    ("S", "S.", 0, 501, 0, capable())])),
    Case("new_connection_on_the_4_tuple_after_fins_and_rst",
         "fastopen/server-TCP_FASTOPEN-cookie-req",
         [*HANDSHAKE, ("S", ".", 1, 1, 0, dss(ack=1, dsn=1, fin=True)),
          ("C", ".", 1, 1, 0, dss(ack=2, dsn=1, fin=True, dsn64=False)),
          ("S", "F.", 1, 1, 0, dss(ack=2)), ("C", ".", 1, 2, 0, dss(ack=2)),
          ("S", ".", 2, 1, 0, dss(ack=2)), wait(0.4),
          ("C", "F.", 1, 2, 0, dss(ack=2)), ("S", ".", 2, 2, 0), ("C", "R.", 2, 2, 0)],
         [{"state": "closed", "subflows": [{
             "state": "closed", "end": end("subflow_closed", "client", 9)}]},
          {"handshake": "complete", "state": "open",
           "data": {"client": {"unique": 1000, "unmapped": 500}}}],
         {"closed": [("server", 6)], "subflow_closed": [("client", 9)], "fallback": []},
         more=More([("C", "S", 0, None, 500, capable()), ("S", "S.", 0, 501, 0, capable()),
                    ("C", ".", 501, 1, 0, capable()),
                    ("C", "P.", 501, 1, 1000, capable(length=1000)),
                    ("S", ".", 1, 1501, 0, dss(ack=1001))], reused=True)),

    Case("first_data_with_keys_by_ipv6", "dss/mpc_with_data_client",
         [*HANDSHAKE, *first_data(1000),
          ("C", "P.", 1001, 1, 500, dss(ack=1, dsn=1001, ack64=False)),
          ("S", ".", 1, 1501, 200, dss(ack=1501, dsn=1)), ("C", ".", 1501, 201, 0, dss(ack=201))],
         {"state": "open", "handshake": "complete", "fallback": None,
          "data": {"client": {"unique": 1500, "unmapped": 0},
                   "server": {"unique": 200, "unmapped": 0}}},
         {"established": [("client", 3)], "data_unseen": []},
         {"server": {"MPCapableACKRX": 1}, "client": {"MPCapableSYNACKRX": 1}}, ipv6=True),
]
