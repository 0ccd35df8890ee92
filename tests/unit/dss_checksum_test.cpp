// SPDX-License-Identifier: GPL-2.0-or-later
//
// The DSS checksum (RFC 8684 3.3). The expected values come from Python:
//
//     b = struct.pack(">QIHH", dsn, subflow_seq, length, 0) + data
//     s = sum(struct.unpack(f">{len(b) // 2}H", b))    # b padded with a zero
//     while s >> 16: s = (s & 0xffff) + (s >> 16)
//     s ^ 0xffff
#include "data/dss_checksum.h"

#include <numeric>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "segments.h"

namespace mptcp::test {
namespace {

using enum Verdict;

constexpr std::uint64_t kPlace = 7001; // arbitrary; odd, so that a wrong parity is detected

struct Vector {
    DssChecksum::Announced announced;
    Bytes data;

    Range place() const { return {kPlace, kPlace + data.size()}; }
    DssChecksum checksum() const { return {place(), announced}; }
    // Adds the bytes [begin, end) of the data.
    void give(DssChecksum &checksum, std::size_t begin, std::size_t end) const
    {
        const Bytes part(data.begin() + static_cast<std::ptrdiff_t>(begin),
                         data.begin() + static_cast<std::ptrdiff_t>(end));
        checksum.add({kPlace + begin, kPlace + end}, part);
    }
};

const Vector kShort{{{1}, 1, 4, 0xfbf3}, from_hex("01020304")};
const Vector kHello{{{0x0123456789abcdef}, 0x89abcdef, 5, 0xc667}, from_hex("68656c6c6f")};
const Vector kFin{{{0x0123456789abcdef}, 0, 1, 0x61d9}, {}};
const Vector kLargest{{{UINT64_MAX}, UINT32_MAX, 65535, 0x00ff}, Bytes(65535, 0xff)};
const Vector kZeros{{{0xfffffffffffffffe}, 7, 2, 0xfff7}, from_hex("0000")};
const Vector *const kVectors[] = {&kShort, &kHello, &kFin, &kLargest, &kZeros};

TEST(SumsOfWords, AreThoseOfRfc1071)
{
    // RFC 1071 3: the sum of 0001 f203 f4f5 f6f7 is ddf0 with a carry of 2.
    const Bytes bytes = from_hex("0001 f203 f4f5 f6f7");
    EXPECT_EQ(sum_words(bytes, 0), 0x2ddf0U);
    EXPECT_EQ(folded(sum_words(bytes, 0)), 0xddf2U);
}

TEST(SumsOfWords, PadWithZero)
{
    EXPECT_EQ(sum_words(from_hex("12"), 0), 0x1200U);
    EXPECT_EQ(sum_words(from_hex("123456"), 0), 0x1234U + 0x5600U);
    EXPECT_EQ(sum_words({}, 0), 0U);
    EXPECT_EQ(sum_words({}, 1), 0U);
}

TEST(SumsOfWords, AtAnOddPlaceBeginWithTheSecondHalf)
{
    EXPECT_EQ(sum_words(from_hex("12"), 1), 0x0012U);
    EXPECT_EQ(sum_words(from_hex("123456"), 1), 0x0012U + 0x3456U);
    EXPECT_EQ(sum_words(from_hex("123456"), 12346), 0x1234U + 0x5600U);
}

TEST(SumsOfWords, FoldIntoSixteenBits)
{
    EXPECT_EQ(folded(0), 0U);
    EXPECT_EQ(folded(0xffff), 0xffffU);
    EXPECT_EQ(folded(0x10000), 1U);
    EXPECT_EQ(folded(0x1ffff), 1U); // carries twice
    EXPECT_EQ(folded(UINT64_MAX), 0xffffU);
}

TEST(DssChecksums, AreThoseOfTheVectors)
{
    for (const Vector *vector : kVectors) {
        DssChecksum checksum = vector->checksum();
        vector->give(checksum, 0, vector->data.size());
        EXPECT_TRUE(checksum.complete());
        EXPECT_EQ(checksum.status(), Good);
    }
}

TEST(DssChecksums, CoverEachFieldOfThePseudoHeader)
{
    for (const Vector *vector : kVectors) {
        std::vector<DssChecksum::Announced> wrong(6, vector->announced);
        wrong[0].data_seq.value ^= 1;
        wrong[1].data_seq.value ^= std::uint64_t{1} << 63;
        wrong[2].data_seq.value ^= std::uint64_t{1} << 32;
        wrong[3].subflow_offset ^= 0x80000;
        wrong[4].length ^= 0x100;
        wrong[5].checksum ^= 2;
        for (const DssChecksum::Announced &announced : wrong) {
            DssChecksum checksum{vector->place(), announced};
            vector->give(checksum, 0, vector->data.size());
            EXPECT_EQ(checksum.status(), Bad);
        }
    }
}

TEST(DssChecksums, CoverEachByte)
{
    for (std::size_t i = 0; i < kHello.data.size(); ++i) {
        Vector changed = kHello;
        changed.data[i] ^= 0x20;
        DssChecksum checksum = changed.checksum();
        changed.give(checksum, 0, changed.data.size());
        EXPECT_EQ(checksum.status(), Bad) << i;
    }
}

TEST(DssChecksums, AreUnverifiedUntilAllHasCome)
{
    DssChecksum checksum = kHello.checksum();
    EXPECT_FALSE(checksum.complete());
    EXPECT_EQ(checksum.status(), Unverified);
    kHello.give(checksum, 0, 4);
    EXPECT_FALSE(checksum.complete());
    EXPECT_EQ(checksum.status(), Unverified);
    kHello.give(checksum, 4, 5);
    EXPECT_TRUE(checksum.complete());
    EXPECT_EQ(checksum.status(), Good);
}

TEST(DssChecksums, OfADataFinAloneAreCompleteAtOnce)
{
    EXPECT_TRUE(kFin.checksum().complete());
    EXPECT_EQ(kFin.checksum().status(), Good);
}

TEST(DssChecksums, TakeTheDataInAnyPieces)
{
    for (std::size_t first = 0; first <= 5; ++first)
        for (std::size_t second = first; second <= 5; ++second) {
            DssChecksum forward = kHello.checksum();
            kHello.give(forward, 0, first);
            kHello.give(forward, first, second);
            kHello.give(forward, second, 5);
            EXPECT_EQ(forward.status(), Good);
            DssChecksum backward = kHello.checksum();
            kHello.give(backward, second, 5);
            kHello.give(backward, first, second);
            kHello.give(backward, 0, first);
            EXPECT_EQ(backward.status(), Good);
        }
}

TEST(DssChecksums, TakeEachByteOnce)
{
    DssChecksum checksum = kHello.checksum();
    kHello.give(checksum, 1, 3);
    kHello.give(checksum, 0, 4);
    kHello.give(checksum, 0, 4);
    kHello.give(checksum, 2, 5);
    EXPECT_EQ(checksum.status(), Good);
}

TEST(DssChecksums, TakeAnyPiecesInAnyOrder)
{
    std::mt19937 random{20250106}; // NOLINT(cert-msc32-c,cert-msc51-cpp): the same on every run
    for (int trial = 0; trial < 300; ++trial) {
        Vector vector{{{random()}, static_cast<std::uint32_t>(random()), 0, 0}, Bytes(200)};
        for (std::uint8_t &byte : vector.data)
            byte = static_cast<std::uint8_t>(random());
        vector.announced.length = 200;
        // The definition: the sum over one buffer that starts with the pseudo-header.
        const std::uint64_t dsn = vector.announced.data_seq.value;
        std::uint64_t sum = (dsn >> 48) + (dsn >> 32 & 0xffff) + (dsn >> 16 & 0xffff) +
                            (dsn & 0xffff) + (vector.announced.subflow_offset >> 16) +
                            (vector.announced.subflow_offset & 0xffff) + 200;
        for (std::size_t i = 0; i < 200; i += 2)
            sum += vector.data[i] * 256U + vector.data[i + 1];
        while (sum > 0xffff)
            sum = (sum & 0xffff) + (sum >> 16);
        vector.announced.checksum = static_cast<std::uint16_t>(~sum);
        DssChecksum checksum = vector.checksum();
        while (!checksum.complete()) {
            const std::size_t begin = random() % 200;
            vector.give(checksum, begin, std::min<std::size_t>(200, begin + random() % 40));
        }
        ASSERT_EQ(checksum.status(), Good);
    }
}

TEST(DssChecksums, LeaveOutWhatIsNotTheirs)
{
    DssChecksum checksum = kHello.checksum();
    EXPECT_FALSE(checksum.covers({kPlace - 5, kPlace}));
    EXPECT_FALSE(checksum.covers({kPlace + 5, kPlace + 9}));
    EXPECT_TRUE(checksum.covers({kPlace + 4, kPlace + 9}));
    EXPECT_TRUE(checksum.covers({kPlace - 1, kPlace + 1}));
    // The segment also contains data before and after the mapping.
    checksum.add({kPlace - 3, kPlace + 7}, from_hex("616263 68656c6c6f 6465"));
    EXPECT_EQ(checksum.status(), Good);
    EXPECT_EQ(checksum.place(), kHello.place());
}

TEST(DssChecksums, AreUnverifiedWhereBytesWereNotCaptured)
{
    DssChecksum cut = kHello.checksum();
    cut.add({kPlace, kPlace + 5}, from_hex("68656c6c"));
    EXPECT_TRUE(cut.complete());
    EXPECT_EQ(cut.status(), Unverified);
    DssChecksum none = kHello.checksum();
    none.add({kPlace, kPlace + 5}, {});
    EXPECT_TRUE(none.complete());
    EXPECT_EQ(none.status(), Unverified);
}

// The truncated bytes do not belong to this mapping.
TEST(DssChecksums, NeedNoMoreThanTheirOwnBytes)
{
    DssChecksum checksum = kHello.checksum();
    checksum.add({kPlace - 3, kPlace + 1000}, from_hex("616263 68656c6c6f"));
    EXPECT_EQ(checksum.status(), Good);
}

TEST(DssChecksums, ThatWereCutStayUnverified)
{
    DssChecksum checksum = kHello.checksum();
    checksum.add({kPlace, kPlace + 3}, from_hex("6865"));
    kHello.give(checksum, 0, 5); // a retransmission: the first copy counts
    EXPECT_EQ(checksum.status(), Unverified);
}

TEST(DssChecksums, ThatAreSpoiltAreUnverified)
{
    DssChecksum checksum = kHello.checksum();
    checksum.mark_unknown();
    kHello.give(checksum, 0, 5);
    EXPECT_TRUE(checksum.complete());
    EXPECT_EQ(checksum.status(), Unverified);
}

} // namespace
} // namespace mptcp::test
