// SPDX-License-Identifier: GPL-2.0-or-later
//
// Iteration over the options of a TCP header (RFC 9293 3.1): finds every option 30
// among other options, and detects truncation by the snaplen.
#include "wire/segment_options.h"

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "guarded.h"
#include "segments.h"

namespace mptcp::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct Walk {
    std::vector<std::string> found; // the names of the forms found
    bool truncated = false;
};

struct FormName {
    std::string operator()(const MpCapable &) const { return "MP_CAPABLE"; }
    std::string operator()(const MpJoinSyn &) const { return "MP_JOIN SYN"; }
    std::string operator()(const MpJoinSynAck &) const { return "MP_JOIN SYN/ACK"; }
    std::string operator()(const MpJoinAck &) const { return "MP_JOIN ACK"; }
    std::string operator()(const Dss &) const { return "DSS"; }
    std::string operator()(const AddAddr &) const { return "ADD_ADDR"; }
    std::string operator()(const RemoveAddr &) const { return "REMOVE_ADDR"; }
    std::string operator()(const MpPrio &) const { return "MP_PRIO"; }
    std::string operator()(const MpFail &) const { return "MP_FAIL"; }
    std::string operator()(const MpFastclose &) const { return "MP_FASTCLOSE"; }
    std::string operator()(const MpTcpRst &) const { return "MP_TCPRST"; }
    std::string operator()(const UnknownSubtype &) const { return "unknown"; }
    std::string operator()(const Malformed &) const { return "malformed"; }
};

Walk walk(ByteView options, bool whole)
{
    const SegmentOptions parsed = parse_options(options, whole);
    Walk result;
    for (const Option &option : parsed.mptcp)
        result.found.push_back(std::visit(FormName{}, option));
    result.truncated = parsed.truncated;
    return result;
}

Walk walk(std::string_view hex) { return walk(from_hex(hex), true); }
Walk walk_cut(std::string_view hex) { return walk(from_hex(hex), false); }

TEST(OptionReader, NoOptionsAreNothing)
{
    EXPECT_THAT(walk("").found, IsEmpty());
    EXPECT_FALSE(walk("").truncated);
}

TEST(OptionReader, FindsOption30BehindOthers)
{
    // mss 1460, sackOK, TS val 1 ecr 0, nop, wscale 7, mp_capable v1 flags[H]; a Linux SYN
    const Walk linux_syn = walk("020405b4 0402 080a0000000100000000 01 030307 1e040101");
    EXPECT_THAT(linux_syn.found, ElementsAre("MP_CAPABLE"));
    EXPECT_FALSE(linux_syn.truncated);
}

TEST(OptionReader, IgnoresOptionsOfOtherKinds)
{
    // mss 1460; kind 29 (TCP-AO) and kind 31 with bytes that look like MP_CAPABLE
    EXPECT_THAT(walk("020405b4 1d040101 1f040101").found, IsEmpty());
}

TEST(OptionReader, GivesSeveralInTheirOrder)
{
    // dss dack4, add_addr[echo], mp_prio, nop, remove_address, unknown subtype 9
    const Walk several = walk("1e082001e8f3d925 1e0831070a000202 1e0351 01 1e044009 1e0390");
    EXPECT_THAT(several.found, ElementsAre("DSS", "ADD_ADDR", "MP_PRIO", "REMOVE_ADDR", "unknown"));
}

TEST(OptionReader, GoesOnBehindAMalformedOne)
{
    // dss of 5 bytes; mp_prio
    EXPECT_THAT(walk("1e05200000 1e0351").found, ElementsAre("malformed", "MP_PRIO"));
    EXPECT_THAT(walk("1e02 1e0351").found, ElementsAre("malformed", "MP_PRIO"));
}

TEST(OptionReader, StopsAtTheEndOfTheList)
{
    // mp_prio, eol, then bytes that are not options
    const Walk ended = walk("1e0351 00 1e0351 1e0351");
    EXPECT_THAT(ended.found, ElementsAre("MP_PRIO"));
    EXPECT_FALSE(ended.truncated);
    // Truncation after the end of the list loses no option.
    EXPECT_FALSE(walk_cut("1e0351 00").truncated);
}

TEST(OptionReader, SkipsPadding)
{
    EXPECT_THAT(walk("01 01 01 1e0351 01 01 1e0350 01").found, ElementsAre("MP_PRIO", "MP_PRIO"));
}

TEST(OptionReader, ALengthBelowTwoEndsTheWalk)
{
    // The length includes the two bytes of kind and length.
    EXPECT_THAT(walk("1e00 1e0351").found, ElementsAre("malformed"));
    EXPECT_THAT(walk("1e01 1e0351").found, ElementsAre("malformed"));
    // Other kinds are not reported as malformed, but the iteration ends.
    EXPECT_THAT(walk("0800 1e0351").found, IsEmpty());
    EXPECT_THAT(walk("0801 1e0351").found, IsEmpty());
    EXPECT_FALSE(walk("0801 1e0351").truncated);
}

TEST(OptionReader, ALengthPastTheHeaderEndsTheWalk)
{
    EXPECT_THAT(walk("1e0351 1e0c0181").found, ElementsAre("MP_PRIO", "malformed"));
    EXPECT_THAT(walk("1e0351 1eff0181").found, ElementsAre("MP_PRIO", "malformed"));
    EXPECT_THAT(walk("1e0351 1e").found, ElementsAre("MP_PRIO", "malformed"));
    EXPECT_THAT(walk("080a 1e0351").found, IsEmpty());
}

