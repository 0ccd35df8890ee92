# SPDX-License-Identifier: GPL-2.0-or-later
"""What the dialog 'Statistics, MPTCP, Connections' must show of a capture, and copy and save."""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Callable, NamedTuple, Optional

from table_cells import share
from wireshark_window import Table, WiresharkWindow

TITLE = "MPTCP Connections"
MENU = ["Statistics", "MPTCP", "Connections"]
ROLES = {"client": "C>S", "server": "S>C"}
# What it shows by default, from left to right.
DEFAULT = ["Connection", "State", "Client", "Server", "Payload C>S", "Payload S>C", "Rate C>S",
           "Rate S>C", "Share C>S", "Share S>C", "RTT", "Sent again", "Subflows", "Duration"]

Row = dict[str, str]  # by column; blank cells left out


def open_dialog(wireshark: WiresharkWindow) -> str:
    """Opens it; returns a pattern of its title, which begins and ends with other words."""
    wireshark.press_menu(MENU)
    wireshark.wait_for_window(TITLE)
    return TITLE


class Form(NamedTuple):
    """How values are written."""

    index: Callable[[int, int], str]  # of a subflow, in the column of connections
    size: Callable[[int], str]  # bytes
    rate: Callable[[int], str]  # bytes a second
    rtt: Callable[[Decimal], str]  # seconds
    seconds: Callable[[Decimal], str]
    titles: dict[str, str]  # where they are not those of CSV


class Capture(NamedTuple):
    """Of which something is expected."""

    document: dict  # its JSON; times are decimals
    begin: Decimal  # the time of its first packet
    end: Decimal  # of its last one

    @staticmethod
    def read(tshark, path: Path, display_filter: str = "") -> Capture:
        document = tshark.json(path, "-2", display_filter=display_filter, parse_float=Decimal)
        field = "frame.time_epoch"
        times = [Decimal(row[field][0]) for row in tshark.fields(path, [field])]
        return Capture(document, times[0], max(times))

    def shown(self) -> list[Row]:
        """Each connection, and below it its subflows, in the order of their indexes."""
        return self._rows(SHOWN, lambda start: micro(start - self.begin))

    def exact(self) -> list[Row]:
        """The same as CSV; what is unknown is "-" here."""
        return self._rows(EXACT, micro)

    def _rows(self, form: Form, start: Callable[[Decimal], str]) -> list[Row]:
        rows = []
        for connection in self.document["connections"]:
            end = last_time(connection)
            rows.append({**connection_row(connection), **counts(connection, form, start),
                         "Idle": form.seconds(self.end - end)})
            rows += [{**subflow_row(connection, each, form), **counts(each, form, start),
                      "Idle": form.seconds(end - last_time(each))}
                     for each in connection["subflows"]]
        return [{form.titles.get(title, title): cell for title, cell in row.items()} for row in rows]


def last_time(item: dict) -> Decimal:
    return Decimal(item["start"]) + Decimal(item["duration"])


