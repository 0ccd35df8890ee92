// SPDX-License-Identifier: GPL-2.0-or-later
//
// From hashes to numbers, in 8 octets each and without an allocation for any.
// What a number stands for is the caller's to know: a look-up asks it whether
// one with the same upper half of the hash is the right one.
//
// Open addressing with linear probing, at most three quarters full. That is
// quick as long as nobody can make hashes collide: see keyed_hash.h.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace mptcp {

class FlatIndex {
public:
    // Where the number with that hash stands of which is(number) is true; kNowhere
    // if there is none. Good until the next one is put in or taken out.
    using Place = std::size_t;
    static constexpr Place kNowhere = SIZE_MAX;
    template <class Is> Place find(std::uint64_t hash, Is is) const
    {
        if (slots_.empty())
            return kNowhere;
        const std::uint32_t print = print_of(hash);
        for (Place at = home_of(print); slots_[at].number != kNone; at = behind(at))
            if (slots_[at].print == print && is(slots_[at].number))
                return at;
        return kNowhere;
    }

    std::uint32_t operator[](Place at) const { return slots_[at].number; }
    // By another one, whose hash is the same.
    void replace(Place at, std::uint32_t number) { slots_[at].number = number; }

    // One that is not in; at most 2^32 - 2.
    void add(std::uint64_t hash, std::uint32_t number)
    {
        if (4 * (used_ + 1) > 3 * slots_.size())
            grow();
        put({print_of(hash), number});
        ++used_;
    }

    void remove(Place hole)
    {
        // What stands behind it moves up, unless it would come to stand before its home.
        for (Place at = behind(hole); slots_[at].number != kNone; at = behind(at))
            if (distance(home_of(slots_[at].print), at) >= distance(hole, at)) {
                slots_[hole] = slots_[at];
                hole = at;
            }
        slots_[hole].number = kNone;
        --used_;
    }

private:
    static constexpr std::uint32_t kNone = UINT32_MAX;
    static constexpr std::size_t kFewest = 16; // slots

    struct Slot {
        std::uint32_t print = 0; // the upper half of the hash: its upper bits tell its home
        std::uint32_t number = kNone;
    };

    static std::uint32_t print_of(std::uint64_t hash)
    {
        return static_cast<std::uint32_t>(hash >> 32);
    }
    Place home_of(std::uint32_t print) const { return print >> shift_; }
    Place behind(Place at) const { return (at + 1) & (slots_.size() - 1); }
    std::size_t distance(Place from, Place to) const { return (to - from) & (slots_.size() - 1); }

    void put(const Slot &slot)
    {
        Place at = home_of(slot.print);
        while (slots_[at].number != kNone)
            at = behind(at);
        slots_[at] = slot;
    }

    void grow()
    {
        const std::vector<Slot> before = std::move(slots_);
        slots_ = std::vector<Slot>(before.empty() ? kFewest : 2 * before.size());
        shift_ = 32 - std::countr_zero(slots_.size());
        for (const Slot &slot : before)
            if (slot.number != kNone)
                put(slot);
    }

    std::vector<Slot> slots_; // as many as a power of two, or none
    std::size_t used_ = 0;
    int shift_ = 0;
};

} // namespace mptcp
