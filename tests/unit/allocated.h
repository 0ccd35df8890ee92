// SPDX-License-Identifier: GPL-2.0-or-later
//
// Counts the memory that this program allocates with `new`. A test can compare
// the allocations of a quarter of a flood with those of the whole flood, so it
// checks the cost of a segment without a clock.
#pragma once

#include <cstdint>

#include <gtest/gtest.h>

namespace mptcp::test {

struct Allocated {
    std::uint64_t held = 0;  // bytes that are not yet freed
    std::uint64_t bytes = 0; // allocated in total
    std::uint64_t times = 0; // allocations in total

    static Allocated so_far();
    friend Allocated operator-(const Allocated &a, const Allocated &b)
    {
        return {a.held - b.held, a.bytes - b.bytes, a.times - b.times};
    }
};

// Tests take about ten times as long under sanitizers, so they use a tenth of the segments.
#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool kSanitized = true;
#elif defined(__has_feature)
inline constexpr bool kSanitized = __has_feature(address_sanitizer);
#else
inline constexpr bool kSanitized = false;
#endif
inline constexpr std::uint32_t kMillion = kSanitized ? 100'000 : 1'000'000;

// Calls each(i) for i from 0 to n - 1, and measures the allocations of all calls
// and of the first quarter. If the cost of a call is constant or logarithmic, the
// first quarter costs about a quarter of the total. If it is linear in the number
// of earlier calls, the first quarter costs a sixteenth.
struct Growth {
    std::uint32_t calls = 0;
    Allocated quarter;
    Allocated whole;

    double held_each() const { return static_cast<double>(whole.held) / calls; }
    double times_each() const { return static_cast<double>(whole.times) / calls; }
};

template <class Each> Growth grow(std::uint32_t n, Each each)
{
    Growth growth;
    growth.calls = n;
    const Allocated before = Allocated::so_far();
    for (std::uint32_t i = 0; i < n; ++i) {
        if (i == n / 4)
            growth.quarter = Allocated::so_far() - before;
        each(i);
    }
    growth.whole = Allocated::so_far() - before;
    return growth;
}

// Expects that a call holds at most `most_held` bytes on average, and that the
// cost of a call does not grow with the number of calls.
inline void expect_constant(const Growth &growth, double most_held)
{
    constexpr std::uint64_t kSlack = 64 * 1024; // for partly used blocks
    const auto at_most_four_times = [](std::uint64_t whole, std::uint64_t quarter) {
        return whole <= 4 * quarter + quarter / 4 + kSlack;
    };
    EXPECT_LE(growth.held_each(), most_held);
    EXPECT_PRED2(at_most_four_times, growth.whole.held, growth.quarter.held);
    EXPECT_PRED2(at_most_four_times, growth.whole.bytes, growth.quarter.bytes);
    EXPECT_PRED2(at_most_four_times, growth.whole.times, growth.quarter.times);
    testing::Test::RecordProperty("held_each", std::to_string(growth.held_each()));
    testing::Test::RecordProperty("allocations_each", std::to_string(growth.times_each()));
}

} // namespace mptcp::test
