# SPDX-License-Identifier: GPL-2.0-or-later
"""RST, MP_TCPRST and MP_FASTCLOSE."""

from __future__ import annotations

from .case import HANDSHAKE, WRONG_INFINITE_MAPPING, Case, end, first_data, joined
from generator.segment_table import add_addr, capable, dss, fastclose, wait
from generator.wire.options import mp_tcprst

# Frames 4 to 13: 1000 bytes on the initial subflow, a join, and 1001 bytes on it.
DATA = [("C", "P.", 1, 1, 1000, dss(ack=1, dsn=1)), ("S", ".", 1, 1001, 0, dss(ack=1001))]
TWO_SUBFLOWS = [*HANDSHAKE, *DATA, ("C", ".", 1, 1, 0, capable()),
                ("S", ".", 1, 1001, 0, dss(ack=1001)), *joined(ack=1001),
                ("C1", "P.", 1, 1, 1001, dss(ack=1, dsn=1001)),
                ("S1", ".", 1, 1002, 0, dss(ack=2002))]
# The server ignores a segment on the second subflow, and answers with this ACK.
CHALLENGE_ACK = ("S1", ".", 1, 1002, 0, dss(ack=2002))
MORE_DATA = [("C1", "P.", 1002, 1, 100, dss(ack=1, dsn=2002)),
             ("S1", ".", 1, 1102, 0, dss(ack=2102))]
BOTH_OPEN = {"state": "open", "fallback": None,
             "subflows": [{"state": "open", "end": None}, {"state": "open", "end": None}],
             "data": {"client": {"unique": 2101, "unmapped": 0}}}
NO_END = {"fastclose": [], "subflow_reset": []}

# What the plugin reports instead, by the kind of fault.
IGNORED_RST = "RST that the receiver ignores: "
RST_RULE = (" RFC 9293 3.10.7.4, RFC 5961 3.2: an RST counts only if its sequence number is "
            "RCV.NXT. Elsewhere in the window it is answered with a challenge ACK.")
SEQUENCE_RULE = (" RFC 9293 3.10.7.4: a segment that is wholly before RCV.NXT is dropped and "
                 "answered with an ACK.")
IGNORED_FASTCLOSE = "MP_FASTCLOSE in a segment that the receiver ignores: "
WRONG_JOIN_RESET = (
    "RST by the host that joined: `join_refused` at frame 9, subflow 1 is `refused`; "
    "MPJoinRejected is 1 and MPJoinAckRx 0 at the server. Linux counts MPJoinAckRx at the third "
    "ACK, and MPJoinRejected only where the listener itself refuses.")

