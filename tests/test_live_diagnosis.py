# SPDX-License-Identifier: GPL-2.0-or-later
"""The diagnosis of live connections with one known cause each: why there is one path or none, and how
paths end. Of each, a capture at the client, one at the server and both in one file are diagnosed.

The frames that a statement names are compared with what plain tshark reads in them. That the cause took
place is known from the kernels' counters, and from the packets that the rules of the router applied to.
What limited a connection and chats on how its paths were used depend on the scheduler of the machine, and
are not compared.
"""

from __future__ import annotations

import functools
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from one_fault import FIRST_PORT, ROLES, Facts, Lab
from recorder.hosts import obstacle
from recorder.networks import IPV4, IPV6
from test_diagnosis import paragraphs
from test_points import ABOUT_LIMITS
from tshark import Tshark

OBSTACLE = obstacle()
pytestmark = pytest.mark.skipif(bool(OBSTACLE), reason=OBSTACLE)

FILES = {"client": "client.pcap", "server": "server.pcap", "both": "both.pcapng"}
SYN, SYN_ACK, ACK = (f"tcp flags & (syn | ack) == {flags}" for flags in ("syn", "(syn | ack)", "ack"))
CAPABLE, JOIN = "tcp option mptcp subtype 0", "tcp option mptcp subtype 1"
LATER = "tcp flags & syn == 0 tcp option mptcp exists"
STRIP = "reset tcp option mptcp"
CHANGE = "tcp option @30,32,32 set 0xdeadbeef"  # the HMAC, or the token in a SYN
START = ["connect", "send 1"]
JOINED = [*START, "subflows 2", "send 60"]
PACED = "send 15 0.015"

# Statements that the tables below use: the code, and unless it is an outcome, whose packets it is about,
# and the kinds of the frames that it names. The severity may be one of several. A statement behind a
# question mark may be missing.
WORKS = "chat works"
ONE = "note single_path"
NOT_OFFERED = f"{ONE}", "note no_second_path_offered"
NOT_TRIED = ONE, "note address_not_tried server: server ACK ADD_ADDR"
JOIN_SYN = "client SYN MP_JOIN"
LOST = ONE, f"warn join_unanswered client: {JOIN_SYN}"
BY_RST = ONE, f"warn join_refused client: {JOIN_SYN}, server RST"
BY_RST_WITH_REASON = ONE, f"note join_refused client: {JOIN_SYN}, server RST MP_TCPRST"
BY_CLIENT = ONE, f"note join_refused client: {JOIN_SYN}, client RST MP_TCPRST"
HANDOVER = "chat|note handover"  # note: it took a second or longer
PLAIN_ANSWER = ["note fallback server: client SYN MP_CAPABLE, server SYN/ACK"]


@dataclass
class Case:
    run: Callable[[Lab], None]
    told: dict[str, list[str]]  # in which capture which statements: see ONE
    counters: dict[str, dict[str, int]]  # of the kernels, at least
    families: tuple[int, ...]
    words: dict[str, str]  # of the text, by code


CASES: dict[str, Case] = {}
BOTH_FAMILIES = IPV4, IPV6


def case(*told: str, client: tuple = (), server: tuple = (), both: tuple = (),
         families: tuple[int, ...] = (IPV4,), counters: dict[str, dict[str, int]] | None = None,
         words: dict[str, str] | None = None) -> Callable:
    """`told` in all captures that have no statements of their own."""
    own = {"client": client, "server": server, "both": both}

    def add(run: Callable[[Lab], None]) -> Callable[[Lab], None]:
        CASES[run.__name__] = Case(run, {view: list(own[view] or told) for view in FILES},
                                   counters or {}, families, words or {})
        return run

    return add


def talk(lab: Lab, *lines: str, mptcp: bool = True, connections: int = 1, bound: bool = False) -> None:
    """A server with MPTCP, and a client that obeys."""
    lab.serve(bound=bound)
    lab.call(mptcp, connections)
    lab.ask(*lines)


