// SPDX-License-Identifier: GPL-2.0-or-later
//
// A map that forgets its oldest entries. Keys are hashes that a capture cannot predict
// (containers/keyed_hash.h).
//
// It has two generations of at most `most` / 2 entries each. New entries go to the younger one;
// when that is full, the older one is dropped. So at least the last `most` / 2 entries are present,
// and no entry is ever erased by itself. boost::multi_index, or a list with a hash map, would keep
// exactly `most` entries, with three times the memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include <boost/unordered/unordered_flat_map.hpp>

namespace mptcp {

template <class Value> class RecentMap {
public:
    explicit RecentMap(std::size_t most) : generation_(most / 2) {}

    // Returns nullptr if the key is not present. The pointer is valid until the next insertion.
    Value *find(std::uint64_t key)
    {
        if (const auto found = younger_.find(key); found != younger_.end())
            return &found->second;
        const auto found = older_.find(key);
        return found == older_.end() ? nullptr : &found->second;
    }

    // Replaces the value, if the key is present.
    void insert(std::uint64_t key, const Value &value)
    {
        if (younger_.size() >= generation_)
            older_ = std::exchange(younger_, {});
        younger_.insert_or_assign(key, value);
    }

    std::size_t size() const { return younger_.size() + older_.size(); }

private:
    struct Hash {
        using is_avalanching = void; // NOLINT(readability-identifier-naming): Boost's name
        std::size_t operator()(std::uint64_t key) const { return key; }
    };

    std::size_t generation_;
    boost::unordered_flat_map<std::uint64_t, Value, Hash> younger_, older_;
};

} // namespace mptcp
