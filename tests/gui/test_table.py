# SPDX-License-Identifier: GPL-2.0-or-later
"""The table 'MPTCP Connections' of Wireshark's own making, for `wireshark -z mptcp,conn` and
where the dialogs with Qt are not installed: opened, read, filtered, sorted."""

from __future__ import annotations

import shutil
from typing import Optional

import pytest

from wireshark_window import Table, WindowError, WiresharkWindow, missing_programs

pytestmark = pytest.mark.skipif(
    bool(missing_programs()), reason=f"not installed: {', '.join(missing_programs())}"
)

TITLE = "MPTCP Connections"
AT_START = ("-z", "mptcp,conn")
CAPTURE = "s25_reuse.pcap"  # several connections
CAPTURES = [CAPTURE, "s30_v0_generated.pcap", "s14d_join_bad_hmac_ack_server.pcap"]

Rows = dict[str, list[dict[str, str]]]


def expected_rows(document: dict) -> Rows:
    """What the dialog must show of a JSON document: by section, a dict a row."""
    connections = document["connections"]
    return {
        "Connections": [connection_row(each) for each in connections],
        "Subflows": [subflow_row(each, sub) for each in connections for sub in each["subflows"]],
    }


def connection_row(connection: dict) -> dict[str, str]:
    client, server = connection["client"], connection["server"]
    return {
        "Connection": str(connection["conn"]),
        **counts(connection),
        "Subflows": str(len(connection["subflows"])),
        "Handshake": connection["handshake"],
        "Version": text(connection["version"]),
        "Client token": text(client["token"]),
        "Server token": text(server["token"]),
        "Client key": text(client["key"]),
        "Server key": text(server["key"]),
    }


def subflow_row(connection: dict, subflow: dict) -> dict[str, str]:
    client, server = subflow["client"], subflow["server"]
    return {
        "Connection": str(connection["conn"]),
        "Subflow": str(subflow["subflow"]),
        **counts(subflow),
        "Stream": str(subflow["stream"]),
        "Kind": subflow["kind"],
        "Initiator": text(subflow["initiator"]),
        "Client ID": text(client["address_id"]),
        "Server ID": text(server["address_id"]),
        "Client nonce": text(client["nonce"]),
        "Server nonce": text(server["nonce"]),
        "HMAC SYN/ACK": subflow["hmac"]["synack"],
        "HMAC ACK": subflow["hmac"]["ack"],
        "Client backup": yes_or_no(client["backup"]),
        "Server backup": yes_or_no(server["backup"]),
    }


def counts(item: dict) -> dict[str, str]:
    """The columns that connections and subflows share."""
    return {
        "State": item["state"],
        "Client": endpoint(item["client"]),
        "Server": endpoint(item["server"]),
        "Payload C>S": str(item["payload"]["client"]),
        "Payload S>C": str(item["payload"]["server"]),
        "Packets C>S": str(item["packets"]["client"]),
        "Packets S>C": str(item["packets"]["server"]),
        "Duration": f"{item['duration']:.6f}",
        "First frame": str(item["first_frame"]),
        "Last frame": str(item["last_frame"]),
    }


def text(value: object) -> str:
    return "-" if value is None else str(value)


def yes_or_no(value: Optional[bool]) -> str:
    return {None: "-", True: "yes", False: "no"}[value]


def endpoint(host: dict) -> str:
    address = f"[{host['address']}]" if ":" in host["address"] else host["address"]
    return f"{address}:{host['port']}"


def shown_rows(table: Table) -> Rows:
    """A table with two levels, as expected_rows has it; empty cells left out."""
    sections: Rows = {}
    for level, row in zip(table.levels, table.rows):
        if level == 0:
            section = sections.setdefault(row[0], [])
        else:
            cells = zip(table.header, map(str.strip, row))
            section.append({column: cell for column, cell in cells if cell})
    return sections