def to_other(lab: Lab) -> str:
    return f"{'ip' if lab.family == IPV4 else 'ip6'} daddr {lab.other_at_server}"


def on_first_path(lab: Lab) -> list[str]:
    return [f"{'ip' if lab.family == IPV4 else 'ip6'} {end} {lab.first}" for end in ("saddr", "daddr")]


# Healthy

@case(WORKS, families=BOTH_FAMILIES,
      counters={"client": {"MPJoinSynAckRx": 1}, "server": {"MPJoinAckRx": 1}})
def healthy(lab: Lab) -> None:
    lab.join_from_second()
    talk(lab, *JOINED, PACED, "close")


@case(WORKS, families=BOTH_FAMILIES,
      counters={"client": {"AddAddr": 1, "MPJoinSynAckRx": 1}, "server": {"EchoAdd": 1}})
def healthy_announced(lab: Lab) -> None:
    lab.announce_other()
    talk(lab, *JOINED, "close")


@case(ONE, families=BOTH_FAMILIES, counters={"server": {"MPJoinAckRx": 1}})
def healthy_short(lab: Lab) -> None:
    """All is sent before the second path is ready."""
    lab.join_from_second()
    talk(lab, *START, "subflows 2", "close")


@case(WORKS, counters={"client": {"MPJoinSynAckRx": 8}, "server": {"MPJoinAckRx": 8}})
def healthy_many(lab: Lab) -> None:
    lab.join_from_second()
    talk(lab, *JOINED, "close", connections=8)


# Nobody tries

@case(*NOT_OFFERED, counters={"server": {"MPCapableACKRX": 1}})
def nothing_offered(lab: Lab) -> None:
    talk(lab, *START, PACED, "close")


@case(*NOT_OFFERED)
def client_without_limit(lab: Lab) -> None:
    """It has an endpoint, and may open no subflow."""
    lab.limit("client", "subflows", 0)
    lab.join_from_second()
    talk(lab, *START, PACED, "close")


@case(ONE, "note joins_denied server: server SYN/ACK MP_CAPABLE", families=BOTH_FAMILIES)
def flag_c(lab: Lab) -> None:
    lab.sysctl("server", "net.mptcp.allow_join_initial_addr_port", 0)
    lab.join_from_second()
    talk(lab, *START, PACED, "close")


@case(*NOT_TRIED, families=BOTH_FAMILIES,
      counters={"client": {"AddAddr": 1}, "server": {"AddAddrTx": 1}})
def announced_and_not_accepted(lab: Lab) -> None:
    lab.limit("client", "add_addr_accepted", 0)
    lab.announce_other()
    talk(lab, *START, PACED, "close")


@case(*NOT_TRIED, counters={"client": {"AddAddr": 1}})
def announced_and_client_without_limit(lab: Lab) -> None:
    lab.limit("client", "subflows", 0)
    lab.announce_other()
    talk(lab, *START, PACED, "close")


# A join fails

@case(*LOST, server=NOT_TRIED, families=BOTH_FAMILIES, counters={"client": {"MPJoinSynTx": 1}})
def join_dropped(lab: Lab) -> None:
    lab.announce_other()
    lab.in_router((to_other(lab), "drop"))
    talk(lab, *START, PACED, "close")


@case(client=LOST, server=(ONE, f"warn join_unanswered client: {JOIN_SYN}, server SYN/ACK MP_JOIN"),
      both=(ONE, f"warn join_unanswered client: {JOIN_SYN}, server SYN/ACK MP_JOIN"),
      families=BOTH_FAMILIES, counters={"server": {"MPJoinSynRx": 1}})
def join_answer_dropped(lab: Lab) -> None:
    lab.join_from_second()
    lab.in_router((f"{SYN_ACK} {JOIN}", "drop"))
    talk(lab, *START, PACED, "close")


