# SPDX-License-Identifier: GPL-2.0-or-later
"""Recordings of real kernels (captures/record.py) agree with their facts.

The facts are what the applications counted, the kernels' counters and events, and what is known by
the construction of the scenario: how many connections and subflows a recording has. No decoder took
part in them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parent.parent / "captures"
ROLES = ("client", "server")

PORT = 5001  # of the server, if the facts have none

# What the lab's facts lack.
OF_THE_LAB = {
    "s40_tfo_writes": {"capture": {"at": "client: -i any", "connections": 3, "established": 3,
                                   "subflows": 6, "complete": True, "times": 1,
                                   "syn_data": [0, 192, 192]}},
    "s41_cookie_synack_lost_server": {"capture": {"at": "server: -i any", "connections": 1,
                                                  "established": 1, "subflows": 2,
                                                  "complete": True, "times": 1}},
}

# Events of severity warn and error that the scenario justifies.
FALLS_BACK = ["warn fallback"]
ALARMS = {
    "k_fastopen_syn_lost_client": FALLS_BACK,
    "k_fastopen_syn_lost_server": FALLS_BACK,
    "k_payload_changed_client": ["error checksum_bad", "warn fail", "warn fail", "warn fallback"],
    "k_payload_changed_server": ["warn fail", "warn fail", "warn fallback"],
    "k_strip_first_data_client": FALLS_BACK,
    "k_strip_first_data_server": FALLS_BACK,
    "k_strip_midstream_client": FALLS_BACK,
    "k_strip_midstream_server": FALLS_BACK,
    "k_strip_syn_client": FALLS_BACK,
    "k_strip_synack_client": FALLS_BACK,
    "k_strip_synack_server": FALLS_BACK,
    "k_strip_third_ack_client": FALLS_BACK,
    "k_strip_third_ack_server": FALLS_BACK,
}

# What the plugin reports, and what is right. Each bug: the reason, the tests that fail, and the
# recordings on which they fail.
GROUPING = ("connections_and_subflows", "subflows_belong_to_their_connections")
TWICE = ("nothing_is_sent_twice_that_the_kernels_sent_once", "payload_is_what_wireshark_counts")
UNIQUE, COUNTERS = "unique_bytes_are_the_applications", "counters_agree_with_the_kernels"
KNOWN_BUGS = [
    ("a server with SYN cookies counts both SYNs: MPCapableSYNRX 2, not 1", (COUNTERS,),
     ("k_cookies_synack_lost_server", "s41_cookie_synack_lost_server")),
    ("client: MPCapableDataFallback 0, not 1: the server answers the first data without an option",
     (COUNTERS,), ("k_fastopen_syn_lost_client",)),
    ("server: MPCapableACKRX 2, MPCapableFallbackACK 0, DssFallback 1, not 1, 1, 0: the third ACK has"
     " data and both keys, but no length", (COUNTERS,), ("k_fastopen_syn_lost_server",)),
]


@dataclass(frozen=True)
class Recording:
    path: Path

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def facts(self) -> dict:
        text = self.path.with_name(f"{self.name}.facts.json").read_text()
        return OF_THE_LAB.get(self.name, {}) | json.loads(text)

    @property
    def port(self) -> int:
        return self.facts.get("port", PORT)

    @property
    def capture(self) -> dict:
        """How many connections and subflows it has, and whether it has all of their packets."""
        return self.facts["capture"]

    def sent(self, role: str) -> list[int]:
        """The bytes that this role's application sent, by connection."""
        return [each["sent"] for each in self.facts["application"][role]]

    def syn_data(self, role: str) -> list[int]:
        """Those of them that SYNs carried. They have no place in the data sequence."""
        carried = self.capture.get("syn_data") if role == "client" else None
        return carried or [0] * len(self.sent(role))

    @property
    def hosts_with_this_view(self) -> tuple[str, ...]:
        """The hosts that received what was recorded: all, unless the network changed it."""
        changed = ("changed_on_the_way", "dropped_on_the_way")
        if any(self.facts.get(each) for each in changed):
            return (self.capture["at"].split(":")[0],)
        return ROLES

    def counter(self, role: str, name: str) -> int:
        return self.facts["counters"][role].get(name, 0)


def recordings() -> list[Recording]:
    names = [path.name.removesuffix(".facts.json") for path in FOLDER.glob("k_*.facts.json")]
    return [Recording(path) for name in sorted(names) + sorted(OF_THE_LAB)
            for path in FOLDER.glob(f"{name}.pcap*")]


def each_recording(test):
    """Runs the test on each recording; strictly expects it to fail where a bug is known."""
    def parameter(recording: Recording):
        marks = [pytest.mark.xdist_group(recording.name)]
        for reason, tests, names in KNOWN_BUGS:
            if test.__name__.removeprefix("test_") in tests and recording.name in names:
                marks.append(pytest.mark.xfail(strict=True, reason=reason))
        return pytest.param(recording, id=recording.name, marks=marks)

    return pytest.mark.parametrize("recording", map(parameter, recordings()))(test)


