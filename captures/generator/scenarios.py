# SPDX-License-Identifier: GPL-2.0-or-later
"""What the generated captures show: one function each, in a docstring's words."""

from __future__ import annotations

from collections.abc import Callable

from . import crypto, options, packets, script_example
from .checksums import checksums
from .data_order import data_order
from .endings import closes
from .failures import fallbacks, handshake_flaws, join_failures
from .mappings import mappings, mappings_late
from .packets import ACK, FIN, PSH, RST, SYN
from .paths import path_management
from .reinjections import reinjection
from .session import CLIENT, ROLES, SERVER, SYN_OPTIONS, Scene, Subflow, other
from .talk import A1, A2, B1, B2, V6_A1, V6_A2, V6_B1, V6_B2, plain_talk, talk


def example() -> Scene:
    """Version 0: four connections with the keys of the script that this project
    replaces, six joins, data on all ten subflows."""
    return script_example.play(*script_example.SMALL)


def late_start() -> Scene:
    """Version 1, captured late: a flow with DSS alone, two joins with a token
    that nobody is known to have, and a connection that is all there."""
    scene = Scene("late_start")
    lonely = scene.connection(1, (A1, 41000), (B1, 443))
    flow = lonely.initial().open(captured=False)
    flow.expected_kind, flow.expected_initiator = "unknown", None
    flow.ids = flow.backup = dict.fromkeys(ROLES)
    lonely.seen.clear()
    talk(flow, rounds=1)

    unknown = scene.connection(1, (A1, 41001), (B1, 443))
    unknown.initial().open(captured=False)
    joins = [unknown.join((A2, 41002), (B1, 443), ids=(2, 0)).open(),
             unknown.join(("10.0.3.1", 41003), (B1, 443), ids=(3, 0)).open()]
    talk(*joins)

    whole = scene.connection(1, (A1, 41004), (B1, 443))
    talk(whole.initial().open())
    whole.close()
    return scene


def one_way(version: int, seen: str) -> Scene:
    """A capture that holds the packets of one side alone."""
    scene = Scene(f"one_way_{seen}")
    connection = scene.connection(version, (A1, 41100), (B1, 443))
    only = {role: {"captured": role == seen} for role in ROLES}
    initial = connection.initial()
    join = connection.join((A2, 41101), (B1, 443), ids=(2, 0))
    for subflow in (initial, join):
        subflow.syn(**only[CLIENT])
        subflow.syn_ack(**only[SERVER])
        subflow.ack(**only[CLIENT])
        for role in ROLES:
            subflow.data(role, 100, **only[role])
            subflow.ack_data(other(role), **only[other(role)])
    return scene


def one_way_client() -> Scene:
    """Version 0, the client's packets alone: the third ACK still tells both
    keys, but that the server agreed was not seen in its SYN/ACK."""
    return one_way(0, CLIENT)


def one_way_server() -> Scene:
    """Version 1, the server's packets alone: its key is known, the client's is
    not; the join's SYN, and with it the token, is missing: a flow of its own."""
    scene = one_way(1, SERVER)
    connection = scene.connections[0]
    initial, join = connection.subflows
    apart = scene.connection(1, join.ends[CLIENT], join.ends[SERVER])
    connection.subflows.remove(join)
    apart.subflows.append(join)
    join.connection = apart
    # The first packet is the acceptor's: it counts as the client's.
    swap_roles(join)
    return scene


def swap_roles(subflow: Subflow) -> None:
    """The other host counts as the client."""
    for pairs in (subflow.ends, subflow.ids, subflow.nonces, subflow.backup,
                  subflow.books.packets, subflow.books.payload):
        pairs[CLIENT], pairs[SERVER] = pairs[SERVER], pairs[CLIENT]
    for each in subflow.passages:
        each.role = other(each.role)
    subflow.opener = subflow.expected_initiator = other(subflow.opener)


def handshake_repeated() -> Scene:
    """Both versions: SYN, SYN/ACK, third ACK and the first data of version 1,
    each seen two or three times, of joins too. Still one connection each."""
    scene = Scene("handshake_repeated")
    for version in (0, 1):
        connection = scene.connection(version, (A1, 41200 + version), (B1, 443))
        initial = connection.initial()
        initial.syn(times=3)
        initial.syn_ack(times=2)
        initial.ack(times=3)
        if version == 1:
            initial.first_data(100, times=2)
        join = connection.join((A2, 41210 + version), (B1, 443), ids=(2, 0))
        join.syn(times=2)
        join.syn_ack(times=3)
        join.ack(times=2)
        join.ack_data(SERVER)
        talk(initial, join)
        connection.close()
    return scene


