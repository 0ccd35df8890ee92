# SPDX-License-Identifier: GPL-2.0-or-later
"""What goes wrong: fallback to plain TCP (RFC 8684 3.7), joins that come to
nothing (3.2), handshakes that contradict themselves (3.1)."""

from __future__ import annotations

from . import options
from .endings import REASONS, reset
from .packets import ACK, FIN, PSH, RST, SYN
from .paths import announce
from .session import CLIENT, ROLES, SERVER, SYN_OPTIONS, Connection, Scene, Subflow, other
from .talk import A1, A2, B1, B2, V6_A1, V6_A2, V6_B1, V6_B2, plain_talk, talk

PORTS = 50  # for each connection

SYN_REPEATED = "the SYN was repeated without MP_CAPABLE, and answered"
PLAIN_SYN_ACK = "the SYN/ACK has no MP_CAPABLE"
PLAIN_THIRD_ACK = "the third ACK and the first data came without an MPTCP option"
PLAIN_FIRST_DATA = "the first data came without an MPTCP option"
VANISHED = "data and its acknowledgement came without MPTCP options, which were there before"
INFINITE = "an infinite mapping was sent"
INFINITE_AFTER_FAIL = "an infinite mapping was sent in answer to MP_FAIL"


def begin(scene: Scene, version: int, v6: bool = False) -> Subflow:
    """A connection's initial subflow, before its SYN."""
    port = 44000 + PORTS * len(scene.connections)
    client, server = (V6_A1, V6_B1) if v6 else (A1, B1)
    return scene.connection(version, (client, port), (server, 443)).initial()


def new_join(connection: Connection, opener: str = CLIENT) -> Subflow:
    """A join, before its SYN."""
    number = len(connection.subflows)
    port = connection.ends[CLIENT][1]
    v6 = ":" in connection.ends[CLIENT][0]
    client, server = (V6_A2, V6_B2) if v6 else (A2, B2)
    if opener == SERVER:
        return connection.join((client, port), (server, port + number), SERVER, (1, 2))
    return connection.join((client, port + number), connection.ends[SERVER], CLIENT, (1, 0))


def plain(subflow: Subflow, role: str) -> None:
    """Data without an option."""
    subflow.send(role, ACK | PSH, payload=bytes(120))


def fall_back(subflow: Subflow, role: str, reason: str) -> None:
    """By the packet of `role` that was sent last; from then on it is plain TCP."""
    subflow.told("fallback", role, reason=reason)
    connection = subflow.connection
    connection.fallback = {"frame": subflow.books.frames[-1], "reason": reason}
    connection.state = "fallback"
    plain_talk(subflow)


# Fallback


def fallbacks() -> Scene:
    """A connection for each way to fall back to plain TCP, in both versions and by either host;
    and much that looks like it and is not: retransmissions and keepalives without an option,
    pure ACKs, data under a mapping that came before, bare FINs and RSTs, data without an option
    on one of several subflows, MP_FAIL there; a third ACK without MP_CAPABLE in version 1, whose
    first data has it."""
    scene = Scene("fallbacks", stories=True)
    for version in (0, 1):
        plain_handshakes(scene, version)
        for role in ROLES:
            plain_first_data(scene, version, role)
            options_vanish(scene, version, role)
            infinite_mapping(scene, version, role)
            infinite_mapping_after_fail(scene, version, role)
        nearly_plain(scene, version)
        bare_ends(scene, version)
        plain_on_one_of_two(scene, version)
        fail_on_one_of_two(scene, version)
    late_keys(scene)
    return scene


def plain_handshakes(scene: Scene, version: int) -> None:
    """MP_CAPABLE is lost from a repeated SYN, from the SYN/ACK, from the third ACK."""
    repeated = begin(scene, version)
    repeated.syn()
    repeated.again()
    repeated.again(option=SYN_OPTIONS)
    repeated.send(SERVER, SYN | ACK, SYN_OPTIONS)
    repeated.connection.handshake = "syn-only"
    fall_back(repeated, SERVER, SYN_REPEATED)

    stripped = begin(scene, version, v6=True)
    stripped.syn()
    stripped.send(SERVER, SYN | ACK, SYN_OPTIONS)
    fall_back(stripped, SERVER, PLAIN_SYN_ACK)
    stripped.connection.counters[CLIENT] = {"MPTcpExtMPCapableFallbackSYNACK": 1}

    no_third = begin(scene, version)
    no_third.syn()
    no_third.syn_ack()
    no_third.send(CLIENT, ACK)
    plain(no_third, CLIENT)
    fall_back(no_third, CLIENT, PLAIN_THIRD_ACK)
    no_third.connection.counters[SERVER] = {"MPTcpExtMPCapableFallbackACK": 1}


