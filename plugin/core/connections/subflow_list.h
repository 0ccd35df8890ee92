// SPDX-License-Identifier: GPL-2.0-or-later
//
// The subflows of a connection in the order in which users see them: the initial
// one first, then by their first packets, which is the order of their IDs. The
// index of a subflow is its position here.
//
// A capture may hold any number of joins, and each may turn out to belong to
// another connection, so every operation is O(log n). A sorted vector
// (boost::container::flat_set) is not: see ranked_set.h.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>

#include <boost/iterator/transform_iterator.hpp>

#include "containers/ranked_set.h"

namespace mptcp {

// The position of a subflow in the tracker's table; valid for the tracker's life.
enum class SubflowId : std::uint32_t {};

class SubflowList {
    struct Entry {
        bool is_join = false; // sorts behind the initial subflow
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
    SubflowId front() const { return *begin(); } // the list is not empty

    // `index` is below size().
    SubflowId operator[](std::size_t index) const { return entries_.nth(index)->id; }
    // The subflow is in the list.
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
