# SPDX-License-Identifier: GPL-2.0-or-later
"""`-z mptcp,diagnosis`, and `diagnosis` in the JSON: what is the matter with each connection.

The table says for each recording what its facts name as the cause. What limited a connection is not in it.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from captures import ROOT, Capture
from golden_text import assert_golden
from pcapng import Packet, read_pcap
from test_points import ABOUT_LIMITS, write
from test_two_ends import merge, recordings_of

sys.path.insert(0, str(ROOT / "captures"))

from generator.many_connections import interleaved  # noqa: E402
from generator.wire import pcap  # noqa: E402

STATEMENT = json.loads((ROOT / "docs" / "mptcp-json.schema.json").read_text())["$defs"]["statement"]
CODES = STATEMENT["properties"]["code"]["enum"]
SEVERITIES = ("error", "warn", "note", "chat")
MOST_SHOWN = 10  # connections
WIDTH = 100

# What limited the host that sent more data most of the time, as the facts say.
LIMITED = {
    "k_receive_window": "note limited_by_receive_window", "s38_slow_reader": "note limited_by_receive_window",
    "k_slow_path": "chat limited_by_path", "k_lost_path": "note limited_by_loss",
    "k_head_of_line": "note head_of_line_blocked", "script_example": "chat limited_by_application",
}

# Of each connection: the outcome, then the most severe statements first.
CAUSES = {
    # Two or more paths, without a defect
    **{name: ["works"] for name in (
        "k_bridge_any", "k_checksum_client", "k_checksum_server", "k_container_any", "k_cookies",
        "k_cookies_synack_lost_client", "k_cookies_synack_lost_server", "k_dns", "k_head_of_line", "k_http2",
        "k_http_loss_client", "k_http_pipelined", "k_nat", "k_nat_ends",
        "k_receive_window", "k_router_any", "k_slow_path", "k_smtp_starttls", "k_tls12", "s02_two_down",
        "s04_add_addr", "s05_ipv6", "s07_backup_prio", "s10_loss", "s11_checksum",
        "s15c_server_opens_subflow", "s17_http", "s18_tls13", "s19_partial_router", "s20b_gre",
        "s21_two_sided_client", "s21_two_sided_server", "s27_addaddr_port",
        "s41_cookie_synack_lost_server")},
    **{name: ["works", "works"] for name in ("k_fastopen", "k_http_upload", "k_tls13")},
    "s30_v0_generated": ["works, chat address_not_tried", "works"],
    "s38_slow_reader": ["works, note reinjections_useless"],
    "s12_fastclose_linger": ["works, note aborted"],
    "k_lost_path": ["works, warn path_failed, note reinjections_useless, handover"],
    **{name: ["works, handover"] for name in ("k_http_loss_server", "s10_loss_server")},
    "path_use": ["works, note slower_than_one_path"],
    # One path
    "s01_single": ["note single_path, note no_second_path_offered"],
    "s14_join_limit": ["note single_path, note join_refused"],
    "s14d_join_bad_hmac_ack_server": ["note single_path, error join_hmac"],
    "s25_reuse": ["note single_path, note path_unused, note aborted"] * 3,
    "s40_tfo_writes": ["note single_path, note path_unused"] * 3,
    "one_path": ["note single_path, note no_second_path_offered", "note single_path, note joins_denied",
                 "note single_path, note address_not_tried", "note single_path, warn join_unanswered",
                 "note single_path, note join_refused", "note single_path, warn join_refused",
                 "note single_path, note backup_only", "note single_path, note path_unused",
                 "works, path_closed",
                 "error unanswered"],
    # Plain TCP
    "s13d_fb_strip_synack": ["note fallback"],
    "k_strip_syn_client": ["note fallback"],
    "k_strip_syn_server": ["not_offered"],
    "k_strip_synack_client": ["note fallback"],
    **{f"k_{change}_{host}": ["warn fallback"] for host in ("client", "server") for change in (
        "strip_third_ack", "strip_first_data", "strip_midstream", "payload_changed")},
    "k_strip_synack_server": ["warn fallback"],
    **{f"k_fastopen_syn_lost_{host}": ["note single_path, path_unused", "warn fallback"]
       for host in ("client", "server")},
    # The capture does not have all of it
    "k_late_three": ["works, capture_incomplete"],
    "k_late_two_connections": ["works, capture_incomplete"] * 2,
    "k_one_path_first": ["capture_incomplete"],
    "k_one_path_second": ["capture_incomplete"],
    "k_one_way_client": ["works, capture_incomplete"],
    "k_one_way_server": ["works, capture_incomplete"],
    "s19_partial_c2s": ["capture_incomplete"],
    "s19_partial_late": ["works, capture_incomplete"],
    "s19_partial_s2c": ["works, capture_incomplete"],
    # Reported faults
    "report_checksum_absent": ["note single_path, warn protocol_error, note aborted, "
                               "chat no_second_path_offered"],
    "report_checksum_unexpected": ["note single_path, warn protocol_error, note aborted, "
                                   "chat no_second_path_offered"],
    "report_echo_of_nothing": ["note single_path"],
    "report_fallback_beside_second_subflow": ["note single_path, warn options_lost"],
    "report_half_handshake_refused": ["capture_incomplete"],
    "report_infinite_mapping_without_data": ["note single_path"],
    "report_join_synack_first": ["capture_incomplete"],
    "report_joiner_resets": ["note single_path, note aborted"],
    "report_mapping_before_start": ["note single_path, warn protocol_error, warn protocol_error, "
                                    "chat no_second_path_offered"],
    "report_options_stripped_on_join": ["note single_path, warn options_lost"],
    "report_rst_after_fin": ["note single_path, note no_second_path_offered"],
    "report_rst_out_of_window": ["works"],
    "report_synack_flag_b": ["warn fallback"],
    "report_third_ack_flag_b": ["warn fallback"],
    "report_tfo_unique": ["note single_path, note no_second_path_offered"],
    "report_useless_retransmissions": ["note single_path"],
}

# What the statement with this code must say.
WORDS = {
    "s14_join_limit": ("join_refused", "administratively prohibited (reason 3)"),
    "s14d_join_bad_hmac_ack_server": ("join_hmac", "of the client in the third ACK (frame 8) is wrong"),
    "s13d_fb_strip_synack": ("fallback", "or a middlebox removed the option"),
    "s12_fastclose_linger": ("aborted", "The client aborted the connection by MP_FASTCLOSE"),
    "k_lost_path": ("path_failed", "did not answer the data of the server there"),
    "k_payload_changed_client": ("fallback", "data of the server had a wrong checksum"),
    "k_one_way_client": ("capture_incomplete", "Only the packets of the client were captured"),
    "k_one_path_first": ("capture_incomplete", "a path was not captured"),
    "k_late_three": ("capture_incomplete", "does not have the beginning of the connection"),
    "report_options_stripped_on_join": ("options_lost", "subflow 1"),
}

# What the network did in these pairs of recordings: to the packets of whom, and which word says it.
CHANGED = {"k_strip_syn": ("client", "option"), "k_strip_synack": ("server", "option"),
           "k_strip_third_ack": ("client", "option"), "k_strip_first_data": ("client", "option"),
           "k_strip_midstream": ("client", "option"), "k_payload_changed": ("server", "payload")}

GOLDEN_CAPTURES = ["fallbacks", "join_failures", "late_start", "middlebox", "one_path", "path_management",
                   "path_use", "refused", "s14_join_limit", "script_example", "troubles"]


def recordings() -> Iterator[Path]:
    """Those of the table that are here."""
    folders = [ROOT / "captures", *sorted(ROOT.parent.glob("*/captures/lab"))]
    for name in CAUSES:
        found = [path for folder in folders for path in folder.glob(f"{name}.pcap*")]
        yield from found[:1]


def readable(stage: Path, path: Path) -> Path:
    copy = stage / f"diagnosed-{path.name}"
    copy.write_bytes(path.read_bytes())
    copy.chmod(0o644)
    return copy


def by_connection(document: dict) -> list[list[dict]]:
    """The statements on each connection as the text has them: the outcome is the most severe of its
    codes, which come first in the schema."""
    outcomes = CODES[:CODES.index("works") + 1]
    groups: dict[int | None, list[dict]] = {}
    for statement in document["diagnosis"]:
        groups.setdefault(statement["conn"], []).append(statement)
    for group in groups.values():
        first = min((each for each in group if each["code"] in outcomes + ["not_offered"]),
                    key=lambda each: each["code"] == "capture_incomplete")
        group.remove(first)
        group.insert(0, first)
    return [groups[conn] for conn in sorted(groups, key=lambda conn: -1 if conn is None else conn)]


def cause_of(group: list[dict]) -> str:
    return ", ".join(f"{each['severity']} {each['code']}" for each in group)


def diagnosis(tshark, path: Path, *options: str, display_filter: str = "") -> str:
    statistic = "mptcp,diagnosis" + (f",{display_filter}" if display_filter else "")
    return tshark.run("-r", path, "-q", "-z", statistic, *options).stdout


def paragraphs(text: str) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """Of each connection: its number or "", and its statements: severity, text and code."""
    found = []
    body = text.split("Filter: ")[1].split("\n", 1)[1]
    for block in re.split(r"^Connection (?=\d+: )", body, flags=re.M):
        number = re.match(r"(\d+): ", block)
        statements = re.findall(r"^  (error|warn|note|    )(?: +)(\S(?:.|\n {9})*?) +\[(\w+)\]$",
                                re.sub(r"\n {9}(?=\[)", " ", block), re.M)
        if number or statements:
            found.append((number[1] if number else "",
                          [(severity.strip() or "chat", " ".join(words.split()), code)
                           for severity, words, code in statements]))
    return found


@pytest.mark.parametrize("recording", list(recordings()), ids=lambda path: path.stem)
def test_cause_of_each_recording(tshark, stage: Path, recording: Path):
    name = recording.stem
    groups = by_connection(tshark.json(readable(stage, recording)))
    expected = [", ".join(each if " " in each else f"chat {each}" for each in cause.split(", "))
                for cause in CAUSES[name]]
    assert [cause_of([each for each in group if each["code"] not in ABOUT_LIMITS])
            for group in groups] == expected
    if limit := LIMITED.get(recording.stem):
        first = next(each for each in groups[0] if each["code"] in ABOUT_LIMITS)
        assert f"{first['severity']} {first['code']}" == limit
    if name in WORDS:
        code, words = WORDS[name]
        assert words in next(each["text"] for each in groups[0] if each["code"] == code)


@pytest.mark.parametrize("recording", list(recordings()), ids=lambda path: path.stem)
def test_severe_statements_name_a_packet_with_an_expert_info(tshark, stage: Path, recording: Path):
    """Each event is an expert info: see test_events.py."""
    document = tshark.json(readable(stage, recording))
    loud = {event["frame"] for event in document["events"] if event["severity"] != "chat"}
    for statement in document["diagnosis"]:
        if statement["severity"] in ("warn", "error"):
            assert loud & set(statement["frames"]), statement["text"]


@pytest.mark.parametrize("pair", CHANGED)
def test_two_points_show_who_changed_the_packets(tshark, stage: Path, pair: str):
    sender, what = CHANGED[pair]
    document = tshark.json(merge(stage, *recordings_of(pair), 1.234))
    (statement,) = document["diagnosis"]
    assert (statement["code"], statement["severity"]) == ("fallback", "warn")
    near, far = "client", "server"
    if sender == "server":
        near, far = far, near
    figures = statement["figures"]
    assert (f"The {what} was {'changed' if what == 'payload' else 'removed'}: "
            f"{figures['packets']} packet") in statement["text"]
    assert (f"of the {sender} between point {figures['from_point']} (at the {near}) and point "
            f"{figures['to_point']} (at the {far})") in statement["text"]
    assert " or " not in statement["text"].split(" was removed: ")[0]


def test_text_and_json_agree(tshark, path_of, shipped: Capture):
    path = path_of(shipped)
    document = tshark.json(path)
    groups = by_connection(document)
    text = diagnosis(tshark, path)
    assert max(len(line) for line in text.splitlines()) <= WIDTH
    found = paragraphs(text)
    if len(groups) <= MOST_SHOWN:
        assert found == [("" if group[0]["conn"] is None else str(group[0]["conn"]),
                          [(each["severity"], each["text"], each["code"]) for each in group])
                         for group in groups]
        return
    assert len(found) <= MOST_SHOWN
    rows = {(severity, code): int(count) for severity, code, count in
            re.findall(r"^(error|warn|note|chat) +(\w+) +(\d+) +\d+$", text, re.M)}
    assert rows == {
        (each["severity"], each["code"]): len({
            other["conn"] for other in document["diagnosis"]
            if (other["severity"], other["code"]) == (each["severity"], each["code"])})
        for each in document["diagnosis"]}


def test_statements_are_about_their_connections(tshark, path_of, shipped: Capture):
    document = tshark.json(path_of(shipped))
    severities = [SEVERITIES.index(each["severity"]) for each in document["diagnosis"]]
    assert severities == sorted(severities)
    connections = {each["conn"]: each for each in document["connections"]}
    assert {each["conn"] for each in document["diagnosis"]} == connections.keys()
    for each in document["diagnosis"]:
        connection = connections[each["conn"]]
        assert each["subflow"] is None or each["subflow"] < len(connection["subflows"])
        numbers = set(map(int, re.findall(r"\d+", each["text"])))
        named = [frame for frame in each["frames"] if frame in numbers]
        assert named == each["frames"] or len(each["frames"]) > 3
        assert re.match(r"[A-Z\d]", each["text"]) and each["text"].endswith(".")
        assert "  " not in each["text"]


def test_partial_connections_are_not_blamed(tshark, path_of, shipped: Capture):
    """What needs the beginning or both directions is left out."""
    document = tshark.json(path_of(shipped))
    partial = {each["conn"] for each in document["connections"] if each["partial"]}
    found = {each["code"] for each in document["diagnosis"] if each["conn"] in partial}
    assert not found & {"single_path", "no_second_path_offered", "joins_denied", "address_not_tried",
                        "path_unused", "backup_only", "options_lost", "no_data", "unanswered"}


@pytest.mark.parametrize("name", GOLDEN_CAPTURES)
def test_golden_text(tshark, captures_dir: Path, name: str, request):
    assert_golden(tshark, name, captures_dir / f"{name}.pcap", "diagnosis", request)


@pytest.mark.parametrize("passes", [[], ["-2"]], ids=["one-pass", "two-pass"])
def test_a_filter_selects_connections(tshark, captures_dir: Path, passes: list[str]):
    """The statements on them are those of all packets."""
    path = captures_dir / "join_failures.pcap"
    whole = tshark.json(path, *passes)["diagnosis"]
    chosen = "mptcp.conn == 4 && mptcp.subflow == 0"
    part = tshark.json(path, *passes, display_filter=chosen)
    assert part["diagnosis"] == [each for each in whole if each["conn"] == 4] != []
    text = diagnosis(tshark, path, *passes, display_filter=chosen)
    assert f"Filter: {chosen}\n" in text
    assert [number for number, _ in paragraphs(text)] == ["4"]
    assert "No packet of an MPTCP connection" in diagnosis(tshark, path, *passes,
                                                           display_filter="udp")


def test_bad_filter_is_an_error(tshark, captures_dir: Path):
    done = tshark.run("-r", captures_dir / "s01_single.pcap", "-q", "-z", "mptcp,diagnosis,tcp.port ==",
                      check=False)
    assert done.returncode != 0 and "mptcp,diagnosis" in done.stderr


def test_capture_without_mptcp(tshark, captures_dir: Path):
    path = captures_dir / "k_strip_syn_server.pcap"
    text = diagnosis(tshark, path)
    assert "no packet belongs to an MPTCP connection (25 TCP packets)" in " ".join(text.split())
    (statement,) = tshark.json(path)["diagnosis"]
    assert (statement["code"], statement["conn"]) == ("not_offered", None)


@pytest.mark.parametrize("seconds, code", [(3.0, "unanswered"), (0.5, "capture_incomplete")])
def test_offer_without_an_answer(tshark, captures_dir: Path, stage: Path, seconds: float, code: str):
    """Sent twice. The capture must go on for a second to tell that nobody answers."""
    link_type, packets = read_pcap(captures_dir / "k_strip_syn_client.pcap")
    syn = packets[0]
    again = Packet(syn.time + int(seconds * 1e9), syn.data, syn.length)
    path = write(stage / f"unanswered_{seconds}.pcapng", link_type, [""], [(0, syn, 0), (0, again, 0)])
    (statement,) = tshark.json(path)["diagnosis"]
    assert statement["code"] == code
    if code == "unanswered":
        assert "1 connection: 1 not answered." in diagnosis(tshark, path)
        assert statement["figures"] == {"seconds": 3.0, "attempts": 2}


@pytest.mark.xdist_group("many_connections")
def test_thousands_of_connections(tshark, stage: Path):
    path = stage / "many_diagnosed.pcap"
    pcap.write(path, interleaved(2000, []))
    path.chmod(0o644)
    text = diagnosis(tshark, path)
    assert "2,000 connections: 2,000 used several paths." in text
    assert re.search(r"^chat +works +2000 +0$", text, re.M)
    assert paragraphs(text) == [] and len(text.splitlines()) < 20


def test_of_many_connections_the_worst_are_shown(tshark, captures_dir: Path):
    text = diagnosis(tshark, captures_dir / "fallbacks.pcap")
    shown = paragraphs(text)
    assert len(shown) == MOST_SHOWN
    for _, statements in shown:
        assert {severity for severity, _, _ in statements} & {"warn", "error"}


def test_each_code_is_in_the_reference():
    chapter = (ROOT / "docs" / "reference.md").read_text().split("### Diagnosis\n")[1].split("\n### ")[0]
    documented = re.findall(r"^\| `(\w+)` \| (?!\(|a fact|worth|a defect that|a failed)", chapter, re.M)
    assert sorted(set(documented) - {"note", "warn", "error"}) == sorted(CODES)
