# SPDX-License-Identifier: GPL-2.0-or-later
"""The output for a capture is the same under all conditions.

Each run changes several conditions at once. If a run fails, the conditions that the other runs do
not share point to the cause. The expected output is that of the golden files, which come from one
statistic in one pass in the locale C; for the JSON, it is the output of such a run. Every run is a
process of its own with other hash seeds. Locale, time zone, order of statistics and input format
are independent of each other in the code, so not all combinations are tested.
"""

from __future__ import annotations

import gzip
import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from captures import Capture
from golden_text import GOLDEN
from locales import make_locale
from tshark import Tshark


@dataclass(frozen=True)
class Conditions:
    locale: str
    zone: str
    statistics: list[str]  # of -z, in this order
    options: list[str]
    alone: bool = False    # no other output


CONDITIONS = {
    # Decimal commas; an offset with quarters of an hour; no name resolution; two passes.
    "two_passes": Conditions(
        "de_DE.UTF-8", "Asia/Kathmandu", ["mptcp,conn", "mptcp,events", "mptcp,json"],
        ["-2", "-n", "-q"], alone=True),
    # A lower case of I outside ASCII; names for all addresses; packet trees.
    "pipe": Conditions(
        "tr_TR.UTF-8", "America/St_Johns",
        ["conv,tcp", "mptcp,json", "expert", "mptcp,events", "io,stat,0", "mptcp,conn"],
        ["-V", "-N", "nmt"]),
    # Other digits; another file format; fields of other packets.
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
    """The output of each statistic when it is the only one."""
    return {"mptcp,conn": (GOLDEN / f"{shipped.name}.conn.txt").read_text(),
            "mptcp,events": (GOLDEN / f"{shipped.name}.events.txt").read_text(),
            "mptcp,json": tshark.run("-r", path_of(shipped), "-q", "-z", "mptcp,json").stdout}


def hosts_file(path: Path, document: str) -> Path:
    """Writes a hosts file with a name for each address in the JSON document."""
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


def without_points(text: str) -> str:
    text = re.sub(r'"points": \[.*?\n  \]', '"points": []', text, flags=re.DOTALL)
    return re.sub(r"^(Point \d+:) .*(, packets \d+)$", r"\1\2", text, flags=re.MULTILINE)


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
    environment = {**locales(conditions.locale), "TZ": conditions.zone}
    out = replace(tshark, environment=environment).run("-r", source, *options, stdin=stdin).stdout
    assert ("host-0.example" in out) == (name == "pipe")
    out = without_points(out)  # a pcapng file names its interface
    for statistic, text in expected.items():
        text = without_points(text)
        assert out.count(text) == 1, statistic
        out = out.replace(text, "")
    assert (out == "") == conditions.alone


def test_the_conditions_take_effect(tshark, captures_dir, locales):
    """The conditions change Wireshark's own output."""
    def shown(name: str) -> str:
        environment = {**locales(CONDITIONS[name].locale), "TZ": CONDITIONS[name].zone}
        return replace(tshark, environment=environment).run(
            "-r", captures_dir / "s25_reuse.pcap", "-c", "1", "-t", "ad", "-z", "conv,tcp").stdout

    hours = {shown(name).split()[2][:2] for name in CONDITIONS}  # of the first packet
    assert len(hours) == 3
    assert "0,0000" in shown("two_passes") and "0,0000" in shown("pipe")
