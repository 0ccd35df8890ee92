// SPDX-License-Identifier: GPL-2.0-or-later
//
// Things that some of many have: a table of pointers, and the things in
// blocks. None is given back before all are.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "base/types.h"
#include "containers/blocks.h"

namespace mptcp {

// Two for each Id, one of them by `Which` (a Role or a Side).
template <class Id, class Which, class Thing> class PairPool {
public:
    // Both; nullptr where there is none. Good until one is added or moved.
    using Pointers = Pair<Which, Thing *>;
    const Pointers &find(Id id) const
    {
        static constexpr Pointers kNone{};
        const auto place = static_cast<std::size_t>(id);
        return place < pairs_.size() ? pairs_[place] : kNone;
    }
    Thing *find(Id id, Which which) const { return find(id)[which]; }

    // There must be none so far.
    Thing &add(Id id, Which which, Thing thing)
    {
        Thing &kept = things_.add();
        kept = std::move(thing);
        pair_of(id)[which] = &kept;
        return kept;
    }

    void swap(Id id) { std::swap(pair_of(id).each[0], pair_of(id).each[1]); }

    // `to` has none so far.
    void move(Id from, Which from_which, Id to, Which to_which)
    {
        pair_of(to)[to_which] = std::exchange(pair_of(from)[from_which], nullptr);
    }

private:
    Pointers &pair_of(Id id)
    {
        const auto place = static_cast<std::size_t>(id);
        if (pairs_.size() <= place)
            pairs_.resize(place + 1);
        return pairs_[place];
    }

    std::vector<Pointers> pairs_; // by Id
    Blocks<Thing> things_;
};

} // namespace mptcp
