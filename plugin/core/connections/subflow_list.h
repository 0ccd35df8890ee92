// SPDX-License-Identifier: GPL-2.0-or-later
//
// The subflows of a connection in index order: the initial subflow, then the others in order of
// their first packets, which is the order of their IDs. The index of a subflow is its position
// in the list.
//
// The number of joins in a capture is not bounded, and each join may be moved to another
// connection, so every operation takes O(log n). Insertion into a sorted vector
// (boost::container::flat_set) takes O(n); see ranked_set.h.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>

#include <boost/iterator/transform_iterator.hpp>

#include "containers/ranked_set.h"

namespace mptcp {

// The position of a subflow in the registry. Never reused.
enum class SubflowId : std::uint32_t {};

class SubflowList {
    struct Entry {
        bool is_join = false; // sorts after the initial subflow
        SubflowId id{};

        friend auto operator<=>(const Entry &, const Entry &) = default;
    };
    struct IdOf {
        SubflowId operator()(const Entry &entry) const { return entry.id; }
    };
    using Entries = RankedSet<Entry>;

public:
    using Iterator = boost::transform_iterator<IdOf, Entries::const_iterator>;
    using value_type = SubflowId;
    using const_iterator = Iterator;

    std::size_t size() const { return entries_.size(); }
    bool empty() const { return entries_.empty(); }
    Iterator begin() const { return Iterator{entries_.begin()}; }
    Iterator end() const { return Iterator{entries_.end()}; }
    SubflowId front() const { return *begin(); } // requires a non-empty list

    // Requires index < size().
    SubflowId operator[](std::size_t index) const { return entries_.nth(index)->id; }
    // Requires that the subflow is in the list.
    std::uint32_t index_of(SubflowId id, bool is_initial) const
    {
        return static_cast<std::uint32_t>(entries_.find_rank(Entry{!is_initial, id}));
    }

    void add(SubflowId id, bool is_initial) { entries_.insert({!is_initial, id}); }
    void remove(SubflowId id, bool is_initial) { entries_.erase(Entry{!is_initial, id}); }
    void clear() { entries_.clear(); }

private:
    Entries entries_;
};

} // namespace mptcp