def join_before_keys() -> Scene:
    """Version 1, reordered: the server's join stands before the third ACK that
    tells the client's key; a client's join stands before even the first SYN;
    a SYN/ACK and a join's SYN/ACK stand before their SYNs."""
    scene = Scene("join_before_keys")
    first = scene.connection(1, (A1, 41300), (B1, 443))
    initial = first.initial()
    join = first.join((A2, 41301), (B2, 41302), opener=SERVER, ids=(2, 3))
    initial.syn()
    initial.syn_ack()
    join.syn()
    initial.ack()
    join.syn_ack()
    join.ack()
    talk(initial, join)

    second = scene.connection(1, (A1, 41310), (B1, 443))
    initial = second.initial()
    join = second.join((A2, 41311), (B1, 443), ids=(2, 0))
    join.syn()
    initial.open()
    join.syn_ack()
    join.ack()
    talk(initial, join)

    third = scene.connection(0, (A1, 41320), (B1, 443))
    initial = third.initial()
    join = third.join((A2, 41321), (B1, 443), ids=(2, 0))
    reordered_handshake(initial)
    reordered_handshake(join)
    talk(initial, join)
    for connection in scene.connections:
        connection.close()
    return scene


def reordered_handshake(subflow: Subflow) -> None:
    """SYN and SYN/ACK change places."""
    scene = subflow.connection.scene
    subflow.syn()
    subflow.syn_ack()
    syn, answer = scene.captured[-2:]
    scene.captured[-2:] = [(syn[0], *answer[1:]), (answer[0], *syn[1:])]
    subflow.ack()


def colliding_keys(version: int, count: int = 2) -> tuple[int, ...]:
    """Keys of one token: the birthday paradox finds them in no time."""
    seen: dict[int, int] = {}
    key = 0x1234_5678_0000_0000
    while True:
        key += 1
        known = seen.setdefault(crypto.token(version, key), key)
        if known != key:
            return known, key


def token_collision() -> Scene:
    """Version 1: two living connections to one server whose server tokens are
    the same number. Only the HMACs tell which join belongs to which."""
    scene = Scene("token_collision")
    keys = colliding_keys(1)
    connections = []
    for place, server_key in enumerate(keys):
        connection = scene.connection(1, (A1, 41400 + place), (B1, 443),
                                      (scene.random.getrandbits(64), server_key))
        connection.initial().open()
        connections.append(connection)
    # The joins in turn: neither "the newest" nor "the oldest" is right for all.
    for place in (0, 1, 1, 0):
        connection = connections[place]
        port = 41410 + sum(len(c.subflows) for c in connections)
        talk(connection.join((A2, port), (B1, 443), ids=(2, 0)).open())
    for connection in connections:
        connection.close()
    return scene


def key_reuse() -> Scene:
    """Version 0: two connections with the very same keys, one after the other,
    with a join each. A join belongs to the one that is alive."""
    scene = Scene("key_reuse")
    keys = (0x1111_2222_3333_4444, 0x5555_6666_7777_8888)
    for place in range(2):
        connection = scene.connection(0, (A1, 41500 + place), (B1, 443), keys)
        initial = connection.initial().open()
        join = connection.join((A2, 41510 + place), (B1, 443), ids=(2, 0)).open()
        talk(initial, join)
        connection.close()
    return scene


def tuple_reuse() -> Scene:
    """4-tuples used again: by a new MPTCP connection, by another connection's
    join, and by plain TCP, whose packets are no connection's any more."""
    scene = Scene("tuple_reuse", streams=False)
    client, server, joiner = (A1, 41600), (B1, 443), (A2, 41601)
    for version in (0, 1):
        connection = scene.connection(version, client, server)
        initial = connection.initial().open()
        join = connection.join(joiner, server, ids=(2, 0)).open()
        talk(initial, join)
        connection.close()
    scene.plain(client, server, SYN, 1000, 0)
    scene.plain(server, client, SYN | ACK, 2000, 1001)
    scene.plain(client, server, ACK, 1001, 2001)
    scene.plain(client, server, ACK | PSH, 1001, 2001, b"plain TCP")
    scene.plain(server, client, ACK, 2001, 1010)
    scene.plain(client, server, FIN | ACK, 1010, 2001)
    scene.plain(server, client, FIN | ACK, 2001, 1011)
    scene.plain(client, server, ACK, 1011, 2002)
    return scene


