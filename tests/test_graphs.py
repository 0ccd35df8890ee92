# SPDX-License-Identifier: GPL-2.0-or-later
"""Graphs: `tshark -z mptcp,graph` prints a program for gnuplot. The real gnuplot draws each of them
without a warning, and the picture has what the series has (test_series.py)."""

from __future__ import annotations

import re
import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

TYPES = ("sequence", "goodput", "rtt", "window", "paths", "delay")
# Of a slow path, reinjections, IPv6, address management, backups, fallback, a late start, refused
# connections, no data, and subflows without an answer.
CAPTURES = ("data_order", "reinjection", "ipv6", "path_management", "fallbacks",
            "s13d_fb_strip_synack", "s19_partial_router", "refused", "join_failures",
            "s30_v0_generated")
BEGINNING = "# A program for gnuplot"
SVG = "{http://www.w3.org/2000/svg}"


def program(tshark, path: Path, option: str) -> str:
    return tshark.run("-r", path, "-q", "-z", f"mptcp,graph,{option}").stdout


def draw(text: str, *options: str) -> bytes:
    """What gnuplot prints. It must not complain."""
    done = subprocess.run(["gnuplot", *options, "-"], input=text.encode(), capture_output=True,
                          timeout=60)
    assert done.stderr.decode() == ""
    assert done.returncode == 0
    return done.stdout


def texts(picture: bytes) -> list[str]:
    """The texts in an SVG."""
    root = ElementTree.fromstring(picture)
    return ["".join(each.itertext()).strip() for each in root.iter(f"{SVG}text")]


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("name", CAPTURES)
def test_gnuplot_draws_each_graph(tshark, captures_dir, name: str, kind: str):
    path = next(captures_dir.glob(name + ".pcap*"))
    text = program(tshark, path, kind)
    assert text.startswith(BEGINNING)
    words = texts(draw(text))
    assert any("MPTCP connection" in each for each in words)
    assert any("Time since the first packet" in each for each in words)
    assert any(re.search(r"subflow \d", each) for each in words) or "There is no data to draw." in words


@pytest.mark.parametrize("sender", ["client", "server"])
@pytest.mark.parametrize("kind", TYPES)
def test_hosts_that_sent_nothing(tshark, captures_dir, kind: str, sender: str):
    """Connection 0 of this capture is a SYN without an answer."""
    text = program(tshark, captures_dir / "refused.pcap", f"{kind},conn=0,from={sender}")
    words = texts(draw(text))
    assert kind in ("paths", "rtt") or "There is no data to draw." in words


def test_legend_has_subflows_and_kinds(tshark, captures_dir):
    words = texts(draw(program(tshark, captures_dir / "reinjection.pcap", "sequence")))
    assert "subflow 2: 10.0.2.1:46222 – 10.0.2.2:443" in words
    assert {"reinjected", "DATA_ACK"} <= set(words)
    assert "Data sequence (bytes)" in words


def test_data_is_that_of_the_series(tshark, captures_dir):
    """Few points are not thinned out."""
    path = captures_dir / "s01_single.pcap"
    text = program(tshark, path, "rtt,conn=0,from=client")
    series = tshark.run("-r", path, "-q", "-z", "mptcp,series,rtt,conn=0,from=client").stdout
    blocks = re.findall(r"^\$data\d+ << EOD\n(.*?)^EOD$", text, re.M | re.S)
    drawn = sorted(float(line.split()[0]) for block in blocks for line in block.splitlines())
    assert drawn == sorted(float(line.split(",")[0]) for line in series.splitlines()[1:])


def test_program_needs_no_file(tshark, captures_dir):
    """All that is plotted is in blocks of the program."""
    for kind in TYPES:
        text = program(tshark, captures_dir / "data_order.pcap", kind)
        plots = text[text.index("\nplot "):]
        assert not re.search(r"(?:plot|,) *'", plots)
        assert "set output" not in text


def test_other_terminals(tshark, captures_dir):
    text = program(tshark, captures_dir / "data_order.pcap", "goodput")
    picture = draw(text, "-e", "terminal='pngcairo size 1000,600'")
    assert picture.startswith(b"\x89PNG")


def test_filter_is_in_the_title(tshark, captures_dir, tmp_path):
    """Quotation marks are text, and backquotes run no command."""
    trace = tmp_path / "trace"
    condition = f'frame.number > 3 && !(frame contains "\'`touch {trace}`@x")'
    text = program(tshark, captures_dir / "data_order.pcap", f"sequence,conn=1,{condition}")
    assert any(condition in each for each in texts(draw(text)))
    assert not trace.exists()


def test_graphs_are_independent(tshark, captures_dir):
    """Each program is what it is alone."""
    path = captures_dir / "data_order.pcap"
    requests = ["rtt,conn=0", "sequence,conn=1", "paths,conn=1,frame.number < 30"]
    arguments = [word for request in requests for word in ("-z", f"mptcp,graph,{request}")]
    out = tshark.run("-r", path, "-q", *arguments).stdout
    together = [BEGINNING + part for part in out.split(BEGINNING)[1:]]
    assert sorted(together) == sorted(program(tshark, path, request) for request in requests)


def test_one_pass_and_two_agree(tshark, captures_dir):
    path = captures_dir / "join_before_keys.pcap"
    for kind in TYPES:
        two = tshark.run("-2", "-r", path, "-q", "-z", f"mptcp,graph,{kind}").stdout
        assert two == program(tshark, path, kind)
