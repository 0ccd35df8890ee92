# SPDX-License-Identifier: GPL-2.0-or-later
"""Upper protocols across subflows: Wireshark's dissectors see the data of a connection in order.

What is right comes from the servers and clients of the recordings (captures/recorder/protocols): they
counted their requests and responses, and kept the SHA-256 of each body.
"""

from __future__ import annotations

import hashlib
import json
import re
import tempfile
from bisect import bisect_left
from dataclasses import dataclass
from pathlib import Path

import pytest

from captures import ROOT, Capture
from test_export_tcp import export
from test_follow import PASSES, edit
from test_recorded import FOLDER, ROLES, Recording
from tshark import Tshark, own

OFF = ("-o", "mptcp_conn.upper_protocols:false")
HTTP_AT_5001 = ("-d", "tcp.port==5001,http")
HTTP2_AT_5001 = ("-d", "tcp.port==5001,http2")
HTTP = ["k_http_upload", "k_http_pipelined", "k_http_loss_client", "k_http_loss_server", "k_tls12",
        "k_tls13"]
ALL = [*HTTP, "k_http2", "k_smtp_starttls", "k_dns"]


def recordings(names: list[str]):
    """Runs the test on each of these recordings."""
    found = [pytest.param(Recording(path), id=name, marks=pytest.mark.xdist_group(name))
             for name in names for path in FOLDER.glob(f"{name}.pcap*")]
    assert len(found) == len(names)
    return pytest.mark.parametrize("recording", found)


@pytest.fixture
def path(captures_dir, recording: Recording) -> Path:
    return captures_dir / recording.path.name


def secrets(path: Path) -> tuple[str, ...]:
    """The option for the secrets of TLS, if there are any."""
    keylog = path.with_suffix(".keylog")
    return ("-o", f"tls.keylog_file:{keylog}") if keylog.exists() else ()


def upper(recording: Recording, role: str, what: str) -> list:
    """What the protocol's programs of this role say, by connection."""
    return [each["upper"][what] for each in recording.facts["application"][role]]


def objects(recording: Recording) -> list[str]:
    """The SHA-256 of each body of HTTP: those that the client received, and those that the server
    did."""
    return sorted(each["sha256"] for role in ROLES
                  for of_connection in upper(recording, role, "objects") for each in of_connection)


def exported(tshark: Tshark, stage: Path, path: Path, *options: str, protocol: str = "http"):
    """The SHA-256 of each object that Wireshark exports."""
    with tempfile.TemporaryDirectory(dir=stage) as folder:
        own(Path(folder))
        tshark.run("-r", path, "-q", *options, "--export-objects", f"{protocol},{folder}")
        return sorted(hashlib.sha256(each.read_bytes()).hexdigest()
                      for each in Path(folder).iterdir())


def values(tshark: Tshark, path: Path, field: str, *options: str,
           display_filter: str = "") -> list[str]:
    """All values of a field, in the order of the frames."""
    rows = tshark.fields(path, [field], *options, display_filter=display_filter or field)
    return [value for row in rows for value in row[field]]


@PASSES
@recordings(HTTP)
def test_objects_are_the_applications(tshark, stage, path, recording: Recording, passes):
    assert exported(tshark, stage, path, *passes, *secrets(path)) == objects(recording)


def shared_captures_with_objects() -> list:
    """Captures beside this project whose facts have the objects that the client got."""
    return [pytest.param(path, json.loads(facts.read_text())["objects"], id=path.stem)
            for facts in sorted(ROOT.parent.glob("*/captures/*/*.facts.json"))
            if "objects" in json.loads(facts.read_text())
            for path in facts.parent.glob(facts.name.removesuffix(".facts.json") + ".pcap*")]


@PASSES
@pytest.mark.parametrize("shared, known", shared_captures_with_objects())
def test_objects_of_shared_captures(tshark, stage, path_of, shared: Path, known: list[dict], passes):
    options = []
    if (keylog := shared.with_suffix(".keylog")).exists():
        options = ["-o", f"tls.keylog_file:{path_of(Capture(keylog, keylog))}"]
    found = exported(tshark, stage, path_of(Capture(shared, shared)), *passes, *options)
    assert found == sorted(each["sha256"] for each in known)


