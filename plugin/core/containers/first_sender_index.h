// SPDX-License-Identifier: GPL-2.0-or-later
//
// Which packet carried which data first: disjoint ranges of a data sequence
// space, each with the number of a packet.
//
// boost::icl::split_interval_map would split as take_over() does, but does not
// report what it changes.
#pragma once

#include <cstdint>
#include <iterator>
#include <optional>
#include <vector>

#include <boost/container/map.hpp>

#include "containers/interval_set.h"

namespace mptcp {

class FirstSenderIndex {
public:
    struct Entry {
        std::uint64_t begin = 0;
        std::uint64_t end = 0;
        std::uint32_t packet = 0;

        Range range() const { return {begin, end}; }
    };

    // No part of `range` may be in the index, and it is shorter than 2^32. Cost: O(log n), O(1) at
    // the end.
    void add(const Range &range, std::uint32_t packet)
    {
        const auto hint = empty() || entries_.rbegin()->first < range.begin
                              ? entries_.end()
                              : entries_.lower_bound(range.begin);
        entries_.emplace_hint(hint, range.begin,
                              Carried{static_cast<std::uint32_t>(range.size()), packet});
    }

    bool empty() const { return entries_.empty(); }

    // Calls each(entry) in ascending order for the entries that overlap `range`,
    // until it returns false. Cost: O(log n + entries visited).
    template <class Each> void visit(const Range &range, Each each) const
    {
        auto it = entries_.upper_bound(range.begin);
        if (it != entries_.begin())
            --it;
        for (; it != entries_.end() && it->first < range.end; ++it) {
            const Entry entry{it->first, it->first + it->second.length, it->second.packet};
            if (entry.end > range.begin && !each(entry))
                return;
        }
    }

    // Assigns to `packet` whatever later packets carried of `range`, and calls
    // moved(part, from) for each part. Cost: O(log n) for each entry in the range.
    template <class Moved> void take_over(const Range &range, std::uint32_t packet, Moved moved)
    {
        std::vector<Entry> later;
        visit(range, [&](const Entry &entry) {
            if (entry.packet > packet)
                later.push_back(entry);
            return true;
        });
        for (const Entry &entry : later) {
            const Range part = common(range, entry.range());
            entries_.erase(entry.begin);
            add_if_any({entry.begin, part.begin}, entry.packet);
            add_if_any({part.end, entry.end}, entry.packet);
            add(part, packet);
            moved(part, entry.packet);
        }
    }

    // The packet that carried that number first. Cost: O(log n).
    std::optional<std::uint32_t> find(std::uint64_t number) const
    {
        std::optional<std::uint32_t> packet;
        visit({number, number + 1}, [&](const Entry &entry) {
            packet = entry.packet;
            return false;
        });
        return packet;
    }

private:
    struct Carried {
        std::uint32_t length = 0;
        std::uint32_t packet = 0;
    };

    void add_if_any(const Range &range, std::uint32_t packet)
    {
        if (!range.empty())
            add(range, packet);
    }

    // By begin. 48 bytes an entry, where std::map takes 64.
    boost::container::map<std::uint64_t, Carried> entries_;
};

} // namespace mptcp
