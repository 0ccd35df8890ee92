# SPDX-License-Identifier: GPL-2.0-or-later
"""`-z mptcp,conn`, `-z mptcp,events` and `-z mptcp,json`: output, filters, errors."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace

import pytest

from captures import ROOT, Capture
from event_text import event_rows
from golden_text import assert_golden
from tshark import unprivileged

sys.path.insert(0, str(ROOT / "captures"))
from generator.scenarios.traffic import exchange_data  # noqa: E402
from generator.simulation import Scenario  # noqa: E402
from generator.wire import packets, pcap  # noqa: E402


@pytest.mark.parametrize("statistic", ["conn", "events"])
def test_golden_text(tshark, path_of, shipped: Capture, statistic: str, request):
    """The text output is the reviewed one (scripts/bless)."""
    assert_golden(tshark, shipped.name, path_of(shipped), statistic, request)


def test_text_and_json_agree(tshark, path_of, shipped: Capture):
    path = path_of(shipped)
    output = tshark.text(path)
    text = output.splitlines()
    document = tshark.json(path)
    totals = document["totals"]
    assert (f"Totals: connections {totals['connections']}, established {totals['established']}, "
            f"subflows {totals['subflows']}, payload {totals['payload']} bytes, "
            f"TCP packets {document['packets']}") in text
    for connection in document["connections"]:
        block = " ".join(block_of(output, connection["conn"]).split())
        for role in ("client", "server"):
            host, data = connection[role], connection["data"][role]
            payload, packets = connection["payload"][role], connection["packets"][role]
            for words in (
                    host["key"] and f"key {host['key']}",
                    host["token"] is not None and f"token {host['token']} (0x{host['token']:08x})",
                    f"{role} {counted(payload, 'byte')} in {counted(packets, 'packet')}",
                    f" {data['application']:,} "):
                assert not words or words in block
        for words in (connection["state"], f"handshake {connection['handshake']}",
                      connection["fallback"] and connection["fallback"]["reason"]):
            assert not words or words in block
        for subflow in connection["subflows"]:
            packets, payload, nonces = (
                subflow["packets"], subflow["payload"],
                [subflow[role]["nonce"] for role in ("client", "server")])
            assert f"{packets['client']:,}/{packets['server']:,} packets" in block
            repeated = any(payload[role] != subflow["data"][role]["application"]
                           for role in ("client", "server"))
            assert not repeated or \
                f"{payload['client']:,}/{payload['server']:,} bytes of payload" in block
            assert None in nonces or f"nonces {nonces[0]}/{nonces[1]}" in block


def block_of(text: str, conn: int) -> str:
    """What `-z mptcp,conn` says of a connection."""
    return re.search(rf"^ *{conn} .*?\n\n", text, re.MULTILINE | re.DOTALL)[0]


def counted(number: int, unit: str) -> str:
    return f"{number:,} {unit}{'' if number == 1 else 's'}"


def test_text_fits_a_terminal(tshark, path_of, capture: Capture):
    """Of 100 columns, or 120 with IPv6 addresses."""
    path = path_of(capture)
    width = 120 if "[" in tshark.text(path) else 100
    assert max(len(line) for line in tshark.text(path).splitlines()) <= width
    assert max(len(line) for line in tshark.events(path).splitlines()) <= 100


def test_long_addresses_are_one_below_the_other(tshark, stage):
    """Then the line fits 120 columns, and columns stay below their titles."""
    client = "2001:db8:8071:b841:5c3e:9aff:fe12:3456"
    server = "2001:db8:ffff:eeee:dddd:cccc:bbbb:aaaa"
    scenario = Scenario("long_addresses")
    initial = scenario.connection(1, (client, 54321), (server, 54322)).initial().open()
    exchange_data(initial, rounds=1)
    path = stage / "long_addresses.pcap"
    pcap.write(path, scenario.packets)
    path.chmod(0o644)
    lines = tshark.text(path).splitlines()
    header = next(number for number, line in enumerate(lines) if line.startswith("Conn "))
    first, second = lines[header + 1:header + 3]
    assert lines[header].split()[:4] == ["Conn", "Client,", "server", "State"]
    begin = lines[header].index("Client")
    assert first.split() == ["0", f"[{client}]:54321", "open", "200", "-", "200", "-"]
    assert first.index("[") == begin and first.index("open") == lines[header].index("State")
    assert second == " " * begin + f"[{server}]:54322"
    assert max(map(len, lines)) <= 120


@pytest.mark.parametrize("options, first, times", [
    ([], "0.000000", "0.000000 to 0.224871"),
    (["-t", "ad"], "2026-11-23 08:43:24.680077", "2026-11-23 08:43:24.680077 to "),
    (["-t", "ud"], "2026-11-23 08:43:24.680077", "2026-11-23 08:43:24.680077 to "),
    (["-t", "udoy"], "2026/327 08:43:24.680077", "2026/327 08:43:24.680077 to "),
    (["-t", "u"], "08:43:24.680077", "08:43:24.680077 to "),
    (["-t", "e"], "1795423404.680077", "1795423404.680077 to "),
    (["-t", "r", "-u", "hms"], "0.000000s", "0.000000s to 0.224871s"),
])
def test_times_are_shown_as_in_the_packet_list(tshark, captures_dir, options: list[str],
                                               first: str, times: str):
    path = captures_dir / "s01_single.pcap"
    in_utc = replace(tshark, environment={"TZ": "UTC"})
    assert f" 1  {first}   0.0  client  capable_syn" in in_utc.events(path, *options)
    assert f"Time          {times}" in in_utc.text(path, *options)
    packets = in_utc.run("-r", path, "-c", "1", *options).stdout
    assert first.strip() in packets


def test_differences_of_times(tshark, captures_dir):
    """-t d: since the event before."""
    path = captures_dir / "s01_single.pcap"
    times = [row[1] for row in event_rows(tshark.events(path))]
    differences = [row[1] for row in event_rows(tshark.events(path, "-t", "d"))]
    assert sum(map(float, differences)) == pytest.approx(float(times[-1]), abs=1e-5)
    assert differences[:2] == [times[0], times[1]]


@pytest.mark.parametrize("statistic", ["mptcp,conn", "mptcp,events", "mptcp,json",
                                       "mptcp,series,sequence", "mptcp,graph,paths"])
def test_a_closed_pipe_is_no_error(tshark, captures_dir, statistic: str):
    """As of Wireshark's own statistics."""
    results = {}
    for name in (statistic, "conv,tcp"):
        command = [*unprivileged(), "tshark", "-r", str(captures_dir / "fallbacks.pcap"), "-q", "-z",
                   name]
        with subprocess.Popen(command, env=tshark.variables(), stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE) as process:
            process.stdout.close()
            results[name] = (process.stderr.read(), process.wait(timeout=60))
    assert results[statistic] == results["conv,tcp"]


