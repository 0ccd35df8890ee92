# SPDX-License-Identifier: GPL-2.0-or-later
"""Every capture says what independent decoders, or its generator's books, say."""

from __future__ import annotations

import pytest

from captures import Capture

TIME_TOLERANCE = 1.1e-5  # seconds; the expected times are exact to 10 µs
ELSEWHERE = {"told"}  # test_told.py judges it

# `expected.json` may leave a key out: that one is judged elsewhere.


def differences(expected, found, where: str = "") -> list[str]:
    """Each place where `found` is not what was expected, in words."""
    if isinstance(expected, dict):
        missing = [f"{where}.{key} is missing" for key in expected if key not in found]
        return missing + [difference for key, value in expected.items()
                          if key in found
                          for difference in differences(value, found[key], f"{where}.{key}")]
    if isinstance(expected, list):
        if len(expected) != len(found):
            return [f"{where} has {len(found)} elements, not {len(expected)}"]
        return [difference for place, pair in enumerate(zip(expected, found))
                for difference in differences(*pair, f"{where}[{place}]")]
    if isinstance(expected, float) and isinstance(found, (int, float)):
        return [] if abs(expected - found) < TIME_TOLERANCE else [f"{where}: {found}, not {expected}"]
    return [] if expected == found else [f"{where}: {found}, not {expected}"]


@pytest.mark.parametrize("passes", [[], ["-2"]], ids=["one-pass", "two-pass"])
def test_json_says_what_was_expected(tshark, path_of, capture: Capture, passes: list[str]):
    expected = {key: value for key, value in capture.expected.items() if key not in ELSEWHERE}
    assert differences(expected, tshark.json(path_of(capture), *passes)) == []


def test_counts_add_up(tshark, path_of, capture: Capture):
    """Subflows add up to their connection, and connections to the totals."""
    document = tshark.json(path_of(capture))
    for connection in document["connections"]:
        for count in ("packets", "payload"):
            for role in ("client", "server"):
                parts = sum(subflow[count][role] for subflow in connection["subflows"])
                assert parts == connection[count][role]
    totals = document["totals"]
    assert totals["connections"] == len(document["connections"])
    assert totals["subflows"] == sum(len(c["subflows"]) for c in document["connections"])
    assert totals["payload"] == sum(sum(c["payload"].values()) for c in document["connections"])
    assert totals["established"] == sum(c["handshake"] == "complete"
                                        for c in document["connections"])


def test_indexes_have_no_holes(tshark, path_of, capture: Capture):
    document = tshark.json(path_of(capture))
    for place, connection in enumerate(document["connections"]):
        assert connection["conn"] == place
        assert [s["subflow"] for s in connection["subflows"]] == \
            list(range(len(connection["subflows"])))
