# SPDX-License-Identifier: GPL-2.0-or-later
"""Live captures of the machine's own MPTCP: what tshark says while and after it captures is
what the applications and the kernel have counted."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator

import pytest

import live
from live import Hosts

OBSTACLE = live.obstacle()
pytestmark = [pytest.mark.skipif(bool(OBSTACLE), reason=OBSTACLE), pytest.mark.xdist_group("live")]

UP, DOWN = 300_000, 54_321
ADDRESSES = {"IPv4": "10.77.1.2", "IPv6": "fd77:1::2"}
JOINED_FROM = {"IPv4": "10.77.2.1", "IPv6": "fd77:2::1"}
COUNTED = [f"MPTcpExt{name}" for name in ("MPCapableSYNRX", "MPCapableACKRX", "MPJoinSynRx",
                                          "MPJoinAckRx", "MPFastcloseRx", "MPRstTx")]


@pytest.fixture
def hosts() -> Iterator[Hosts]:
    with Hosts() as made:
        yield made


class LiveTshark:
    """tshark while it captures at the server, as nobody who may capture."""

    def __init__(self, hosts: Hosts, tshark, *arguments: str) -> None:
        self._hosts = hosts
        interfaces = [word for name in hosts.interfaces for word in ("-i", name)]
        self._command = [*hosts.at_server(), "tshark", *interfaces, *arguments]
        self._environment = {"PATH": os.environ["PATH"], "HOME": str(tshark.home),
                             "LC_ALL": "C.UTF-8", "WIRESHARK_PLUGIN_DIR": str(tshark.plugin_dir)}

    def __enter__(self) -> LiveTshark:
        self.process = subprocess.Popen(self._command, env=self._environment, text=True,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self._hosts.wait_for_capture()
        return self

    def __exit__(self, *_error) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def stop(self) -> str:
        """Ends the capture as Ctrl-C does; what tshark has printed that was not read yet."""
        self.process.send_signal(signal.SIGINT)
        out, _ = self.process.communicate(timeout=60)
        assert self.process.returncode == 0
        return out


@pytest.mark.parametrize("family", ADDRESSES)
def test_statistics_agree_with_applications_and_kernel(tshark, hosts, family: str):
    with LiveTshark(hosts, tshark, "-q", "-z", "mptcp,json") as capture:
        transfer = hosts.transfer(ADDRESSES[family], UP, DOWN)
        document = json.loads(capture.stop())
    assert (transfer.up, transfer.down) == (UP, DOWN)
    connection, = document["connections"]
    assert connection["handshake"] == "complete"
    assert connection["state"] == "closed"
    assert connection["client"]["token"] == transfer.client_token
    assert connection["server"]["token"] == transfer.server_token
    assert {role: data["unique"] for role, data in connection["data"].items()} == {
        "client": UP, "server": DOWN}
    initial, join = connection["subflows"]
    assert join["client"]["address"] == JOINED_FROM[family]
    assert join["hmac"] == {"synack": "good", "ack": "good"}
    assert sum(sum(each["payload"].values()) for each in (initial, join)) >= UP + DOWN
    counters = connection["counters"]["server"]
    assert {name: counters.get(name, 0) for name in COUNTED} == {
        name: transfer.counters.get(name, 0) for name in COUNTED}


def test_text_of_a_live_capture(tshark, hosts):
    with LiveTshark(hosts, tshark, "-q", "-z", "mptcp,conn", "-z", "mptcp,events") as capture:
        transfer = hosts.transfer(ADDRESSES["IPv4"], UP, DOWN)
        text = capture.stop()
    assert str(transfer.server_token) in text
    assert "Totals: connections 1, established 1, subflows 2," in text
    assert "join_established" in text


def test_packets_are_told_as_they_come(tshark, hosts):
    """The capture has not ended yet when the packets of both subflows are printed.

    Of two interfaces, tshark may read the join before the handshake: it is a connection of
    its own up to there, so `mptcp.conn` is not compared.
    """
    with LiveTshark(hosts, tshark, "-l", "-T", "fields", "-e", "mptcp.subflow",
                    "-e", "mptcp.token.server") as capture:
        transfer = hosts.transfer(ADDRESSES["IPv4"], UP, DOWN)
        seen = set()
        while len(seen) < 2:
            subflow, token = capture.process.stdout.readline().rstrip("\n").split("\t")
            if token:
                assert token == str(transfer.server_token)
                seen.add(subflow)
        assert capture.process.poll() is None
    assert seen == {"0", "1"}
