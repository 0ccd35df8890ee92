# SPDX-License-Identifier: GPL-2.0-or-later
"""Follow MPTCP Stream: `tshark -z follow,mptcp` prints what the applications exchanged.

The expected data is that of the applications themselves (SHA-256), of a program of its own that put
the captures in order (facts.json), or of Wireshark's own Follow TCP Stream.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
from base64 import b64decode
from pathlib import Path

import pytest

from captures import ROOT, Capture
from test_recorded import ROLES, Recording, recordings

FOLDER = ROOT / "captures"
PASSES = pytest.mark.parametrize("passes", [(), ("-2",)], ids=["one pass", "two passes"])
FRAME = "=" * 67


def follow(tshark, path: Path, *streams: int, options: tuple[str, ...] = (),
           protocol: str = "mptcp", mode: str = "raw") -> list[str]:
    """What one tshark prints of each stream, below the headers."""
    requests = [word for stream in streams for word in ("-z", f"follow,{protocol},{mode},{stream}")]
    shown = tshark.run("-r", path, "-q", *requests, *options).stdout
    block = re.compile(rf"{FRAME}\nFollow: .*\nFilter: \S+ eq (\d+)\n"
                       rf"Node 0: .*\nNode 1: .*\n((?:(?!{FRAME}).*\n)*){FRAME}\n")
    found = {int(stream): text for stream, text in block.findall(shown)}
    return [found[stream] for stream in streams]


def data_of(raw: str) -> dict[str, bytes]:
    """The data of each role. In raw mode, lines of the server begin with a tab."""
    data = {"client": b"", "server": b""}
    for line in raw.splitlines():
        data["server" if line.startswith("\t") else "client"] += bytes.fromhex(line.strip())
    return data


def followed(tshark, path: Path, *streams: int, options: tuple[str, ...] = ()):
    """The data of each stream."""
    return [data_of(raw) for raw in follow(tshark, path, *streams, options=options)]


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def captures_with_sums() -> list:
    """Captures whose facts have the sum of each direction of their connections."""
    found = []
    for folder in sorted({FOLDER, *ROOT.parent.glob("*/captures/*/")}):
        for facts in sorted(folder.glob("*.facts.json")):
            name = facts.name.removesuffix(".facts.json")
            if streams := json.loads(facts.read_text()).get("data_streams"):
                for path in folder.glob(f"{name}.pcap*"):
                    found.append(pytest.param(path, streams, id=f"{folder.name}-{name}",
                                              marks=pytest.mark.xdist_group(name)))
    return found


@PASSES
@pytest.mark.parametrize("path, streams", captures_with_sums())
def test_data_has_the_sum_of_the_facts(tshark, path_of, path: Path, streams: list[dict], passes):
    found = followed(tshark, path_of(Capture(path, path)), *(each["conn"] for each in streams),
                     options=passes)
    for stream, data in zip(streams, found, strict=True):
        for role in ROLES:
            if stream[role] is None:
                continue
            end = None if stream[role]["hole_at"] is None else stream[role]["bytes"]
            assert sha256(data[role][:end]) == stream[role]["sha256"], (stream["conn"], role)


@PASSES
@pytest.mark.parametrize("recording", [pytest.param(each, id=each.name) for each in recordings()])
def test_data_is_the_applications(tshark, captures_dir, recording: Recording, passes):
    """The data of each connection is what one of the applications sent."""
    if not recording.capture["complete"] or recording.capture["connections"] == 0:
        pytest.skip("not all packets were recorded")
    if recording.capture.get("headers_only"):
        pytest.skip("the data was not recorded")
    sums = {role: [each.get("sent_sha256") for each in recording.facts["application"][role]]
            for role in ROLES}
    if None in sums["client"] + sums["server"]:
        pytest.skip("the applications did not tell sums")
    if recording.name == "k_payload_changed_client":
        pytest.skip("the capture has the payload as it was changed on the way")
    found = followed(tshark, captures_dir / recording.path.name,
                     *range(recording.capture["connections"]), options=passes)
    for role in ROLES:
        assert sorted(sha256(data[role]) for data in found) == sorted(sums[role]), role


@PASSES
def test_single_subflow_is_wiresharks_stream(tshark, captures_dir, passes):
    path = captures_dir / "s01_single.pcap"
    own, wiresharks = (follow(tshark, path, 0, options=passes, protocol=protocol)
                       for protocol in ("mptcp", "tcp"))
    assert own == wiresharks != [""]


# In one pass, the first packets of this connection have another index: see test_fields.py.
RENUMBERED = {("join_before_keys", 2)}


def test_passes_agree(tshark, path_of, capture: Capture):
    """Both passes follow the same, unless the capture reveals only later what belongs together."""
    path = path_of(capture)
    streams = [connection["conn"] for connection in tshark.json(path)["connections"]
               if not connection["partial"] and (capture.name, connection["conn"]) not in RENUMBERED]
    if streams:
        assert followed(tshark, path, *streams) == followed(tshark, path, *streams,
                                                            options=("-2",))


def test_modes_and_header(tshark, captures_dir):
    path = captures_dir / "s25_reuse.pcap"
    shown = tshark.run("-r", path, "-q", "-z", "follow,mptcp,ascii,1").stdout
    assert shown.startswith(f"\n{FRAME}\nFollow: mptcp,ascii\nFilter: mptcp.conn eq 1\n"
                            "Node 0: 10.0.1.1:40000\nNode 1: 10.0.1.2:5001\n")
    data, = followed(tshark, path, 1)
    hexadecimal, = follow(tshark, path, 1, mode="hex")
    assert hexadecimal.startswith("00000000  " + data["client"][:8].hex(" "))
    in_yaml = packets_of_yaml(tshark, path, 1)
    for number, role in enumerate(ROLES):
        assert b"".join(part for _, peer, part in in_yaml if peer == number) == data[role]
    carriers = tshark.frames(path, "mptcp.conn == 1 && mptcp.payload > 0")
    assert {frame for frame, _, _ in in_yaml} <= set(carriers)


def packets_of_yaml(tshark, path: Path, stream: int) -> list[tuple[int, int, bytes]]:
    """The frame, the peer and the data of each part."""
    shown = tshark.run("-r", path, "-q", "-z", f"follow,mptcp,yaml,{stream}").stdout
    part = re.compile(r"- packet: (\d+)\n +peer: (\d)\n.*\n +data: !!binary \|\n((?: {6}\S+\n)+)")
    return [(int(frame), int(peer), b64decode("".join(data.split())))
            for frame, peer, data in part.findall(shown)]


def test_unknown_connection_is_empty(tshark, captures_dir):
    shown = tshark.run("-r", captures_dir / "s01_single.pcap", "-q", "-z",
                       "follow,mptcp,raw,7").stdout
    assert "Filter: mptcp.conn eq 7" in shown
    assert not re.search(r"^\t?[0-9a-f]+$", shown, re.MULTILINE)


def drop_data_of_server(tshark, path: Path, cut: Path) -> tuple[int, int]:
    """Writes a capture that lacks a packet of the server. Returns the relative DSN and the length of
    its data."""
    rows = tshark.fields(path, ["frame.number", "tcp.len", "mptcp.data.rel"], "-2",
                         display_filter="mptcp.from_client == 0 && mptcp.payload > 0")
    lost = rows[len(rows) // 2]
    edit(cut, "editcap", path, cut, *lost["frame.number"])
    return int(lost["mptcp.data.rel"][0]), int(lost["tcp.len"][0])


@PASSES
def test_missing_data_is_marked(tshark, captures_dir, stage, passes):
    """A packet that the capture lacks is a hole, and what is behind it follows."""
    path = captures_dir / "s01_single.pcap"
    cut = stage / f"hole{len(passes)}.pcap"
    begin, length = drop_data_of_server(tshark, path, cut)
    whole, = followed(tshark, path, 0)
    words = f"[{length} bytes missing in capture file]".encode()
    assert followed(tshark, cut, 0, options=passes) == [{
        "client": whole["client"],
        "server": whole["server"][:begin] + words + whole["server"][begin + length:]}]


@PASSES
def test_cut_data_is_marked(tshark, captures_dir, stage, passes):
    """A snapshot length that leaves some bytes of each packet."""
    path = captures_dir / "s01_single.pcap"
    cut = stage / f"cut{len(passes)}.pcap"
    edit(cut, "editcap", "-s", "150", path, cut)
    whole, = followed(tshark, path, 0)
    found, = followed(tshark, cut, 0, options=passes)
    for role in ROLES:
        parts = re.split(rb"\[(\d+) bytes missing in capture file\]", found[role])
        captured, missing = parts[::2], [int(count) for count in parts[1::2]]
        assert missing and sum(map(len, captured)) + sum(missing) == len(whole[role])
        begin = 0
        for part, behind in zip(captured, [*missing, 0], strict=True):
            assert whole[role][begin:begin + len(part)] == part
            begin += len(part) + behind


@PASSES
def test_order_of_the_subflows_in_the_file_does_not_matter(tshark, captures_dir, stage, passes):
    """All packets of each subflow follow those of the one before, as if files were appended."""
    path = captures_dir / "s30_v0_generated.pcap"
    appended = stage / f"appended{len(passes)}.pcap"
    parts = []
    for subflow in (0, 1, 2):
        frames = tshark.frames(path, f"mptcp.conn == 1 && mptcp.subflow == {subflow}", "-2")
        parts.append(stage / f"part{subflow}-{len(passes)}.pcap")
        edit(parts[-1], "editcap", "-r", path, parts[-1], *map(str, frames))
    edit(appended, "mergecap", "-a", "-F", "pcap", "-w", appended, *parts)
    assert followed(tshark, appended, 0, options=passes) == followed(tshark, path, 1)


def edit(written: Path, *command: str | Path) -> None:
    """Runs a program that writes a capture."""
    subprocess.run(command, check=True)
    written.chmod(0o644)
