// SPDX-License-Identifier: GPL-2.0-or-later
//
// The connection index that users see: from 0, without holes, in the order of
// each connection's first packet. Two records may turn out to be one
// connection (a join was captured before the keys that tell whose it is). The
// later ordinal is then retired, and every index above it moves down by one.
#pragma once

#include <bit>
#include <cstdint>
#include <vector>

namespace mptcp {

class Numbering {
public:
    // The next ordinal, from 0.
    std::uint32_t issue() { return issued_++; }

    // Takes back an ordinal that was issued, once. Cost: amortised O(log n).
    void retire(std::uint32_t ordinal)
    {
        retired_.push_back(ordinal);
        if (issued_ < tree_.size())
            add(ordinal);
        else
            grow();
    }

    // How many ordinals below this one are still in use. Cost: O(log n), O(1)
    // as long as none was retired.
    std::uint32_t index_of(std::uint32_t ordinal) const
    {
        std::uint32_t below = 0;
        // An ordinal beyond the tree is above everything retired so far.
        if (ordinal >= tree_.size())
            return ordinal - static_cast<std::uint32_t>(retired_.size());
        for (std::uint32_t i = ordinal; i > 0; i &= i - 1)
            below += tree_[i];
        return ordinal - below;
    }

    std::uint32_t in_use() const { return issued_ - static_cast<std::uint32_t>(retired_.size()); }

private:
    // A Fenwick tree of the retired: tree_[i] counts a range that ends at i.
    void add(std::uint32_t ordinal)
    {
        for (auto i = static_cast<std::size_t>(ordinal) + 1; i < tree_.size(); i += lowest_bit(i))
            ++tree_[i];
    }

    static std::size_t lowest_bit(std::size_t i) { return i & (~i + 1); }

    void grow()
    {
        tree_.assign(2 * std::bit_ceil(std::size_t{issued_} + 1), 0);
        for (const std::uint32_t ordinal : retired_)
            add(ordinal);
    }

    std::uint32_t issued_ = 0;
    std::vector<std::uint32_t> tree_;
    std::vector<std::uint32_t> retired_;
};

} // namespace mptcp