@case(*BY_RST, server=NOT_TRIED, families=BOTH_FAMILIES)
def join_rejected_by_rst(lab: Lab) -> None:
    lab.announce_other()
    lab.in_router((to_other(lab), "reject with tcp reset"))
    talk(lab, *START, PACED, "close")


@case(*LOST, server=NOT_TRIED)
def join_rejected_by_icmp(lab: Lab) -> None:
    """The kernel goes on after this error, and a capture of TCP does not have it."""
    lab.announce_other()
    lab.in_router((to_other(lab), "reject with icmpx admin-prohibited"))
    talk(lab, *START, PACED, "close")


@case(*BY_RST, families=BOTH_FAMILIES)
def join_to_where_nothing_listens(lab: Lab) -> None:
    lab.announce_other()
    talk(lab, *START, PACED, "close", bound=True)


@case(*BY_RST_WITH_REASON, families=BOTH_FAMILIES, counters={"server": {"MPJoinRejected": 1}},
      words={"join_refused": "prohibited (reason 3). Look at `ip mptcp limits` of the server"})
def server_without_limit(lab: Lab) -> None:
    lab.limit("server", "subflows", 0)
    lab.join_from_second()
    talk(lab, *START, PACED, "close")


@case(client=(ONE, f"error join_hmac client: {JOIN_SYN}, server SYN/ACK MP_JOIN"), server=BY_CLIENT,
      both=(ONE, f"warn join_refused client: {JOIN_SYN}, client RST MP_TCPRST, "
            "server SYN/ACK MP_JOIN"),
      families=BOTH_FAMILIES, counters={"client": {"MPJoinSynAckHMacFailure": 1}})
def hmac_of_server_changed(lab: Lab) -> None:
    lab.join_from_second()
    lab.in_router((f"{SYN_ACK} {JOIN}", CHANGE))
    talk(lab, *START, PACED, "close")


@case(client=BY_RST_WITH_REASON,
      server=(ONE, f"error join_hmac client: {JOIN_SYN}, client ACK MP_JOIN"),
      both=(ONE, f"warn join_refused client: {JOIN_SYN}, server RST MP_TCPRST, client ACK MP_JOIN"),
      families=BOTH_FAMILIES, counters={"server": {"MPJoinAckHMacFailure": 1}})
def hmac_of_client_changed(lab: Lab) -> None:
    lab.join_from_second()
    lab.in_router((f"{ACK} {JOIN}", CHANGE))
    talk(lab, *START, PACED, "close")


@case(client=BY_RST_WITH_REASON, server=NOT_OFFERED,  # the join is of no connection there
      both=(ONE, f"warn join_refused client: {JOIN_SYN}, server RST MP_TCPRST, {JOIN_SYN}"),
      counters={"server": {"MPJoinNoTokenFound": 1}})
def token_changed(lab: Lab) -> None:
    lab.join_from_second()
    lab.in_router((f"{SYN} {JOIN}", CHANGE))
    talk(lab, *START, PACED, "close")


@case(client=(ONE, f"warn join_stripped client: {JOIN_SYN}, server SYN/ACK"), server=NOT_OFFERED,
      both=(ONE, f"warn join_stripped client: {JOIN_SYN}, server SYN/ACK, client SYN"),
      families=BOTH_FAMILIES)
def syn_of_join_stripped(lab: Lab) -> None:
    lab.join_from_second()
    lab.in_router((f"{SYN} {JOIN}", STRIP))
    talk(lab, *START, PACED, "close")


@case(client=(ONE, f"warn join_stripped client: {JOIN_SYN}, server SYN/ACK"), server=BY_CLIENT,
      both=(ONE, f"warn join_refused client: {JOIN_SYN}, client RST MP_TCPRST, "
            "server SYN/ACK MP_JOIN, server SYN/ACK"),
      families=BOTH_FAMILIES, counters={"server": {"MPJoinSynRx": 1}})
