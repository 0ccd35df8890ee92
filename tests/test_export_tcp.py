# SPDX-License-Identifier: GPL-2.0-or-later
"""Export as TCP: `tshark -z mptcp,export` writes the data of a connection as one TCP connection.

The files are read by tshark without the plugin, whose Follow TCP Stream must find the data that the
applications exchanged (facts.json), and whose TCP analysis and checksums must find no fault.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from captures import Capture
from test_follow import (PASSES, captures_with_sums, data_of, drop_data_of_server, edit, follow,
                         followed, sha256)
from test_recorded import ROLES, Recording, recordings
from tshark import Tshark, own

SYNTHETIC = "Synthetic: made by the MPTCP plugin "
CHECKSUMS = ("-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE")
HOLE = b"missing in capture file]"
OPENING = ["to open the connection"] * 3


@pytest.fixture(scope="session")
def written(stage: Path) -> Path:
    """A folder for the files."""
    folder = stage / "exported"
    folder.mkdir()
    own(folder)
    folder.chmod(0o777)
    return folder


def export(tshark: Tshark, path: Path, folder: Path, *connections: int,
           options: tuple[str, ...] = ()) -> list[Path]:
    """Exports connections by one tshark."""
    files = [folder / f"{path.stem}-{connection}{''.join(options)}.pcapng"
             for connection in connections]
    requests = [word for connection, file in zip(connections, files)
                for word in ("-z", f"mptcp,export,{connection},{file}")]
    done = tshark.run("-r", path, "-q", *requests, *options, check=False)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    return files


def refusal(tshark: Tshark, path: Path, option: str) -> str:
    """The message of an export that fails."""
    done = tshark.run("-r", path, "-q", "-z", option, check=False)
    assert done.returncode != 0 and done.stdout == ""
    message = done.stderr.strip().splitlines()[-1]
    prefix = f'tshark: "-z {option}": '
    assert message.startswith(prefix)
    return message.removeprefix(prefix)


def rows_of(plain: Tshark, file: Path, *names: str) -> list[dict[str, str]]:
    return [{name: "|".join(values) for name, values in row.items()}
            for row in plain.fields(file, list(names))]


def comments(plain: Tshark, file: Path) -> list[str]:
    return [row["frame.comment"] for row in rows_of(plain, file, "frame.comment")]


def synthetic(plain: Tshark, file: Path) -> list[str]:
    """What the synthetic packets are for."""
    return [comment.removeprefix(SYNTHETIC) for comment in comments(plain, file)
            if comment.startswith(SYNTHETIC)]


def stream_of(plain: Tshark, file: Path) -> dict[str, bytes]:
    data = data_of(follow(plain, file, 0, protocol="tcp")[0])
    # Wireshark's own words for a hole end with a NUL.
    return {role: part.replace(HOLE + b"\0", HOLE) for role, part in data.items()}


def check(plain: Tshark, file: Path) -> list[dict[str, list[str]]]:
    """Returns the packets. They are one TCP connection, with valid checksums, and their times do not
    run backwards."""
    rows = plain.fields(file, [
        "tcp.stream", "frame.time_delta", "tcp.options.mptcp.subtype", "tcp.checksum.status",
        "ip.checksum.status", "tcp.flags.fin", "tcp.analysis.flags"], *CHECKSUMS)
    assert {stream for row in rows for stream in row["tcp.stream"]} == {"0"}
    assert all(float(row["frame.time_delta"][0]) >= 0 for row in rows)
    assert not any(row["tcp.options.mptcp.subtype"] for row in rows)
    for name in ("tcp.checksum.status", "ip.checksum.status"):
        assert "0" not in {status for row in rows for status in row[name]}, name
    return rows


def faults(rows: list[dict[str, list[str]]]) -> list[int]:
    """The packets with which Wireshark's TCP analysis finds fault."""
    return [number for number, row in enumerate(rows, 1) if row["tcp.analysis.flags"]]


