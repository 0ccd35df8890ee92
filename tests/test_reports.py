# SPDX-License-Identifier: GPL-2.0-or-later
"""Faults that were reported with a small capture each: captures/report_NAME.pcap.

Each test asserts what is right.
"""

from __future__ import annotations

import pytest

ABOVE_CHAT = ("note", "warn", "error")


@pytest.fixture
def report(tshark, captures_dir):
    """From a name to the JSON of its capture."""
    return lambda name: tshark.json(captures_dir / f"report_{name}.pcap")


def events(document: dict, *types: str) -> list[tuple[str, str, int]]:
    """Type, sender and frame of the events of these types."""
    return [(event["type"], event["from"], event["frame"]) for event in document["events"]
            if event["type"] in types and not event["ignored"]]


def remarked_frames(document: dict) -> set[int]:
    """The frames with an event above chat."""
    return {event["frame"] for event in document["events"] if event["severity"] in ABOVE_CHAT}


def counter(document: dict, host: str, name: str) -> int:
    return document["counters"][host][f"MPTcpExt{name}"]


def test_missing_checksum_is_reported(report):
    document = report("checksum_absent")
    assert document["connections"][0]["checksum_required"] is True
    assert 6 in remarked_frames(document)


def test_missing_checksum_does_not_hide_the_right_one(report):
    data = report("checksum_absent")["connections"][0]["data"]
    assert data["server"]["checksums"]["good"] == 1
    assert data["client"]["checksums"] == {"good": 0, "bad": 0, "unverified": 0, "missing": 1,
                                           "unexpected": 0}


def test_checksum_that_was_not_negotiated_is_reported(report):
    document = report("checksum_unexpected")
    assert events(document, "checksum_unexpected") == [("checksum_unexpected", "client", 4)]
    checksums = document["connections"][0]["data"]["client"]["checksums"]
    assert checksums == {"good": 0, "bad": 0, "unverified": 0, "missing": 0, "unexpected": 1}


def test_mapping_that_begins_before_the_subflow_is_reported(report):
    assert events(report("mapping_before_start"), "mapping_invalid") == [
        ("mapping_invalid", "client", 6)]


def test_echo_of_an_address_that_nobody_announced_is_reported(report):
    document = report("echo_of_nothing")
    assert {5, 7} <= remarked_frames(document)
    assert 9 not in remarked_frames(document)


def test_repeated_add_addr_is_marked(report):
    announced = [event for event in report("echo_of_nothing")["events"]
                 if event["type"] == "add_addr"]
    assert [(event["frame"], event["repeated"]) for event in announced] == \
        [(4, False), (6, True), (8, True)]


def test_address_is_echoed_by_the_right_echo_alone(report):
    addresses = report("echo_of_nothing")["connections"][0]["addresses"]["server"]
    assert [(each["id"], each["announced"], each["echoed"]) for each in addresses
            if each["announced"]] == [(1, 4, 9)]


def test_wrong_echoes_add_no_addresses(report):
    addresses = report("echo_of_nothing")["connections"][0]["addresses"]["server"]
    assert [each["id"] for each in addresses] == [0, 1]


def test_data_without_mapping_beside_a_second_subflow_is_no_fallback(report):
    document = report("fallback_beside_second_subflow")
    connection = document["connections"][0]
    assert connection["fallback"] is None
    assert connection["state"] == "open"
    assert events(document, "fallback") == []
    assert counter(document, "client", "MPCapableDataFallback") == 0


def test_subflow_without_options_is_reset_beside_a_second_one(report):
    document = report("fallback_beside_second_subflow")
    first, second = document["connections"][0]["subflows"]
    assert first["state"] == "reset"
    assert (first["end"]["frame"], first["end"]["from"], first["end"]["reason"]) == \
        (17, "client", 6)
    assert second["state"] == "open"


def test_nobody_refuses_half_a_handshake(report):
    document = report("half_handshake_refused")
    connection = document["connections"][0]
    assert connection["handshake"] == "half"
    assert connection["subflows"][0]["state"] == "half-open"
    assert events(document, "refused") == []


def test_half_a_handshake_is_not_refused(report):
    assert report("half_handshake_refused")["connections"][0]["state"] != "refused"


def test_infinite_mapping_without_data_is_no_fallback(report):
    document = report("infinite_mapping_without_data")
    connection = document["connections"][0]
    assert connection["fallback"] is None
    assert connection["state"] == "open"
    assert events(document, "fallback") == []
    assert counter(document, "client", "InfiniteMapTx") == 0
    assert counter(document, "server", "InfiniteMapRx") == 0


