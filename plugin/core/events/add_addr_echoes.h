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

#include "connections/connection.h"
#include "containers/keyed_hash.h"
#include "wire/option.h"

namespace mptcp {

class AddAddrEchoes {
public:
    // An address of a host of a connection.
    struct Place {
        ConnectionId connection{};
        Role host{};
        std::uint8_t address_id = 0;
        Address address;

        friend bool operator==(const Place &, const Place &) = default;
    };

    // Record an ADD_ADDR and an echo. Call them in capture order. An echo without an ADD_ADDR has
    // no effect.
    void announce(const Place &place, std::uint32_t frame);
    void echo(const Place &place, std::uint32_t frame);

    // echo_to() returns the frame of the first echo of the ADD_ADDR in `frame`. announcement_of()
    // returns the frame of the ADD_ADDR that the echo in `frame` answers. None if it was not
    // captured. Cost: O(log n).
    std::optional<std::uint32_t> echo_to(const Place &place, std::uint32_t frame) const;
    std::optional<std::uint32_t> announcement_of(const Place &place, std::uint32_t frame) const;

private:
    // An ADD_ADDR, its retransmissions, and its echo.
    struct Exchange {
        std::uint32_t announced = 0;
        std::uint32_t echoed = 0; // 0: not yet
    };
    struct Hash {
        std::size_t operator()(const Place &place) const;
    };

    // Returns the latest exchange that started at or before `frame`, or nullptr.
    const Exchange *exchange_at(const Place &place, std::uint32_t frame) const;

    std::unordered_map<Place, std::vector<Exchange>, Hash> exchanges_; // each in capture order
};

} // namespace mptcp
