# SPDX-License-Identifier: GPL-2.0-or-later
"""Networks: a client, a server, and in some of them a host between the two, with cables.

    with direct(IPV6, paths=3) as network:
        network.run(…)

The client has one device for each path, client1 and so on. It opens a subflow on each of its
endpoints to the address of the server. `middle` is the host between the two: a router, a bridge, or
the host of a container.
"""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field

from .cables import Cable, Forwarder, Rule
from .hosts import Host, Monitor, ip

IPV4, IPV6 = 4, 6
CLIENT, SERVER, MIDDLE = 1, 2, 254  # the last part of an address
BETWEEN_MIDDLE_AND_SERVER = 9  # the number of that subnet; those of paths begin with 1
SUBFLOWS = 8


def address(family: int, subnet: int, last: int) -> str:
    return f"10.78.{subnet}.{last}" if family == IPV4 else f"fd78:{subnet}::{last}"


def subnet_of(family: int, subnet: int) -> str:
    return f"10.78.{subnet}.0/24" if family == IPV4 else f"fd78:{subnet}::/64"


@dataclass
class Network:
    family: int
    server_address: str
    hosts: dict[str, Host]
    cables: list[Cable]
    sysctls: list[str] = field(default_factory=list)  # "client net.…=1", for the facts

    @property
    def client(self) -> Host:
        return self.hosts["client"]

    @property
    def server(self) -> Host:
        return self.hosts["server"]

    def set(self, role: str, name: str, value: object) -> None:
        self.hosts[role].output("sysctl", "-w", f"{name}={value}")
        self.sysctls.append(f"{role} {name}={value}")

    def add_rules(self, *rules: Rule) -> None:
        """Rules for the first path."""
        self.cables[0].rules += rules

    def plug(self, role: str, device: str, *addresses: str) -> None:
        """Configures a device and its addresses. The first one is that of connections."""
        host = self.hosts[role]
        number = {"client": CLIENT, "server": SERVER}.get(role, MIDDLE)
        path = int(device[-1]) if device[-1].isdigit() else 0
        host.ip("link", "set", device, "address", f"02:00:00:00:{path:02x}:{number:02x}")
        # The kernel prefers the IPv4 address that was added first, and the IPv6 address that was
        # added last.
        for each in addresses if self.family == IPV4 else reversed(addresses):
            host.ip("address", "add", each + ("/24" if self.family == IPV4 else "/64"), "dev", device,
                    *(["nodad"] if self.family == IPV6 else []))
        host.ip("link", "set", device, "up")

    def join_from(self, client_address: str, device: str) -> None:
        """The client opens a subflow from this address."""
        self.client.ip("mptcp", "endpoint", "add", client_address, "dev", device, "subflow")


@contextlib.contextmanager
def _network(family: int, server_address: str, roles: list[str],
             cables: list[tuple[str, str, str, str]], in_kernel: bool = False) -> Iterator[Network]:
    """`cables` are (role, device, role, device); the first end is the one nearer to the client.
    With `in_kernel`, they are veth pairs, and the network has no cables of ours."""
    hosts = {role: Host(role) for role in roles}
    try:
        for host in hosts.values():
            host.create()
            for name in ("router_solicitations", "accept_dad"):
                host.output("sysctl", "-w", f"net.ipv6.conf.default.{name}=0")
        ends = [((hosts[near], a), (hosts[far], b)) for near, a, far, b in cables]
        between = [] if in_kernel else [Cable(pair) for pair in ends]
        for near, far in ends if in_kernel else []:
            add_veth_pair(near, far)
        for role in ("client", "server"):
            hosts[role].ip("mptcp", "limits", "set", "subflows", str(SUBFLOWS),
                           "add_addr_accepted", str(SUBFLOWS))
        with Forwarder(between):
            yield Network(family, server_address, hosts, between)
    finally:
        for host in hosts.values():
            host.delete()


def add_veth_pair(near: tuple[Host, str], far: tuple[Host, str]) -> None:
    (host, device), (other, its_device) = near, far
    ip("link", "add", device, "netns", host.name, "type", "veth",
       "peer", "name", its_device, "netns", other.name)


@contextlib.contextmanager
def direct(family: int, paths: int) -> Iterator[Network]:
    """A cable for each path. The server has an address on each; the others lead to the first one."""
    numbers = range(1, paths + 1)
    cables = [("client", f"client{path}", "server", f"server{path}") for path in numbers]
    server_address = address(family, 1, SERVER)
    with _network(family, server_address, ["client", "server"], cables) as network:
        for path in numbers:
            device = f"client{path}"
            network.plug("client", device, address(family, path, CLIENT))
            network.plug("server", f"server{path}", address(family, path, SERVER))
            if path > 1:
                network.client.ip("route", "append", subnet_of(family, 1), "via",
                                  address(family, path, SERVER), "dev", device, "metric",
                                  str(1024 + path))
                network.join_from(address(family, path, CLIENT), device)
        yield network


