# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs a scenario, and writes its recordings, each with the facts of those who know better: the
applications, the kernels and the network."""

from __future__ import annotations

import contextlib
import json
import platform
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

from . import dump
from .dump import Recording
from .hosts import Monitor
from .networks import Network, monitors
from .protocols import CERTIFICATE, NAME, SECRETS
from .scenarios import Scenario

APPLICATIONS = Path(__file__).with_name("applications.py")
PROTOCOLS = Path(__file__).parent / "protocols"
DEADLINE = 120
QUIET = 0.4  # seconds, for the last packets to arrive
COUNTERS = ("MPTcpExt*", "TcpExtTCP*FastOpen*", "TcpExtSyncookies*", "TcpRetransSegs")
ADDRESSES = (("saddr4", "daddr4"), ("saddr6", "daddr6"))


def record(name: str, scenario: Scenario, folder: Path) -> None:
    """Writes NAME.pcap or NAME.pcapng, and NAME.facts.json, for each point of the scenario; with TLS,
    NAME.keylog as well."""
    with tempfile.TemporaryDirectory() as place, scenario.network() as network:
        scenario.prepare(network)
        files = {end: Path(place) / f"{name}{end}{point.suffix}"
                 for end, (point, _) in scenario.points.items()}
        of_run = run(scenario, network, files, Path(place))
        if scenario.merged:
            merged = Path(place) / f"{name}.pcapng"
            dump.merge(list(files.values()), merged)
            places = ", ".join(point.words() for point, _ in scenario.points.values())
            results = [(merged, places, scenario.merged)]
        else:
            results = [(files[end], point.words(), seen)
                       for end, (point, seen) in scenario.points.items()]
        for path, where, seen in results:
            capture = {"at": where, **asdict(seen)}
            if all(point.snaplen for point, _ in scenario.points.values()):
                capture["headers_only"] = True
            if scenario.late:
                capture["frames_cut_off"] = cut_off(path, scenario.late)
            facts = {"shows": scenario.shows, "kernel": kernel(), "port": scenario.port,
                     "capture": capture, **of_run}
            (folder / f"{path.stem}.facts.json").write_text(json.dumps(facts, indent=1) + "\n")
            (folder / path.name).write_bytes(path.read_bytes())
            if (secrets := Path(place) / SECRETS).exists():
                (folder / f"{path.stem}.keylog").write_bytes(secrets.read_bytes())


def run(scenario: Scenario, network: Network, files: dict[str, Path], place: Path) -> dict:
    """Runs the applications while it is recorded. Returns the facts of the run."""
    with contextlib.ExitStack() as stack:
        for end, (point, _) in scenario.points.items():
            stack.enter_context(Recording(network.hosts[point.role], point, files[end]))
        stack.callback(time.sleep, QUIET)
        watched = {role: stack.enter_context(each) for role, each in monitors(network).items()}
        application = applications(scenario, network, place)
    return {
        "application": application,
        "connections": connections(watched),
        "changed_on_the_way": [change for cable in network.cables for change in cable.changes],
        "sysctl": network.sysctls,
        "counters": {role: counters(network, role) for role in watched},
    }


def applications(scenario: Scenario, network: Network, place: Path) -> dict[str, list[dict]]:
    """Runs both applications to their end. Returns what each counted."""
    program, own = APPLICATIONS, {"plans": scenario.plans, "fast_open": scenario.fast_open,
                                  "at_once": scenario.at_once}
    if scenario.upper:
        program, own = PROTOCOLS / "run.py", {"folder": str(place), **scenario.upper}
        if "tls" in scenario.upper:
            make_certificate(place / CERTIFICATE)
    orders = json.dumps({"address": network.server_address, "port": scenario.port, **own})
    server = network.server.start(sys.executable, program, "serve", orders)
    server.stdout.readline()  # the server is listening
    client = network.client.start(sys.executable, program, "call", orders)
    try:
        return {role: json.loads(each.communicate(timeout=DEADLINE)[0])
                for role, each in (("client", client), ("server", server))}
    except subprocess.TimeoutExpired:
        client.kill()
        server.kill()
        raise


def make_certificate(path: Path) -> None:
    """A file with a certificate that the server has signed itself, and its key."""
    subprocess.run(["openssl", "req", "-x509", "-nodes", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:P-256", "-subj", f"/CN={NAME}", "-addext",
                    f"subjectAltName=DNS:{NAME}", "-keyout", path, "-out", f"{path}.crt"],
                   check=True, capture_output=True)
    path.write_bytes(path.read_bytes() + Path(f"{path}.crt").read_bytes())


def connections(watched: dict[str, Monitor]) -> list[dict]:
    """The connections by the kernels' events: tokens, and subflows as the client has them."""
    found = [{"client_token": token, "server_token": None, "subflows": []}
             for token in watched["client"].tokens()]
    for connection, token in zip(found, watched["server"].tokens()):
        connection["server_token"] = token
    by_token = {connection["client_token"]: connection for connection in found}
    for event, values in watched["client"].events():
        if event in ("CREATED", "SF_ESTABLISHED"):
            connection = by_token[int(values["token"], 16)]
            connection["subflows"].append(ends(values))
    return found


def ends(values: dict[str, str]) -> list:
    """The client's address and port, and the server's."""
    source, destination = next(pair for pair in ADDRESSES if pair[0] in values)
    return [values[source], int(values["sport"]), values[destination], int(values["dport"])]


def counters(network: Network, role: str) -> dict[str, int]:
    found = {}
    for pattern in COUNTERS:
        found |= network.hosts[role].counters(pattern)
    return {name: count for name, count in found.items() if count}


def cut_off(path: Path, part: float) -> int:
    """Cuts off the beginning of a recording. Returns the number of frames."""
    segments = dump.tcp_segments(path)
    count = int(len(segments) * part)
    dump.cut(path, count + 1, len(segments))
    return count


def kernel() -> str:
    """Without the part of the version that names who built it."""
    return "Linux " + re.match(r"[\d.]+", platform.release())[0]
