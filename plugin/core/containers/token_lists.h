// SPDX-License-Identifier: GPL-2.0-or-later
//
// A list for each token, of which the newest entries are read. Nearly every
// token has one entry: it takes 8 octets and itself, and 11 in the index.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/types.h"
#include "containers/blocks.h"
#include "containers/flat_index.h"
#include "containers/keyed_hash.h"

namespace mptcp {

template <class Entry> class TokenLists {
public:
    void add(Token token, const Entry &entry)
    {
        const std::uint64_t hash = hash_of(token);
        const auto number = static_cast<std::uint32_t>(links_.size());
        const auto place = place_of(token, hash);
        const bool is_first = place == FlatIndex::kNowhere;
        links_.add() = {token, is_first ? kNone : index_[place], entry};
        if (is_first)
            index_.add(hash, number);
        else
            index_.replace(place, number);
    }

    // The newest ones of a token, newest first; no more than `most`.
    std::vector<Entry> newest(Token token, std::size_t most) const
    {
        std::vector<Entry> list;
        const auto place = place_of(token, hash_of(token));
        std::uint32_t next = place == FlatIndex::kNowhere ? kNone : index_[place];
        for (; next != kNone && list.size() < most; next = links_[next].older)
            list.push_back(links_[next].entry);
        return list;
    }

private:
    static constexpr std::uint32_t kNone = UINT32_MAX;

    struct Link {
        Token token;
        std::uint32_t older = kNone; // the one before it, of the same token
        Entry entry;
    };

    static std::uint64_t hash_of(Token token) { return KeyedHash{}.add(token.value).finish(); }

    FlatIndex::Place place_of(Token token, std::uint64_t hash) const
    {
        return index_.find(hash,
                           [&](std::uint32_t number) { return links_[number].token == token; });
    }

    Blocks<Link> links_;
    FlatIndex index_; // of the newest link of each token
};

} // namespace mptcp
