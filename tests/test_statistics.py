# SPDX-License-Identifier: GPL-2.0-or-later
"""`-z mptcp,conn`, `-z mptcp,events` and `-z mptcp,json`: output, filters, errors."""

from __future__ import annotations

import difflib
import json
from pathlib import Path

import pytest

from captures import Capture

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("statistic", ["conn", "events"])
def test_golden_text(tshark, path_of, shipped: Capture, statistic: str, request):
    """The text output is the reviewed one (scripts/bless)."""
    golden = GOLDEN / f"{shipped.name}.{statistic}.txt"
    text = tshark.run("-r", path_of(shipped), "-q", "-z", f"mptcp,{statistic}").stdout
    if request.config.getoption("--bless"):
        golden.write_text(text)
    expected = golden.read_text()
    assert text == expected, "".join(difflib.unified_diff(
        expected.splitlines(True), text.splitlines(True), str(golden), "now"))


def test_text_and_json_agree(tshark, path_of, shipped: Capture):
    path = path_of(shipped)
    text = tshark.text(path).splitlines()
    document = tshark.json(path)
    totals = document["totals"]
    assert (f"Totals: connections {totals['connections']}, established {totals['established']}, "
            f"subflows {totals['subflows']}, payload {totals['payload']} bytes, "
            f"TCP packets {document['packets']}") in text
    for connection in document["connections"]:
        for value in (connection["client"]["key"], connection["server"]["key"],
                      connection["client"]["token"], connection["server"]["token"],
                      *connection["packets"].values(), *connection["payload"].values()):
            assert value is None or any(str(value) in line.split() for line in text)


def test_packets_are_all_tcp_packets(tshark, path_of, capture: Capture):
    """Plain TCP is included. Segments quoted by ICMP errors and copies are not."""
    path = path_of(capture)
    count = len(tshark.frames(path, "tcp && !icmp && !icmpv6"))
    document = tshark.json(path)
    assert document["packets"] + document["totals"]["copies"] == count


def test_filter_counts_matching_packets(tshark, captures_dir):
    """A filter does not change what is known of a connection, such as keys and tokens."""
    path = captures_dir / "s25_reuse.pcap"
    whole = tshark.json(path)
    part = tshark.json(path, display_filter="mptcp.conn == 1 && tcp.len > 0")
    assert [c["conn"] for c in part["connections"]] == [1]
    connection, reference = part["connections"][0], whole["connections"][1]
    assert connection["client"] == reference["client"]
    assert connection["handshake"] == "complete"
    assert connection["payload"] == reference["payload"]
    assert 0 < sum(connection["packets"].values()) < sum(reference["packets"].values())
    assert part["packets"] == sum(connection["packets"].values())


def test_filter_with_a_comma(tshark, captures_dir):
    document = tshark.json(captures_dir / "s25_reuse.pcap", display_filter="mptcp.conn in {0,2}")
    assert [c["conn"] for c in document["connections"]] == [0, 2]


def test_several_statistics_are_independent(tshark, captures_dir):
    path = captures_dir / "s25_reuse.pcap"
    out = tshark.run("-r", path, "-q", "-z", "mptcp,json,mptcp.conn==0", "-z",
                     "mptcp,json,mptcp.conn==2", "-z", "conv,tcp", "-z", "mptcp,json").stdout
    decoder, documents = json.JSONDecoder(), []
    while (start := out.find('{\n  "schema"')) >= 0:
        document, end = decoder.raw_decode(out[start:])
        documents.append([c["conn"] for c in document["connections"]])
        out = out[start + end:]
    assert sorted(documents) == [[0], [0, 1, 2], [2]]


def test_json_is_the_only_output(tshark, captures_dir):
    out = tshark.run("-r", captures_dir / "s01_single.pcap", "-q", "-z", "mptcp,json")
    assert out.stdout.startswith("{") and out.stdout.endswith("}\n")
    assert out.stderr == ""


@pytest.mark.parametrize("statistic", ["mptcp,conn", "mptcp,events", "mptcp,json"])
@pytest.mark.parametrize("mistake", [",tcp.nonsense == 1", ",mptcp.conn ==", "nection"])
def test_mistakes_in_the_command_line(tshark, captures_dir, statistic: str, mistake: str):
    """An error message, a non-zero exit status, and no partial document."""
    done = tshark.run("-r", captures_dir / "s01_single.pcap", "-q", "-z", statistic + mistake,
                      check=False)
    assert done.returncode != 0
    assert done.stdout == ""
    assert statistic + mistake in done.stderr


def test_no_such_file(tshark):
    done = tshark.run("-r", "/nonexistent.pcap", "-q", "-z", "mptcp,conn", check=False)
    assert done.returncode != 0 and "/nonexistent.pcap" in done.stderr


def test_not_a_capture(tshark, stage):
    path = stage / "not-a-capture.pcap"
    path.write_text("This is no capture.\n" * 10)
    path.chmod(0o644)
    done = tshark.run("-r", path, "-q", "-z", "mptcp,json", check=False)
    assert done.returncode != 0 and "not-a-capture.pcap" in done.stderr


def test_capture_cut_in_the_middle_of_a_packet(tshark, captures_dir, stage):
    """The packets before the cut are reported; tshark reports the cut."""
    path = stage / "cut-short.pcap"
    path.write_bytes((captures_dir / "s01_single.pcap").read_bytes()[:2000])
    path.chmod(0o644)
    done = tshark.run("-r", path, "-q", "-z", "mptcp,json", check=False)
    document = json.loads(done.stdout)
    assert document["connections"][0]["client"]["token"] == 353844677
    assert "cut short" in done.stderr


def test_output_of_the_replaced_script(tshark, captures_dir):
    """Keys, tokens, joins with their nonces, and the totals."""
    document = tshark.json(captures_dir / "script_example.pcap")
    assert [(int(c["client"]["key"], 16), int(c["server"]["key"], 16), c["client"]["token"],
             c["server"]["token"]) for c in document["connections"]] == [
        (2097874973131745533, 14232633393355152416, 3453009450, 1187499290),
        (983142155943229432, 6234784353306747016, 3611618124, 2308765430),
        (5823071776475689728, 4848392901692201259, 229917286, 1243844425),
        (14199735500882309953, 3371602785583873677, 825014698, 1021507062)]
    joins = {(c["conn"], s["client"]["address"], s["server"]["address"], s["client"]["nonce"])
             for c in document["connections"] for s in c["subflows"] if s["kind"] == "join"}
    assert joins == {
        (0, "123.123.123.3", "42.42.42.3", 2357207166),
        (1, "123.123.123.3", "42.42.42.3", 1354074688),
        (2, "123.123.123.3", "42.42.42.3", 2838627932),
        (3, "123.123.123.3", "42.42.42.3", 572626761),
        (0, "123.123.123.5", "42.42.42.5", 2386802895),
        (3, "123.123.123.5", "42.42.42.5", 670726733)}
    assert document["totals"]["connections"] == document["totals"]["established"] == 4
    assert document["totals"]["subflows"] == 10