def connection_row(connection: dict) -> Row:
    client, server = connection["client"], connection["server"]
    fallback = connection["fallback"]
    return {
        "Connection": str(connection["conn"]),
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


def subflow_row(connection: dict, subflow: dict, form: Form) -> Row:
    client, server = subflow["client"], subflow["server"]
    rtt = subflow["handshake_rtt"]
    return {
        "Connection": form.index(connection["conn"], subflow["subflow"]),
        "Subflow": str(subflow["subflow"]),
        **{f"Share {arrow}": share(connection, subflow, role) for role, arrow in ROLES.items()},
        "RTT ms": "-" if rtt is None else form.rtt(Decimal(rtt)),
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


def counts(item: dict, form: Form, start: Callable[[Decimal], str]) -> Row:
    """The columns that connections and subflows share."""
    cells = {
        "State": item["state"],
        "Client": endpoint(item["client"]),
        "Server": endpoint(item["server"]),
        "Duration": form.seconds(Decimal(item["duration"])),
        "Start": start(Decimal(item["start"])),
        "First frame": str(item["first_frame"]),
        "Last frame": str(item["last_frame"]),
        "Sent again": form.size(sum(item["data"][role][kind] for role in ROLES
                                    for kind in ("reinjected", "retransmitted"))),
    }
    for role, arrow in ROLES.items():
        data = item["data"][role]
        cells[f"Packets {arrow}"] = str(item["packets"][role])
        cells[f"Copies {arrow}"] = str(item["copies"][role])
        cells[f"Payload {arrow}"] = form.size(item["payload"][role])
        cells[f"Delivered {arrow}"] = form.size(data["application"])
        for kind in ("unique", "reinjected", "retransmitted", "unmapped"):
            cells[f"{kind.capitalize()} {arrow}"] = form.size(data[kind])
        goodput = data["goodput"]
        cells[f"Mbit/s {arrow}"] = "-" if goodput is None else form.rate(goodput)
    return cells


def text(value: object) -> str:
    return "-" if value is None else str(value)


def megabits(rate: int) -> str:
    """Bytes a second as Mbit/s: cut, not rounded."""
    return f"{rate // 125_000}.{rate % 125_000 * 8 // 1000:03}"


def micro(seconds: Decimal) -> str:
    """Cut after microseconds."""
    return str(seconds.quantize(Decimal("0.000001"), ROUND_DOWN))


def milliseconds(seconds: Decimal) -> str:
    return str((seconds * 1000).quantize(Decimal("0.001"), ROUND_DOWN))


def with_unit(number: int, units: list[str]) -> str:
    """Four digits of the first unit that needs at most three of them before the point; a whole
    number of the very first unit, and of the last one if it is no better."""
    for power, unit in enumerate(units):
        value = Decimal(number) / 1000 ** power
        for decimals in (3, 2, 1) if power else (0,):
            rounded = str(value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP))
            if len(rounded.replace(".", "")) <= (4 if power else 3):
                return f"{rounded} {unit}"
    return f"{value.quantize(Decimal(1), ROUND_HALF_UP):,} {units[-1]}"


def size_with_unit(number: int) -> str:
    return with_unit(number, ["B", "kB", "MB", "GB"])


def rate_with_unit(rate: int) -> str:
    return with_unit(8 * rate, ["bit/s", "kbit/s", "Mbit/s", "Gbit/s"])


def time_with_unit(seconds: Decimal) -> str:
    nanoseconds = int(seconds * 10 ** 9)
    return with_unit(nanoseconds, ["ns", "µs", "ms", "s"]) if nanoseconds else "0 s"


EXACT = Form(lambda connection, _: str(connection), str, megabits, milliseconds, micro, {})
SHOWN = Form(lambda connection, subflow: f"{connection}.{subflow}", size_with_unit, rate_with_unit,
             time_with_unit, time_with_unit,
             {"Mbit/s C>S": "Rate C>S", "Mbit/s S>C": "Rate S>C", "RTT ms": "RTT",
              "Start": "Rel Start"})


def yes_or_no(value: Optional[bool]) -> str:
    return {None: "-", True: "yes", False: "no"}[value]


def endpoint(host: dict) -> str:
    address = f"[{host['address']}]" if ":" in host["address"] else host["address"]
    return f"{address}:{host['port']}"


def shown_rows(table: Table) -> list[Row]:
    """As Capture.shown() has it. Only counts are written with commas in their digits."""
    return [{column: ungrouped(cell) for column, cell in zip(table.header, row) if cell}
            for row in table.rows]


def ungrouped(cell: str) -> str:
    return cell.replace(",", "") if cell.replace(",", "").isdigit() else cell


def wait_for_rows(wireshark: WiresharkWindow, title: str, expected: list[Row]) -> list[Row]:
    """What the dialog shows as soon as it is as expected, or after a while."""
    is_right = lambda table: shown_rows(table) == expected  # noqa: E731
    return shown_rows(wireshark.wait_for_table(title, is_right))
