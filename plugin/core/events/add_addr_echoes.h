// SPDX-License-Identifier: GPL-2.0-or-later
//
// Which echo confirms which ADD_ADDR (RFC 8684 3.4.1: the receiver sends the
// same address and ID back, with flag E). An address may be announced, again
// before the echo comes, and anew once it was withdrawn.
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
    // An address of that host of that connection.
    struct Place {
        ConnectionId connection{};
        Role host{};
        std::uint8_t address_id = 0;
        Address address;

        friend bool operator==(const Place &, const Place &) = default;
    };

    // In the order of the capture.
    void announce(const Place &place, std::uint32_t frame);
    void echo(const Place &place, std::uint32_t frame);

    // The frame of the first echo to the announcement in that frame, or of the
    // announcement that the echo in that frame confirms.
    std::optional<std::uint32_t> echo_to(const Place &place, std::uint32_t frame) const;
    std::optional<std::uint32_t> announcement_of(const Place &place, std::uint32_t frame) const;

private:
    // An announcement, its repetitions, and its echo.
    struct Exchange {
        std::uint32_t announced = 0;
        std::uint32_t echoed = 0; // 0: not yet
    };
    struct Hash {
        std::size_t operator()(const Place &place) const;
    };

    // The one that was going on in that frame; nullptr if none was.
    const Exchange *exchange_at(const Place &place, std::uint32_t frame) const;

    std::unordered_map<Place, std::vector<Exchange>, Hash> exchanges_; // by frame
};

} // namespace mptcp
