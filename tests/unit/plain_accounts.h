// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the payload of packets is by the contract, told octet by octet.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "data_trace.h"

namespace mptcp::test {

// Against the contract, octet by octet: unmapped where no mapping covers it;
// else retransmitted where its subflow sequence number was sent before on this
// subflow; else reinjected where its DSN was sent before; else unique.
class PlainAccounts {
public:
    using Place = std::pair<int, std::uint32_t>; // subflow and relative sequence number

    // What is mapped stays what it was; true if this mapping says otherwise.
    bool map(int subflow, std::uint32_t relative, std::uint64_t octet, std::uint32_t length)
    {
        bool contradicts = false;
        for (std::uint32_t i = 0; i < length; ++i) {
            const auto [known, fresh] = mappings_.emplace(Place{subflow, relative + i}, octet + i);
            contradicts |= known->second != octet + i;
        }
        return contradicts;
    }
    void send(std::uint32_t frame, int subflow, std::uint32_t relative, std::uint32_t length)
    {
        packets_.push_back({frame, {subflow, relative}, length});
    }

    struct Account {
        Kinds kinds;
        std::optional<std::uint64_t> first; // where the first octet stands
        std::uint32_t reinjection_of = 0;
    };
    // Of all packets, by what is known at the end.
    std::map<std::uint32_t, Account> accounts() const
    {
        std::set<Place> sent;
        std::map<std::uint64_t, std::uint32_t> carriers; // the frame of each octet
        std::map<std::uint32_t, Account> accounts;
        for (const Sent &packet : packets_) {
            Account &account = accounts[packet.frame];
            account.first = octet_at(packet.place);
            for (std::uint32_t i = 0; i < packet.length; ++i) {
                const Place place{packet.place.first, packet.place.second + i};
                const bool again = !sent.insert(place).second;
                const auto octet = octet_at(place);
                if (!octet) {
                    ++account.kinds.unmapped;
                    continue;
                }
                if (again) {
                    ++account.kinds.retransmitted;
                    continue;
                }
                const auto &[carried, fresh] = carriers.emplace(*octet, packet.frame);
                ++(fresh ? account.kinds.unique : account.kinds.reinjected);
                const std::uint32_t carrier = carried->second;
                if (carrier < packet.frame &&
                    (account.reinjection_of == 0 || carrier < account.reinjection_of))
                    account.reinjection_of = carrier;
            }
        }
        return accounts;
    }

private:
    struct Sent {
        std::uint32_t frame = 0;
        Place place;
        std::uint32_t length = 0;
    };
    std::optional<std::uint64_t> octet_at(const Place &place) const
    {
        const auto it = mappings_.find(place);
        return it == mappings_.end() ? std::nullopt : std::optional{it->second};
    }

    std::map<Place, std::uint64_t> mappings_;
    std::vector<Sent> packets_;
};

} // namespace mptcp::test