@PASSES
@recordings(HTTP)
def test_requests_and_responses_are_counted(tshark, path, recording: Recording, passes):
    options = (*passes, *secrets(path))
    requests = sum(upper(recording, "server", "requests"))
    responses = sum(upper(recording, "client", "responses"))
    rows = tshark.fields(path, ["http.request", "http.response"], *options)
    for name, count in (("http.request", requests), ("http.response", responses)):
        assert sum(len(row[name]) for row in rows) == count
    tree = tshark.run("-r", path, "-q", "-z", "http,tree", *options).stdout
    counts = dict(re.findall(r"^ *(HTTP \w+ Packets|Total HTTP Packets) +(\d+)", tree, re.M))
    assert counts == {"Total HTTP Packets": str(requests + responses),
                      "HTTP Request Packets": str(requests),
                      "HTTP Response Packets": str(responses)}


@PASSES
@recordings(ALL)
def test_nothing_is_malformed(tshark, path, passes):
    """Nor is there a bug of a dissector."""
    options = (*passes, *secrets(path), *HTTP2_AT_5001 * ("http2" in path.stem))
    assert tshark.frames(path, '_ws.expert.group == "Malformed" || mptcp_conn.data_missing'
                         " || _ws.malformed", *options) == []


@PASSES
@recordings(["k_dns"])
def test_answers_of_dns(tshark, path, recording: Recording, passes):
    names = ["dns.id", "dns.flags.response", "dns.qry.name", "dns.count.answers"]
    found: dict[str, list] = {"False": [], "True": []}
    for row in tshark.fields(path, names, *passes, display_filter="dns"):
        for number, is_response, name, count in zip(*(row[each] for each in names), strict=True):
            found[{"0": "False", "1": "True"}[is_response]].append((int(number, 16), name, int(count)))
    known = upper(recording, "client", "answers")[0]
    assert found["True"] == [(each["id"], each["name"], each["records"]) for each in known]
    assert found["False"] == [(each["id"], each["name"], 0) for each in known]
    assert upper(recording, "server", "queries") == [len(known)]


@PASSES
@recordings(["k_smtp_starttls"])
def test_smtp_switches_to_tls(tshark, path, recording: Recording, passes):
    """Without the secrets, only what precedes TLS is SMTP."""
    commands = upper(recording, "server", "commands")[0]
    switch = commands.index("STARTTLS") + 1
    for options, visible in ((), commands[:switch]), (secrets(path), commands):
        found = values(tshark, path, "smtp.req.command", *passes, *options)
        assert [each.upper() for each in found] == [each[:4] for each in visible]
    replies = values(tshark, path, "smtp.response.code", *passes, *secrets(path))
    assert [int(each) for each in replies] == upper(recording, "client", "replies")[0]
    clear = tshark.frames(path, "smtp", *passes)
    assert max(clear) < min(tshark.frames(path, "tls.handshake", *passes))


@PASSES
@recordings(["k_smtp_starttls"])
def test_message_of_smtp_is_the_applications(tshark, stage, path, recording: Recording, passes):
    known = [each["sha256"] for role in ROLES for each in upper(recording, role, "message")]
    assert exported(tshark, stage, path, *passes, *secrets(path), protocol="imf") == known[:1]


@PASSES
@recordings(["k_http2"])
def test_streams_of_http2(tshark, path, recording: Recording, passes):
    """The last frame of a stream has all of its data."""
    rows = tshark.fields(path, ["http2.streamid", "http2.data.data"], *passes, *HTTP2_AT_5001,
                         display_filter="http2.type == 0 && http2.flags.end_stream == 1")
    found = {int(row["http2.streamid"][0]):
             hashlib.sha256(bytes.fromhex(row["http2.data.data"][0])).hexdigest() for row in rows}
    known = upper(recording, "client", "streams")[0]
    assert found == {each["stream"]: each["sha256"] for each in known}
    headers = values(tshark, path, "http2.headers.path", *passes, *HTTP2_AT_5001)
    assert headers == [each["path"] for each in known]