@PASSES
@pytest.mark.parametrize("path, streams", captures_with_sums())
def test_data_has_the_sum_of_the_facts(tshark, plain, path_of, written, path: Path,
                                       streams: list[dict], passes):
    files = export(tshark, path_of(Capture(path, path)), written,
                   *(each["conn"] for each in streams), options=passes)
    for stream, file in zip(streams, files, strict=True):
        rows = check(plain, file)
        data = stream_of(plain, file)
        known = [(role, stream[role]) for role in ROLES if stream[role]]
        for role, facts in known:
            end = None if facts["hole_at"] is None else facts["bytes"]
            assert sha256(data[role][:end]) == facts["sha256"], (stream["conn"], role)
        if len(known) == len(ROLES) and all(facts["hole_at"] is None for _, facts in known):
            assert not faults(rows)
        fins = sum(facts["data_fin_offset"] is not None for _, facts in known)
        assert sum(row["tcp.flags.fin"] == ["1"] for row in rows) == fins


# Of complete ones, test_follow.py compares the data with the applications'.
@pytest.mark.parametrize("recording", [pytest.param(each, id=each.name) for each in recordings()
                                       if not each.capture["complete"]])
def test_data_is_that_of_follow(tshark, plain, captures_dir, written, recording: Recording):
    """Of captures of the kernel. Without holes, tshark finds no fault with the TCP connection."""
    path = captures_dir / recording.path.name
    indexes = range(recording.capture["connections"])
    expected = followed(tshark, path, *indexes) if indexes else []
    with_data = {index: data for index, data in zip(indexes, expected) if any(data.values())}
    files = export(tshark, path, written, *with_data) if with_data else []
    for data, file in zip(with_data.values(), files, strict=True):
        rows = check(plain, file)
        assert stream_of(plain, file) == data
        assert any(HOLE in part for part in data.values()) or not faults(rows)


@PASSES
def test_packets_say_what_they_are(tshark, plain, captures_dir, written, passes):
    path = captures_dir / "s30_v0_generated.pcap"
    file, = export(tshark, path, written, 0, options=passes)
    connection = tshark.json(path)["connections"][0]
    rows = rows_of(plain, file, "frame.comment", "tcp.flags.str", "tcp.seq", "tcp.len",
                   "frame.time_epoch", "ip.src", "tcp.srcport")
    client = connection["client"]
    assert (rows[0]["ip.src"], int(rows[0]["tcp.srcport"])) == (client["address"], client["port"])
    assert synthetic(plain, file)[:3] == OPENING
    assert all(row["frame.comment"].startswith("Frame ") == (int(row["tcp.len"]) > 0)
               for row in rows)
    handshake = tshark.fields(path, ["frame.time_epoch"], "-2",
                              display_filter="mptcp.conn == 0 && mptcp.subflow == 0")
    for row, original in zip(rows[:3], handshake):
        assert row["frame.time_epoch"] == original["frame.time_epoch"][0]
    fins = [row for row in rows if row["frame.comment"].startswith(SYNTHETIC + "for the DATA_FIN")]
    assert len(fins) == 2 and fins[-1] is rows[-2]
    described = subprocess.run(["capinfos", file], capture_output=True, text=True).stdout
    assert "The data of MPTCP connection 0 as one TCP connection." in described


