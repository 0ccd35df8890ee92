# SPDX-License-Identifier: GPL-2.0-or-later
"""The configuration profile MPTCP in tshark: installation, filters, columns, colouring rules."""

from __future__ import annotations

from pathlib import Path

import pytest

import mptcp_profile
from tshark import Tshark

PREFIX = "MPTCP: "


@pytest.fixture(scope="session")
def installed(build, stage) -> Path:
    return mptcp_profile.install(build, stage / "install")


@pytest.fixture(scope="session")
def with_profile(installed, tshark, stage) -> Tshark:
    """tshark whose user has the profile."""
    configuration = mptcp_profile.lay_out(installed, stage / "configuration")
    return Tshark(tshark.plugin_dir, tshark.home,
                  environment={"WIRESHARK_CONFIG_DIR": str(configuration)})


def test_is_installed_in_wiresharks_folder(installed):
    assert installed.parts[-4:] == ("share", "wireshark", "profiles", mptcp_profile.NAME)
    assert {path.name for path in installed.iterdir()} == {"colorfilters", "dfilter_buttons",
                                                           "io_graphs", "preferences", "recent"}


def test_filters_compile(installed, tshark, captures_dir):
    rules = mptcp_profile.colour_rules(installed)
    filters = [display_filter for name, display_filter in rules.items()
               if name.startswith(PREFIX)]
    filters += mptcp_profile.buttons(installed).values()
    for graph in mptcp_profile.graphs(installed).values():
        filters += filter(None, graph)
    assert len(filters) > 20
    # tshark fails if a filter does not compile.
    tshark.run("-r", captures_dir / "s01_single.pcap", "-q", "-z", "io,stat,0," + ",".join(filters))


def test_columns_show_the_fields(with_profile, captures_dir):
    path = captures_dir / "s30_v0_generated.pcap"
    separated = with_profile.run("-r", path, "-2", "-C", mptcp_profile.NAME, "-T", "tabs").stdout
    done = with_profile.run("-r", path, "-2", "-C", mptcp_profile.NAME)
    assert done.stderr == ""
    names = ["mptcp.conn", "mptcp.subflow", "mptcp.token.server", "mptcp.data.rel",
             "mptcp.payload"]
    for line, row in zip(separated.splitlines(), with_profile.fields(path, names, "-2"),
                         strict=True):
        cells = [cell.strip() for cell in line.split("\t")]
        assert [*cells[2:5], *cells[8:10]] == [",".join(row[name]) for name in names]


RULES = {
    "s14_join_limit.pcap": {1: "MPTCP: handshake and end", 6: "MPTCP: joins",
                            9: "MPTCP: refused, reset or aborted"},
    "s14d_join_bad_hmac_ack_server.pcap": {8: "MPTCP: wrong HMAC or checksum"},
    "path_management.pcap": {4: "MPTCP: addresses"},
}
RULES_BY_FILTER = {
    "fallbacks.pcap": ("mptcp_conn.fallback", "MPTCP: fallback"),
    "checksums.pcap": ("mptcp_conn.checksum_bad", "MPTCP: wrong HMAC or checksum"),
    "reinjection.pcap": ("mptcp.data.reinjection", "MPTCP: reinjection"),
    "path_management.pcap": ("mptcp.subflow.backup && !mptcp_conn.event", "MPTCP: backup"),
}


def colours(tshark: Tshark, path: Path, *options: str) -> dict[int, str]:
    lines = tshark.run("-r", path, "-2", "-C", mptcp_profile.NAME, "--color", "-T", "fields", "-e",
                       "frame.number", "-e", "frame.coloring_rule.name", *options).stdout
    return {int(number): rule for number, rule in
            (line.split("\t") for line in lines.splitlines())}


@pytest.mark.parametrize("name", RULES)
def test_rules_colour_packets(with_profile, captures_dir, name: str):
    shown = colours(with_profile, captures_dir / name)
    assert {frame: shown[frame] for frame in RULES[name]} == RULES[name]


@pytest.mark.parametrize("name", RULES_BY_FILTER)
def test_rules_colour_all_their_packets(with_profile, captures_dir, name: str):
    display_filter, rule = RULES_BY_FILTER[name]
    shown = colours(with_profile, captures_dir / name, "-Y", display_filter)
    assert shown and set(shown.values()) == {rule}


def test_other_traffic_has_the_default_colours(installed, with_profile, captures_dir):
    """The profile's own rules are followed by Wireshark's default rules."""
    rules = list(mptcp_profile.colour_rules(installed))
    own = [rule for rule in rules if rule.startswith(PREFIX)]
    assert rules[:len(own)] == own
    assert {"Bad TCP", "TCP RST", "TCP", "UDP"} < set(rules)
