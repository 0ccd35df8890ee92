# SPDX-License-Identifier: GPL-2.0-or-later
"""What limits live transfers with one known cause each, against the times that the sender's kernel
counted (tcp_info, see one_cause.py), and against the facts of recordings.

`busy` is the time in which a subflow has data in flight, or to be sent: that of all kinds but the
idle ones. It agrees within TOLERANCE. The kernel starts `rwnd_limited` only when it tries to send
into a full window, and for the window of TCP, not for that of MPTCP: it is a lower bound of the
receive window here. `sndbuf_limited` has no kind: it is where a path is full or blocked.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from one_cause import Cause, Prepare, Run, run
from recorder.cables import TUN, Rule
from recorder.hosts import obstacle
from recorder.networks import Network
from recorder.scenarios import (FROM_CLIENT, FROM_SERVER, STRIP, all_of, has_data, is_syn_ack, paths,
                                rules, sysctl)
from test_series import Row, rows_of

OBSTACLE = obstacle() or ("" if TUN.exists() else f"there is no {TUN}")
live = pytest.mark.skipif(bool(OBSTACLE), reason=OBSTACLE)
pytestmark = pytest.mark.xdist_group("live")

TOLERANCE = 0.12  # of the time of the connection
FAST = 1e9  # bits/s
IDLE = {"handshake", "application", "closing"}


def lose(*places: int) -> Prepare:
    """Drops these data segments of the client on the first path."""
    def prepare(network: Network) -> None:
        network.add_rules(*(Rule(FROM_CLIENT, "dropped", has_data, place, 1) for place in places))

    return prepare


SMALL_BUFFER = sysctl("server", "net.ipv4.tcp_rmem", "4096 65536 65536")
SLOW_READER = {"read": 16384, "read_pause": 0.02, "write": 1_500_000}
CAUSES = {
    "shaped_path": Cause(paths({"rate": 8e6, "delay": 0.01})),
    "shaped_paths": Cause(paths({"rate": 8e6, "delay": 0.01}, {"rate": 8e6, "delay": 0.012}),
                          write=3_000_000, paths=2),
    "fast": Cause(paths({"rate": FAST, "delay": 0.01}), write=20_000_000),
    "slow_reader": Cause(all_of(SMALL_BUFFER, paths({"rate": FAST, "delay": 0.01})), **SLOW_READER),
    "slow_reader_of_tcp": Cause(
        all_of(rules((FROM_SERVER, STRIP, is_syn_ack)), SMALL_BUFFER,
               paths({"rate": FAST, "delay": 0.01})), **SLOW_READER),
    "slow_writer": Cause(paths({"rate": FAST, "delay": 0.005}), writes=30, write=10_000,
                         write_pause=0.1),
    "loss": Cause(all_of(paths({"rate": 2e7, "delay": 0.02}), lose(*range(50, 1400, 60)))),
    "slow_path": Cause(paths({"rate": 8e6, "delay": 0.005}, {"rate": 2.5e5, "delay": 0.1}),
                       write=1_500_000, paths=2),
    "at_the_receiver": Cause(paths({"rate": 8e6, "delay": 0.01}), at="server"),
}


@dataclass
class Limits:
    """The intervals of one sender, with their times in seconds."""

    rows: list[Row]

    def time(self, *kinds: str, subflow: int | None = None) -> float:
        return sum(float(row["end"]) - float(row["time"]) for row in self.rows
                   if row["kind"] in kinds and row["subflow"] in
                   ({row["subflow"]} if subflow is None else {str(subflow)}))

    @property
    def duration(self) -> float:
        return float(self.rows[-1]["end"])

    @property
    def busy(self) -> float:
        return self.duration - self.time(*IDLE)

    @property
    def main_kind(self) -> str:
        """The one that lasts longest."""
        times: Counter = Counter()
        for row in self.rows:
            times[row["kind"]] += float(row["end"]) - float(row["time"])
        return times.most_common(1)[0][0]

    def near(self, seconds: float):
        return pytest.approx(seconds, abs=TOLERANCE * self.duration)


def limits_in(tshark, path: Path, sender: str) -> Limits:
    option = f"mptcp,series,limits,from={sender}"
    return Limits(rows_of(tshark.run("-r", path, "-q", "-z", option).stdout))


@pytest.fixture(scope="module")
def transferred(stage: Path, tshark) -> Callable[[str], tuple[Limits, Run]]:
    """Transfers with a cause, once."""
    @functools.cache
    def transfer(name: str) -> tuple[Limits, Run]:
        found = run(CAUSES[name], stage / f"limits_{name}.pcap")
        return limits_in(tshark, found.capture, "client"), found

    return transfer


@live
@pytest.mark.parametrize("name, kind", [
    ("shaped_path", "path"), ("shaped_paths", "path"), ("fast", "path"),
    ("slow_reader", "receive_window"), ("slow_reader_of_tcp", "receive_window"),
    ("slow_writer", "application"), ("loss", "loss_recovery"), ("slow_path", "head_of_line")])
def test_cause_is_the_main_kind(transferred, name: str, kind: str):
    limits, _ = transferred(name)
    assert limits.main_kind == kind
    assert limits.time("unknown", "not_seen") < 0.05 * limits.duration


@live
@pytest.mark.parametrize("name", ["shaped_path", "fast", "slow_reader", "slow_reader_of_tcp", "loss"])
def test_busy_time_of_one_path_is_that_of_the_kernel(transferred, name: str):
    limits, truth = transferred(name)
    subflow, = truth.subflows
    assert limits.busy == limits.near(subflow.busy)


@live
@pytest.mark.parametrize("name", ["shaped_path", "fast", "slow_writer", "loss", "slow_path"])
def test_no_window_where_the_kernel_knows_none(transferred, name: str):
    limits, truth = transferred(name)
    assert sum(subflow.rwnd_limited for subflow in truth.subflows) < TOLERANCE * limits.duration
    assert limits.time("receive_window") < TOLERANCE * limits.duration


@live
def test_window_of_tcp_is_at_least_that_of_the_kernel(transferred):
    """What a window lets pass belongs to it here, but not in the kernel."""
    limits, truth = transferred("slow_reader_of_tcp")
    subflow, = truth.subflows
    assert 0 < subflow.rwnd_limited <= limits.time("receive_window") <= subflow.busy


@live
def test_slow_writer_is_not_busy(transferred):
    """In the kernel, each write is followed by the round-trip time of its data."""
    limits, truth = transferred("slow_writer")
    subflow, = truth.subflows
    assert subflow.busy < 0.3 * limits.duration
    assert limits.time("application") + subflow.busy > 0.95 * limits.duration


@live
def test_loss_is_on_the_path_that_loses(transferred):
    limits, truth = transferred("loss")
    assert truth.lost > 10
    assert limits.time("loss_recovery", subflow=0) == limits.time("loss_recovery")


@live
def test_paths_that_are_full(transferred):
    """Both at once, which is no single path's time."""
    limits, truth = transferred("shaped_paths")
    both = min(subflow.busy for subflow in truth.subflows)
    assert sum(float(row["end"]) - float(row["time"]) for row in limits.rows
               if row["kind"] == "path" and not row["subflow"]) == limits.near(both)


