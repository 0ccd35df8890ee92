// SPDX-License-Identifier: GPL-2.0-or-later
//
// Assigns the connection indexes that users see: from 0, without gaps, in order of the first packet
// of each connection. Two records may be merged into one connection, if a join was captured before
// the keys of its connection. The higher ordinal is then retired, and all indexes above it decrease
// by one. connections/registry.h uses it.
#pragma once

#include <cstdint>

#include "containers/ranked_set.h"

namespace mptcp {

class Numbering {
public:
    // Returns the next ordinal, from 0.
    std::uint32_t issue() { return issued_++; }

    // Retires an ordinal that was issued and not yet retired. Cost: O(log n).
    void retire(std::uint32_t ordinal) { retired_.insert(ordinal); }

    // Returns the number of ordinals in use below `ordinal`. Cost: O(log n), where n is the number
    // of retired ordinals.
    std::uint32_t index_of(std::uint32_t ordinal) const
    {
        return ordinal - static_cast<std::uint32_t>(retired_.lower_bound_rank(ordinal));
    }

    std::uint32_t in_use() const { return issued_ - static_cast<std::uint32_t>(retired_.size()); }

private:
    std::uint32_t issued_ = 0;
    RankedSet<std::uint32_t> retired_;
};

} // namespace mptcp