def syn_ack_of_join_stripped(lab: Lab) -> None:
    lab.join_from_second()
    lab.in_router((f"{SYN_ACK} {JOIN}", STRIP))
    talk(lab, *START, PACED, "close")


@case(client=BY_RST_WITH_REASON, server=(ONE, f"warn join_stripped client: {JOIN_SYN}, client ACK"),
      both=(ONE, f"warn join_refused client: {JOIN_SYN}, server RST MP_TCPRST, client ACK MP_JOIN, "
            "client ACK"))
def third_ack_of_join_stripped(lab: Lab) -> None:
    lab.join_from_second()
    lab.in_router((f"{ACK} {JOIN}", STRIP))
    talk(lab, *START, PACED, "close")


# Plain TCP, or nothing

@case(client=PLAIN_ANSWER, server=("",), both=(
          "warn fallback server: client SYN MP_CAPABLE, server SYN/ACK, client SYN",),
      families=BOTH_FAMILIES, counters={"client": {"MPCapableFallbackSYNACK": 1}})
def syn_stripped(lab: Lab) -> None:
    lab.in_router((f"{SYN} {CAPABLE}", STRIP))
    talk(lab, *START, PACED, "close")


@case(client=PLAIN_ANSWER,
      server=("warn fallback client: server SYN/ACK MP_CAPABLE, client ACK",),
      both=("warn fallback client: server SYN/ACK MP_CAPABLE, client ACK, server SYN/ACK",),
      counters={"server": {"MPCapableFallbackACK": 1}})
def syn_ack_stripped(lab: Lab) -> None:
    lab.in_router((f"{SYN_ACK} {CAPABLE}", STRIP))
    talk(lab, *START, PACED, "close")


@case(client=("warn fallback server: server ACK",),
      server=("warn fallback client: server SYN/ACK MP_CAPABLE, client ACK",),
      both=("warn fallback server: server ACK, client ACK MP_CAPABLE, client ACK",),
      counters={"server": {"MPCapableFallbackACK": 1}})
def all_but_the_syns_stripped(lab: Lab) -> None:
    lab.in_router((LATER, STRIP))
    talk(lab, *START, PACED, "close")


@case("warn fallback", counters={"client": {"DssFallback": 1}},
      words={"fallback": "data and its acknowledgments have no MPTCP option from there on"})
def stripped_later(lab: Lab) -> None:
    lab.in_router((f"ct packets > 12 {LATER}", STRIP))
    talk(lab, *START, PACED, "close")


@case(*PLAIN_ANSWER, counters={"client": {"MPCapableFallbackSYNACK": 1}})
def server_without_mptcp(lab: Lab) -> None:
    lab.sysctl("server", "net.mptcp.enabled", 0)
    lab.serve(mptcp=False)
    lab.call()
    lab.ask(*START, "close")


@case(*PLAIN_ANSWER, counters={"client": {"MPCapableFallbackSYNACK": 1}})
def plain_listener(lab: Lab) -> None:
    lab.serve(mptcp=False)
    lab.call()
    lab.ask(*START, "close")


@case("")
def plain_client(lab: Lab) -> None:
    talk(lab, *START, "close", mptcp=False)


@case("error refused server: client SYN MP_CAPABLE, server RST", families=BOTH_FAMILIES)
def nothing_listens(lab: Lab) -> None:
    lab.call()
    lab.ask("connect")
    assert lab.answer == "connect: ConnectionRefusedError; "
    lab.answer = ""


@case("error unanswered client: client SYN MP_CAPABLE", server=("",))
def syn_dropped(lab: Lab) -> None:
    lab.in_router((SYN, "drop"))
    lab.serve()
    lab.call()
    lab.tell("connect")
    time.sleep(1.2)


# How paths are used, and end

@case(ONE, f"note backup_only server: server ACK DSS, {JOIN_SYN}", families=BOTH_FAMILIES,
      counters={"server": {"MPJoinSynBackupRx": 1}},
      words={"backup_only": "The client asked to use it as a backup"})