def plain_first_data(scene: Scene, version: int, role: str) -> None:
    initial = begin(scene, version, v6=role == SERVER).open()
    if role == SERVER:
        initial.data(CLIENT, 100)
    plain(initial, role)
    fall_back(initial, role, PLAIN_FIRST_DATA)


def options_vanish(scene: Scene, version: int, role: str) -> None:
    """Of data that `role` sends; the server answers with an ACK, the client with data. Then the
    mapping of what was sent before comes no more."""
    initial = begin(scene, version).open()
    talk(initial, rounds=1)
    plain(initial, role)
    if role == CLIENT:
        initial.send(SERVER, ACK)
    else:
        plain(initial, CLIENT)
    fall_back(initial, other(role), VANISHED)


def send_infinite_mapping(subflow: Subflow, role: str, payload: bytes) -> None:
    """RFC 8684 3.7: a length of 0, and no checksum."""
    connection = subflow.connection
    checksum = 0 if connection.flags & options.CHECKSUM else None
    signal = options.dss(ack=connection.next_dsn[other(role)], dsn=connection.next_dsn[role],
                         offset=(subflow.seq[role] - subflow.isn[role]) % 2**32, length=0,
                         checksum=checksum)
    subflow.send(role, ACK | PSH, signal, payload)


def infinite_mapping(scene: Scene, version: int, role: str) -> None:
    initial = begin(scene, version).open()
    talk(initial, rounds=1)
    send_infinite_mapping(initial, role, bytes(100))
    fall_back(initial, role, INFINITE)
    initial.connection.counters = {role: {"MPTcpExtInfiniteMapTx": 1},
                                   other(role): {"MPTcpExtInfiniteMapRx": 1}}


def fail(subflow: Subflow, sender: str, length: int = 100) -> tuple[int, bytes]:
    """Data whose checksum is wrong: its DSN, and the MP_FAIL that answers it."""
    dsn = subflow.connection.next_dsn[sender]
    subflow.data(sender, length, spoilt=True)
    subflow.told("checksum_bad", sender, "error")
    return dsn, options.mp_fail(dsn)


def infinite_mapping_after_fail(scene: Scene, version: int, role: str) -> None:
    """`role` learns from MP_FAIL that its data was spoilt, and sends it again."""
    initial = begin(scene, version, v6=role == CLIENT)
    initial.connection.flags |= options.CHECKSUM
    initial.open()
    talk(initial, rounds=1)
    dsn, option = fail(initial, role)
    initial.send(other(role), ACK, option)
    initial.told("fail", other(role), dsn=options.number(dsn, wide=True))
    initial.connection.next_dsn[role] = dsn
    send_infinite_mapping(initial, role, bytes(100))
    fall_back(initial, role, INFINITE_AFTER_FAIL)
    initial.connection.counters = {
        role: {"MPTcpExtMPFailRx": 1, "MPTcpExtInfiniteMapTx": 1},
        other(role): {"MPTcpExtMPFailTx": 1, "MPTcpExtInfiniteMapRx": 1}}


def nearly_plain(scene: Scene, version: int) -> None:
    """Segments that need no option; each is acknowledged without one."""
    initial = begin(scene, version).open()
    connection = initial.connection
    talk(initial, rounds=1)
    for role in ROLES:
        initial.data(role, 100)
        initial.again(option=b"")  # a retransmission
        initial.send(other(role), ACK)
        initial.send(role, ACK, payload=b"\0", seq=(initial.seq[role] - 1) % 2**32)  # keepalive
        initial.send(other(role), ACK)
        spread(initial, role, parts=3)
        initial.send(other(role), ACK)
    connection.close()


def spread(subflow: Subflow, role: str, parts: int) -> None:
    """Segments under one mapping, which comes with the first of them."""
    connection = subflow.connection
    payload = connection.scene.random.randbytes(100 * parts)
    signal = options.dss(ack=connection.next_dsn[other(role)], dsn=connection.next_dsn[role],
                         offset=(subflow.seq[role] - subflow.isn[role]) % 2**32,
                         length=len(payload))
    for place in range(parts):
        subflow.send(role, ACK | PSH, b"" if place else signal,
                     payload[100 * place:100 * (place + 1)])
    connection.next_dsn[role] = (connection.next_dsn[role] + len(payload)) % 2**64


