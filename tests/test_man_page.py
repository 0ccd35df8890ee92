# SPDX-License-Identifier: GPL-2.0-or-later
"""docs/mptcp_conn.7 documents what the plugin has, and is valid for both of Debian's readers."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

PAGE = Path(__file__).resolve().parent.parent / "docs" / "mptcp_conn.7"


def needs(program: str):
    return pytest.mark.skipif(not shutil.which(program), reason=f"not installed: {program}")


def section(title: str) -> str:
    return PAGE.read_text().split(f".Sh {title}\n")[1].split("\n.Sh ")[0]


def words(text: str) -> set[str]:
    """The words that are marked as commands."""
    return set(re.findall(r"^\.(?:It )?Cm (\S+)", text, re.M))


def test_statistics_are_those_of_the_plugin(tshark):
    offered = tshark.statistics()
    named = words(section("STATISTICS"))
    assert {each for each in offered if each.startswith("mptcp,")} <= named <= offered


def test_preferences_are_those_of_the_plugin(tshark):
    own = {name for name in tshark.preferences() if name.startswith("mptcp_conn.")}
    assert words(section("PREFERENCES")) == own


def test_values_of_a_preference_are_accepted(tshark, captures_dir):
    values = re.findall(r"^\.Qq (\w+)", section("PREFERENCES"), re.M)
    assert len(values) == 3
    for value in values:
        tshark.run("-o", f"mptcp_conn.info_events:{value}", "-r", captures_dir / "s01_single.pcap")


@needs("mandoc")
def test_mandoc_reports_nothing():
    done = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", PAGE],
                          capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")


@needs("groff")
def test_groff_reports_nothing():
    done = subprocess.run(["groff", "-mandoc", "-T", "utf8", "-ww", PAGE],
                          capture_output=True, text=True, env={**os.environ, "LC_ALL": "C.UTF-8"})
    assert (done.returncode, done.stderr) == (0, "")
    text = re.sub(".\b", "", done.stdout)
    for title in ("NAME", "SYNOPSIS", "STATISTICS", "PREFERENCES", "EXAMPLES", "BUGS"):
        assert re.search(rf"^(\x1b\[\d+m)*{title}", text, re.M)