def backup_of_client(lab: Lab) -> None:
    lab.join_from_second("subflow", "backup")
    talk(lab, *JOINED, PACED, "close")


@case(ONE, "note backup_only", counters={"client": {"MPJoinSynAckBackupRx": 1}},
      words={"backup_only": "The server asked to use it as a backup"})
def backup_of_server(lab: Lab) -> None:
    lab.announce_other("signal", "backup")
    talk(lab, *JOINED, PACED, "close")


@case(WORKS, "chat path_closed client: client FIN DSS", counters={"client": {"RmSubflow": 1}})
def endpoint_of_client_deleted(lab: Lab) -> None:
    """The kernel sends a FIN, and no REMOVE_ADDR for an address that it did not announce."""
    lab.join_from_second()
    talk(lab, *JOINED)
    lab.flush_endpoints("client")
    lab.ask(PACED, "close")


@case(WORKS, "chat path_closed server: server FIN DSS, server ACK DSS+REMOVE_ADDR",
      families=BOTH_FAMILIES, counters={"client": {"RmAddr": 1}, "server": {"RmAddrTx": 1}})
def endpoint_of_server_deleted(lab: Lab) -> None:
    lab.announce_other()
    talk(lab, *JOINED)
    lab.flush_endpoints("server")
    lab.ask(PACED, "close")


# In one file of both ends, data that one host sent and the other one did not get looks like an answer.
@case(client=(WORKS, "warn path_failed client", f"{HANDOVER} client"),
      server=(WORKS, "warn path_failed server", f"?{HANDOVER} server"),
      both=(WORKS, "?warn path_failed", f"{HANDOVER} client", f"?{HANDOVER} server"),
      counters={"client": {"MPTCPRetrans": 1}})
def first_path_cut(lab: Lab) -> None:
    lab.join_from_second()
    talk(lab, *JOINED)
    lab.in_router(*((which, "drop") for which in on_first_path(lab)), forever=True)
    lab.ask("send 1", "send 70 0.02", "close")


@case(client=(WORKS, "note path_stalled", f"{HANDOVER} client", f"?{HANDOVER} server"),
      server=(WORKS, "note path_stalled", f"?{HANDOVER} client", f"?{HANDOVER} server"),
      both=(WORKS, "?note path_stalled", f"{HANDOVER} client", f"?{HANDOVER} server"),
      counters={"client": {"MPTCPRetrans": 1}})
def first_path_stalled(lab: Lab) -> None:
    lab.join_from_second()
    talk(lab, *JOINED)
    lab.in_router(*((which, "drop") for which in on_first_path(lab)))
    lab.ask("send 1", "send 60 0.02")
    lab.rules_away()
    lab.ask("send 50 0.02", "close")


@case(client=(WORKS, "?note path_stalled client", f"?{HANDOVER} client", f"?{HANDOVER} server"),
      server=(WORKS, "note path_stalled server", f"?{HANDOVER} client", f"?{HANDOVER} server"),
      both=(WORKS, "?note path_stalled", f"?{HANDOVER} client", f"?{HANDOVER} server"))
def link_down(lab: Lab) -> None:
    """The client's first device has no carrier, so a capture there does not have what it sends."""
    lab.join_from_second()
    talk(lab, *JOINED)
    with lab.down("router", "near1"):
        lab.ask("send 1", "send 60 0.02")
    lab.ask("send 50 0.02", "close")


@case(WORKS, "note aborted client: client RST MP_FASTCLOSE+MP_TCPRST", families=BOTH_FAMILIES,
      counters={"client": {"MPFastcloseTx": 1}, "server": {"MPFastcloseRx": 1}})
def aborted(lab: Lab) -> None:
    lab.join_from_second()
    talk(lab, *JOINED, "abort")


@case(WORKS, "note aborted client: client RST MP_FASTCLOSE+MP_TCPRST",
      counters={"client": {"MPFastcloseTx": 1}, "server": {"MPFastcloseRx": 1}})
