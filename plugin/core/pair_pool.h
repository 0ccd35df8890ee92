// SPDX-License-Identifier: GPL-2.0-or-later
//
// Things that some of many have: a table of short references, and the things
// in blocks. None is given back before all are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "blocks.h"

namespace mptcp {

// Two for each Id, one of them by `Which` (a Role or a Side).
template <class Id, class Which, class Thing> class PairPool {
public:
    // nullptr if there is none.
    const Thing *find(Id id, Which which) const
    {
        const std::uint32_t number = number_of(id, which);
        return number == 0 ? nullptr : &things_[number - 1];
    }
    Thing *find(Id id, Which which)
    {
        const std::uint32_t number = number_of(id, which);
        return number == 0 ? nullptr : &things_[number - 1];
    }

    // There must be none so far.
    Thing &add(Id id, Which which, Thing thing)
    {
        Thing &kept = things_.add();
        kept = std::move(thing);
        numbers_of(id)[which] = static_cast<std::uint32_t>(things_.size());
        return kept;
    }

    void swap(Id id) { std::swap(numbers_of(id).each[0], numbers_of(id).each[1]); }

    // `to` has none so far.
    void move(Id from, Which from_which, Id to, Which to_which)
    {
        numbers_of(to)[to_which] = std::exchange(numbers_of(from)[from_which], 0U);
    }

private:
    using Numbers = Pair<Which, std::uint32_t>; // 0: none

    std::uint32_t number_of(Id id, Which which) const
    {
        const auto place = static_cast<std::size_t>(id);
        return place < numbers_.size() ? numbers_[place][which] : 0;
    }

    Numbers &numbers_of(Id id)
    {
        const auto place = static_cast<std::size_t>(id);
        if (numbers_.size() <= place)
            numbers_.resize(place + 1);
        return numbers_[place];
    }

    std::vector<Numbers> numbers_; // by Id
    Blocks<Thing> things_;
};

} // namespace mptcp
