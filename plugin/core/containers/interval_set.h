// SPDX-License-Identifier: GPL-2.0-or-later
//
// A set of sequence numbers, stored as disjoint ranges that do not touch. A stream without holes
// is a single range.
//
// A std::map of all ranges is simpler, but takes 75 MB more for 100,000 connections with about
// eight sets each, most of them with one range. This is 4 % of the memory of tshark.
// boost::icl::interval_set is such a tree, too. It does not report which parts of a range are new;
// computing them before each add() takes 2 microseconds.
#pragma once

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <memory>

namespace mptcp {

// The numbers from `begin` up to, but not including, `end`.
struct Range {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;

    std::uint64_t size() const { return end - begin; }
    bool empty() const { return begin >= end; }
    bool contains(std::uint64_t number) const { return begin <= number && number < end; }

    friend bool operator==(const Range &, const Range &) = default;
};

// The intersection of two ranges, which may be empty.
constexpr Range common(const Range &a, const Range &b)
{
    return {std::max(a.begin, b.begin), std::min(a.end, b.end)};
}

class IntervalSet {
public:
    // Adds a range. Calls fresh(part) in ascending order for each part that was not in the set.
    // Cost: O(log n), amortised; O(1) at the end.
    template <class Fresh> void add(const Range &range, Fresh fresh)
    {
        if (range.empty())
            return;
        if (last_.empty())
            last_ = {range.begin, range.begin};
        if (range.begin != last_.end)
            return insert(range, fresh);
        fresh(range); // the usual case
        last_.end = range.end;
    }
    void add(const Range &range)
    {
        add(range, [](const Range &) {});
    }

    // Returns how many numbers of `range` are in the set. Cost: O(log n + ranges visited).
    std::uint64_t count(const Range &range) const
    {
        std::uint64_t sum = 0;
        visit(range, [&](const Range &part) { sum += part.size(); });
        return sum;
    }

    // Calls each(part) in ascending order for the parts of `range` that are in the set.
    // Cost: O(log n + ranges visited).
    template <class Each> void visit(const Range &range, Each each) const
    {
        if (range.begin < last_.begin && lower_)
            for (auto it = reaching(*lower_, range.begin);
                 it != lower_->end() && it->first < range.end; ++it)
                if (const Range part = common(range, {it->first, it->second}); !part.empty())
                    each(part);
        if (const Range part = common(range, last_); !part.empty())
            each(part);
    }

    // Returns the end of the range that contains `number`, or `number` if it is not in the set.
    // Cost: O(log n).
    std::uint64_t end_of(std::uint64_t number) const
    {
        if (number >= last_.begin || !lower_)
            return last_.contains(number) ? last_.end : number;
        const auto it = reaching(*lower_, number);
        return it != lower_->end() && it->first <= number ? it->second : number;
    }

    bool empty() const { return last_.empty(); }
    // One past the highest number; 0 if the set is empty.
    std::uint64_t end() const { return last_.end; }
    std::size_t ranges() const { return empty() ? 0 : 1 + (lower_ ? lower_->size() : 0); }
    // From the lowest number to one past the highest. Empty if the set is empty.
    Range span() const
    {
        return {lower_ && !lower_->empty() ? lower_->begin()->first : last_.begin, last_.end};
    }

private:
    using Map = std::map<std::uint64_t, std::uint64_t>; // from begin to end

    // The first range whose end is at or after `number`.
    static Map::iterator reaching(Map &ranges, std::uint64_t number)
    {
        auto it = ranges.upper_bound(number);
        if (it != ranges.begin() && std::prev(it)->second >= number)
            --it;
        return it;
    }

    // Adds a range that does not start where the highest range ends.
    template <class Fresh> void insert(const Range &range, Fresh fresh)
    {
        if (!lower_)
            lower_ = std::make_unique<Map>();
        Map &all = *lower_;
        all.emplace_hint(all.end(), last_.begin, last_.end);
        Range whole = range;
        std::uint64_t next = range.begin; // the range before it was processed
        auto it = reaching(all, range.begin);
        while (it != all.end() && it->first <= range.end) {
            if (next < it->first)
                fresh(Range{next, it->first});
            next = std::max(next, it->second);
            whole = {std::min(whole.begin, it->first), std::max(whole.end, it->second)};
            it = all.erase(it);
        }
        if (next < range.end)
            fresh(Range{next, range.end});
        all.emplace_hint(it, whole.begin, whole.end);
        const auto highest = std::prev(all.end());
        last_ = {highest->first, highest->second};
        all.erase(highest);
    }

    Range last_;                 // the highest range; empty: the set is empty
    std::unique_ptr<Map> lower_; // the other ranges; nullptr: none so far
};

} // namespace mptcp
