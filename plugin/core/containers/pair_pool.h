// SPDX-License-Identifier: GPL-2.0-or-later
//
// Optional objects for each pair of an ID and a role or side: a std::vector, indexed by ID, of two
// std::unique_ptr. The address of an object does not change.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "base/types.h"

namespace mptcp {

// At most two objects for each Id, one for each value of `Which` (Role or Side). Memory: 16 bytes
// for each Id up to the highest one in use, and the objects. Every function takes O(1), amortised.
template <class Id, class Which, class Thing> class PairPool {
public:
    // Return nullptr for an object that does not exist.
    Thing *find(Id id, Which which) const { return find(id)[which]; }
    Pair<Which, Thing *> find(Id id) const
    {
        const auto index = static_cast<std::size_t>(id);
        if (index >= pairs_.size())
            return {};
        const auto &each = pairs_[index].each;
        return {{each[0].get(), each[1].get()}};
    }

    // Requires that the object does not exist.
    Thing &add(Id id, Which which, Thing thing)
    {
        auto &slot = pair_of(id)[which];
        slot = std::make_unique<Thing>(std::move(thing));
        return *slot;
    }

    // Exchanges the two objects of an Id.
    void swap(Id id) { std::swap(pair_of(id).each[0], pair_of(id).each[1]); }

    // Moves an object, if it exists. Requires that the destination does not exist.
    void move(Id from, Which from_which, Id to, Which to_which)
    {
        auto moved = std::move(pair_of(from)[from_which]);
        pair_of(to)[to_which] = std::move(moved);
    }

private:
    using Owned = Pair<Which, std::unique_ptr<Thing>>;

    Owned &pair_of(Id id)
    {
        const auto index = static_cast<std::size_t>(id);
        if (pairs_.size() <= index)
            pairs_.resize(index + 1);
        return pairs_[index];
    }

    std::vector<Owned> pairs_; // by Id
};

} // namespace mptcp
