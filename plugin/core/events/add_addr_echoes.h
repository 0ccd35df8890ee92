// SPDX-License-Identifier: GPL-2.0-or-later
//
// Matches ADD_ADDR options and their echoes (RFC 8684 3.4.1: the receiver returns the same
// address and ID with flag E). An ADD_ADDR may be retransmitted before the echo, and an address
// may be announced again after it was removed. event_detector.h provides the options.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "connections/registry.h"
#include "connections/regrouping.h"
#include "containers/keyed_hash.h"
#include "wire/option.h"

namespace mptcp {

class AddAddrEchoes {
public:
    // An address of a host of a connection.
    struct HostAddress {
        ConnectionId connection{};
        Role host{};
        std::uint8_t address_id = 0;
        Address address;

        friend bool operator==(const HostAddress &, const HostAddress &) = default;
    };

    // Record an ADD_ADDR and an echo. Call them in capture order. announce() returns true if the
    // announcement repeats one that has no echo yet.
    bool announce(const HostAddress &announced, std::uint32_t frame);
    void echo(const HostAddress &echoed, std::uint32_t frame);

    // Call it before announce() and echo() for an address of a partial connection, which may be
    // merged into another one.
    void note_partial(const HostAddress &address);
    // Applies a merge of a partial connection, or a swap of its roles.
    void regroup(const Regrouping &regrouping);

    // echo_to() returns the frame of the first echo of the ADD_ADDR in `frame`. announcement_of()
    // returns the frame of the ADD_ADDR that the echo in `frame` answers. None if it was not
    // captured. Cost: O(log n).
    std::optional<std::uint32_t> echo_to(const HostAddress &announced, std::uint32_t frame) const;
    std::optional<std::uint32_t> announcement_of(const HostAddress &echoed,
                                                 std::uint32_t frame) const;

private:
    // An ADD_ADDR, its retransmissions, and its echo. One of the two may be missing.
    struct Exchange {
        std::uint32_t announced = 0; // 0: not captured
        std::uint32_t echoed = 0;    // 0: not yet

        std::uint32_t first_frame() const { return announced != 0 ? announced : echoed; }
    };
    using Exchanges = std::vector<Exchange>; // in capture order
    struct Hash {
        std::size_t operator()(const HostAddress &address) const;
    };

    // Returns the latest exchange that started at or before `frame`, or nullptr.
    const Exchange *exchange_at(const HostAddress &address, std::uint32_t frame) const;
    // True if the last announcement has no echo yet.
    static bool has_open(const Exchanges &exchanges)
    {
        return !exchanges.empty() && exchanges.back().echoed == 0;
    }
    static void append(Exchanges &to, const Exchange &exchange);
    void move(ConnectionId from, ConnectionId to, bool swap_hosts);

    std::unordered_map<HostAddress, Exchanges, Hash> exchanges_;
    // The addresses of partial connections.
    std::unordered_map<ConnectionId, std::vector<HostAddress>, NumberHash> partial_;
};

// The address in an ADD_ADDR or its echo, and its owner: the sender of the ADD_ADDR or the
// receiver of the echo.
AddAddrEchoes::HostAddress host_address(const Registry &registry, const Attribution &attribution,
                                        const AddAddr &option);

} // namespace mptcp