def stray_syn() -> Scene:
    """SYNs that somebody else puts on the 4-tuple of a living subflow: plain
    ones and ones with MP_CAPABLE, unanswered and refused. The subflow goes on."""
    scene = Scene("stray_syn", streams=False)
    client, server = (A1, 41650), (B1, 443)
    connection = scene.connection(1, client, server)
    initial = connection.initial().open()
    talk(initial, rounds=1)
    scene.plain(client, server, SYN, 1000, 0)
    talk(initial, rounds=1)
    scene.plain(client, server, SYN, 2000, 0)
    scene.plain(server, client, RST | ACK, 0, 2001)
    talk(initial, rounds=1)
    for refused in (False, True):
        stray = scene.connection(1, client, server)
        subflow = stray.initial()
        subflow.syn()
        if refused:
            subflow.reset(SERVER)
        stray.state = "refused"
        stray.known = dict.fromkeys(ROLES, False)
        talk(initial, rounds=1)
    connection.close()
    return scene


def options_mixed() -> Scene:
    """Both versions: every subtype and some that do not exist, payload whose
    first option 30 is not its DSS, several in one segment, padding around."""
    scene = Scene("options_mixed")
    for version in (0, 1):
        connection = scene.connection(version, (A1, 41700 + version), (B1, 443))
        initial = connection.initial().open()
        join = connection.join((A2, 41710 + version), (B2, 443), ids=(2, 7),
                               backup=(True, False)).open()
        for signal in signals(connection, version):
            initial.send(SERVER, ACK, signal)
        initial.data(CLIENT, 100, before=options.mp_prio(True))
        initial.data(SERVER, 150, before=options.remove_addr(9), wide_dsn=False)
        initial.data(CLIENT, 50, before=options.NOP * 3)
        join.data(SERVER, 80, before=options.remove_addr(4, 5, 6) + options.NOP)
        join.send(CLIENT, ACK, options.mp_prio(False) + options.mp_prio(True))
        for subtype in range(9, 16):
            initial.send(CLIENT, ACK, options.option(subtype, 0, bytes(subtype)))
        initial.send(CLIENT, ACK, options.dss(ack=connection.next_dsn[SERVER]) + options.END
                     + bytes([30, 12, 0]))  # nothing counts behind the end of the list
        talk(initial, join, rounds=1)
        join.reset(CLIENT, options.mp_tcprst(1, transient=True) if version else b"")
        connection.subflows[0].data_fin(CLIENT)
        connection.subflows[0].data_fin(SERVER)
        initial.fins()
        connection.state = "closed"
    return scene


def signals(connection, version: int) -> list[bytes]:
    """Path management by the server, which has address ID 7 and more."""
    if version == 0:
        return [options.add_addr(0, B2, 7), options.add_addr(0, B2, 8, port=8443),
                options.add_addr(0, V6_B2, 9), options.add_addr(0, V6_B2, 10, port=8443),
                options.remove_addr(8), options.remove_addr(9, 10), options.mp_prio(True),
                options.mp_prio(False, 7), options.mp_fail(connection.next_dsn[SERVER])]
    made = []
    for address, address_id, port in ((B2, 7, None), (B2, 8, 8443), (V6_B2, 9, None),
                                      (V6_B2, 10, 8443)):
        unsigned = options.add_addr(1, address, address_id, port, bytes(8))[3:-8]
        message = unsigned if port else unsigned + bytes(2)  # without a port: zeros
        hmac = crypto.address_hmac(connection.keys[SERVER], connection.keys[CLIENT], message)
        made.append(options.add_addr(1, address, address_id, port, hmac))
        made.append(options.add_addr(1, address, address_id, port, echo=True))
    return [*made, options.remove_addr(8), options.remove_addr(9, 10), options.mp_prio(True),
            options.mp_fail(connection.next_dsn[SERVER])]