def killed_with_unread_data(lab: Lab) -> None:
    lab.join_from_second()
    talk(lab, *JOINED, "leave")
    lab.kill()


# What was found

FIELDS = ["ip.src", "ip.dst", "ipv6.src", "ipv6.dst", "tcp.srcport", "tcp.dstport", "tcp.flags.syn",
          "tcp.flags.ack", "tcp.flags.reset", "tcp.flags.fin", "tcp.options.mptcp.subtype"]
SUBTYPES = ["MP_CAPABLE", "MP_JOIN", "DSS", "ADD_ADDR", "REMOVE_ADDR", "MP_PRIO", "MP_FAIL",
            "MP_FASTCLOSE", "MP_TCPRST"]
DEPENDS_ON_SCHEDULER = {"path_unused", "reinjections_useless", "path_closed"}


@dataclass
class Frame:
    """As plain tshark reads it."""

    kind: str  # "server RST MP_TCPRST"
    client: tuple[str, str]  # address and port
    server: tuple[str, str]


def frame_of(row: dict[str, list[str]]) -> Frame:
    value = {name: values[0] if values else "" for name, values in row.items()}
    ends = [(value[f"ip.{end}"] or value[f"ipv6.{end}"], value[f"tcp.{end}port"])
            for end in ("src", "dst")]
    is_servers = FIRST_PORT < int(value["tcp.srcport"]) <= FIRST_PORT + len(CASES)
    syn, ack, reset, fin = (value[f"tcp.flags.{flag}"] == "1" for flag in ("syn", "ack", "reset", "fin"))
    flags = ("RST" if reset else "SYN/ACK" if syn and ack else "SYN" if syn else "FIN" if fin else "ACK")
    options = "+".join(SUBTYPES[int(each)] for each in row["tcp.options.mptcp.subtype"])
    client, server = reversed(ends) if is_servers else ends
    return Frame(f"{'server' if is_servers else 'client'} {flags} {options}".strip(), client, server)


class Found:
    """All cases of one family, run once, and their captures."""

    def __init__(self, family: int, folder: Path, tshark: Tshark, plain: Tshark) -> None:
        self.folder = folder
        self.facts: dict[str, Facts | Exception] = {}
        with Lab(family) as lab, lab.recording(folder):
            for name, each in CASES.items():
                if family in each.families:
                    self.facts[name] = self._run(lab, each)
        self.documents = {view: tshark.json(self.file(view)) for view in FILES}
        self.frames = {view: [frame_of(row) for row in plain.fields(self.file(view), FIELDS)]
                       for view in FILES}

    @staticmethod
    def _run(lab: Lab, each: Case) -> Facts | Exception:
        """A case that fails does not keep the others from running."""
        try:
            return lab.run(each.run)
        except Exception as error:  # told by the test of the case
            return error

    def file(self, view: str) -> Path:
        return self.folder / FILES[view]

    def of(self, name: str) -> Facts:
        facts = self.facts[name]
        if isinstance(facts, Exception):
            raise facts
        return facts


@pytest.fixture(scope="module")
def found(stage: Path, tshark: Tshark, plain: Tshark) -> Callable[[int], Found]:
    @functools.cache
    def run(family: int) -> Found:
        folder = stage / f"live_diagnosis_{family}"
        folder.mkdir()
        folder.chmod(0o755)
        return Found(family, folder, tshark, plain)

    return run


def parameters() -> list:
    """All tests of a family run in one process."""
    return [pytest.param(family, name, id=f"IPv{family}-{name}",
                         marks=pytest.mark.xdist_group(f"live_diagnosis_{family}"))
            for family in BOTH_FAMILIES for name, each in CASES.items() if family in each.families]


