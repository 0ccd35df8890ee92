# SPDX-License-Identifier: GPL-2.0-or-later
"""The programs in examples/ count what `-z mptcp,json` counts."""

from __future__ import annotations

import base64
import json
import os
import shutil
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tshark import Tshark, make_home

CAPTURES = ["both_openers", "ipv6", "reinjection", "s25_reuse", "s30_v0_generated", "tunnels"]
ROLES = ("client", "server")

by_capture = pytest.mark.parametrize("name", CAPTURES)
needs_parallel = pytest.mark.skipif(not all(map(shutil.which, ("parallel", "jq"))),
                                    reason="not installed: parallel, jq")


@pytest.fixture(scope="session")
def workdir(stage: Path) -> Path:
    """A folder that the programs can write to."""
    return make_home(stage / "examples-workdir")


@pytest.fixture(scope="session")
def run(tshark: Tshark, workdir: Path):
    def run_as_a_user(*words: str | Path, stdin: str = "") -> str:
        done = tshark.run_other(*words, cwd=workdir, stdin=stdin)
        assert done.returncode == 0, f"{words}\n{done.stdout}{done.stderr}"
        return done.stdout
    return run_as_a_user


def rows_of(text: str) -> list[list[int]]:
    """The numbers in a table, without its header."""
    return [list(map(int, line.split("\t"))) for line in text.splitlines()[1:]]


def subflows_of(document: dict, *counts: str) -> list[list[int]]:
    return [[connection["conn"], subflow["subflow"],
             *(subflow[count][role] for count in counts for role in ROLES)]
            for connection in document["connections"] for subflow in connection["subflows"]]


@by_capture
def test_lua_tap(tshark, run, examples_dir, captures_dir, name: str):
    path = captures_dir / f"{name}.pcap"
    script = f"lua_script:{examples_dir / 'mptcp_tap.lua'}"
    text = run("tshark", "-2", "-q", "-X", script, "-r", path)
    assert rows_of(text) == subflows_of(tshark.json(path), "packets", "payload")


@by_capture
def test_fields_in_python(tshark, run, examples_dir, captures_dir, name: str):
    path = captures_dir / f"{name}.pcap"
    text = run(examples_dir / "read_fields.py", path)
    assert rows_of(text) == subflows_of(tshark.json(path), "payload")


def test_fields_in_python_as_a_module(run, examples_dir, captures_dir, tshark):
    """As in the documentation; 64-bit numbers are exact."""
    path = captures_dir / "s14_join_limit.pcap"
    program = f"""
import sys
sys.path.insert(0, {str(examples_dir)!r})
from read_fields import packets
names = ["mptcp.key.client", "mptcp.data.seq", "mptcp.token"]
for packet in packets({str(path)!r}, names, "mptcp.key.client"):
    print(packet["frame.number"], hex(packet["mptcp.key.client"]), packet["mptcp.data.seq"],
          *packet.all("mptcp.token"))
"""
    client, server = (tshark.json(path)["connections"][0][role] for role in ROLES)
    first_data = int(client["idsn"], 16) + 1
    tokens = f"{client['token']} {server['token']}"
    assert run("/usr/bin/python3", "-c", program).splitlines() == [
        f"3 {client['key']} None {tokens}", f"4 {client['key']} {first_data} {tokens}"]


def test_fields_in_python_report_errors(run, examples_dir):
    with pytest.raises(AssertionError, match="tshark ended with status"):
        run(examples_dir / "read_fields.py", "/nonexistent.pcap")


@by_capture
def test_sharkd_session(tshark, run, examples_dir, captures_dir, name: str):
    path = captures_dir / f"{name}.pcap"
    text = run(examples_dir / "sharkd_session.py", path)
    lines = [line.split("\t") for line in text.splitlines()]
    document = tshark.json(path)
    assert lines[:len(document["connections"])] == [
        [str(each["conn"]), each["handshake"], each["state"], str(each["server"]["token"]),
         *(str(each["payload"][role]) for role in ROLES)] for each in document["connections"]]
    frames = {event["frame"] for event in document["events"] if event["severity"] != "chat"}
    reported = {int(line[0].removeprefix("frame "))
                for line in lines[len(document["connections"]):]}
    # A wrong HMAC raises the severity in the JSON and in the field of the packet alike.
    assert reported == frames


