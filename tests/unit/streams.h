// SPDX-License-Identifier: GPL-2.0-or-later
//
// A fixture for the tests of DataStream, and a reference implementation.
#pragma once

#include <algorithm>
#include <cstdint>
#include <set>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "data/data_stream.h"
#include "segments.h"

namespace mptcp::test {

inline constexpr std::uint64_t k32 = std::uint64_t{1} << 32;

inline WireDataSeq whole(std::uint64_t dsn) { return {dsn, true}; }
inline WireDataSeq half(std::uint64_t dsn) { return {static_cast<std::uint32_t>(dsn), false}; }

// A stream whose data is given by its offset from the first byte.
class Streams : public testing::Test {
protected:
    // Resets the stream; its first DSN is `first`.
    void begin_at(std::uint64_t first)
    {
        stream = DataStream{};
        stream.learn_idsn({first - 1});
        start = stream.relative_dsn(whole(first));
    }
    Range keys(std::uint64_t begin, std::uint64_t end) const
    {
        return {(start + begin).value, (start + end).value};
    }
    DataStream::Passed pass(std::uint64_t begin, std::uint64_t end, Time now = 0)
    {
        return stream.pass(keys(begin, end), packets++, now)
            .value_or(DataStream::Passed{.fresh = end - begin});
    }
    // Returns the newly acknowledged packets; sets `never_passed`, in bytes.
    std::vector<std::uint32_t> acknowledge(std::uint64_t end)
    {
        std::vector<std::uint32_t> covered;
        const Range range = stream.acknowledge(
            start + end, [&](std::uint32_t packet) { covered.push_back(packet); });
        never_passed = range.empty() ? 0 : stream.count_unseen(range);
        return covered;
    }

    DataStream stream;
    RelativeDsn start;
    std::uint32_t packets = 0;
    std::uint64_t never_passed = 0;
};

// First DSNs: arbitrary ones, and ones near the wrap of 32 and of 64 bits.
inline constexpr std::uint64_t kFirsts[] = {
    0,           1,          12345,       k32 - 1,     k32 - 500, k32,
    7 * k32 - 3, UINT64_MAX, 0 - k32 / 2, 0ULL - 1000, 0 - k32,   std::uint64_t{1} << 63};

// The reference implementation: a set of byte offsets from the first byte.
class PlainStream {
public:
    bool seen(std::uint64_t byte) const { return bytes_.contains(byte); }
    std::uint64_t next() const // the first missing byte
    {
        std::uint64_t byte = 0;
        while (seen(byte))
            ++byte;
        return byte;
    }
    std::uint64_t end() const { return bytes_.empty() ? 0 : *bytes_.rbegin() + 1; }
    void pass(const Range &range)
    {
        for (std::uint64_t byte = range.begin; byte < range.end; ++byte)
            bytes_.insert(byte);
    }
    std::uint64_t count(const Range &range) const
    {
        std::uint64_t sum = 0;
        for (std::uint64_t byte = range.begin; byte < range.end; ++byte)
            sum += seen(byte) ? 1 : 0;
        return sum;
    }
    std::pair<std::uint64_t, std::uint64_t> gaps(std::uint64_t acked) const
    {
        std::uint64_t count = 0;
        std::uint64_t bytes = 0;
        for (std::uint64_t byte = 0; byte < std::max(acked, end()); ++byte)
            if (!seen(byte)) {
                ++bytes;
                count += byte == 0 || seen(byte - 1) ? 1 : 0;
            }
        return {count, bytes};
    }

private:
    std::set<std::uint64_t> bytes_;
};

} // namespace mptcp::test