@pytest.fixture
def document(tshark, captures_dir, recording: Recording) -> dict:
    return tshark.json(captures_dir / recording.path.name)


def total(document: dict, role: str, kind: str) -> int:
    return sum(connection["data"][role][kind] for connection in document["connections"])


@each_recording
def test_connections_and_subflows(document, recording: Recording):
    names = ("connections", "established", "subflows")
    assert {name: document["totals"][name] for name in names} == {
        name: recording.capture[name] for name in names}


@each_recording
def test_subflows_belong_to_their_connections(document, recording: Recording):
    """The kernel's events say which flows are one connection's."""
    if not recording.facts.get("connections"):
        pytest.skip("the facts have no connections of the kernels")
    known = [{tuple(subflow) for subflow in connection["subflows"]}
             for connection in recording.facts["connections"]]
    for connection in document["connections"]:
        found = {ends(subflow) for subflow in connection["subflows"]}
        assert any(found == flows if recording.capture["subflows"] > 1 else found <= flows
                   for flows in known)


def ends(subflow: dict) -> tuple:
    return tuple(subflow[role][part] for role in ROLES for part in ("address", "port"))


@each_recording
def test_tokens_are_the_kernels(document, recording: Recording):
    """A host whose kernel did not create an MPTCP connection has no token in the facts."""
    for role in ROLES:
        known = [connection[f"{role}_token"] for connection in recording.facts.get("connections", [])]
        found = {connection[role]["token"] for connection in document["connections"]
                 if connection["handshake"] == "complete" or connection[role]["token"] is not None}
        if known and None not in known:
            assert found <= set(known)


@each_recording
def test_unique_bytes_are_the_applications(document, recording: Recording):
    if not recording.capture["complete"] or recording.capture["connections"] == 0:
        pytest.skip("not all packets were recorded")
    for role in ROLES:
        found = [{kind: connection["data"][role][kind] for kind in ("unique", "unmapped")}
                 for connection in document["connections"]]
        assert found == [{"unique": sent - in_syn, "unmapped": in_syn} for sent, in_syn
                         in zip(recording.sent(role), recording.syn_data(role))], role


@each_recording
def test_nothing_is_sent_twice_that_the_kernels_sent_once(document, recording: Recording):
    for role in ROLES:
        if recording.counter(role, "TcpRetransSegs") == 0:
            assert total(document, role, "retransmitted") == 0, role
        if recording.counter(role, "MPTcpExtMPTCPRetrans") == 0:
            assert total(document, role, "reinjected") == 0, role


@each_recording
def test_payload_is_what_wireshark_counts(tshark, captures_dir, document, recording: Recording):
    """Each packet counts as often as it was sent, not as often as it was recorded."""
    if recording.capture["connections"] == 0:
        pytest.skip("there is no MPTCP connection")
    rows = tshark.fields(captures_dir / recording.path.name, ["tcp.len", "tcp.srcport"])
    for role in ROLES:
        recorded = sum(int(row["tcp.len"][0]) for row in rows
                       if (row["tcp.srcport"] == [str(recording.port)]) == (role == "server"))
        found = sum(connection["payload"][role] for connection in document["connections"])
        assert found * recording.capture["times"] == recorded, role


@each_recording
def test_counters_agree_with_the_kernels(document, recording: Recording):
    if not recording.capture["complete"] or recording.capture["connections"] == 0:
        pytest.skip("not all packets were recorded")
    for role in recording.hosts_with_this_view:
        counted = document["counters"][role]
        assert counted == {name: recording.counter(role, name) for name in counted}, role


@each_recording
def test_no_false_alarm(tshark, captures_dir, document, recording: Recording):
    alarms = [f"{event['severity']} {event['type']}" for event in document["events"]
              if event["severity"] in ("warn", "error")]
    assert alarms == ALARMS.get(recording.name, [])
    expert = tshark.run("-r", captures_dir / recording.path.name, "-q", "-z", "expert,warn").stdout
    assert expert.count("MPTCP Connection") == len(alarms)


@pytest.mark.parametrize("name, parts", [
    ("k_one_path", ("first", "second")),
    ("k_one_way", ("client", "server")),
])
def test_parts_add_up_to_the_whole(tshark, captures_dir, name: str, parts: tuple[str, str]):
    """Two recordings of one run, each with a part of the packets."""
    files = [Recording(FOLDER / f"{name}_{part}.pcap") for part in parts]
    documents = [tshark.json(captures_dir / each.path.name) for each in files]
    for role in ROLES:
        assert sum(total(document, role, "unique") for document in documents) == \
            sum(files[0].sent(role))


def test_readme_lists_each_recording():
    readme = (FOLDER / "README.md").read_text()
    for recording in recordings():
        assert f"`{recording.name}`" in readme
