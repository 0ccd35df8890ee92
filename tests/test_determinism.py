# SPDX-License-Identifier: GPL-2.0-or-later
"""A capture gives the same octets of output, whatever goes on around it.

Each run changes many conditions at once: if none of them matters, all of the
output is right, and if one does, the run that fails tells it by what the other
runs do not share. What is expected are the golden files, which one statistic
alone in one pass in the locale C wrote, and for the JSON such a run here. Every
run is a process of its own, so each has other random keys in its hash tables.
Runs over all captures make up for what few conditions a run leaves out: locale,
time zone, order and input do not know of each other in the code.
"""

from __future__ import annotations

import gzip
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from captures import Capture
from locales import make_locale
from test_statistics import GOLDEN
from tshark import Tshark


@dataclass(frozen=True)
class Conditions:
    locale: str
    zone: str
    statistics: list[str]  # of -z, in this order
    options: list[str]
    alone: bool = False    # nothing else is printed


CONDITIONS = {
    # Commas in numbers; a quarter of an hour in the zone; no names; two passes.
    "two_passes": Conditions(
        "de_DE.UTF-8", "Asia/Kathmandu", ["mptcp,conn", "mptcp,events", "mptcp,json"],
        ["-2", "-n", "-q"], alone=True),
    # A lower case of I that is none of ASCII; names for all addresses; each packet's tree.
    "pipe": Conditions(
        "tr_TR.UTF-8", "America/St_Johns",
        ["conv,tcp", "mptcp,json", "expert", "mptcp,events", "io,stat,0", "mptcp,conn"],
        ["-V", "-N", "nmt"]),
    # Digits of its own; another format of file; fields of other packets.
    "pcapng_gz": Conditions(
        "fa_IR.UTF-8", "UTC", ["mptcp,events", "mptcp,json", "io,stat,1", "mptcp,conn", "expert"],
        ["-2", "-Y", "udp", "-T", "fields", "-e", "frame.number", "-e", "frame.time"]),
}


@pytest.fixture(scope="session")
def locales(stage: Path) -> Callable[[str], dict[str, str]]:
    folder = stage / "locales"
    folder.mkdir()
    return lambda name: make_locale(folder, name)


@pytest.fixture
def expected(tshark: Tshark, path_of, shipped: Capture) -> dict[str, str]:
    """What each statistic says when it is alone."""
    return {"mptcp,conn": (GOLDEN / f"{shipped.name}.conn.txt").read_text(),
            "mptcp,events": (GOLDEN / f"{shipped.name}.events.txt").read_text(),
            "mptcp,json": tshark.run("-r", path_of(shipped), "-q", "-z", "mptcp,json").stdout}


def hosts_file(path: Path, document: str) -> Path:
    """Names for all addresses that the JSON document has."""
    addresses = sorted({line.split('"')[3] for line in document.splitlines()
                        if '"address": "' in line})
    path.write_text("".join(f"{address} host-{number}.example\n"
                            for number, address in enumerate(addresses)))
    path.chmod(0o644)
    return path


def as_pcapng_gz(path: Path, target: Path) -> Path:
    pcapng = subprocess.run(["editcap", "-F", "pcapng", path, "-"], check=True,
                            stdout=subprocess.PIPE).stdout
    target.write_bytes(gzip.compress(pcapng, 1))
    target.chmod(0o644)
    return target


@pytest.mark.parametrize("name", CONDITIONS)
def test_output_is_the_same(tshark, path_of, stage, locales, shipped: Capture, expected,
                            name: str):
    conditions, path, stdin = CONDITIONS[name], path_of(shipped), None
    options = [*conditions.options, *(word for each in conditions.statistics
                                      for word in ("-z", each))]
    source: str | Path = path
    if name == "pipe":
        source, stdin = "-", path.read_bytes()
        options += ["-H", str(hosts_file(stage / f"{shipped.name}.hosts", expected["mptcp,json"]))]
    elif name == "pcapng_gz":
        source = as_pcapng_gz(path, stage / f"{shipped.name}.pcapng.gz")
    there = replace(tshark, environment={**locales(conditions.locale), "TZ": conditions.zone})
    out = there.run("-r", source, *options, stdin=stdin).stdout
    assert ("host-0.example" in out) == (name == "pipe")
    for statistic, text in expected.items():
        assert out.count(text) == 1, statistic
        out = out.replace(text, "")
    assert (out == "") == conditions.alone


def test_the_conditions_are_as_they_say(tshark, captures_dir, locales):
    """Wireshark's own output does change with them."""
    def shown(name: str) -> str:
        environment = {**locales(CONDITIONS[name].locale), "TZ": CONDITIONS[name].zone}
        return replace(tshark, environment=environment).run(
            "-r", captures_dir / "s25_reuse.pcap", "-c", "1", "-t", "ad", "-z", "conv,tcp").stdout

    hours = {shown(name).split()[2][:2] for name in CONDITIONS}  # of the first packet
    assert len(hours) == 3
    assert "0,0000" in shown("two_passes") and "0,0000" in shown("pipe")
