// SPDX-License-Identifier: GPL-2.0-or-later
//
// The cursor reads in network byte order and never past the end.
#include "wire/bytes.h"

#include <gtest/gtest.h>

#include "guarded.h"
#include "segments.h"

namespace mptcp::test {
namespace {

TEST(Cursor, ReadsInNetworkByteOrder)
{
    const Bytes bytes = from_hex("01 0203 04050607 08090a0b0c0d0e0f");
    Cursor cursor{bytes};
    EXPECT_EQ(cursor.u8(), 0x01);
    EXPECT_EQ(cursor.u16(), 0x0203);
    EXPECT_EQ(cursor.u32(), 0x04050607U);
    EXPECT_EQ(cursor.u64(), 0x08090a0b0c0d0e0fU);
    EXPECT_EQ(cursor.remaining(), 0U);
    EXPECT_TRUE(cursor.ok());
}

TEST(Cursor, KeepsTheHighestBits)
{
    const Bytes bytes = from_hex("ffffffffffffffff fffffffe fffe fe");
    Cursor cursor{bytes};
    EXPECT_EQ(cursor.u64(), 0xffffffffffffffffU);
    EXPECT_EQ(cursor.u32(), 0xfffffffeU);
    EXPECT_EQ(cursor.u16(), 0xfffeU);
    EXPECT_EQ(cursor.u8(), 0xfeU);
}

TEST(Cursor, TakesAViewOfTheNextBytes)
{
    const Bytes bytes = from_hex("01 02 03 04");
    Cursor cursor{bytes};
    const ByteView first = cursor.take(3);
    EXPECT_EQ(Bytes(first.begin(), first.end()), from_hex("01 02 03"));
    EXPECT_EQ(cursor.remaining(), 1U);
    EXPECT_EQ(cursor.take(0).size(), 0U);
    EXPECT_TRUE(cursor.ok());
}

TEST(Cursor, IsBadForGoodAfterTheFirstReadThatDoesNotFit)
{
    Guarded guarded;
    Cursor cursor{guarded.copy(from_hex("01 02 03"))};
    EXPECT_EQ(cursor.u32(), 0U);
    EXPECT_FALSE(cursor.ok());
    EXPECT_EQ(cursor.remaining(), 0U);
    EXPECT_EQ(cursor.u8(), 0U); // three bytes are left, but an earlier read has failed
    EXPECT_TRUE(cursor.take(1).empty());
    EXPECT_FALSE(cursor.ok());
}

TEST(Cursor, NoCountIsTooLarge)
{
    Guarded guarded;
    Cursor cursor{guarded.copy(from_hex("01 02 03"))};
    EXPECT_TRUE(cursor.take(static_cast<std::size_t>(-1)).empty());
    EXPECT_FALSE(cursor.ok());
}

TEST(Cursor, OfNothingGivesZeros)
{
    Cursor cursor{{}};
    EXPECT_TRUE(cursor.ok());
    EXPECT_EQ(cursor.u64(), 0U);
    EXPECT_FALSE(cursor.ok());
}

} // namespace
} // namespace mptcp::test
