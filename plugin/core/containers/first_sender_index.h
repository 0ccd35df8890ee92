// SPDX-License-Identifier: GPL-2.0-or-later
//
// Maps each DSN to the packet that sent it first, as disjoint ranges with a packet number.
// An entry takes 16 bytes.
//
// boost::icl::split_interval_map can split ranges as take_over() does, but it does not report the
// parts that change, and it is a tree: see chunked_sorted_vector.h.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "containers/chunked_sorted_vector.h"
#include "containers/interval_set.h"

namespace mptcp {

class FirstSenderIndex {
public:
    struct Entry {
        std::uint64_t begin = 0;
        std::uint32_t length = 0;
        std::uint32_t packet = 0;

        std::uint64_t end() const { return begin + length; }
        Range range() const { return {begin, end()}; }
    };

    // No part of `range` may be in the index, and it is shorter than 2^32.
    // Cost: O(log n); amortised O(1) at the end.
    void add(const Range &range, std::uint32_t packet)
    {
        entries_.add({range.begin, static_cast<std::uint32_t>(range.size()), packet});
    }

    bool empty() const { return entries_.empty(); }

    // Calls each(entry) in ascending order for the entries that overlap `range`,
    // until it returns false. Cost: O(log n + entries visited).
    template <class Each> void visit(const Range &range, Each each) const
    {
        entries_.visit_from(range.begin, [&](const Entry &entry) {
            if (entry.end() <= range.begin)
                return true; // the entry before the first that overlaps
            return entry.begin < range.end && each(entry);
        });
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
            entries_.remove(entry.begin);
            add_if_any({entry.begin, part.begin}, entry.packet);
            add_if_any({part.end, entry.end()}, entry.packet);
            add(part, packet);
            moved(part, entry.packet);
        }
    }

    // The packet that carried that number first. Cost: O(log n).
    std::optional<std::uint32_t> find(std::uint64_t number) const
    {
        const Entry *entry = entries_.find(number);
        return entry != nullptr && entry->range().contains(number) ? std::optional{entry->packet}
                                                                   : std::nullopt;
    }

private:
    void add_if_any(const Range &range, std::uint32_t packet)
    {
        if (!range.empty())
            add(range, packet);
    }

    ChunkedSortedVector<Entry> entries_;
};

} // namespace mptcp