@PASSES
@recordings(["k_http_pipelined"])
def test_decode_as(tshark, stage, path, recording: Recording, passes):
    """The dissector is found by heuristics, or by Decode As."""
    no_heuristics = ("--disable-heuristic", "http_tcp", *passes)
    assert exported(tshark, stage, path, *no_heuristics) == []
    assert exported(tshark, stage, path, *no_heuristics, *HTTP_AT_5001) == objects(recording)


@recordings(["k_tls12", "k_tls13"])
def test_exported_pdus(tshark, stage, path, recording: Recording):
    """The PDUs in a file of their own have the real ports. Wireshark exports what TLS carries; a
    request in several records comes several times."""
    with tempfile.TemporaryDirectory(dir=stage) as folder:
        own(Path(folder))
        pdus = Path(folder) / "pdus.pcapng"
        tshark.run("-r", path, "-U", "OSI layer 7", "-w", pdus, *secrets(path))
        names = ["exported_pdu.src_port", "exported_pdu.dst_port", "http.request.uri",
                 "http.request"]
        rows = tshark.fields(pdus, names)
    first = [connection["subflows"][0] for connection in recording.facts["connections"]]
    ports = {frozenset(row[name][0] for name in names[:2]) for row in rows}
    assert ports == {frozenset((str(client), str(server))) for _, client, _, server in first}
    requests = {(*row["exported_pdu.src_port"], uri) for row in rows if row["http.request"]
                for uri in row["http.request.uri"]}
    assert len(requests) == sum(upper(recording, "server", "requests"))


@PASSES
@recordings(ALL)
def test_data_is_dissected_as_that_of_one_tcp_connection(tshark, plain, stage, path, passes):
    """Wireshark without the plugin shows the same of the connection that is exported as TCP."""
    names = ["http.request.method", "http.request.uri", "http.response.code", "http.content_length",
             "http2.type", "http2.headers.path", "dns.id", "smtp.req.command", "smtp.response.code",
             "imf.subject", "tls.record.content_type", "tls.handshake.type", "tls.app_data_proto"]
    options = (*passes, *secrets(path), *HTTP2_AT_5001 * ("http2" in path.stem))
    with tempfile.TemporaryDirectory(dir=stage) as folder:
        own(Path(folder))
        file, = export(tshark, path, Path(folder), 0)
        expected = plain.fields(file, names, *options)
    found = tshark.fields(path, names, *options, display_filter="mptcp.conn == 0")
    for name in names:
        assert [value for row in found for value in row[name]] == [
            value for row in expected for value in row[name]], name
    assert sum(len(row[name]) for row in found for name in names) > 5


@PASSES
@recordings(ALL)
def test_streams_and_conversations_are_those_of_tcp(tshark, path, passes):
    columns = ("frame.number", "tcp.stream", "tcp.len", "tcp.seq")
    arguments = [word for name in columns for word in ("-e", name)] + ["-z", "conv,tcp", *passes]
    found = [tshark.run("-r", path, "-T", "fields", *arguments, *options).stdout
             for options in ((), OFF)]
    assert "TCP Conversations" in found[0]
    assert found[0] == found[1]


# A recording, the index of a connection, a protocol to follow, and a stream of HTTP/2.
FOLLOWED = [("k_http_pipelined", 0, "http", ""), ("k_http_loss_server", 0, "http", ""),
            ("k_tls12", 0, "tls", ""), ("k_tls13", 0, "tls", ""), ("k_tls13", 1, "tls", ""),
            ("k_tls13", 1, "http", ""), ("k_smtp_starttls", 0, "tls", ""), ("k_http2", 0, "http2", ",1")]


@PASSES
@pytest.mark.parametrize("name, connection, protocol, inner", FOLLOWED)
def test_follow_is_that_of_plain_tcp(tshark, plain, captures_dir, stage, name: str, connection: int,
                                     protocol: str, inner: str, passes):
    """The data is that of the same connection without MPTCP, packet by packet."""
    path = next(captures_dir.glob(f"{name}.pcap*"))
    options = (*secrets(path), *HTTP2_AT_5001 * (protocol == "http2"))
    stream = values(tshark, path, "mptcp.data.stream",
                    display_filter=f"mptcp.data.stream && mptcp.conn == {connection}")[0]
    with tempfile.TemporaryDirectory(dir=stage) as folder:
        own(Path(folder))
        alone, = export(tshark, path, Path(folder), connection, options=("-2",))
        expected = followed_by(plain, alone, protocol, "0" + inner, *options)
    assert len(expected) > 10
    assert followed_by(tshark, path, protocol, stream + inner, *options, *passes) == expected


