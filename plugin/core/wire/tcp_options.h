// SPDX-License-Identifier: GPL-2.0-or-later
//
// An iterator over the options of a TCP header (RFC 9293 3.1). It finds the boundaries of each
// option; segment_options.h interprets them.
#pragma once

#include <cstdint>

#include "wire/bytes.h"

namespace mptcp {

class TcpOptionWalk {
public:
    explicit TcpOptionWalk(ByteView options) : rest_(options) {}

    // Returns the next option, including its kind and length bytes. Returns an empty view at the
    // end-of-list option, after the last byte, or at an option with an invalid length.
    ByteView next()
    {
        while (!rest_.empty() && rest_.front() == kNoOperation)
            rest_ = rest_.subspan(1);
        if (rest_.empty() || rest_.front() == kEndOfList)
            return stop(Stop::End);
        // RFC 9293 3.1: the length includes the kind and length bytes.
        if (rest_.size() > 1 && rest_[1] < 2)
            return stop(Stop::TooShort);
        if (rest_.size() < 2 || rest_[1] > rest_.size())
            return stop(Stop::TooLong);
        const ByteView option = rest_.first(rest_[1]);
        rest_ = rest_.subspan(option.size());
        return option;
    }

    // The reason why next() returned an empty view, and the kind of the option there.
    enum class Stop : std::uint8_t {
        End,
        TooShort, // a length of 0 or 1
        TooLong,  // the option extends past the last byte
    };
    Stop why() const { return why_; }
    std::uint8_t kind() const { return kind_; } // 0: end of list, or no option
    bool at_last_byte() const { return at_last_byte_; }

private:
    static constexpr std::uint8_t kEndOfList = 0;
    static constexpr std::uint8_t kNoOperation = 1;

    ByteView stop(Stop why)
    {
        why_ = why;
        at_last_byte_ = rest_.empty();
        kind_ = rest_.empty() ? kEndOfList : rest_.front();
        rest_ = {};
        return {};
    }

    ByteView rest_;
    Stop why_ = Stop::End;
    std::uint8_t kind_ = kEndOfList;
    bool at_last_byte_ = false; // no end-of-list option was found
};

} // namespace mptcp