def bare_ends(scene: Scene, version: int) -> None:
    finished = begin(scene, version).open()
    talk(finished, rounds=1)
    finished.fins()
    finished.connection.state = "closed"
    aborted = begin(scene, version, v6=True).open()
    talk(aborted, rounds=1)
    reset(aborted, SERVER)
    aborted.connection.state = "reset"


def plain_on_one_of_two(scene: Scene, version: int) -> None:
    """RFC 8684 3.7: it is this subflow that ends. Its very first data, and later ones."""
    initial = begin(scene, version).open()
    for rounds, opener in ((0, CLIENT), (1, SERVER)):
        join = new_join(initial.connection, opener).open()
        talk(initial, join, rounds=rounds)
        plain(join, opener)
        join.send(other(opener), ACK)
        reset(join, other(opener), reason=6 if version else None)
    talk(initial, rounds=1)
    initial.connection.close(initial)


def fail_on_one_of_two(scene: Scene, version: int) -> None:
    """MP_FAIL in an RST, and the data once more on the other subflow."""
    initial = begin(scene, version)
    initial.connection.flags |= options.CHECKSUM
    initial.open()
    join = new_join(initial.connection).open()
    talk(initial, join, rounds=1)
    dsn, option = fail(join, SERVER)
    reset(join, CLIENT, reason=6 if version else None, before=option)
    join.told("fail", CLIENT, dsn=options.number(dsn, wide=True))
    initial.connection.next_dsn[SERVER] = dsn
    initial.data(SERVER, 100)
    initial.ack_data(CLIENT)
    initial.connection.close(initial)


def late_keys(scene: Scene) -> None:
    """RFC 8684 3.1: the first data tells the keys, whatever became of the third ACK."""
    initial = begin(scene, 1)
    initial.syn()
    initial.syn_ack()
    initial.send(CLIENT, ACK)
    initial.first_data(100)
    initial.ack_data(SERVER)
    talk(initial, rounds=1)
    initial.connection.close()


# Joins


def join_failures() -> Scene:
    """Joins that fail, opened by either host, in both versions: unanswered; refused by RST with
    each reason and with none; MP_JOIN lost from the SYN/ACK and from the third ACK; HMACs that
    are wrong; to the address that flag C excludes; with a token that nobody has. And joins that
    take their time, and do not fail."""
    scene = Scene("join_failures", stories=True)
    for version in (0, 1):
        for opener in ROLES:
            initial = begin(scene, version, v6=version == 0).open()
            connection = initial.connection
            unanswered_joins(connection, opener)
            if version == 1:
                refusals_with_reasons(connection, opener)
            refusals(connection, opener)
            stripped_joins(connection, opener)
            joins_with_wrong_hmacs(connection, opener)
            joined = [slow_join(connection, opener), hasty_join(connection, opener)]
            talk(initial, *joined, rounds=1)
            connection.close(initial, *joined)
    for opener in ROLES:
        excluded_address(scene, opener)
    not_excluded_address(scene)
    unknown_token(scene)
    return scene


def refuse(join: Subflow, role: str, reason: int | None = None, transient: bool = False) -> None:
    if join.connection.version == 0:
        reason = None  # there is no MP_TCPRST
    reset(join, role, "join_refused", reason, transient)
    join.state = "refused"


def unanswered_joins(connection: Connection, opener: str) -> None:
    for times in (1, 3):
        join = new_join(connection, opener)
        join.syn(times=times)
        join.told("join_unanswered", opener)
        join.state = "unanswered"


def refusals_with_reasons(connection: Connection, opener: str) -> None:
    """All that have a name, and two that have none; at the SYN and at the third ACK."""
    for reason in (*range(len(REASONS)), len(REASONS), 255):
        join = new_join(connection, opener)
        join.syn()
        if reason % 2:
            join.syn_ack()
            join.ack()
        refuse(join, other(opener), reason, transient=reason in (2, 5, 255))


