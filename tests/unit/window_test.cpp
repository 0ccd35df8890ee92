// SPDX-License-Identifier: GPL-2.0-or-later
//
// Window scaling: RFC 7323 2.2 and 2.3.
#include "wire/window.h"

#include <gtest/gtest.h>

#include "segments.h"

namespace mptcp::test {
namespace {

WindowScale scale_in(std::string_view options)
{
    const Bytes bytes = from_hex(options);
    return parse_options(bytes).window_scale;
}

constexpr WindowScale kAbsent{false, 0};
constexpr WindowScale kNone{true, 0};
constexpr WindowScale kSeven{true, 7};

std::optional<std::uint32_t> window(std::uint8_t flags, std::optional<WindowScale> own,
                                    std::optional<WindowScale> peer)
{
    Segment segment;
    segment.flags = flags;
    segment.window = 500;
    return window_of(segment, own, peer);
}

TEST(WindowScales, AreReadFromTheOptionsOfASyn)
{
    // MSS 1460, NOP, window scale 7
    const WindowScale scale = scale_in("02 04 05b4  01  03 03 07");
    EXPECT_TRUE(scale.offered);
    EXPECT_EQ(scale.shift, 7U);
}

TEST(WindowScales, MayBeZero)
{
    EXPECT_TRUE(scale_in("03 03 00").offered);
    EXPECT_EQ(scale_in("03 03 00").shift, 0U);
}

TEST(WindowScales, MayBeAbsent)
{
    EXPECT_FALSE(scale_in("").offered);
    EXPECT_FALSE(scale_in("02 04 05b4 01 01").offered);
    EXPECT_FALSE(scale_in("00 03 03 07").offered);    // after the end of the list
    EXPECT_FALSE(scale_in("03 03").offered);          // truncated
    EXPECT_FALSE(scale_in("03 04 07 00").offered);    // invalid length
    EXPECT_FALSE(scale_in("03 02 01 01").offered);    // invalid length
    EXPECT_FALSE(scale_in("02 00 03 03 07").offered); // after an invalid option
}

// RFC 7323 2.3: a shift above 14 is treated as 14.
TEST(WindowScales, AreFourteenAtTheMost)
{
    EXPECT_EQ(scale_in("03 03 0e").shift, 14U);
    EXPECT_EQ(scale_in("03 03 0f").shift, 14U);
    EXPECT_EQ(scale_in("03 03 ff").shift, 14U);
}

TEST(WindowScales, CountIfBothSynsHaveThem)
{
    EXPECT_EQ(window(kAck, kSeven, kSeven), 500U << 7);
    EXPECT_EQ(window(kAck, kSeven, kNone), 500U << 7); // the sender's scale is used
    EXPECT_EQ(window(kAck, kNone, kSeven), 500U);
    EXPECT_EQ(window(kAck | kFin, kSeven, kSeven), 500U << 7);
}

TEST(WindowScales, DoNotCountIfOneSynHasNone)
{
    EXPECT_EQ(window(kAck, kSeven, kAbsent), 500U);
    EXPECT_EQ(window(kAck, kAbsent, kSeven), 500U);
    EXPECT_EQ(window(kAck, kAbsent, kAbsent), 500U);
}

TEST(WindowScales, NeverCountInASyn)
{
    EXPECT_EQ(window(kSyn, kSeven, kSeven), 500U);
    EXPECT_EQ(window(kSyn | kAck, kSeven, kSeven), 500U);
    EXPECT_EQ(window(kSyn, {}, {}), 500U);
}

TEST(WindowScales, AreNotKnownWithoutTheSyns)
{
    EXPECT_FALSE(window(kAck, {}, {}));
    EXPECT_FALSE(window(kAck, kSeven, {}));
    EXPECT_FALSE(window(kAck, {}, kSeven));
    // One SYN without the option is sufficient.
    EXPECT_EQ(window(kAck, kAbsent, {}), 500U);
    EXPECT_EQ(window(kAck, {}, kAbsent), 500U);
}

TEST(WindowScales, GiveUpToAGigabyte)
{
    Segment segment;
    segment.flags = kAck;
    segment.window = 0xffff;
    EXPECT_EQ(window_of(segment, WindowScale{true, 14}, kNone), 0x3fff'c000U);
    segment.window = 0;
    EXPECT_EQ(window_of(segment, WindowScale{true, 14}, kNone), 0U);
}

} // namespace
} // namespace mptcp::test
