# SPDX-License-Identifier: GPL-2.0-or-later
"""Every form of TCP option 30 (RFC 6824 and RFC 8684, 3), and malformed ones."""

from __future__ import annotations

from ..roles import CLIENT, SERVER
from ..simulation import Connection, Scenario
from ..wire import crypto, options
from ..wire.packets import ACK
from .traffic import A1, A2, B1, B2, V6_B2, exchange_data


def options_mixed() -> Scenario:
    """Both versions: every subtype and some undefined ones, payload whose first option 30 is not
    its DSS, several options in one segment, padding around them."""
    scenario = Scenario("options_mixed")
    for version in (0, 1):
        connection = scenario.connection(version, (A1, 41700 + version), (B1, 443))
        initial = connection.initial().open()
        join = connection.join((A2, 41710 + version), (B2, 443), ids=(2, 7),
                               backup=(True, False)).open()
        for option in server_options(connection, version):
            initial.send(SERVER, ACK, option)
        initial.data(CLIENT, 100, before=options.mp_prio(True))
        initial.data(SERVER, 150, before=options.remove_addr(9), dsn64=False)
        initial.data(CLIENT, 50, before=options.NOP * 3)
        join.data(SERVER, 80, before=options.remove_addr(4, 5, 6) + options.NOP)
        join.send(CLIENT, ACK, options.mp_prio(False) + options.mp_prio(True))
        for subtype in range(9, 16):
            initial.send(CLIENT, ACK, options.option(subtype, 0, bytes(subtype)))
        initial.send(CLIENT, ACK, options.dss(ack=connection.next_dsn[SERVER]) + options.END
                     + bytes([30, 12, 0]))  # options after End of Option List are ignored
        exchange_data(initial, join, rounds=1)
        join.reset(CLIENT, options.mp_tcprst(1, transient=True) if version else b"")
        connection.subflows[0].data_fin(CLIENT)
        connection.subflows[0].data_fin(SERVER)
        initial.fins()
        connection.state = "closed"
    return scenario


def server_options(connection: Connection, version: int) -> list[bytes]:
    """Options of path management and MP_FAIL, as sent by the server with address IDs from 7 on."""
    if version == 0:
        return [options.add_addr(0, B2, 7), options.add_addr(0, B2, 8, port=8443),
                options.add_addr(0, V6_B2, 9), options.add_addr(0, V6_B2, 10, port=8443),
                options.remove_addr(8), options.remove_addr(9, 10), options.mp_prio(True),
                options.mp_prio(False, 7), options.mp_fail(connection.next_dsn[SERVER])]
    result = []
    for address, address_id, port in ((B2, 7, None), (B2, 8, 8443), (V6_B2, 9, None),
                                      (V6_B2, 10, 8443)):
        unsigned = options.add_addr(1, address, address_id, port, bytes(8))[3:-8]
        message = unsigned if port else unsigned + bytes(2)  # RFC 8684 3.4.1: zeros without a port
        hmac = crypto.address_hmac(connection.keys[SERVER], connection.keys[CLIENT], message)
        result.append(options.add_addr(1, address, address_id, port, hmac))
        result.append(options.add_addr(1, address, address_id, port, echo=True))
    return [*result, options.remove_addr(8), options.remove_addr(9, 10), options.mp_prio(True),
            options.mp_fail(connection.next_dsn[SERVER])]


def malformed() -> Scenario:
    """Option 30 with every length that its subtype does not allow, also past the end of the header,
    between valid packets. No valid packet is lost."""
    scenario = Scenario("malformed")
    valid_lengths = {0: (4, 12, 20, 22, 24), 1: (12, 16, 24), 2: (),
                     3: (8, 10, 16, 18, 20, 22, 28, 30), 4: range(4, 41), 5: (3, 4),
                     6: (12,), 7: (12,), 8: (4,)}
    connection = scenario.connection(1, (A1, 41800), (B1, 443))
    initial = connection.initial().open()
    for subtype, valid in valid_lengths.items():
        for length in (3, 5, 9, 13, 23, 31, 40):
            if length in valid:
                continue
            # Version or flags 1. The flags of a DSS require more bytes than there are.
            body = bytes([30, length, subtype << 4 | 1, 0x1f]) + bytes(36)
            initial.send(CLIENT, ACK, body[:length])
        initial.data(CLIENT, 10)
    for broken in (bytes([30, 0]), bytes([30, 1]), bytes([30, 2]), bytes([1, 1, 1, 30]),
                   bytes([30, 41, 0x20, 0x01]), bytes([30, 255, 0, 0])):
        initial.send(SERVER, ACK, broken)
        initial.data(SERVER, 10)
    connection.close()
    return scenario
