// SPDX-License-Identifier: GPL-2.0-or-later
//
// The connection index that users see: from 0, without holes, in the order of
// each connection's first packet. Two records may turn out to be one connection
// (a join was captured before the keys that identify its connection). The later
// ordinal is then retired, and every index above it decreases by one.
#pragma once

#include <cstdint>

#include "containers/ranked_set.h"

namespace mptcp {

class Numbering {
public:
    // The next ordinal, from 0.
    std::uint32_t issue() { return issued_++; }

    // Takes back an ordinal that was issued, once. Cost: O(log n).
    void retire(std::uint32_t ordinal) { retired_.insert(ordinal); }

    // How many ordinals below this one are in use. Cost: O(log n) of the retired.
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