TEST(OptionReader, SaysWhatTheSnaplenCut)
{
    // mp_capable v0 of 12 bytes after mss, truncated after each of its bytes
    const Bytes bytes = from_hex("020405b4 1e0c008190bfa5e2ba612a29");
    for (std::size_t captured = 4; captured < bytes.size(); ++captured) {
        const Walk cut = walk(ByteView{bytes}.first(captured), false);
        EXPECT_THAT(cut.found, IsEmpty()) << captured;
        EXPECT_TRUE(cut.truncated) << captured;
    }
    // It is complete, but more options may follow.
    const Walk all = walk(bytes, false);
    EXPECT_THAT(all.found, ElementsAre("MP_CAPABLE"));
    EXPECT_TRUE(all.truncated);
}

TEST(OptionReader, KeepsWhatCameBeforeTheCut)
{
    const Walk cut = walk_cut("1e0351 1e082001e8f3");
    EXPECT_THAT(cut.found, ElementsAre("MP_PRIO"));
    EXPECT_TRUE(cut.truncated);
}

TEST(OptionReader, ACutOptionOfAnotherKindMayHideAnOption30)
{
    const Walk cut = walk_cut("080a000000");
    EXPECT_THAT(cut.found, IsEmpty());
    EXPECT_TRUE(cut.truncated);
}

TEST(OptionReader, NothingIsCutFromAWholeHeader)
{
    EXPECT_FALSE(walk("1e0351 1e0c0181").truncated);
    EXPECT_FALSE(walk("020405b4").truncated);
}

TEST(OptionReader, ABadLengthIsNotTakenForACut)
{
    EXPECT_THAT(walk_cut("1e01 1e0351").found, ElementsAre("malformed"));
    EXPECT_THAT(walk_cut("1e00 1e0351").found, ElementsAre("malformed")); // the length was captured
    EXPECT_FALSE(walk_cut("1e00 1e0351").truncated);
    EXPECT_FALSE(walk_cut("0800 1e0351").truncated);
}

// Option 30 at every position of the header, with every value of its length. The
// header ends at a page without read access.
TEST(OptionReader, NoBytePastTheEndIsRead)
{
    Guarded guarded;
    for (std::size_t captured = 0; captured <= 40; ++captured)
        for (std::size_t padding = 0; padding <= captured; ++padding)
            for (unsigned length = 0; length <= 0xff; ++length) {
                Bytes bytes(captured, 0x01); // nop
                if (padding < captured)
                    bytes[padding] = kMptcpOptionKind;
                if (padding + 1 < captured)
                    bytes[padding + 1] = static_cast<std::uint8_t>(length);
                const ByteView held = guarded.copy(bytes);
                const bool option_is_there = padding < captured;
                EXPECT_EQ(walk(held, true).found.size(), option_is_there ? 1U : 0U);
                const bool fits = length >= 2 && padding + length <= captured;
                const bool length_is_there = padding + 1 < captured;
                // In a truncated header, it is returned only if it is complete.
                if (option_is_there && (!length_is_there || length >= 2)) {
                    EXPECT_EQ(walk(held, false).found.size(), fits && length_is_there ? 1U : 0U);
                }
            }
}

TEST(OptionReader, SaysWhyItStopped)
{
    const auto reason_of = [](std::string_view hex) {
        const Bytes bytes = from_hex(hex);
        return std::string{std::get<Malformed>(parse_options(bytes).mptcp.at(0)).reason};
    };
    EXPECT_THAT(reason_of("1e01"), testing::HasSubstr("shorter"));
    EXPECT_THAT(reason_of("1e00"), testing::HasSubstr("shorter"));
    EXPECT_THAT(reason_of("1e0c0181"), testing::HasSubstr("longer"));
}

TEST(OptionReader, StaysAtItsEnd)
{
    // the last byte; the end of the list; an invalid length
    for (const char *hex : {"1e0351", "1e0351 00 1e0351", "1e0351 0800 1e0351"}) {
        EXPECT_EQ(walk(hex).found.size(), 1U) << hex;
        EXPECT_FALSE(walk(hex).truncated) << hex;
    }
}

// Nothing is missing after the end of the list or after an option that ends the
// iteration.
TEST(OptionReader, IsWholeAtItsEnd)
{
    for (const char *hex : {"1e0351 00", "1e01 01", "0801 01", "0800 01"})
        EXPECT_FALSE(walk_cut(hex).truncated) << hex;
}

// With random bytes, the iteration ends and returns no more options than fit.
TEST(OptionReader, EndsOnAnyBytes)
{
    std::mt19937 random{9293}; // NOLINT(cert-msc32-c,cert-msc51-cpp): the same on every run
    Guarded guarded;
    std::size_t found = 0;
    for (int i = 0; i < 100000; ++i) {
        Bytes bytes(random() % 41);
        for (std::uint8_t &byte : bytes) {
            // Some bytes are the kind of option 30, others are likely lengths.
            const auto drawn = static_cast<std::uint32_t>(random());
            byte = static_cast<std::uint8_t>(drawn % 3 == 0 ? drawn >> 8 : 1 + (drawn >> 8) % 30);
            if (drawn % 5 == 0)
                byte = kMptcpOptionKind;
        }
        const std::size_t most = (bytes.size() + 1) / 2; // two bytes each, and one byte at the end
        const bool whole = random() % 2 == 0;
        const Walk result = walk(guarded.copy(bytes), whole);
        ASSERT_LE(result.found.size(), most);
        ASSERT_FALSE(whole && result.truncated);
        found += result.found.size();
    }
    EXPECT_GT(found, 10000U);
}

} // namespace
} // namespace mptcp::test
