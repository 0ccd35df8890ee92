// SPDX-License-Identifier: GPL-2.0-or-later
#include "connections/roles.h"

#include <algorithm>
#include <cstddef>
#include <tuple>

namespace mptcp {
namespace {

constexpr std::size_t kMaxComparedSubflows = 8;

// RFC 6335 6: system ports (well-known) up to 1023, user ports (registered) up to 49151, and
// dynamic ports. Linux takes the port of a client from 32768 to 60999.
int port_class(std::uint16_t port)
{
    constexpr std::uint16_t kFirstUserPort = 1024;
    constexpr std::uint16_t kFirstClientPort = 32768;
    return port < kFirstUserPort ? 0 : port < kFirstClientPort ? 1 : 2;
}

} // namespace

Role guess_role(const Endpoint &of, const Endpoint &peer)
{
    const auto rank = [](const Endpoint &end) {
        return std::tuple{port_class(end.port), end.port, end.address};
    };
    return rank(of) < rank(peer) ? Role::Server : Role::Client;
}

bool roles_look_swapped(const Registry &registry, const Connection &connection)
{
    PerRole<bool> one_port{{true, true}};
    const Subflow &first = registry.first_subflow_of(connection);
    std::size_t compared = 0;
    for (const SubflowId id : connection.subflows) {
        if (compared++ == kMaxComparedSubflows)
            break;
        for (const Role role : {Role::Client, Role::Server})
            one_port[role] = one_port[role] &&
                             registry[id].end(role).endpoint.port == first.end(role).endpoint.port;
    }
    if (one_port[Role::Client] != one_port[Role::Server])
        return one_port[Role::Client];
    return guess_role(first.end(Role::Client).endpoint, first.end(Role::Server).endpoint) ==
           Role::Server;
}

} // namespace mptcp