@live
def test_slow_path_blocks_while_the_fast_one_is_not_busy(transferred):
    limits, truth = transferred("slow_path")
    fast, slow = truth.subflows
    assert limits.busy - limits.time("head_of_line", subflow=1) == limits.near(fast.busy)
    assert limits.busy - limits.time("path", subflow=0) == limits.near(slow.busy)


@live
def test_no_claims_at_the_receiver(transferred):
    limits, _ = transferred("at_the_receiver")
    assert limits.main_kind == "unknown"
    assert not limits.time("path", "head_of_line", "application")


@pytest.mark.parametrize("name, kind, least", [
    ("k_slow_path", "path", 0.6), ("k_lost_path", "loss_recovery", 0.3),
    ("k_receive_window", "receive_window", 0.6)])
def test_cause_of_a_recording(tshark, captures_dir, name: str, kind: str, least: float):
    """The cause that its facts name, in a capture at the sender's end. While one path is lost, the
    other one carries data for about as long."""
    limits = limits_in(tshark, captures_dir / f"{name}.pcap", "server")
    assert limits.time(kind) > least * limits.duration
    assert name == "k_lost_path" or limits.main_kind == kind


def test_cause_of_a_recording_at_the_receiver(tshark, captures_dir):
    """Only the holes that its facts name are certain there."""
    limits = limits_in(tshark, captures_dir / "k_head_of_line.pcap", "server")
    assert limits.time("loss_recovery", subflow=0) > 0.05 * limits.duration
    assert not limits.time("path", "receive_window", "head_of_line", "application")
