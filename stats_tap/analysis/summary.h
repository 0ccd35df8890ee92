// SPDX-License-Identifier: GPL-2.0-or-later
//
// Adds up the packets that a tap received: packets, payload, frames and times, by
// subflow and sender. Copies of packets are counted apart. Connections are left to
// the report: which one a subflow belongs to may be known only at the end of the
// capture.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "tracker.h"

namespace mptcp {

struct Volume {
    std::uint64_t packets = 0;
    std::uint64_t payload = 0; // bytes

    Volume &operator+=(const Volume &more)
    {
        packets += more.packets;
        payload += more.payload;
        return *this;
    }
};

// From the first packet to the last. With times that go backwards, `start` is
// the earliest one and `end` the latest.
struct Span {
    std::uint32_t first_frame = 0; // 0: nothing yet
    std::uint32_t last_frame = 0;
    Time start = 0;
    Time end = 0;

    bool empty() const { return first_frame == 0; }
    Time duration() const { return end - start; }
    void include(std::uint32_t frame, Time time)
    {
        if (!empty() && frame >= last_frame && time >= end) { // nearly always
            last_frame = frame;
            end = time;
        } else {
            widen(frame, time);
        }
    }
    Span &operator+=(const Span &other);

private:
    void widen(std::uint32_t frame, Time time);
};

struct SubflowCount {
    PerSide<Volume> sent;
    PerSide<std::uint64_t> copies; // packets; they are in nothing else here
    PerSide<Span> data;            // of the packets with payload
    Span span;
};

class Summary {
public:
    // One TCP segment; `observation` is none for plain TCP. `marks` tell where it was recorded.
    void add(const std::optional<Observation> &observation, std::uint32_t payload,
             std::uint32_t frame, Time time, std::uint32_t marks = 0)
    {
        if (!observation) {
            ++packets_;
            return;
        }
        if (marks_.size() <= marks)
            marks_.resize(std::size_t{marks} + 1);
        ++marks_[marks];
        if (observation->is_copy())
            return add_copy(*observation, frame);
        ++packets_;
        const std::size_t word = frame / kBits;
        const auto place = static_cast<std::size_t>(observation->subflow);
        if (frames_.size() <= word || counts_.size() <= place)
            make_room(word, place);
        frames_[word] |= std::uint64_t{1} << frame % kBits;
        const Side sender = observation->sender;
        SubflowCount &count = counts_[place];
        count.sent[sender] += {1, payload};
        count.span.include(frame, time);
        if (payload > 0)
            count.data[sender].include(frame, time);
    }
    void reset() { *this = Summary{}; }

    std::uint64_t packets() const { return packets_; } // plain TCP's included, without copies

    // Packets of subflows by their marks, copies included; shorter where the others are 0.
    const std::vector<std::uint64_t> &by_marks() const { return marks_; }

    // Was a packet of a subflow counted in this frame?
    bool counted(std::uint32_t frame) const { return has(frames_, frame); }
    // The same, copies included.
    bool counted_or_copy(std::uint32_t frame) const
    {
        return has(frames_, frame) || has(copies_, frame);
    }

    // What was counted for a subflow; nothing at all if it had no packet.
    const SubflowCount *find(SubflowId id) const;

private:
    using Bits = std::vector<std::uint64_t>; // by frame number: a bit each

    static bool has(const Bits &frames, std::uint32_t frame)
    {
        const std::size_t word = frame / kBits;
        return word < frames.size() && (frames[word] >> frame % kBits & 1) != 0;
    }
    static void make_room(Bits &frames, std::size_t word);
    void make_room(std::size_t word, std::size_t place);
    void add_copy(const Attribution &copy, std::uint32_t frame);

    static constexpr std::uint32_t kBits = 64; // in a word

    std::uint64_t packets_ = 0;
    Bits frames_; // without copies
    Bits copies_;
    std::deque<SubflowCount> counts_;  // by SubflowId
    std::vector<std::uint64_t> marks_; // by marks: packets
};

} // namespace mptcp
