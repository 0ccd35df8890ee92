// SPDX-License-Identifier: GPL-2.0-or-later
//
// Who carried which data first: ranges of a data sequence space that do not
// overlap, each with a number for the packet that it came in. 16 octets each.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "containers/chunked_sorted_vector.h"
#include "containers/interval_set.h"

namespace mptcp {

class Carriers {
public:
    struct Entry {
        std::uint64_t begin = 0;
        std::uint32_t length = 0;
        std::uint32_t packet = 0;

        std::uint64_t end() const { return begin + length; }
        Range range() const { return {begin, end()}; }
    };

    // Of `range` nothing may be in yet; it is shorter than 2^32.
    void add(const Range &range, std::uint32_t packet)
    {
        entries_.add({range.begin, static_cast<std::uint32_t>(range.size()), packet});
    }

    bool empty() const { return entries_.empty(); }

    // Calls each(entry) for the entries that have a part in the range, in
    // order, until it gives false.
    template <class Each> void visit(const Range &range, Each each) const
    {
        entries_.visit_from(range.begin, [&](const Entry &entry) {
            if (entry.end() <= range.begin)
                return true; // it ends where the range begins, or before
            return entry.begin < range.end && each(entry);
        });
    }

    // What packets behind `packet` have in the range is its from now on; calls
    // moved(part, from) for each. Cost: that of add() for each entry there.
    template <class Moved> void take_over(const Range &range, std::uint32_t packet, Moved moved)
    {
        std::vector<Entry> taken;
        visit(range, [&](const Entry &entry) {
            if (entry.packet > packet)
                taken.push_back(entry);
            return true;
        });
        for (const Entry &entry : taken) {
            const Range part = common(range, entry.range());
            entries_.remove(entry.begin);
            add_if_any({entry.begin, part.begin}, entry.packet);
            add_if_any({part.end, entry.end()}, entry.packet);
            add(part, packet);
            moved(part, entry.packet);
        }
    }

    // Who carried that number.
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

    SortedPieces<Entry> entries_;
};

} // namespace mptcp