def test_mptcp_continues_after_an_infinite_mapping_without_data(report):
    document = report("infinite_mapping_without_data")
    connection = document["connections"][0]
    assert connection["subflows"][1]["hmac"] == {"synack": "good", "ack": "good"}
    assert [connection["data"][host]["unmapped"] for host in ("client", "server")] == [0, 0]


def test_sender_of_a_join_synack_is_not_the_client(report):
    connection = report("join_synack_first")["connections"][0]
    ends = {host: (connection[host]["address"], connection[host]["port"])
            for host in ("client", "server")}
    assert ends == {"client": ("10.21.1.1", 40002), "server": ("10.21.100.1", 8080)}
    assert connection["subflows"][0]["initiator"] == "client"
    assert connection["partial"] is True


def test_rst_by_the_joiner_is_no_refusal(report):
    document = report("joiner_resets")
    assert events(document, "join_refused") == []
    assert ("subflow_reset", "client", 13) in events(document, "subflow_reset")
    assert document["connections"][0]["subflows"][1]["state"] == "reset"
    assert counter(document, "server", "MPJoinAckRx") == 1
    assert counter(document, "server", "MPJoinRejected") == 0


def test_options_lost_on_a_joined_subflow_are_reported(report):
    document = report("options_stripped_on_join")
    assert remarked_frames(document) & {10, 11, 12, 13}


def test_options_lost_on_a_joined_subflow_are_no_fallback(report):
    connection = report("options_stripped_on_join")["connections"][0]
    assert connection["fallback"] is None
    assert connection["state"] == "open"
    assert connection["subflows"][1]["data"]["client"]["unmapped"] == 1000
    assert connection["data"]["client"]["unique"] == 300


def test_rst_after_both_fins_leaves_the_subflow_closed(report):
    document = report("rst_after_fin")
    connection = document["connections"][0]
    subflow, = connection["subflows"]
    assert connection["state"] == "closed"
    assert (subflow["end"]["how"], subflow["end"]["frame"]) == ("subflow_closed", 9)
    assert subflow["state"] == "closed"


def test_rst_out_of_window_is_ignored(report):
    document = report("rst_out_of_window")
    connection = document["connections"][0]
    subflow = connection["subflows"][1]
    assert subflow["state"] == "closed"
    assert (subflow["end"]["how"], subflow["end"]["frame"]) == ("subflow_closed", 21)
    assert events(document, "subflow_reset") == []
    assert events(document, "subflow_fin", "subflow_closed") == [
        ("subflow_fin", "client", 20), ("subflow_fin", "server", 21),
        ("subflow_closed", "server", 21), ("subflow_fin", "client", 23),
        ("subflow_fin", "server", 24), ("subflow_closed", "server", 24)]
    assert connection["state"] == "closed"


def test_data_of_a_syn_has_no_mapping(report):
    """RFC 8684 B.2: data of a SYN has no place in the data sequence space."""
    data = report("tfo_unique")["connections"][0]["data"]["client"]
    assert (data["unique"], data["unmapped"]) == (1000, 500)


def test_third_ack_with_flag_b_establishes_nothing(report):
    document = report("third_ack_flag_b")
    connection = document["connections"][0]
    assert connection["handshake"] == "half"
    assert document["totals"]["established"] == 0
    assert events(document, "established") == []
    assert events(document, "fallback") == [("fallback", "client", 3)]
    assert connection["fallback"]["frame"] == 3
    assert counter(document, "server", "MPCapableSYNRX") == 1
    assert counter(document, "server", "MPCapableFallbackACK") == 1
    assert counter(document, "server", "MPCapableACKRX") == 0
    assert counter(document, "client", "MPCapableDataFallback") == 0


def test_retransmissions_of_acknowledged_data_are_counted(report):
    """Frames 14 to 16 repeat data that frame 13 has acknowledged at the data level."""
    connection = report("useless_retransmissions")["connections"][0]
    assert connection["data"]["client"]["retransmitted"] == 200
    assert connection["subflows"][0]["data"]["client"]["retransmitted"] == 200


def test_synack_with_flag_b_falls_back(report):
    document = report("synack_flag_b")
    assert events(document, "fallback") == [("fallback", "server", 2)]
    assert document["connections"][0]["data"]["client"]["unique"] == 100
    assert document["counters"]["client"]["MPTcpExtMPCapableFallbackSYNACK"] == 1