def refusals(connection: Connection, opener: str) -> None:
    """Without a reason: the SYN, the third ACK, though its HMAC is right; the SYN/ACK."""
    at_once = new_join(connection, opener)
    at_once.syn()
    refuse(at_once, other(opener))
    late = new_join(connection, opener)
    late.syn()
    late.syn_ack()
    late.ack()
    refuse(late, other(opener))
    by_the_opener = new_join(connection, opener)
    by_the_opener.syn()
    by_the_opener.syn_ack()
    refuse(by_the_opener, opener)


def stripped_joins(connection: Connection, opener: str) -> None:
    """RFC 8684 3.2 and 3.7: such a subflow is reset; middlebox interference is a reason."""
    at_syn_ack = new_join(connection, opener)
    at_syn_ack.syn()
    at_syn_ack.send(other(opener), SYN | ACK, SYN_OPTIONS)
    at_syn_ack.told("join_stripped", other(opener))
    refuse(at_syn_ack, opener, 6)
    at_ack = new_join(connection, opener)
    at_ack.syn()
    at_ack.syn_ack()
    at_ack.send(opener, ACK)
    at_ack.told("join_stripped", opener)
    refuse(at_ack, other(opener), 6)


def joins_with_wrong_hmacs(connection: Connection, opener: str) -> None:
    acceptor = other(opener)
    wrong = {"severity": "error", "hmac": "bad", "flaw": "hmac_bad"}
    at_syn_ack = new_join(connection, opener)
    at_syn_ack.syn()
    at_syn_ack.syn_ack(options.mp_join_syn_ack(at_syn_ack.hmac(opener),
                                               at_syn_ack.nonces[acceptor] or 0,
                                               at_syn_ack.ids[acceptor] or 0))
    at_syn_ack.told("join_synack", acceptor, **wrong)
    at_syn_ack.verdicts["syn_ack"] = "bad"
    refuse(at_syn_ack, opener, 1)
    at_ack = new_join(connection, opener)
    at_ack.syn()
    at_ack.syn_ack()
    at_ack.ack(options.mp_join_ack(at_ack.hmac(acceptor)))
    at_ack.told("join_ack", opener, **wrong)
    at_ack.verdicts["ack"] = "bad"
    refuse(at_ack, acceptor, 1)
    connection.counters = {opener: {"MPTcpExtMPJoinSynAckHMacFailure": 1},
                           acceptor: {"MPTcpExtMPJoinAckHMacFailure": 1}}


def slow_join(connection: Connection, opener: str) -> Subflow:
    """Each packet of the handshake twice, and ACKs without an option behind it: no failure."""
    join = new_join(connection, opener)
    for step in (join.syn, join.syn_ack, join.ack):
        step()
        join.again()
    join.send(opener, ACK)
    join.send(other(opener), ACK)
    return join


def hasty_join(connection: Connection, opener: str) -> Subflow:
    """The acceptor's first data goes over it at once, and confirms it. So on the initial subflow
    its data begins behind IDSN + 1, as it must."""
    join = new_join(connection, opener)
    join.syn()
    join.syn_ack()
    join.ack()
    join.data(other(opener), 50)
    return join


def excluded_address(scene: Scene, opener: str) -> None:
    """RFC 8684 3.1: flag C excludes the address and port that it is sent from, no others."""
    initial = begin(scene, 1, v6=opener == SERVER)
    connection, acceptor = initial.connection, other(opener)
    connection.own_flags[acceptor] = options.NO_JOINS
    initial.open()
    address, port = connection.ends[acceptor]
    other_address = {CLIENT: V6_A2, SERVER: B2}[acceptor]
    announce(initial, acceptor, other_address, 8)
    announce(initial, acceptor, address, 9, port=port + 1)
    own_address = {CLIENT: A2, SERVER: V6_B2}[opener]
    for number, (end, address_id) in enumerate([((address, port), 0), ((other_address, port), 8),
                                                ((address, port + 1), 9)]):
        ends = {opener: (own_address, port + 2 + number), acceptor: end}
        ids = {opener: 1, acceptor: address_id}
        join = connection.join(ends[CLIENT], ends[SERVER], opener, (ids[CLIENT], ids[SERVER]))
        if address_id:
            join.open()
            continue
        join.syn()
        join.told("join_forbidden", opener)
        refuse(join, acceptor, 3)
    connection.close(initial, *connection.subflows[2:])


