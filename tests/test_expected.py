# SPDX-License-Identifier: GPL-2.0-or-later
"""The JSON of every capture agrees with NAME.expected.json.

That file comes from independent decoders or from the generator's reference accounting. It may
leave out keys; other tests cover them.
"""

from __future__ import annotations

import pytest

from captures import Capture, differences

NOT_IN_THE_JSON = {"required_events"}  # see test_required_events.py


@pytest.mark.parametrize("passes", [[], ["-2"]], ids=["one-pass", "two-pass"])
def test_json_is_as_expected(tshark, path_of, capture: Capture, passes: list[str]):
    expected = {key: value for key, value in capture.expected.items()
                if key not in NOT_IN_THE_JSON}
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


def test_indexes_are_consecutive(tshark, path_of, capture: Capture):
    document = tshark.json(path_of(capture))
    for index, connection in enumerate(document["connections"]):
        assert connection["conn"] == index
        assert [s["subflow"] for s in connection["subflows"]] == \
            list(range(len(connection["subflows"])))