@contextlib.contextmanager
def routed(family: int, in_kernel: bool = False) -> Iterator[Network]:
    """A router with two paths to the client and one to the server. With `in_kernel`, large segments
    (TSO) pass."""
    far = BETWEEN_MIDDLE_AND_SERVER
    cables = [("client", "client1", "router", "near1"), ("client", "client2", "router", "near2"),
              ("router", "far9", "server", "server9")]
    server_address = address(family, far, SERVER)
    with _network(family, server_address, ["client", "router", "server"], cables,
                  in_kernel) as network:
        forward(network, "router")
        network.plug("router", "far9", address(family, far, MIDDLE))
        network.plug("server", "server9", server_address)
        for path in (1, 2):
            gateway = address(family, path, MIDDLE)
            network.plug("router", f"near{path}", gateway)
            network.plug("client", f"client{path}", address(family, path, CLIENT))
            network.client.ip("route", "append", subnet_of(family, far), "via", gateway, "dev",
                              f"client{path}", "metric", str(1024 * path))
            network.server.ip("route", "add", subnet_of(family, path), "via",
                              address(family, far, MIDDLE))
        network.join_from(address(family, 2, CLIENT), "client2")
        yield network


@contextlib.contextmanager
def bridged(family: int) -> Iterator[Network]:
    """A bridge between the hosts; the client has two addresses on one device."""
    cables = [("client", "client1", "bridge", "port1"), ("bridge", "port2", "server", "server1")]
    server_address = address(family, 1, SERVER)
    with _network(family, server_address, ["client", "bridge", "server"], cables) as network:
        second = address(family, 1, 10 + CLIENT)
        network.hosts["bridge"].ip("link", "add", "br0", "type", "bridge")
        for port in ("port1", "port2"):
            network.plug("bridge", port)
            network.hosts["bridge"].ip("link", "set", port, "master", "br0")
        network.hosts["bridge"].ip("link", "set", "br0", "up")
        network.plug("client", "client1", address(family, 1, CLIENT), second)
        network.plug("server", "server1", server_address)
        network.join_from(second, "client1")
        yield network


@contextlib.contextmanager
def contained(family: int) -> Iterator[Network]:
    """The client is a container: its device is a port of a bridge, and the host of the bridge
    translates its addresses."""
    far = BETWEEN_MIDDLE_AND_SERVER
    cables = [("client", "client1", "host", "port1"), ("host", "far9", "server", "server9")]
    server_address = address(family, far, SERVER)
    with _network(family, server_address, ["client", "host", "server"], cables) as network:
        first, second, gateway = (address(family, 1, last)
                                  for last in (CLIENT, 10 + CLIENT, MIDDLE))
        forward(network, "host")
        network.hosts["host"].ip("link", "add", "br0", "type", "bridge")
        network.plug("host", "port1")
        network.hosts["host"].ip("link", "set", "port1", "master", "br0")
        network.plug("host", "br0", gateway)
        network.plug("host", "far9", address(family, far, MIDDLE))
        network.plug("server", "server9", server_address)
        network.plug("client", "client1", first, second)
        network.client.ip("route", "add", "default", "via", gateway)
        translate(network, "host")
        network.join_from(second, "client1")
        yield network


def forward(network: Network, role: str) -> None:
    for family in ("ipv4.conf.all.forwarding", "ipv6.conf.all.forwarding"):
        network.hosts[role].output("sysctl", "-w", f"net.{family}=1")


def translate(network: Network, role: str, of: str = "") -> None:
    """NAT: behind far9, each flow has this host's address and another port. `of`: which flows."""
    add_chain(network, role, "nat hook postrouting priority srcnat",
              f'oifname "far9" {of} masquerade fully-random')


def add_chain(network: Network, role: str, where: str, rule: str) -> None:
    """A chain of nftables with this rule."""
    name = where.split()[2]
    table = f"table inet {name} {{ chain {name} {{ type {where}; {rule}; }}; }}"
    subprocess.run(network.hosts[role].command("nft", "-f", "-"), input=table, text=True, check=True)


def monitors(network: Network) -> dict[str, Monitor]:
    return {role: Monitor(network.hosts[role]) for role in ("client", "server")}