@PASSES
def test_data_has_its_frame_and_subflow(tshark, plain, captures_dir, written, passes):
    """Each data packet names a frame that carried it, and has the time of the frame that
    completed it."""
    path = captures_dir / "data_order.pcap"
    file, = export(tshark, path, written, 1, options=passes)
    original = {row["frame.number"][0]: row for row in tshark.fields(
        path, ["frame.number", "mptcp.subflow", "mptcp.data.rel", "mptcp.from_client",
               "frame.time_epoch"], "-2", display_filter="mptcp.conn == 1")}
    data = [row for row in rows_of(plain, file, "frame.comment", "tcp.seq", "ip.src",
                                   "frame.time_epoch", "tcp.len") if row["tcp.len"] != "0"]
    subflows = set()
    for row in data:
        frame, subflow, *since = row["frame.comment"].removeprefix("Frame ").split(", ")
        carrier = original[frame]
        assert subflow == f"subflow {carrier['mptcp.subflow'][0]}"
        assert int(row["tcp.seq"]) >= int(carrier["mptcp.data.rel"][0]) + 1
        complete = since[0].removeprefix("in order since frame ") if since else frame
        assert row["frame.time_epoch"] == original[complete]["frame.time_epoch"][0]
        subflows.add(subflow)
    assert len(subflows) > 1 and any("in order since" in row["frame.comment"] for row in data)


@PASSES
def test_ipv6(tshark, plain, captures_dir, written, passes):
    path = captures_dir / "ipv6.pcap"
    connections = [each for each in tshark.json(path)["connections"]
                   if each["payload"]["client"] and ":" in each["client"]["address"]]
    file, = export(tshark, path, written, connections[0]["conn"], options=passes)
    check(plain, file)
    first = rows_of(plain, file, "ipv6.src", "tcp.srcport", "ipv6.dst", "tcp.dstport")[0]
    ends = [str(connections[0][role][what]) for role in ROLES for what in ("address", "port")]
    assert list(first.values()) == ends
    assert stream_of(plain, file) == followed(tshark, path, connections[0]["conn"],
                                              options=passes)[0]


@PASSES
def test_hole_leaves_its_numbers_out(tshark, plain, captures_dir, stage, written, passes):
    cut = stage / f"export-hole{len(passes)}.pcap"
    begin, length = drop_data_of_server(tshark, captures_dir / "s01_single.pcap", cut)
    file, = export(tshark, cut, written, 0, options=passes)
    check(plain, file)
    behind, = plain.fields(file, ["tcp.seq"], display_filter="tcp.analysis.lost_segment")
    assert behind["tcp.seq"] == [str(begin + length + 1)]
    assert stream_of(plain, file) == followed(tshark, cut, 0, options=passes)[0]


@PASSES
def test_data_that_the_snapshot_length_cut(tshark, plain, captures_dir, stage, written, passes):
    path = captures_dir / "s01_single.pcap"
    cut = stage / f"export-cut{len(passes)}.pcap"
    edit(cut, "editcap", "-s", "150", path, cut)
    whole, short = (export(tshark, each, written, 0, options=passes)[0] for each in (path, cut))
    names = ("tcp.seq", "tcp.ack", "tcp.len", "frame.len", "frame.time_epoch", "frame.comment")
    assert rows_of(plain, short, *names) == rows_of(plain, whole, *names)
    assert plain.frames(short, "frame.cap_len < frame.len")
    assert not plain.frames(whole, "frame.cap_len < frame.len")


def test_data_of_a_syn(tshark, plain, captures_dir, written):
    """TCP Fast Open: the data of the SYN comes first."""
    path = captures_dir / "k_fastopen.pcap"
    file, = export(tshark, path, written, 0)
    first = next(row for row in rows_of(plain, file, "tcp.seq", "tcp.len") if row["tcp.len"] != "0")
    assert first["tcp.seq"] == "1"


def test_fastclose_is_a_reset(tshark, plain, captures_dir, written):
    path = captures_dir / "fastclose.pcap"
    closed = [each["conn"] for each in tshark.json(path)["connections"]
              if each["state"] == "fastclosed" and any(each["payload"].values())]
    for file in export(tshark, path, written, *closed):
        rows = rows_of(plain, file, "tcp.flags.reset", "frame.comment")
        assert [row["tcp.flags.reset"] for row in rows].index("1") == len(rows) - 1
        assert rows[-1]["frame.comment"].startswith(SYNTHETIC + "for the MP_FASTCLOSE in frame ")
    assert closed