def followed_by(tshark: Tshark, path: Path, protocol: str, stream: str, *options: str) -> list[str]:
    """The lines of "Follow" without the filter."""
    text = tshark.run("-r", path, "-q", "-z", f"follow,{protocol},hex,{stream}", *options).stdout
    return [line for line in text.splitlines() if not line.startswith("Filter: ")]


@PASSES
@recordings(ALL)
def test_preference_off(tshark, plain, path, passes):
    """All is as it is without the plugin, but for the plugin's own fields."""
    columns = ["frame.number", "frame.protocols", "tcp.stream", "tcp.len", "http.request.uri",
               "http.response.code", "dns.id", "tls.record.length", "_ws.col.Protocol"]
    options = (*passes, *secrets(path))
    found = tshark.fields(path, columns, *options, *OFF)
    for row in found:
        row["frame.protocols"] = [row["frame.protocols"][0].replace(":mptcp_conn", "")]
    assert found == plain.fields(path, columns, *options)


@recordings(ALL)
def test_data_that_waits_is_linked(tshark, path):
    """A packet whose data waits, and the packet that delivers it, refer to each other."""
    names = ["frame.number", "mptcp.data.delivered_in", "mptcp.data.delivered_from"]
    rows = tshark.fields(path, names, "-2")
    waits = {(int(row["frame.number"][0]), int(later)) for row in rows
             for later in row["mptcp.data.delivered_in"]}
    delivers = {(int(earlier), int(row["frame.number"][0])) for row in rows
                for earlier in row["mptcp.data.delivered_from"]}
    assert waits == delivers
    assert all(earlier < later for earlier, later in waits)


@dataclass(frozen=True)
class Data:
    """The data of a packet."""

    frame: int
    subflow: int
    begin: int  # relative DSN
    length: int

    @property
    def end(self) -> int:
        return self.begin + self.length


def data_of(tshark: Tshark, path: Path, connection: int, role: str) -> list[Data]:
    """What the packets of this sender carry, in the order of the frames."""
    names = ["frame.number", "mptcp.subflow", "mptcp.data.rel", "mptcp.payload", "mptcp.conn",
             "mptcp.from_client"]
    rows = tshark.fields(path, names, "-2", display_filter="mptcp.data.rel && mptcp.payload > 0")
    own_rows = [[int(value) for name in names for value in row[name]] for row in rows]
    return [Data(*row[:4]) for row in own_rows if row[4:] == [connection, int(role == "client")]]


def without(stage: Path, path: Path, frames: list[int], name: str) -> Path:
    """A capture that lacks these frames."""
    cut = stage / f"{name}-{path.name}"
    edit(cut, "editcap", path, cut, *map(str, frames))
    return cut


def holes_of(lost: list[Data]) -> list[list[int]]:
    """Begin and end of each run of data."""
    holes: list[list[int]] = []
    for each in sorted(lost, key=lambda data: data.begin):
        if holes and holes[-1][1] == each.begin:
            holes[-1][1] = each.end
        else:
            holes.append([each.begin, each.end])
    return holes


def first_upload(tshark: Tshark, path: Path) -> list[Data]:
    """What the second subflow of connection 0 carries of the first of two uploads, without its
    begin and end."""
    return [data for data in data_of(tshark, path, 0, "client")
            if data.subflow == 1 and 5000 < data.begin < 27000]


def objects_but_first_upload(recording: Recording) -> list[str]:
    found = objects(recording)
    [lost] = [each["sha256"] for uploads in upper(recording, "server", "objects")
              for each in uploads if each["path"] == "/upload1-0"]
    found.remove(lost)
    return found


