# SPDX-License-Identifier: GPL-2.0-or-later
"""Connections that use one path, each for another reason (RFC 8684 3.1 to 3.4)."""

from __future__ import annotations

from ..roles import CLIENT, SERVER
from ..simulation import Scenario, Subflow
from ..wire import options
from .join_failures import refuse
from .paths import announce, echo, remove_addresses
from .traffic import A2, B2, initial_subflow, new_join

SECOND = 10**6  # in units of Capture.time
PACKETS = 12  # a transfer


def one_path() -> Scenario:
    """Connections that use one path, each for another reason: no host offers a second one; the server
    sets flag C; an address is announced and not tried; a join is not answered, is refused by a
    limit, or nothing listens; the second path is a backup, is not used, or is removed. And a
    connection whose SYN is not answered."""
    scenario = Scenario("one_path", events=True)
    for make in (nothing_offered, flag_c, address_not_tried, join_unanswered, limit_reached,
                 nothing_listens, backup, unused, removed):
        make(scenario)
    syn_unanswered(scenario)
    return scenario


def wait(scenario: Scenario, seconds: float) -> None:
    scenario.time += int(seconds * SECOND)


def begin(scenario: Scenario, flags: int = 0) -> Subflow:
    """An open connection of version 1; the server's flags."""
    initial = initial_subflow(scenario, 1, first_port=47000)
    initial.connection.own_flags[SERVER] = flags
    return initial.open()


def transfer(subflow: Subflow, packets: int = PACKETS) -> None:
    """Data of the server."""
    for _ in range(packets):
        subflow.data(SERVER, 500)
        subflow.ack_data(CLIENT)


def end(initial: Subflow, *joins: Subflow) -> None:
    """The rest of the data, 2 s later, and the end."""
    wait(initial.connection.capture, 2)
    transfer(initial)
    initial.connection.close(initial, *joins)


def nothing_offered(scenario: Scenario) -> None:
    initial = begin(scenario)
    transfer(initial)
    end(initial)


def flag_c(scenario: Scenario) -> None:
    initial = begin(scenario, options.NO_JOINS)
    transfer(initial)
    end(initial)


def address_not_tried(scenario: Scenario) -> None:
    initial = begin(scenario)
    announce(initial, SERVER, B2, 7)
    echo(initial, CLIENT, B2, 7)
    transfer(initial)
    end(initial)


def join_unanswered(scenario: Scenario) -> None:
    initial = begin(scenario)
    transfer(initial)
    join = new_join(initial.connection)
    join.syn()
    wait(scenario, 1)
    join.resend()
    join.expect_event("join_unanswered", CLIENT)
    join.state = "unanswered"
    end(initial)


def refused(initial: Subflow, reason: int | None) -> None:
    transfer(initial)
    join = new_join(initial.connection)
    join.syn()
    refuse(join, SERVER, reason)
    end(initial)


def limit_reached(scenario: Scenario) -> None:
    refused(begin(scenario), 3)


def nothing_listens(scenario: Scenario) -> None:
    refused(begin(scenario), None)


def open_join(initial: Subflow, is_backup: bool = False) -> Subflow:
    port = initial.connection.ends[CLIENT][1] + 1
    return initial.connection.join((A2, port), initial.connection.ends[SERVER], CLIENT, (1, 0),
                                   backup=(is_backup, False)).open()


def second_path(scenario: Scenario, is_backup: bool) -> None:
    initial = begin(scenario)
    join = open_join(initial, is_backup)
    transfer(initial)
    end(initial, join)


def backup(scenario: Scenario) -> None:
    second_path(scenario, is_backup=True)


def unused(scenario: Scenario) -> None:
    second_path(scenario, is_backup=False)


def removed(scenario: Scenario) -> None:
    initial = begin(scenario)
    join = open_join(initial)
    transfer(join)
    remove_addresses(initial, CLIENT, 1)
    join.fins()
    join.state = "closed"
    end(initial)


def syn_unanswered(scenario: Scenario) -> None:
    initial = initial_subflow(scenario, 1, first_port=47000)
    initial.connection.state = "refused"
    initial.syn()
    wait(scenario, 1)
    initial.resend()
    wait(scenario, 2)
    initial.resend()
    initial.expect_event("unanswered", CLIENT)
