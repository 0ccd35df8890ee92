// SPDX-License-Identifier: GPL-2.0-or-later
//
// Lookup in a sorted vector. std::ranges::equal_range does the same, but clang 14 cannot compile
// the subrange that it returns.
#pragma once

#include <algorithm>
#include <span>
#include <vector>

namespace mptcp {

// The records whose member `key` has this value. Requires that the records are sorted by it. Cost:
// O(log n).
template <class Record, class Key> std::span<const Record>
with_key(const std::vector<Record> &records, Key Record::*key, const Key &value)
{
    return {std::ranges::lower_bound(records, value, {}, key),
            std::ranges::upper_bound(records, value, {}, key)};
}

} // namespace mptcp