def not_excluded_address(scene: Scene) -> None:
    """Joins to a host that has not set the flag, while its peer has; and version 0, where this
    bit is another flag."""
    for version, flagged in ((1, CLIENT), (0, SERVER)):
        initial = begin(scene, version)
        initial.connection.own_flags[flagged] = options.NO_JOINS
        initial.open()
        talk(new_join(initial.connection, CLIENT).open(), rounds=1)
        initial.connection.close()


def unknown_token(scene: Scene) -> None:
    """Of a connection that this capture does not have."""
    for version in (0, 1):
        initial = begin(scene, version)
        connection = initial.connection
        connection.state = "refused"
        join = new_join(connection)
        join.syn()
        join.told("join_syn", CLIENT, token=connection.token(SERVER), flaw="unknown_token")
        if version:
            reset(join, SERVER, "join_refused", 1)
        else:
            refuse(join, SERVER)


# Handshakes


def handshake_flaws() -> Scene:
    """Handshakes that contradict themselves or the RFC: SYN, SYN/ACK and first data repeated with
    another key, first data that does not follow the IDSN, an answer in a higher version, flags B
    and H, a key in a SYN of version 1; those that are unanswered or refused. And MP_FASTCLOSE
    with the right key and a wrong one, answered by RST with a reason."""
    scene = Scene("handshake_flaws", stories=True)
    another_key_in_the_syn(scene)
    for version in (0, 1):
        another_key_in_the_syn_ack(scene, version)
        for role in ROLES:
            for wide_dsn in (True, False):
                misplaced_first_data(scene, version, role, wide_dsn)
        odd_flags(scene, version)
        not_opened(scene, version)
    another_key_in_the_first_data(scene)
    versions(scene)
    key_in_a_v1_syn(scene)
    for version in (0, 1):
        for role in ROLES:
            fastclose_with_ack(scene, version, role)
            fastclose_with_wrong_key(scene, version, role)
    fastclose_with_rst(scene)
    return scene


def another_key_in_the_syn(scene: Scene) -> None:
    """Version 0, where the SYN has a key."""
    initial = begin(scene, 0)
    wrong = initial.connection.keys[CLIENT] ^ 1
    initial.syn()
    initial.again(option=SYN_OPTIONS + options.mp_capable(0, wrong))
    initial.told("key_mismatch", CLIENT, key=f"0x{wrong:016x}")
    initial.syn_ack()
    initial.ack()
    talk(initial, rounds=1)
    initial.connection.close()


def another_key_in_the_syn_ack(scene: Scene, version: int) -> None:
    initial = begin(scene, version, v6=True)
    wrong = initial.connection.keys[SERVER] ^ 1 << 63
    initial.syn()
    initial.syn_ack()
    initial.again(option=SYN_OPTIONS + options.mp_capable(version, wrong))
    initial.told("key_mismatch", SERVER, key=f"0x{wrong:016x}")
    initial.ack()
    talk(initial, rounds=1)
    initial.connection.close()


def another_key_in_the_first_data(scene: Scene) -> None:
    """Version 1, where it has keys; the server waits for a better copy."""
    initial = begin(scene, 1).open()
    wrong = initial.connection.keys[SERVER] ^ 1 << 32
    initial.first_data(100)
    initial.again(option=options.mp_capable(1, initial.connection.keys[CLIENT], wrong, length=100))
    initial.told("key_mismatch", CLIENT, peer_key=f"0x{wrong:016x}")
    initial.again(option=options.mp_capable(1, *initial.connection.keys.values(), length=100))
    initial.ack_data(SERVER)
    talk(initial, rounds=1)
    initial.connection.close()


def misplaced_first_data(scene: Scene, version: int, role: str, wide_dsn: bool) -> None:
    """Its DSN is the IDSN itself. What comes later is at its right place."""
    initial = begin(scene, version).open()
    connection = initial.connection
    connection.next_dsn[role] = (connection.next_dsn[role] - 1) % 2**64
    dsn = connection.next_dsn[role]
    initial.data(role, 101, wide_dsn=wide_dsn)
    initial.told("idsn_mismatch", role, dsn=options.number(dsn, wide_dsn))
    talk(initial, new_join(connection).open(), rounds=1)
    connection.close()


def odd_flags(scene: Scene, version: int) -> None:
    """RFC 8684 3.1: whoever gets one of these treats it as plain TCP's SYN."""
    for flags in (options.HMAC | options.EXTENSIBLE, 0, options.CHECKSUM):
        initial = begin(scene, version)
        initial.connection.flags = flags
        initial.syn()
        initial.told("odd_flags", CLIENT, version=version)
        initial.send(SERVER, SYN | ACK, SYN_OPTIONS)
        fall_back(initial, SERVER, PLAIN_SYN_ACK)