@pytest.fixture(scope="session")
def gathered(run, examples_dir, captures_dir, workdir) -> dict[str, dict]:
    """The JSON line of each shipped capture, by name."""
    text = run(examples_dir / "every_capture", captures_dir, "--jobs", "2", "--sshlogin", ":")
    (workdir / "connections.ndjson").write_text(text)
    os.chmod(workdir / "connections.ndjson", 0o644)
    documents = [json.loads(line) for line in text.splitlines()]
    return {Path(document["file"]).stem: document for document in documents}


class Page(HTMLParser):
    """What is in a page: its text, its images, and what it refers to."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text, self.images, self.references, self.open = "", [], [], []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        named = dict(attributes)
        if tag == "img":
            self.images.append(named["src"])
        elif tag != "meta":
            self.open.append(tag)
        self.references += [value for name, value in attributes if name in ("src", "href")]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.skipif(shutil.which("gnuplot") is None, reason="not installed: gnuplot")
@by_capture
def test_report(tshark, run, examples_dir, captures_dir, name: str):
    """It has what tshark prints, five graphs for each connection with data, and needs no other file."""
    path = captures_dir / f"{name}.pcap"
    page = Page(run(examples_dir / "report", "--connections", "2", path))
    assert page.open == []
    assert tshark.text(path, "-2") in page.text and tshark.events(path, "-2") in page.text
    assert f"MPTCP in {path.name}" in page.text
    payloads = [sum(each["payload"].values()) for each in tshark.json(path, "-2")["connections"]]
    drawn = min(2, sum(payload > 0 for payload in payloads))
    assert len(page.images) == 5 * drawn
    assert page.references == page.images
    for image in page.images:
        begin, _, data = image.partition(",")
        assert begin == "data:image/svg+xml;base64"
        assert ElementTree.fromstring(base64.b64decode(data)).tag.endswith("}svg")


def test_report_of_what_is_no_capture(tshark, examples_dir, workdir):
    done = tshark.run_other(examples_dir / "report", workdir / "missing.pcap", cwd=workdir)
    assert done.returncode != 0
    assert "missing.pcap" in done.stderr and done.stdout == ""


@needs_parallel
@pytest.mark.xdist_group("every_capture")
def test_every_capture(tshark, captures_dir, gathered):
    assert sorted(gathered) == sorted(each.stem for each in captures_dir.glob("*.pcap*"))
    for name in CAPTURES:
        path = captures_dir / f"{name}.pcap"
        assert gathered[name] == {"file": str(path), **tshark.json(path)}
    assert not any("error" in document for document in gathered.values())


@needs_parallel
@pytest.mark.xdist_group("every_capture")
def test_every_capture_reports_what_it_cannot_read(run, examples_dir, captures_dir, workdir):
    folder = workdir / "it's broken"
    folder.mkdir()
    (folder / "none.pcap").write_text("This is no capture.\n")
    (folder / "cut {}.pcapng").write_bytes((captures_dir / "s01_single.pcap").read_bytes()[:2000])
    (folder / "notes.txt").write_text("No capture's name.\n")
    for path in [folder, *folder.iterdir()]:
        path.chmod(0o755)
    lines = [json.loads(line) for line in run(examples_dir / "every_capture", folder).splitlines()]
    found = {Path(line["file"]).name: line for line in lines}
    assert found.keys() == {"none.pcap", "cut {}.pcapng"}
    assert "isn't a capture file" in found["none.pcap"]["error"]
    assert "cut short" in found["cut {}.pcapng"]["error"]
    assert found["cut {}.pcapng"]["totals"]["connections"] == 1


@needs_parallel
@pytest.mark.skipif(not shutil.which("duckdb"), reason="not installed: duckdb")
@pytest.mark.xdist_group("every_capture")
def test_views_in_duckdb(run, examples_dir, gathered):
    views = (examples_dir / "connections.sql").read_text()
    text = run("duckdb", "-csv", stdin=f"{views}\nFROM by_state;\n")
    connections = [each for document in gathered.values() for each in document["connections"]]
    expected = ["state,connections,payload"]
    for state in sorted({each["state"] for each in connections}):
        found = [each for each in connections if each["state"] == state]
        payload = sum(sum(each["payload"].values()) for each in found)
        expected.append(f"{state},{len(found)},{payload}")
    assert text.splitlines() == expected
