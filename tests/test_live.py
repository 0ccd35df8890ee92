# SPDX-License-Identifier: GPL-2.0-or-later
"""Live captures of the kernel's MPTCP. The results agree with the counts of the applications and
the kernel, during the capture and after it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator

import pytest

from live import Hosts
from recorder.hosts import obstacle

OBSTACLE = obstacle()
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
    """A tshark that captures at the server, as the user nobody with the rights to capture."""

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
        """Ends the capture as Ctrl-C does. Returns the output that was not read yet."""
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


def test_packets_are_printed_during_the_capture(tshark, hosts):
    """The packets of both subflows are printed before the capture ends.

    With two interfaces, tshark may read the join before the handshake. It then has a connection
    index of its own for a while, so `mptcp.conn` is not compared.
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