def restricted(shown: Rows, expected: Rows) -> Rows:
    """Of what is shown, the sections and columns of which something is expected."""
    return {
        section: [{name: row.get(name, "") for name in columns(expected[section])} for row in rows]
        for section, rows in shown.items()
        if section in expected
    }


def columns(rows: list[dict[str, str]]) -> list[str]:
    return list(rows[0]) if rows else []


def comparable(wireshark: WiresharkWindow, expected: Rows) -> Rows:
    """What the dialog shows of what is expected; waits for it for a while."""

    def shown(table: Table) -> Rows:
        return restricted(shown_rows(table), expected)

    dialog = wireshark.wait_for_window(TITLE)
    return shown(wireshark.wait_for_table(dialog, lambda table: shown(table) == expected))


def test_is_in_the_menu_where_the_dialogs_are_not_installed(plugin_dir, captures_dir, tmp_path):
    without_dialogs = tmp_path / "plugins"
    shutil.copytree(plugin_dir, without_dialogs, ignore=shutil.ignore_patterns("*_window.*"))
    with WiresharkWindow(captures_dir / CAPTURE, plugin_dir=without_dialogs) as wireshark:
        wireshark.press_menu(["Statistics", TITLE])
        dialog = wireshark.wait_for_window(TITLE)
        assert shown_rows(wireshark.table_cells(dialog))["Connections"]
        wireshark.close(dialog)
        assert wireshark.is_alive()


def test_opens_at_start(plugin_dir, captures_dir):
    with WiresharkWindow(captures_dir / CAPTURE, *AT_START, plugin_dir=plugin_dir) as wireshark:
        dialog = wireshark.wait_for_window(TITLE)
        assert shown_rows(wireshark.table_cells(dialog))["Connections"]


@pytest.mark.parametrize("name", CAPTURES)
def test_cells_agree_with_json(plugin_dir, captures_dir, tshark, name):
    expected = expected_rows(tshark.json(captures_dir / name))
    with WiresharkWindow(captures_dir / name, *AT_START, plugin_dir=plugin_dir) as wireshark:
        assert comparable(wireshark, expected) == expected


def test_filter_counts_only_what_matches(plugin_dir, captures_dir, tshark):
    display_filter = "mptcp.conn == 1 && tcp.len > 0"
    path = captures_dir / CAPTURE
    whole = expected_rows(tshark.json(path))
    part = expected_rows(tshark.json(path, display_filter=display_filter))
    with WiresharkWindow(path, *AT_START, plugin_dir=plugin_dir) as wireshark:
        assert comparable(wireshark, whole) == whole
        wireshark.apply_filter(TITLE, display_filter)
        assert comparable(wireshark, part) == part
        wireshark.apply_filter(TITLE, "")
        assert comparable(wireshark, whole) == whole


def test_bad_filter_cannot_be_applied(plugin_dir, captures_dir):
    path = captures_dir / CAPTURE
    with WiresharkWindow(path, *AT_START, plugin_dir=plugin_dir) as wireshark:
        dialog = wireshark.wait_for_window(TITLE)
        with pytest.raises(WindowError, match="'Apply' cannot be pressed"):
            wireshark.apply_filter(dialog, "mptcp.conn ==")


def test_header_sorts_numbers_as_numbers(plugin_dir, captures_dir):
    path = captures_dir / CAPTURE
    with WiresharkWindow(path, *AT_START, plugin_dir=plugin_dir) as wireshark:
        dialog = wireshark.wait_for_window(TITLE)
        orders = []
        for _ in range(2):
            wireshark.press_header(dialog, "Payload S>C")
            rows = shown_rows(wireshark.table_cells(dialog))["Subflows"]
            orders.append([int(row["Payload S>C"]) for row in rows])
        upwards = sorted(orders[0])
        assert orders == [upwards, upwards[::-1]]
        assert len(set(map(len, map(str, upwards)))) > 1, "numbers of one length sort as text too"