def not_opened(scene: Scene, version: int) -> None:
    """Nobody answers; the server refuses the SYN; the client its answer."""
    unanswered = begin(scene, version, v6=True)
    unanswered.syn(times=2)
    unanswered.told("unanswered", CLIENT)
    unanswered.state = "unanswered"
    by_server = begin(scene, version)
    by_server.syn()
    reset(by_server, SERVER, "refused")
    by_client = begin(scene, version)
    by_client.syn()
    by_client.syn_ack()
    reset(by_client, CLIENT, "refused", reason=2 if version else None)
    by_server.state = by_client.state = "refused"
    for initial in (unanswered, by_server, by_client):
        initial.connection.state = "refused"


def versions(scene: Scene) -> None:
    """An answer in a higher version than was offered, which nobody can follow; one in a lower
    version, which both go on with."""
    higher = begin(scene, 0)
    higher.syn()
    higher.syn_ack(options.mp_capable(1, higher.connection.keys[SERVER]))
    higher.told("version_mismatch", SERVER, version=1)
    higher.send(CLIENT, ACK)
    plain(higher, CLIENT)
    fall_back(higher, CLIENT, PLAIN_THIRD_ACK)
    # The answer counts for nothing.
    higher.connection.handshake, higher.connection.known[SERVER] = "syn-only", False

    lower = begin(scene, 1)
    lower.syn(options.mp_capable(2))
    lower.syn_ack()
    lower.told("version_downgrade", SERVER, version=1)
    lower.ack()
    talk(lower, rounds=1)
    lower.connection.close()


def key_in_a_v1_syn(scene: Scene) -> None:
    """Such an option is as long as version 0's: the server ignores it, and nobody knows whether
    this is the client's key."""
    ignored = begin(scene, 1)
    ignored.syn(options.mp_capable(1, ignored.connection.keys[CLIENT]))
    ignored.told("odd_form", CLIENT, details="version 1 with one key")
    ignored.send(SERVER, SYN | ACK, SYN_OPTIONS)
    fall_back(ignored, SERVER, PLAIN_SYN_ACK)


def fastclose_with_ack(scene: Scene, version: int, role: str) -> None:
    """RFC 8684 3.5: MP_FASTCLOSE on one subflow, RST on the others; the receiver answers with
    RST, and a FIN behind that is no news."""
    initial = begin(scene, version).open()
    join = new_join(initial.connection).open()
    talk(initial, join, rounds=1)
    key = initial.connection.keys[other(role)]
    initial.send(role, ACK, options.mp_fastclose(key))
    initial.told("fastclose", role, key=f"0x{key:016x}")
    reset(join, role)
    reset(initial, other(role), reason=0 if version else None)
    initial.send(role, FIN | ACK)
    initial.connection.state = "fastclosed"
    initial.connection.counters = {role: {"MPTcpExtMPFastcloseTx": 1},
                                   other(role): {"MPTcpExtMPFastcloseRx": 1}}


def fastclose_with_wrong_key(scene: Scene, version: int, role: str) -> None:
    """The sender's own, which counts for nothing: whoever gets it resets the subflow alone."""
    initial = begin(scene, version, v6=True).open()
    join = new_join(initial.connection).open()
    talk(initial, join, rounds=1)
    key = initial.connection.keys[role]
    join.send(role, ACK, options.mp_fastclose(key))
    join.told("fastclose", role, "warn", flaw="fastclose_key", key=f"0x{key:016x}")
    reset(join, other(role), reason=1 if version else None)
    talk(initial, rounds=1)
    initial.connection.close(initial)


def fastclose_with_rst(scene: Scene) -> None:
    """Version 1: RST with MP_FASTCLOSE on all subflows."""
    initial = begin(scene, 1).open()
    join = new_join(initial.connection, SERVER).open()
    talk(initial, join, rounds=1)
    key = initial.connection.keys[CLIENT]
    for subflow in (initial, join):
        subflow.send(SERVER, RST | ACK, options.mp_fastclose(key))
        subflow.told("fastclose", SERVER, key=f"0x{key:016x}")
        subflow.told("subflow_reset", SERVER, reason=None)
    initial.connection.state = "fastclosed"