def malformed() -> Scene:
    """Option 30 with every length that its subtype must not have, past the end
    of the header too, between packets that are right. Nothing is lost."""
    scene = Scene("malformed")
    legal = {0: (4, 12, 20, 22, 24), 1: (12, 16, 24), 2: (), 3: (8, 10, 16, 18, 20, 22, 28, 30),
             4: range(4, 41), 5: (3, 4), 6: (12,), 7: (12,), 8: (4,)}
    connection = scene.connection(1, (A1, 41800), (B1, 443))
    initial = connection.initial().open()
    for subtype, right in legal.items():
        for length in (3, 5, 9, 13, 23, 31, 40):
            if length in right:
                continue
            # Version or flags 1; in a DSS, flags that ask for more than there is.
            body = bytes([30, length, subtype << 4 | 1, 0x1f]) + bytes(36)
            initial.send(CLIENT, ACK, body[:length])
        initial.data(CLIENT, 10)
    for broken in (bytes([30, 0]), bytes([30, 1]), bytes([30, 2]), bytes([1, 1, 1, 30]),
                   bytes([30, 41, 0x20, 0x01]), bytes([30, 255, 0, 0])):
        initial.send(SERVER, ACK, broken)
        initial.data(SERVER, 10)
    connection.close()
    return scene


def snaplen() -> Scene:
    """Options cut by the snaplen, at another octet each time: an option that is
    cut tells nothing. The payload is what the wire carried."""
    scene = Scene("snaplen")
    headers = 20 + 20
    for cut in range(0, 33):
        connection = scene.connection(0, (A1, 41900 + cut), (B1, 443))
        initial = connection.initial()
        initial.syn()
        initial.syn_ack(kept=headers + min(cut, 19))  # 8 of MSS, SACK; 12 of MP_CAPABLE
        initial.ack(kept=headers + min(cut, 19))
        initial.data(CLIENT, 100, kept=headers + cut)
        connection.known = {CLIENT: True, SERVER: False}
    return scene


def tunnels() -> Scene:
    """Connections inside IP in IP, GRE, VXLAN, and IPv6 in IPv4; nested, too."""
    scene = Scene("tunnels")
    wraps = (packets.in_ipip, packets.in_gre, packets.in_vxlan,
             lambda packet: packets.in_vxlan(packets.in_gre(packet)))
    for place, wrap in enumerate(wraps):
        v6 = place % 2 == 0
        client, server = ((V6_A1, V6_B1) if v6 else (A1, B1))
        connection = scene.connection(place % 2, (client, 42000 + place), (server, 443))
        initial = connection.initial()
        join = connection.join((A2, 42010 + place), (B1, 443), ids=(2, 0))
        initial.wrap = join.wrap = wrap
        initial.open()
        join.open()
        talk(initial, join)
        connection.close()
    return scene


def icmp_quoted() -> Scene:
    """ICMP errors that quote segments of a living subflow, a SYN with MP_CAPABLE
    and one with MP_JOIN of flows that were never seen: no traffic."""
    scene = Scene("icmp_quoted", streams=False)
    connection = scene.connection(1, (A1, 42100), (B1, 443))
    initial = connection.initial().open()
    talk(initial, rounds=1)
    quoted = [scene.captured[0][1], scene.captured[3][1]]
    unseen = scene.connection(0, (A1, 42101), (B1, 443))
    join = unseen.join((A2, 42102), (B1, 443))
    for subflow in (unseen.initial(), join):
        before = len(scene.captured), scene.tcp_packets
        subflow.syn()
        quoted.append(scene.captured.pop()[1])
        scene.tcp_packets = before[1]
        subflow.books.frames.clear()
    for packet in quoted:
        scene.capture(packets.port_unreachable("10.0.9.9", packet), tcp=False)
    v6 = scene.connection(1, (V6_A1, 42103), (V6_B1, 443))
    talk(v6.initial().open(), rounds=1)
    scene.capture(packets.packet_too_big("2001:db8:9::9", scene.captured[-2][1]), tcp=False)
    talk(initial, rounds=1)
    connection.close()
    v6.close()
    return scene


