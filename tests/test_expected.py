# SPDX-License-Identifier: GPL-2.0-or-later
"""Every capture says what independent decoders, or its generator's books, say."""

from __future__ import annotations

import pytest

from captures import Capture, differences

ELSEWHERE = {"told"}  # test_told.py judges it

# `expected.json` may leave a key out: that one is judged elsewhere.


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