CASES = [
    # RFC 9293 3.10.7.4, RFC 5961 3.2: an RST counts if its sequence number is RCV.NXT.
    Case("rst_beyond_rcv_nxt_and_mp_tcprst_without_rst_are_ignored", "mp_reset/mp_reset_single",
         [*HANDSHAKE, ("C", "R.", 1002, None, 0),
          ("S", ".", 1, 1, 0, dss(ack=1, ack64=False)), ("C", ".", 1, 1, 0, mp_tcprst(1)),
          ("S", "P.", 1, 1, 1000, dss(ack=1, dsn=1, ack64=False)),
          ("C", ".", 1, 1001, 0, dss(ack=1001, dsn=1, length=0)),
          ("C", "R.", 1, None, 0, mp_tcprst(1)), ("C", ".", 1, None, 0), ("S", "R", 0, None, 0)],
         {"state": "reset", "handshake": "complete", "fallback": None,
          "subflows": [{"state": "reset", "end": end("subflow_reset", "client", 9, reason=1)}],
          "data": {"server": {"unique": 1000, "unmapped": 0}}},
         {"subflow_reset": [("client", 9)], "fallback": []},
         {"client": {"InfiniteMapTx": 0}, "server": {"InfiniteMapRx": 0}},
         wrong=IGNORED_RST + "`subflow_reset` at frame 4, and the RST in frame 9 is `repeated`." +
         RST_RULE + " Beside it, " + WRONG_INFINITE_MAPPING.format(frame=8)),
    Case("rst_beyond_rcv_nxt_is_ignored_after_a_plain_syn_ack", "mp_reset/mp_reset_single_tcp",
         [("C", "S", 0, None, 0, capable()), ("S", "S.", 0, 1, 0), ("C", ".", 1, 1, 0),
          ("C", "R.", 1002, None, 0), ("S", ".", 1, 1, 0), ("C", ".", 1, 1, 0, mp_tcprst(1)),
          ("S", "P.", 1, 1, 1000), ("C", ".", 1, 1001, 0), ("C", "R.", 1, None, 0, mp_tcprst(1)),
          ("C", ".", 1, None, 0), ("S", "R", 0, None, 0)],
         {"state": "fallback", "handshake": "syn-only", "fallback": {"frame": 2},
          "subflows": [{"state": "reset", "end": end("subflow_reset", "client", 9, reason=1)}]},
         {"fallback": [("server", 2)], "refused": [], "subflow_reset": [("client", 9)]},
         wrong=IGNORED_RST + "`refused` at frame 4, which is the subflow's `end`. Data follows." +
         RST_RULE),
    Case("rst_beyond_rcv_nxt_on_a_joined_subflow", "mp_reset/mp_reset_multi",
         [*TWO_SUBFLOWS, ("C1", ".", 1002, 1, 0, mp_tcprst(1)),
          ("C1", "R.", 3001, None, 0, mp_tcprst(1)), CHALLENGE_ACK,
          ("C1", "R.", 1002, None, 0, mp_tcprst(1)), wait(0.2),
          ("C1", "P.", 1, 1, 1001, dss(ack=1, dsn=1001)), ("S1", "R", 1, None, 0),
          ("C", "P.", 1001, 1, 1002, dss(ack=1, dsn=2002))],
         {"state": "open", "fallback": None,
          "subflows": [{"state": "open", "end": None},
                       {"state": "reset", "end": end("subflow_reset", "client", 17, reason=1)}],
          "data": {"client": {"unique": 3003, "retransmitted": 1001, "unmapped": 0}}},
         {"subflow_reset": [("client", 17)], "join_established": [("server", 11)]},
         wrong=IGNORED_RST + "`subflow_reset` at frame 15 instead of frame 17." + RST_RULE),
    Case("subflow_continues_after_rst_beyond_rcv_nxt", "mp_reset/mp_reset_multi",
         [*TWO_SUBFLOWS, ("C1", "R.", 3001, None, 0, mp_tcprst(1)), CHALLENGE_ACK, *MORE_DATA],
         BOTH_OPEN, NO_END,
         wrong=IGNORED_RST + "`subflow_reset` at frame 14, subflow 1 stays `reset` while data and "
         "its acknowledgement follow." + RST_RULE),
    Case("plain_rst_beyond_rcv_nxt_is_ignored", "mp_reset/mp_reset_single",
         [*HANDSHAKE, ("C", "R.", 1002, None, 0),
          ("S", ".", 1, 1, 0, dss(ack=1, ack64=False)), *DATA],
         {"state": "open", "handshake": "complete",
          "subflows": [{"state": "open", "end": None}], "data": {"client": {"unique": 1000}}},
         NO_END, versions=(0, 1),
         wrong=IGNORED_RST + "`subflow_reset` at frame 4, connection and subflow are `reset`, "
         "while data and its acknowledgement follow." + RST_RULE),
    Case("rst_counts_although_it_acknowledges_too_much", "syscalls/close_before_accept",
         [*HANDSHAKE, *first_data(2), ("C", "R.", 3, 2, 0, dss(ack=2, ack64=False))],
         {"state": "reset", "handshake": "complete",
          "subflows": [{"state": "reset", "end": end("subflow_reset", "client", 6)}]},
         {"subflow_reset": [("client", 6)]}),
    Case("joiner_resets_both_subflows_after_its_third_ack", "regressions/close_mpj_timeout_wakeup",
         [*HANDSHAKE, ("C", ".", 1, 1, 0, dss(ack=1, ack64=False)), *joined(ack=1)[:3],
          ("C", "R", 1, None, 0), ("C1", "R", 1, None, 0)],
         {"state": "reset", "handshake": "complete",
          "subflows": [{"state": "reset", "end": end("subflow_reset", "client", 8)},
                       {"state": "reset", "end": end("subflow_reset", "client", 9)}]},
         {"subflow_reset": [("client", 8), ("client", 9)], "join_refused": []},
         {"server": {"MPJoinSynRx": 1, "MPJoinAckRx": 1, "MPJoinRejected": 0},
          "client": {"MPJoinSynAckRx": 1}}, versions=(0, 1), wrong=WRONG_JOIN_RESET),

    # MP_FASTCLOSE, RFC 8684 3.5
    Case("fastclose_with_a_wrong_key_then_with_the_right_one",
         "fastclose/receive_fastclose_with_ack",
         [*HANDSHAKE, *DATA, ("C", ".", 1001, 1, 0, fastclose(42)),
          ("C", "P.", 1001, 1, 1000, dss(ack=1, dsn=1001)), ("S", ".", 1, 2001, 0, dss(ack=2001)),
          ("C", ".", 2001, 1, 0, fastclose()), ("S", "R.", 1, 2001, 0, mp_tcprst(0)), wait(1),
          ("C", "P.", 2001, 1, 1000, dss(ack=1, dsn=2001)), ("S", "R", 1, None, 0)],
         {"state": "fastclosed",
          "subflows": [{"state": "reset", "end": end("subflow_reset", "server", 10, reason=0)}],
          "data": {"client": {"unique": 3000}}},
         {"fastclose": [("client", 6), ("client", 9)], "subflow_reset": [("server", 10)]},
         {"server": {"MPFastcloseRx": 1}}),
    Case("fastclose_with_a_wrong_key_is_ignored", "fastclose/receive_fastclose_with_ack",
         [*HANDSHAKE, *DATA, ("C", ".", 1001, 1, 0, fastclose(42)),
          ("C", "P.", 1001, 1, 1000, dss(ack=1, dsn=1001)), ("S", ".", 1, 2001, 0, dss(ack=2001))],
         {"state": "open", "subflows": [{"state": "open", "end": None}],
          "data": {"client": {"unique": 2000}}},
         {"fastclose": [("client", 6)]}, {"server": {"MPFastcloseRx": 0}}, versions=(0, 1)),
    Case("fastclose_with_an_old_sequence_number_then_with_the_right_one",
         "fastclose/receive_fastclose_with_ack_multi",
         [*TWO_SUBFLOWS, ("C1", ".", 1, 1, 0, fastclose()), CHALLENGE_ACK,
          ("C1", ".", 1002, 1, 0, fastclose()), ("S", "R.", 1, 1001, 0, mp_tcprst(0)),
          ("S1", "R.", 1, 1002, 0, mp_tcprst(0))],
         {"state": "fastclosed",
          "subflows": [{"state": "reset", "end": end("subflow_reset", "server", 17, reason=0)},
                       {"state": "reset", "end": end("subflow_reset", "server", 18, reason=0)}]},
         {"fastclose": [("client", 16)], "subflow_reset": [("server", 17), ("server", 18)]},
         {"server": {"MPFastcloseRx": 1}},
         wrong=IGNORED_FASTCLOSE + "`fastclose` at frame 14 as well." + SEQUENCE_RULE),
    Case("fastclose_with_an_old_sequence_number_is_ignored",
         "fastclose/receive_fastclose_with_ack_multi",
         [*TWO_SUBFLOWS, ("C1", ".", 1, 1, 0, fastclose()), CHALLENGE_ACK, *MORE_DATA],
         BOTH_OPEN, NO_END, {"server": {"MPFastcloseRx": 0}},
         wrong=IGNORED_FASTCLOSE + "`fastclose` at frame 14, state `fastclosed`, MPFastcloseRx 1, "
         "while data and its acknowledgement follow." + SEQUENCE_RULE),
    Case("fastclose_with_rst_beyond_rcv_nxt_then_with_the_right_one",
         "fastclose/receive_fastclose_with_rst_multi",
         [*TWO_SUBFLOWS, ("C1", "R.", 3001, None, 0, fastclose()), CHALLENGE_ACK,
          ("C1", "R.", 1002, None, 0, fastclose()), ("S", "R.", 1, 1001, 0, mp_tcprst(0))],
         {"state": "fastclosed",
          "subflows": [{"state": "reset", "end": end("subflow_reset", "server", 17, reason=0)},
                       {"state": "reset", "end": end("subflow_reset", "client", 16)}]},
         {"fastclose": [("client", 16)], "subflow_reset": [("client", 16), ("server", 17)]},
         {"server": {"MPFastcloseRx": 1}},
         wrong=IGNORED_FASTCLOSE + "`fastclose` and `subflow_reset` at frame 14." + RST_RULE),
    Case("fastclose_with_rst_beyond_rcv_nxt_is_ignored",
         "fastclose/receive_fastclose_with_rst_multi",
         [*TWO_SUBFLOWS, ("C1", "R.", 3001, None, 0, fastclose()), CHALLENGE_ACK, *MORE_DATA],
         BOTH_OPEN, NO_END, {"server": {"MPFastcloseRx": 0}},
         wrong=IGNORED_FASTCLOSE + "`fastclose` and `subflow_reset` at frame 14, state "
         "`fastclosed`, MPFastcloseRx 1, while data and its acknowledgement follow." + RST_RULE),
    # The wrong key saves the connection, but not the subflow: the RST counts.
    Case("connection_outlives_its_only_subflow", "fastclose/receive_fastclose_with_rst_v4",
         [*HANDSHAKE, *DATA, ("C", "R.", 1001, None, 0, fastclose(42)), wait(1),
          ("C", "P.", 1001, 1, 1000, dss(ack=1, dsn=1001)), ("S", "R", 1, None, 0),
          *joined(ack=1001)[:3],
          ("S1", ".", 1, 1, 0, add_addr(1, "10.0.8.1"), dss(ack=1001)),
          ("C1", ".", 1, 1, 0, add_addr(1, "10.0.8.1", echo=True), dss(ack=1)),
          ("C1", "P.", 1, 1, 1000, dss(ack=1, dsn=1001)), ("S1", ".", 1, 1001, 0, dss(ack=2001)),
          ("C1", "R.", 1001, None, 0, fastclose()), wait(1),
          ("C1", "P.", 1001, 1, 1000, dss(ack=1, dsn=2001)), ("S1", "R", 1, None, 0)],
         {"state": "fastclosed", "handshake": "complete",
          "subflows": [{"state": "reset", "end": end("subflow_reset", "client", 6)},
                       {"state": "reset", "kind": "join", "hmac": {"synack": "good", "ack": "good"},
                        "end": end("subflow_reset", "client", 16)}],
          "data": {"client": {"unique": 3000, "reinjected": 1000}}},
         {"fastclose": [("client", 6), ("client", 16)],
          "subflow_reset": [("client", 6), ("client", 16)], "join_refused": []},
         {"server": {"MPFastcloseRx": 1, "MPJoinAckRx": 1}}, ids=(0, 0), reused=True),
]