def matches(expected: str, statement: dict, frames: list[Frame]) -> bool:
    """See ONE."""
    head, _, kinds = expected.removeprefix("?").partition(": ")
    severity, code, *sender = head.split()
    named = [frames[frame - 1].kind for frame in statement["frames"]]
    named = [kind for place, kind in enumerate(named) if place == 0 or kind != named[place - 1]]
    return code == statement["code"] and statement["severity"] in severity.split("|") and (
        not sender or sender == [statement["sender"]]) and (not kinds or kinds.split(", ") == named)


def ends_of(subflow: dict) -> tuple[tuple[str, str], ...]:
    return tuple((subflow[role]["address"], str(subflow[role]["port"])) for role in ROLES)


@pytest.mark.parametrize("family, name", parameters())
def test_cause_is_told(found, family: int, name: str):
    """The statements are those of the table; besides them, there are none of severity warn or error. If
    the machine is fast, the scheduler may send all on one of two paths."""
    run, each = found(family), CASES[name]
    facts = run.of(name)
    assert facts.answer == "" and facts.packets != 0
    for role, counters in each.counters.items():
        for counter, least in counters.items():
            assert facts.counters[role][counter] >= least, f"{role}: {counter}"
    for view, document in run.documents.items():
        frames = run.frames[view]
        connections = {connection["conn"]: connection for connection in document["connections"]
                       if connection["server"]["port"] == facts.port}
        whole = [conn for conn, connection in connections.items() if not connection["partial"]]
        assert bool(whole) == (each.told[view] != [""])
        for conn in whole:
            used = sum(any(subflow["payload"].values()) for subflow in connections[conn]["subflows"])
            expected = [ONE if used == 1 and one == WORKS else one for one in each.told[view]]
            for statement in document["diagnosis"]:
                if statement["conn"] != conn or statement["code"] in ABOUT_LIMITS:
                    continue
                told = f"{view}: {statement['severity']} {statement['code']}: {statement['text']}"
                hit = [one for one in expected if matches(one, statement, frames)]
                assert hit or statement["code"] in DEPENDS_ON_SCHEDULER, told
                if not hit:
                    assert statement["severity"] in ("note", "chat"), told
                    continue
                expected.remove(hit[0])
                assert each.words.get(statement["code"], "") in statement["text"], told
                if statement["subflow"] is not None and ": " in hit[0]:
                    first = frames[statement["frames"][0] - 1]
                    subflow = connections[conn]["subflows"][statement["subflow"]]
                    assert (first.client, first.server) == ends_of(subflow), told
            missing = [one for one in expected if not one.startswith("?")]
            assert not missing, f"{view}: not told"


@pytest.mark.xdist_group(f"live_diagnosis_{IPV4}")
def test_nobody_offers(tshark, found, stage: Path):
    """The one statement on a capture without MPTCP."""
    run = found(IPV4)
    path = stage / "plain_client.pcap"
    subprocess.run(["tshark", "-r", run.file("server"), "-w", path, "-Y",
                    f"tcp.port == {run.of('plain_client').port}"], check=True, capture_output=True)
    path.chmod(0o644)
    statement, = tshark.json(path)["diagnosis"]
    assert (statement["code"], statement["conn"]) == ("not_offered", None)
    assert statement["figures"]["packets"] >= 8


@pytest.mark.parametrize("family", [pytest.param(family, id=f"IPv{family}", marks=pytest.mark.xdist_group(
    f"live_diagnosis_{family}")) for family in BOTH_FAMILIES])
def test_text_says_the_same(tshark, found, family: int):
    """One connection a report."""
    run = found(family)
    ports = [facts.port for facts in run.facts.values() if isinstance(facts, Facts)]
    reports = [word for port in ports for word in ("-z", f"mptcp,diagnosis,tcp.port == {port}")]
    text = tshark.run("-r", run.file("both"), "-q", *reports).stdout
    told = sorted(words for report in text.split("MPTCP Diagnosis\n")[1:]
                  for _, statements in paragraphs(report) for _, words, _ in statements)
    assert told == sorted(each["text"] for each in run.documents["both"]["diagnosis"])
