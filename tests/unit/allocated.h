// SPDX-License-Identifier: GPL-2.0-or-later
//
// What this program has allocated with `new`, counted. So that a test can say
// what a segment costs in bytes, without a clock: once for a part of a flood
// and once for all of it.
#pragma once

#include <cstdint>

#include <gtest/gtest.h>

namespace mptcp::test {

struct Allocated {
    std::uint64_t held = 0;  // bytes that are not freed
    std::uint64_t bytes = 0; // ever
    std::uint64_t times = 0; // ever

    static Allocated so_far();
    friend Allocated operator-(const Allocated &a, const Allocated &b)
    {
        return {a.held - b.held, a.bytes - b.bytes, a.times - b.times};
    }
};

// Sanitizers make a test ten times as long: then a tenth has to do.
#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool kSanitized = true;
#elif defined(__has_feature)
inline constexpr bool kSanitized = __has_feature(address_sanitizer);
#else
inline constexpr bool kSanitized = false;
#endif
inline constexpr std::uint32_t kMillion = kSanitized ? 100'000 : 1'000'000;

// Calls each(i) for i from 0 to n - 1, and tells what all that has allocated
// and what the first quarter of it has: of a cost that is the same for each,
// or that grows as the logarithm, a quarter costs a quarter. What grows with
// all that came before costs a sixteenth in the first quarter.
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

// Each call of many holds no more than so many bytes, and costs what the
// others cost. `slack`: what all of them together may hold beside that.
inline void expect_constant(const Growth &growth, double most_held)
{
    constexpr std::uint64_t kSlack = 64 * 1024; // blocks and lists that are begun
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
