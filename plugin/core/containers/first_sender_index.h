// SPDX-License-Identifier: GPL-2.0-or-later
//
// Maps each DSN to the packet that sent it first, as disjoint ranges with a packet number.
//
// boost::icl::split_interval_map can split ranges as take_over() does, but it does not report the
// parts that change.
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

    // Requires that no part of `range` is in the index, and that its size is below 2^32.
    // Cost: O(log n); O(1) at the end.
    void add(const Range &range, std::uint32_t packet)
    {
        const auto hint = empty() || entries_.rbegin()->first < range.begin
                              ? entries_.end()
                              : entries_.lower_bound(range.begin);
        entries_.emplace_hint(hint, range.begin,
                              FirstSent{static_cast<std::uint32_t>(range.size()), packet});
    }

    bool empty() const { return entries_.empty(); }

    // Calls each(entry) in ascending order for the entries that overlap `range`, until it returns
    // false. Cost: O(log n + entries visited).
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

    // Reassigns the parts of `range` that belong to later packets to `packet`. Calls
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

    // Returns the packet that sent the DSN first. Cost: O(log n).
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
    struct FirstSent {
        std::uint32_t length = 0;
        std::uint32_t packet = 0;
    };

    void add_if_any(const Range &range, std::uint32_t packet)
    {
        if (!range.empty())
            add(range, packet);
    }

    // Key: the begin of the range. An entry takes 48 bytes, compared with 64 in std::map.
    boost::container::map<std::uint64_t, FirstSent> entries_;
};

} // namespace mptcp