def test_every_capture_can_be_exported(tshark, plain, path_of, written, capture: Capture):
    """The first connections with data, whatever is wrong with them."""
    path = path_of(capture)
    indexes = [each["conn"] for each in tshark.json(path)["connections"]][:3]
    expected = followed(tshark, path, *indexes, options=("-2",)) if indexes else []
    with_data = [index for index, data in zip(indexes, expected) if any(data.values())]
    for file in export(tshark, path, written, *with_data, options=("-2",)) if with_data else []:
        check(plain, file)


def test_comma_in_the_name_of_the_file(tshark, plain, captures_dir, written):
    file = written / "a,b.pcapng"
    tshark.run("-r", captures_dir / "s01_single.pcap", "-q", "-z", f"mptcp,export,0,{file}")
    assert synthetic(plain, file)[:3] == OPENING


def test_standard_output(tshark, captures_dir, written, home):
    program = f"tshark -r {captures_dir / 's01_single.pcap'} -q -z mptcp,export,0,- | tshark -r -"
    done = tshark.run_other("sh", "-c", program, cwd=home)
    assert done.returncode == 0 and "[SYN, ACK]" in done.stdout


@pytest.mark.parametrize("arguments, why", [
    ("", "give the index of a connection and a file, as in mptcp,export,0,FILE"),
    (",0", "give the index of a connection and a file, as in mptcp,export,0,FILE"),
    (",0,", "give the index of a connection and a file, as in mptcp,export,0,FILE"),
    ("s,0,x", "give the index of a connection and a file, as in mptcp,export,0,FILE"),
    (",x,y", '"x" is not the index of a connection'),
    (",-1,y", '"-1" is not the index of a connection'),
    (",4294967296,y", '"4294967296" is not the index of a connection'),
    (",,y", '"" is not the index of a connection'),
    (",7,y", "the capture has no connection 7"),
    (",0,/nowhere/y", "cannot write to /nowhere/y: No such file or directory"),
    (",0,/dev/full", "cannot write to /dev/full: No space left on device"),
])
def test_refusals(tshark, captures_dir, arguments: str, why: str):
    path = captures_dir / "s01_single.pcap"
    assert refusal(tshark, path, "mptcp,export" + arguments) == why


def test_error_spares_the_other_exports(tshark, plain, captures_dir, written):
    good = [written / f"good{number}.pcapng" for number in range(2)]
    requests = [("-z", f"mptcp,export,{connection},{file}") for connection, file in
                [(0, good[0]), (7, "none"), (8, "none"), (0, good[1])]]
    done = tshark.run("-r", captures_dir / "s01_single.pcap", "-q", *sum(requests, ()), check=False)
    assert done.returncode != 0
    assert [f"no connection {index}" in done.stderr for index in (7, 8)] == [True, True]
    assert all(synthetic(plain, file)[:3] == OPENING for file in good)


def test_connection_without_data(tshark, captures_dir, written):
    path = captures_dir / "refused.pcap"
    empty = next(each["conn"] for each in tshark.json(path)["connections"]
                 if not any(each["payload"].values()))
    file = written / "empty.pcapng"
    assert refusal(tshark, path, f"mptcp,export,{empty},{file}") == f"connection {empty} has no data"
    assert not file.exists()


@PASSES
def test_capture_is_not_overwritten(tshark, captures_dir, written, passes):
    path, link = written / "capture.pcap", written / f"link{len(passes)}.pcap"
    path.write_bytes((captures_dir / "s01_single.pcap").read_bytes())
    link.symlink_to(path)
    own(written)
    for name in (path, link):
        done = tshark.run("-r", path, "-q", "-z", f"mptcp,export,0,{name}", *passes, check=False)
        assert done.returncode != 0
        assert f"cannot write to {name}: it is open" in done.stderr
    assert path.read_bytes() == (captures_dir / "s01_single.pcap").read_bytes()