@PASSES
@recordings(["k_http_upload"])
def test_data_that_the_capture_lacks(tshark, stage, path, recording: Recording, passes):
    """Only the upload with the holes is missing. The data behind a hole says what precedes it."""
    whole = data_of(tshark, path, 0, "client")
    lost = [data for data in first_upload(tshark, path) if data.begin > 15000]
    holes = holes_of(lost)
    assert 1 < len(holes) <= 3
    cut = without(stage, path, [data.frame for data in lost], "holes")
    assert exported(tshark, stage, cut, *passes) == objects_but_first_upload(recording)
    names = ["frame.number", "mptcp.conn", "mptcp.data.delivered_from", "_ws.expert.message"]
    rows = tshark.fields(cut, names, *passes, display_filter="mptcp_conn.data_missing")
    text = re.compile(r"(\d+) bytes of data before this were not captured")
    assert [int(size) for row in rows for message in row["_ws.expert.message"]
            for size in text.findall(message)] == [end - begin for begin, end in holes]
    behind = [next(data.frame for data in whole if data.begin == end) for _, end in holes]
    gone = sorted(data.frame for data in lost)
    assert [int((row["mptcp.data.delivered_from"] or row["frame.number"])[0]) for row in rows] == [
        frame - bisect_left(gone, frame) for frame in behind]
    assert {number for row in rows for number in row["mptcp.conn"]} == {"0"}


@PASSES
@recordings(["k_http_upload"])
def test_data_behind_many_holes(tshark, stage, path, recording: Recording, passes):
    cut = without(stage, path, [data.frame for data in first_upload(tshark, path)[::2]], "many")
    assert exported(tshark, stage, cut, *passes) == objects_but_first_upload(recording)


@PASSES
@recordings(["k_http_upload"])
def test_data_behind_a_hole_near_the_end(tshark, stage, path, recording: Recording, passes):
    """The capture ends before the connection does."""
    fins = tshark.frames(path, "tcp.flags.fin == 1")
    lost = [first_upload(tshark, path)[-1].frame, *range(min(fins), max(fins) + 9)]
    cut = without(stage, path, lost, "near_end")
    assert exported(tshark, stage, cut, *passes) == objects_but_first_upload(recording)


def late_starts(tshark: Tshark, path: Path, in_order: bool) -> list[int]:
    """Frames in the middle of the first long response. What was sent before such a frame precedes
    all that is sent from it on, or does not."""
    sent = data_of(tshark, path, 0, "server")
    return [data.frame for place, data in enumerate(sent) if 4000 < data.begin < 28000 and in_order == (
        max(each.end for each in sent[:place]) <= min(each.begin for each in sent[place:]))]


def started_late(stage: Path, path: Path, frame: int) -> Path:
    """A capture that begins with the packet before this frame."""
    return without(stage, path, [*range(1, frame - 1)], f"from_{frame}")


def wrong_dsns(tshark: Tshark, path: Path, late: Path) -> list[tuple]:
    """DSNs that packets have in the capture that was started late, but not in the whole one."""
    whole, found = ([row["mptcp.data.seq"] for row in
                     tshark.fields(each, ["frame.number", "mptcp.data.seq"], "-2")]
                    for each in (path, late))
    return [(right, wrong) for right, wrong in zip(whole[-len(found):], found, strict=True)
            if wrong not in ([], right)]


def late_captures(tshark: Tshark, stage: Path, path: Path, in_order: bool) -> list[Path]:
    """Captures that were started late, in which all packets have the right DSNs."""
    made = [started_late(stage, path, frame) for frame in late_starts(tshark, path, in_order)[:10]]
    return [late for late in made if not wrong_dsns(tshark, path, late)]


def assert_last_exchange_is_dissected(tshark, stage, late: Path, recording: Recording, passes):
    [last] = [each for each in upper(recording, "client", "objects")[0] if each["path"][-1] == "b"]
    # Since 4.4, a response has the URI of its request, too.
    assert values(tshark, late, "http.request.uri", *passes,
                  display_filter="http.request") == [last["path"]]
    assert values(tshark, late, "http.response.code", *passes) == ["200"]
    assert last["sha256"] in exported(tshark, stage, late, *passes)


@PASSES
@recordings(["k_http_loss_client"])
def test_started_late(tshark, stage, path, recording: Recording, passes):
    """In the middle of a response. The next request and response are dissected."""
    late = late_captures(tshark, stage, path, in_order=True)[0]
    assert_last_exchange_is_dissected(tshark, stage, late, recording, passes)


