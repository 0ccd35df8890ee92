// SPDX-License-Identifier: GPL-2.0-or-later
#include "analysis/summary.h"

#include <algorithm>

namespace mptcp {

Span &Span::operator+=(const Span &other)
{
    if (other.empty())
        return *this;
    if (empty())
        return *this = other;
    first_frame = std::min(first_frame, other.first_frame);
    last_frame = std::max(last_frame, other.last_frame);
    start = std::min(start, other.start);
    end = std::max(end, other.end);
    return *this;
}

void Span::widen(std::uint32_t frame, Time time) { *this += Span{frame, frame, time, time}; }

void Summary::make_room(Bits &frames, std::size_t word)
{
    if (frames.size() <= word)
        frames.resize(std::max(2 * frames.size(), word + 1));
}

void Summary::make_room(std::size_t word, std::size_t place)
{
    make_room(frames_, word);
    if (counts_.size() <= place)
        counts_.resize(place + 1);
}

void Summary::add_copy(const Attribution &copy, std::uint32_t frame)
{
    const std::size_t word = frame / kBits;
    make_room(copies_, word);
    copies_[word] |= std::uint64_t{1} << frame % kBits;
    const auto place = static_cast<std::size_t>(copy.subflow);
    make_room(0, place);
    ++counts_[place].copies[copy.sender];
}

const SubflowCount *Summary::find(SubflowId id) const
{
    const auto place = static_cast<std::size_t>(id);
    return place < counts_.size() && !counts_[place].span.empty() ? &counts_[place] : nullptr;
}

} // namespace mptcp
