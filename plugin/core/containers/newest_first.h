// SPDX-License-Identifier: GPL-2.0-or-later
//
// A list of the newest entries, for lookups whose cost a crafted capture must not raise. Most lists
// have one entry, which needs no allocation.
#pragma once

#include <algorithm>
#include <cstddef>

#include <boost/container/small_vector.hpp>

namespace mptcp {

// Keeps at most kMost entries. Every function takes O(kMost).
template <class Entry, std::size_t kMost> class NewestFirst {
public:
    using value_type = Entry;

    // Discards the oldest entry if the list is full.
    void add(const Entry &entry)
    {
        if (entries_.size() == kMost)
            entries_.pop_back();
        entries_.insert(entries_.begin(), entry);
    }
    // Removes all entries that are equal to this one.
    void remove(const Entry &entry)
    {
        entries_.erase(std::remove(entries_.begin(), entries_.end(), entry), entries_.end());
    }

    bool empty() const { return entries_.empty(); }
    auto begin() const { return entries_.begin(); }
    auto end() const { return entries_.end(); }

private:
    boost::container::small_vector<Entry, 1> entries_;
};

} // namespace mptcp