def ipv6() -> Scene:
    """Both versions over IPv6, with joins over IPv4, and a data segment over
    IPv4 that comes in fragments."""
    scene = Scene("ipv6")
    for version in (0, 1):
        connection = scene.connection(version, (V6_A1, 42200 + version), (V6_B1, 443))
        initial = connection.initial().open()
        joins = [connection.join((V6_A2, 42210 + version), (V6_B2, 443), ids=(2, 3)).open(),
                 connection.join((A1, 42220 + version), (B1, 443), ids=(4, 5)).open()]
        talk(initial, *joins)
        joins[1].data(CLIENT, 1000)
        fragment(scene, joins[1])
        connection.close()
    return scene


def fragment(scene: Scene, subflow: Subflow) -> None:
    """The last packet again, as two IPv4 fragments in its place."""
    time, packet, kept = scene.captured.pop()
    body = packet[20:]
    parts = [packets.ipv4(A1, B1, packets.TCP, body[:512], 77, 0, True),
             packets.ipv4(A1, B1, packets.TCP, body[512:], 77, 512, False)]
    scene.captured.append((time, parts[0], kept))
    scene.capture(parts[1], tcp=False)
    # The segment is there when its last fragment is.
    subflow.books.frames[-1] += 1
    subflow.books.times[-1] = scene.time
    subflow.passages[-1].frame += 1
    subflow.passages[-1].time = scene.time


def version_downgrade() -> Scene:
    """A SYN of version 1 answered with version 0: the client goes on as plain
    TCP. And a SYN of version 2 answered with version 1: both go on with that."""
    scene = Scene("version_downgrade")
    lower = scene.connection(0, (A1, 42300), (B1, 443))
    initial = lower.initial()
    initial.syn(options.mp_capable(1))
    initial.syn_ack()
    initial.ack(b"", kept=1 << 18)
    plain_talk(initial)
    lower.handshake, lower.state, lower.fallback = "half", "fallback", True
    lower.known = {CLIENT: False}

    higher = scene.connection(1, (A1, 42301), (B1, 443))
    initial = higher.initial()
    initial.syn(options.mp_capable(2))
    initial.syn_ack()
    initial.ack()
    talk(initial)
    higher.close()
    return scene


def refused() -> Scene:
    """Handshakes that come to nothing, and those that end as plain TCP."""
    scene = Scene("refused")
    ports = iter(range(42400, 42500))

    def begin(version: int, **facts) -> Subflow:
        connection = scene.connection(version, (A1, next(ports)), (B1, 443))
        vars(connection).update(facts)
        return connection.initial()

    reset = begin(0, state="refused")
    reset.syn()
    reset.reset(SERVER)
    unanswered = begin(1, state="refused")
    unanswered.syn(times=3)
    half = begin(1, state="refused")
    half.syn()
    half.syn_ack()
    half.send(CLIENT, RST)
    left = begin(0, state="refused")
    left.syn()
    left.syn_ack(times=2)

    wrong_echo = begin(1, state="refused", handshake="half", known={CLIENT: False})
    wrong_echo.syn()
    wrong_echo.syn_ack()
    c = wrong_echo.connection
    wrong_echo.ack(options.mp_capable(1, c.keys[CLIENT], c.keys[SERVER] ^ 1))
    wrong_echo.reset(SERVER)

    stripped = begin(1, state="fallback", fallback=True)
    stripped.syn()
    stripped.send(SERVER, SYN | ACK, SYN_OPTIONS)
    stripped.send(CLIENT, ACK)
    plain_talk(stripped)

    repeated = begin(1, state="fallback", fallback=True)
    repeated.syn(times=2)
    repeated.send(CLIENT, SYN, SYN_OPTIONS, seq=repeated.isn[CLIENT])
    repeated.send(SERVER, SYN | ACK, SYN_OPTIONS)
    repeated.send(CLIENT, ACK)
    plain_talk(repeated)

    no_third = begin(0, state="fallback", fallback=True)
    no_third.syn()
    no_third.syn_ack()
    no_third.send(CLIENT, ACK)
    plain_talk(no_third)

    alive = begin(1)
    alive.open()
    join = alive.connection.join((A2, next(ports)), (B1, 443), ids=(2, 0))
    join.syn()
    join.send(SERVER, SYN | ACK, SYN_OPTIONS)
    join.reset(CLIENT)
    talk(alive, rounds=1)
    alive.connection.close()

    nobodys = scene.connection(1, (A2, next(ports)), (B1, 443))
    nobodys.state = "refused"
    lost = nobodys.join((A2, next(ports)), (B1, 443), ids=(2, 0))
    lost.syn()
    lost.reset(SERVER, options.mp_tcprst(1))
    return scene


