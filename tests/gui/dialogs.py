# SPDX-License-Identifier: GPL-2.0-or-later
"""What the dialog 'Statistics, MPTCP, Connections' must show of a JSON document."""

from __future__ import annotations

from typing import Optional

from table_cells import share
from wireshark_window import Table, WiresharkWindow

TITLE = "MPTCP Connections"
MENU = ["Statistics", "MPTCP", "Connections"]
ROLES = {"client": "C>S", "server": "S>C"}

Row = dict[str, str]  # by column; blank cells left out


def open_dialog(wireshark: WiresharkWindow) -> str:
    wireshark.press_menu(MENU)
    return wireshark.wait_for_window(TITLE)


def expected_rows(document: dict) -> list[Row]:
    """Each connection, and below it its subflows, in the order of their indexes."""
    return [row for connection in document["connections"]
            for row in (connection_row(connection),
                        *(subflow_row(connection, each) for each in connection["subflows"]))]


def connection_row(connection: dict) -> Row:
    client, server = connection["client"], connection["server"]
    fallback = connection["fallback"]
    return {
        "Connection": str(connection["conn"]),
        **counts(connection),
        "Subflows": str(len(connection["subflows"])),
        "Handshake": connection["handshake"],
        "Version": text(connection["version"]),
        **({"Fallback": fallback["reason"]} if fallback else {}),
        "Client token": token(client["token"]),
        "Server token": token(server["token"]),
        "Client key": text(client["key"]),
        "Server key": text(server["key"]),
        "Client IDSN": text(client["idsn"]),
        "Server IDSN": text(server["idsn"]),
    }


def subflow_row(connection: dict, subflow: dict) -> Row:
    client, server = subflow["client"], subflow["server"]
    rtt = subflow["handshake_rtt"]
    return {
        "Connection": str(connection["conn"]),
        "Subflow": str(subflow["subflow"]),
        **counts(subflow),
        **{f"Share {arrow}": share(connection, subflow, role) for role, arrow in ROLES.items()},
        "RTT ms": "-" if rtt is None else f"{rtt * 1e3:.3f}",
        "Stream": text(subflow["stream"]),
        "Kind": subflow["kind"],
        "Initiator": text(subflow["initiator"]),
        "Client backup": yes_or_no(client["backup"]),
        "Server backup": yes_or_no(server["backup"]),
        "Client ID": text(client["address_id"]),
        "Server ID": text(server["address_id"]),
        "Client nonce": text(client["nonce"]),
        "Server nonce": text(server["nonce"]),
        "HMAC SYN/ACK": subflow["hmac"]["synack"],
        "HMAC ACK": subflow["hmac"]["ack"],
    }


def token(number: int | None) -> str:
    return "-" if number is None else f"{number} (0x{number:08x})"


def counts(item: dict) -> Row:
    """The columns that connections and subflows share."""
    cells = {
        "State": item["state"],
        "Client": endpoint(item["client"]),
        "Server": endpoint(item["server"]),
        "Duration": f"{item['duration']:.6f}",
        "First frame": str(item["first_frame"]),
        "Last frame": str(item["last_frame"]),
    }
    for role, arrow in ROLES.items():
        data = item["data"][role]
        cells[f"Packets {arrow}"] = str(item["packets"][role])
        cells[f"Copies {arrow}"] = str(item["copies"][role])
        cells[f"Payload {arrow}"] = str(item["payload"][role])
        cells[f"Delivered {arrow}"] = str(data["application"])
        for kind in ("unique", "reinjected", "retransmitted", "unmapped"):
            cells[f"{kind.capitalize()} {arrow}"] = str(data[kind])
        goodput = data["goodput"]
        cells[f"Mbit/s {arrow}"] = "-" if goodput is None else megabits(goodput)
    return cells


def text(value: object) -> str:
    return "-" if value is None else str(value)


def megabits(rate: int) -> str:
    """Bytes a second as Mbit/s: cut, not rounded."""
    return f"{rate // 125_000}.{rate % 125_000 * 8 // 1000:03}"


def yes_or_no(value: Optional[bool]) -> str:
    return {None: "-", True: "yes", False: "no"}[value]


def endpoint(host: dict) -> str:
    address = f"[{host['address']}]" if ":" in host["address"] else host["address"]
    return f"{address}:{host['port']}"


def shown_rows(table: Table) -> list[Row]:
    """As expected_rows has it. Only counts are written with commas in their digits."""
    return [{column: ungrouped(cell) for column, cell in zip(table.header, row) if cell}
            for row in table.rows]


def ungrouped(cell: str) -> str:
    return cell.replace(",", "") if cell.replace(",", "").isdigit() else cell


def wait_for_rows(wireshark: WiresharkWindow, title: str, expected: list[Row]) -> list[Row]:
    """What the dialog shows as soon as it is as expected, or after a while."""
    is_right = lambda table: shown_rows(table) == expected  # noqa: E731
    return shown_rows(wireshark.wait_for_table(title, is_right))
