// SPDX-License-Identifier: GPL-2.0-or-later
//
// The subflows of a connection in the order in which users see them: the initial
// one first, then by their first packets, which is the order of their IDs. The
// index of a subflow is its place here.
//
// A capture can give a connection any number of them, and say of each that it
// belongs to another one: so none that comes or goes costs a step for all others.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>

#include "containers/chunked_sorted_vector.h"

namespace mptcp {

// The position of a subflow in the tracker's table; valid for the tracker's life.
enum class SubflowId : std::uint32_t {};

class SubflowList {
    struct Entry {
        std::uint64_t begin = 0; // where it stands: the ID, and the initial one before all

        SubflowId id() const { return SubflowId{static_cast<std::uint32_t>(begin)}; }
    };

public:
    class Iterator {
    public:
        using value_type = SubflowId;
        using difference_type = std::ptrdiff_t;
        using iterator_concept = std::forward_iterator_tag;

        Iterator() = default;
        explicit Iterator(const SortedPieces<Entry>::Iterator &at) : at_(at) {}
        SubflowId operator*() const { return at_->id(); }
        Iterator &operator++()
        {
            ++at_;
            return *this;
        }
        Iterator operator++(int)
        {
            const Iterator before = *this;
            ++*this;
            return before;
        }
        friend bool operator==(const Iterator &, const Iterator &) = default;

    private:
        SortedPieces<Entry>::Iterator at_;
    };
    using value_type = SubflowId;
    using const_iterator = Iterator;

    std::size_t size() const { return count_; }
    bool empty() const { return count_ == 0; }
    Iterator begin() const { return Iterator{entries_.begin()}; }
    Iterator end() const { return Iterator{entries_.end()}; }
    SubflowId front() const { return *begin(); } // there is one

    // The one with that index, which is below size(); and the index of one that is
    // in. Cost: O(log n), and after a change that is not at the end a step for every
    // few hundred.
    SubflowId operator[](std::size_t index) const { return entries_[index].id(); }
    std::uint32_t index_of(SubflowId id, bool is_initial) const
    {
        return static_cast<std::uint32_t>(entries_.count_before(place_of(id, is_initial)));
    }

    // One that is not in, and one that is. Cost: O(log n), and a few hundred others
    // that move; O(1) at the end.
    void add(SubflowId id, bool is_initial)
    {
        entries_.add({place_of(id, is_initial)});
        ++count_;
    }
    void remove(SubflowId id, bool is_initial)
    {
        entries_.remove(place_of(id, is_initial));
        --count_;
    }

    void clear() { *this = {}; }

private:
    static std::uint64_t place_of(SubflowId id, bool is_initial)
    {
        return std::uint64_t{!is_initial} << 32 | static_cast<std::uint32_t>(id);
    }

    SortedPieces<Entry> entries_;
    std::size_t count_ = 0;
};

} // namespace mptcp