def test_a_full_disk_is_an_error(tshark, captures_dir):
    command = [*unprivileged(), "tshark", "-r", str(captures_dir / "fallbacks.pcap"), "-q", "-z",
               "mptcp,conn"]
    with open("/dev/full", "w", encoding="ascii") as full:
        result = subprocess.run(command, env=tshark.variables(), stdout=full,
                                stderr=subprocess.PIPE, text=True, timeout=60)
    assert result.returncode == 1
    assert "cannot write to standard output: No space left on device" in result.stderr


def test_without_mptcp(tshark, captures_dir, stage):
    """Was it never offered, or is it the filter? Or is there no TCP at all?"""
    assert "No packet of an MPTCP connection matches the filter." in \
        tshark.text(captures_dir / "s01_single.pcap", display_filter="udp")
    ends = ("10.0.0.1", 4000), ("10.0.0.2", 80)
    segments = [packets.tcp(*ends, 0, 0, packets.SYN),
                packets.tcp(*reversed(ends), 0, 1, packets.SYN | packets.ACK)]
    for count, words in ((0, "No MPTCP connection.\n"),
                         (2, "No MPTCP connection: MPTCP was never offered in this capture.\n")):
        path = stage / f"plain_{count}.pcap"
        pcap.write(path, [(number, packets.ip(ends[number][0], ends[1 - number][0], packets.TCP,
                                              segment), 65535)
                          for number, segment in enumerate(segments[:count])])
        path.chmod(0o644)
        assert words in tshark.text(path)


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
