# SPDX-License-Identifier: GPL-2.0-or-later
"""docs/reference.md lists exactly the fields, preferences and statistics of the plugin."""

from __future__ import annotations

import json
import re
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path

import pytest

from tshark import Tshark

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = (ROOT / "docs" / "reference.md").read_text()
TEXTS = [path for pattern in ("*.md", "docs/*.md", "docs/*.7", "examples/*")
         for path in sorted(ROOT.glob(pattern)) if path.is_file()]
NAME = re.compile(r"(?<![\w.])mptcp(?:_conn)?\.[a-z_]+(?:\.[a-z_]+)*\b(?!\.…)")


def load_maker():
    """Loads docs/make-reference, whose name has no .py."""
    loader = SourceFileLoader("make_reference", str(ROOT / "docs" / "make-reference"))
    module = module_from_spec(spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def maker(captures_dir: Path):
    module = load_maker()
    module.CAPTURES_FOLDER = captures_dir
    return module


@pytest.fixture(scope="session")
def names(tshark: Tshark) -> set[str]:
    """All names of MPTCP, of the plugin and of Wireshark, that a filter or -o accepts."""
    fields = {line.split("\t")[2] for line in tshark.run("-G", "fields").stdout.splitlines()
              if line.startswith("F\t")}
    return fields | tshark.preferences()


@pytest.mark.xdist_group("reference")
def test_reference_is_as_made_now(tshark, maker, request):
    now = maker.made(lambda *arguments: tshark.run(*arguments).stdout)
    if request.config.getoption("--bless"):
        maker.REFERENCE.write_text(now)
    assert now == maker.REFERENCE.read_text(), "run docs/make-reference, and review its changes"


@pytest.mark.xdist_group("reference")
def test_each_field_and_expert_info_once(tshark, maker):
    cells = re.findall(r"^\| `(mptcp[a-z_.]+)` \|", REFERENCE, re.M)
    glossary = maker.glossary(lambda *arguments: tshark.run(*arguments).stdout)
    fields = [row[2] for row in glossary]
    preferences = [name for name in cells if name not in fields]
    assert sorted(cells) == sorted(fields + preferences)
    assert len(preferences) == len(set(preferences)) > 0


@pytest.mark.xdist_group("reference")
def test_each_field_has_a_description(tshark, maker):
    for cells in maker.glossary(lambda *arguments: tshark.run(*arguments).stdout):
        assert cells[1] and (cells[3] == "FT_NONE" or cells[7]), cells


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_names_in_the_texts_exist(names, path: Path):
    """Fields, expert infos and preferences that documentation and examples mention."""
    assert set(NAME.findall(path.read_text())) - {"mptcp_conn.so"} <= names


@pytest.mark.xdist_group("reference")
def test_statistics_are_those_of_the_plugin(tshark):
    offered = {name for name in tshark.statistics() if name.startswith("mptcp,")}
    assert offered == set(re.findall(r"`tshark -r FILE -q -z (mptcp,\w+)[\[,]", REFERENCE))


@pytest.mark.parametrize("statistic, begin", [("conn", "Conn "), ("events", "Frame ")])
def test_columns_of_the_texts(tshark, captures_dir, statistic: str, begin: str):
    """The columns and labels of the output are those in the reference."""
    lines = [line for name in ("join_failures", "fallbacks", "points", "data_order", "mappings")
             for line in tshark.run("-r", captures_dir / f"{name}.pcap", "-q", "-z",
                                    f"mptcp,{statistic}").stdout.splitlines()]
    header = next(line for line in lines if line.startswith(begin))
    shown = set(re.split(r" {2,}", header.strip()))
    if statistic == "conn":
        labels = {match[1] for line in lines
                  if (match := re.match(r" {6}(\w[\w ]*?)  ", line))}
        shown |= {re.sub(r"\d+", "1", label) for label in labels}
    section = REFERENCE.split(f"### The text of `-z mptcp,{statistic}`")[1].split("\n##")[0]
    documented = set()
    for row in re.findall(r"^\| (.*) \|$", section, re.M)[1:]:
        documented |= set(re.findall(r"`([^`]+)`", row.split(" | ")[0]))
    assert documented == shown


def test_states_are_those_of_the_schema():
    schema = json.loads((ROOT / "docs" / "mptcp-json.schema.json").read_text())["$defs"]
    section = REFERENCE.split("### States")[1].split("\nA *partial*")[0]
    documented = {"connection": set(), "subflow": set()}
    for names, *meanings in re.findall(r"^\| (`.*?) \| (.*?) ?\| (.*?) ?\|$", section, re.M):
        for kind, meaning in zip(documented, meanings):
            if meaning:
                documented[kind] |= set(re.findall(r"`([^`]+)`", names))
    for kind, states in documented.items():
        assert states == set(schema[kind]["properties"]["state"]["enum"])


def test_event_types_are_expert_infos():
    schema = json.loads((ROOT / "docs" / "mptcp-json.schema.json").read_text())["$defs"]
    for event in schema["event_type"]["enum"]:
        assert f"| `mptcp_conn.{event}` |" in REFERENCE