@PASSES
@recordings(["k_http_loss_client"])
def test_started_late_with_a_hole(tshark, stage, path, recording: Recording, passes):
    late = late_captures(tshark, stage, path, in_order=False)[-1]
    assert_last_exchange_is_dissected(tshark, stage, late, recording, passes)


@recordings(["k_http_loss_client"])
def test_started_late_with_the_right_dsns(tshark, stage, path):
    """Each packet has the DSN that it has in the whole capture."""
    for frame in late_starts(tshark, path, True)[:4]:
        assert wrong_dsns(tshark, path, started_late(stage, path, frame)) == []


def cut_to(stage: Path, path: Path, size: int) -> Path:
    """With this snapshot length."""
    cut = stage / f"snaplen-{path.name}"
    edit(cut, "editcap", "-s", str(size), path, cut)
    return cut


@PASSES
@recordings(["k_http_upload", "k_http_loss_client"])
def test_cut_packets(tshark, stage, path, recording: Recording, passes):
    """The header of each message is dissected, as it is at the begin of a packet."""
    cut = cut_to(stage, path, 300)
    assert len(values(tshark, cut, "http.request", *passes)) == sum(
        upper(recording, "server", "requests"))
    assert len(values(tshark, cut, "http.response.code", *passes)) == sum(
        upper(recording, "client", "responses"))
    assert tshark.frames(cut, "_ws.malformed || mptcp_conn.data_missing", *passes) == []


def test_no_capture_shows_a_bug(tshark, path_of, capture: Capture):
    """Wireshark tells of assertions that failed in a dissector."""
    shown = tshark.run("-r", path_of(capture), "-V", "-2")
    assert "Dissector bug" not in shown.stdout + shown.stderr


def delivered(tshark: Tshark, path: Path, *options: str) -> int:
    """How many bytes were dissected, as data of the connections in order."""
    shown = tshark.run("-r", path, "-T", "fields", "-e", "mptcp.data.delivered", *options).stdout
    return sum(map(int, shown.split()))


@PASSES
@recordings(ALL)
def test_all_data_is_delivered_once(tshark, path, recording: Recording, passes):
    assert delivered(tshark, path, *passes) == sum(
        sum(recording.sent(role)) for role in ROLES)


MOST_UNKNOWN = 64  # pieces of data


@PASSES
def test_data_of_an_unknown_protocol_is_left_to_tcp(tshark, plain, captures_dir, passes):
    """Once no dissector knew its first pieces, it is dissected as without the plugin."""
    path = captures_dir / "s41_cookie_synack_lost_server.pcap"
    names = ["frame.number", "frame.protocols", "tcp.payload", "data.len"]
    rows = [row | {"frame.protocols": [row["frame.protocols"][0].replace(":mptcp_conn", "")]}
            for row in tshark.fields(path, names, *passes)]
    pieces = [int(frame) for frame in values(tshark, path, "frame.number", *passes,
                                             display_filter="mptcp.data.delivered")]
    assert len(pieces) == MOST_UNKNOWN
    left = [row for row in rows if int(row["frame.number"][0]) > pieces[-1]]
    assert left == plain.fields(path, names, *passes)[-len(left):]
    assert sum(1 for row in left if row["data.len"]) > MOST_UNKNOWN


@PASSES
@recordings(["k_http_upload"])
def test_data_of_a_known_protocol_is_not_left_to_tcp(tshark, path, recording: Recording, passes):
    """However much of it follows: the first request has more pieces."""
    pieces = values(tshark, path, "mptcp.data.delivered", *passes)
    assert len(pieces) > MOST_UNKNOWN
    assert sum(map(int, pieces)) == sum(sum(recording.sent(role)) for role in ROLES)


@PASSES
@pytest.mark.parametrize("size", [0, 300], ids=["complete", "cut"])
@recordings(["k_http_pipelined"])
def test_data_of_one_direction_is_delivered(tshark, stage, path, recording: Recording, size: int,
                                            passes):
    one_way = without(stage, path, tshark.frames(path, "mptcp.from_client == 1"), "one_way")
    cut = cut_to(stage, one_way, size) if size else one_way
    assert delivered(tshark, cut, *passes) == sum(recording.sent("server"))
