// SPDX-License-Identifier: GPL-2.0-or-later
//
// A list that only grows, in blocks: no entry ever moves, and at no time is
// there room for more than one block that is not used.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <vector>

namespace mptcp {

template <class T> class Blocks {
public:
    T &add()
    {
        if (size_ % kInBlock == 0)
            add_block();
        return (*this)[size_++];
    }

    T &operator[](std::size_t i) { return blocks_[i / kInBlock][i % kInBlock]; }
    const T &operator[](std::size_t i) const { return blocks_[i / kInBlock][i % kInBlock]; }
    std::size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }

    // Calls each(entry) for all, in their order: quicker than by their places.
    template <class Each> void visit(Each each) const
    {
        std::size_t left = size_;
        for (const auto &block : blocks_) {
            const std::size_t count = std::min(left, kInBlock);
            std::for_each_n(block.get(), count, each);
            left -= count;
        }
    }

    // The place of the first entry of which before(entry) is false; all of
    // which it is true stand in front of it.
    template <class Before> std::size_t partition_point(Before before) const
    {
        std::size_t first = 0;
        for (std::size_t length = size_; length > 0;) {
            const std::size_t half = length / 2;
            if (before((*this)[first + half])) {
                first += half + 1;
                length -= half + 1;
            } else {
                length = half;
            }
        }
        return first;
    }

private:
    static constexpr std::size_t kInBlock = 256;

    [[gnu::cold, gnu::noinline]] void add_block()
    {
        blocks_.push_back(std::make_unique<T[]>(kInBlock));
    }

    std::vector<std::unique_ptr<T[]>> blocks_;
    std::size_t size_ = 0;
};

} // namespace mptcp