def fastclose() -> Scene:
    """MP_FASTCLOSE in both versions, one with a wrong key, which counts for
    nothing; and a connection whose subflows are all reset."""
    scene = Scene("fastclose")
    for place, (version, wrong) in enumerate([(0, 0), (1, 0), (1, 1)]):
        connection = scene.connection(version, (A1, 42500 + place), (B1, 443))
        initial = connection.initial().open()
        talk(initial, rounds=1)
        close = options.mp_fastclose(connection.keys[SERVER] ^ wrong)
        if version == 0 or wrong:
            initial.send(CLIENT, ACK, close)
            connection.state = "open" if wrong else "fastclosed"
        else:
            initial.reset(CLIENT, close)
            connection.state = "fastclosed"
    connection = scene.connection(0, (A1, 42510), (B1, 443))
    subflows = [connection.initial().open(),
                connection.join((A2, 42511), (B1, 443), ids=(2, 0)).open()]
    talk(*subflows, rounds=1)
    for subflow in subflows:
        subflow.reset(SERVER)
    connection.state = "reset"
    return scene


def both_openers() -> Scene:
    """Joins that the client opens and joins that the server opens, in one
    connection; backup flags of each; HMACs that are wrong."""
    scene = Scene("both_openers")
    for version in (0, 1):
        for v6 in (False, True):
            first, second = ((V6_A1, V6_A2), (V6_B1, V6_B2)) if v6 else ((A1, A2), (B1, B2))
            base = 42600 + 20 * version + 10 * v6
            connection = scene.connection(version, (first[0], base), (second[0], 443))
            initial = connection.initial().open()
            joins = [
                connection.join((first[1], base + 1), (second[0], 443), CLIENT, (2, 0),
                                backup=(True, False)),
                connection.join((first[1], base + 2), (second[1], base + 3), SERVER, (2, 3),
                                backup=(False, True)),
                connection.join((first[0], base + 4), (second[1], base + 5), SERVER, (0, 3),
                                backup=(True, True))]
            for join in joins:
                join.open()
            talk(initial, *joins)
            bad_hmacs(connection, first[1], second[0], base + 6)
            connection.close()
    return scene


def bad_hmacs(connection, client: str, server: str, port: int) -> None:
    """A join whose SYN/ACK has a wrong HMAC, and one whose third ACK has."""
    join = connection.join((client, port), (server, 443), ids=(5, 0))
    join.syn()
    join.syn_ack(options.mp_join_syn_ack(bytes(8), join.nonces[SERVER], 0))
    join.reset(CLIENT)
    join.verdicts["syn_ack"] = "bad"
    join = connection.join((client, port + 1), (server, 443), ids=(6, 0))
    join.syn()
    join.syn_ack()
    join.ack(options.mp_join_ack(bytes(20)))
    join.reset(SERVER)
    join.verdicts["ack"] = "bad"


def duplicates() -> Scene:
    """Every packet twice, as a mirror port shows them."""
    scene = Scene("duplicates")
    connection = scene.connection(1, (A1, 42700), (B1, 443))
    initial = connection.initial()
    join = connection.join((A2, 42701), (B1, 443), ids=(2, 0))
    for subflow in (initial, join):
        subflow.open(times=2)
    for subflow in (initial, join):
        for role in ROLES:
            subflow.data(role, 300, times=2)
            subflow.ack_data(other(role), times=2)
    for role in ROLES:
        initial.data_fin(role, times=2)
    for subflow in (initial, join):
        subflow.fins(times=2)
    connection.state = "closed"
    return scene


SCENARIOS: dict[str, Callable[[], Scene]] = {
    "script_example": example,
    **{scenario.__name__: scenario for scenario in (
        late_start, one_way_client, one_way_server, handshake_repeated, join_before_keys,
        token_collision, key_reuse, tuple_reuse, stray_syn, options_mixed, malformed, snaplen,
        tunnels, icmp_quoted, ipv6, version_downgrade, refused, fastclose, both_openers,
        duplicates, path_management, fallbacks, join_failures, handshake_flaws, closes,
        mappings, mappings_late, reinjection,
        checksums, data_order)}}
