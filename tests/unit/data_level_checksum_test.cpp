// SPDX-License-Identifier: GPL-2.0-or-later
//
// DSS checksums (RFC 8684 3.3) of complete connections. Those of "hello" were
// computed in Python, as described in dss_checksum_test.cpp, with the IDSN of the
// client's key: 0x72bec6cf9bec7f4e. The others are computed here.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data_trace.h"

namespace mptcp::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using enum EventType;
using enum Verdict;

constexpr std::uint16_t kOfHello = 0x675d;       // the first data
constexpr std::uint16_t kOfHelloAndFin = 0x675c; // with a DATA_FIN
constexpr std::uint16_t kOfFin = 0xab2f;         // a DATA_FIN after it
const Bytes kHello = from_hex("68656c6c6f");

// The checksum by definition: of the pseudo-header and the data.
std::uint16_t checksum_of(DataSeq seq, std::uint32_t relative, std::uint16_t length, Bytes data)
{
    Bytes all;
    for (int shift = 56; shift >= 0; shift -= 8)
        all.push_back(static_cast<std::uint8_t>(seq.value >> shift));
    for (int shift = 24; shift >= 0; shift -= 8)
        all.push_back(static_cast<std::uint8_t>(relative >> shift));
    all.push_back(static_cast<std::uint8_t>(length >> 8));
    all.push_back(static_cast<std::uint8_t>(length));
    all.insert(all.end(), data.begin(), data.end());
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < all.size(); ++i)
        sum += i % 2 == 0 ? all[i] * 256U : all[i];
    while (sum > 0xffff)
        sum = (sum >> 16) + (sum & 0xffff);
    return static_cast<std::uint16_t>(~sum);
}

// Bytes that depend on their position.
Bytes bytes_from(std::uint64_t begin, std::size_t length)
{
    Bytes bytes;
    for (std::size_t i = 0; i < length; ++i)
        bytes.push_back(static_cast<std::uint8_t>((begin + i) * 131 + 7));
    return bytes;
}

class Checksums : public DataTrace {
protected:
    void open_with_checksums()
    {
        trace.see(initial.initiator().syn().with(mp_capable(kV1, {}, kCapableChecksum)));
        trace.see(
            initial.acceptor().syn_ack().with(mp_capable(kV1, {peers.server}, kCapableChecksum)));
        trace.see(initial.initiator().ack().with(
            mp_capable(kV1, {peers.client, peers.server}, kCapableChecksum)));
    }
    Bytes checked(std::uint64_t begin, std::uint32_t relative, std::uint16_t length,
                  std::uint16_t checksum, bool whole = true, bool fin = false) const
    {
        const WireDataSeq seq{dsn(begin).value, whole};
        return dss({fin, std::nullopt, DssMapping{seq, relative, length, checksum}});
    }
    // The mapping of bytes_from(begin) at the next sequence number of the subflow.
    Bytes checked_next(std::uint64_t begin, std::uint16_t length)
    {
        const std::uint32_t relative = initial.initiator().relative();
        return checked(begin, relative, length,
                       checksum_of(dsn(begin), relative, length, bytes_from(begin, length)));
    }
    Packet hello() { return bare(initial, 5).holding(kHello); }
    Packet part(std::uint64_t begin, std::uint32_t length)
    {
        return bare(initial, length).holding(bytes_from(begin, length));
    }
    Verdict status(std::uint32_t frame) const { return packet(frame).checksum; }
};

TEST_F(Checksums, AreGood)
{
    open_with_checksums();
    EXPECT_EQ(status(see(hello().with(checked(0, 1, 5, kOfHello)))), Good);
    EXPECT_THAT(trace.detected(3), IsEmpty());
}

// RFC 8684 3.3.1: the pseudo-header contains the 64-bit DSN, even if the option has 32 bits.
TEST_F(Checksums, AreOfTheWholeDsn)
{
    open_with_checksums();
    EXPECT_EQ(status(see(hello().with(checked(0, 1, 5, kOfHello, false)))), Good);
}

TEST_F(Checksums, AreBad)
{
    open_with_checksums();
    const auto frame = see(hello().with(checked(0, 1, 5, kOfHello ^ 1)));
    EXPECT_EQ(status(frame), Bad);
    EXPECT_THAT(trace.detected(3), ElementsAre(by_client(frame, ChecksumBad)));
}

TEST_F(Checksums, AreBadWhereAByteWasChanged)
{
    open_with_checksums();
    const auto frame =
        see(bare(initial, 5).holding(from_hex("68656c6c70")).with(checked(0, 1, 5, kOfHello)));
    EXPECT_EQ(status(frame), Bad);
}

TEST_F(Checksums, CoverADataFin)
{
    open_with_checksums();
    EXPECT_EQ(status(see(hello().with(checked(0, 1, 6, kOfHelloAndFin, true, true)))), Good);
}

TEST_F(Checksums, AreOfADataFinAlone)
{
    open_with_checksums();
    see(hello().with(checked(0, 1, 5, kOfHello)));
    const Bytes fin = checked(5, 0, 1, kOfFin, true, true);
    const auto frame = see(initial.initiator().ack().with(fin));
    const auto again = see(initial.initiator().ack().with(fin));
    EXPECT_EQ(level().fin_checksum(frame, SubflowId{0}), Good);
    EXPECT_EQ(level().fin_checksum(again, SubflowId{0}), Absent); // only the first one is reported
    EXPECT_EQ(level().fin_checksum(frame, SubflowId{1}), Absent);
    ASSERT_EQ(level().fin_checksums().size(), 1U);
    EXPECT_EQ(level().fin_checksums()[0].frame, frame);
}

TEST_F(Checksums, OfADataFinAloneMayBeBad)
{
    open_with_checksums();
    see(hello().with(checked(0, 1, 5, kOfHello)));
    const auto frame =
        see(initial.initiator().ack().with(checked(5, 0, 1, kOfFin ^ 0x100, true, true)));
    EXPECT_EQ(level().fin_checksum(frame, SubflowId{0}), Bad);
    EXPECT_THAT(trace.detected(frame - 1),
                ElementsAre(by_client(frame, DataFin), by_client(frame, ChecksumBad)));
}

// RFC 8684 3.1: an MP_CAPABLE with data is a mapping and can have a checksum.
TEST_F(Checksums, AreOfMpCapableWithData)
{
    trace.see(initial.initiator().syn().with(mp_capable(kV1, {}, kCapableChecksum)));
    trace.see(initial.acceptor().syn_ack().with(mp_capable(kV1, {peers.server}, kCapableChecksum)));
    const auto frame =
        see(hello().with(mp_capable_with_data(peers.client, peers.server, 5, kOfHello)));
    EXPECT_EQ(status(frame), Good);
}

TEST_F(Checksums, AreReportedOnThePacketThatCompletesThem)
{
    open_with_checksums();
    const Bytes map = checked_next(0, 300);
    const auto first = see(part(0, 99).with(map)); // odd lengths: words span packets
    const auto next = see(part(99, 102));
    const auto last = see(part(201, 99));
    EXPECT_EQ(status(first), Absent);
    EXPECT_EQ(status(next), Absent);
    EXPECT_EQ(status(last), Good);
}

TEST_F(Checksums, AreGoodInAnyOrderOfTheData)
{
    open_with_checksums();
    const Bytes map = checked_next(0, 300);
    const Packet first = part(0, 99).with(map);
    const Packet next = part(99, 102);
    const Packet last = part(201, 99);
    see(first);
    see(last);
    EXPECT_EQ(status(see(next)), Good);
}

TEST_F(Checksums, AreGoodWithDataThatComesTwice)
{
    open_with_checksums();
    const Bytes map = checked_next(0, 300);
    const Packet first = part(0, 99).with(map);
    see(first);
    see(first);
    const Packet overlaps = part(50, 250).with_seq({1001 + 50});
    EXPECT_EQ(status(see(overlaps)), Good);
}

TEST_F(Checksums, OfSeveralMappingsMayEndInOnePacket)
{
    open_with_checksums();
    const auto first = checksum_of(dsn(0), 1, 40, bytes_from(0, 40));
    const auto next = checksum_of(dsn(40), 41, 60, bytes_from(40, 60));
    const auto frame =
        see(part(0, 100).with(checked(0, 1, 40, first, false)).with(checked(40, 41, 60, next)));
    EXPECT_EQ(status(frame), Good);
    EXPECT_EQ(extras(frame).good_checksums, 1U);
    EXPECT_EQ(extras(frame).bad_checksums, 0U);
}

TEST_F(Checksums, OfSeveralMappingsAreEachReported)
{
    open_with_checksums();
    const auto first = checksum_of(dsn(0), 1, 40, bytes_from(0, 40));
    const auto frame =
        see(part(0, 100).with(checked(0, 1, 40, first)).with(checked(40, 41, 60, 0x1234)));
    EXPECT_EQ(status(frame), Good);
    EXPECT_EQ(extras(frame).good_checksums, 0U);
    EXPECT_EQ(extras(frame).bad_checksums, 1U);
    EXPECT_THAT(trace.detected(3), ElementsAre(by_client(frame, ChecksumBad)));
}

TEST_F(Checksums, AreUnverifiedWhereASnaplenCutTheData)
{
    open_with_checksums();
    const auto frame =
        see(bare(initial, 5).holding(from_hex("68656c6c")).with(checked(0, 1, 5, kOfHello ^ 1)));
    EXPECT_EQ(status(frame), Unverified);
    EXPECT_THAT(trace.detected(3), IsEmpty());
}

TEST_F(Checksums, AreUnverifiedWhereTheDataCameBefore)
{
    open_with_checksums();
    see(hello().with(checked(0, 1, 5, kOfHello)));
    const auto before = see(part(5, 20));
    const Bytes late = checked(5, 6, 40, 0x1234);
    const auto last = see(part(25, 20).with(late));
    EXPECT_EQ(status(before), Absent);
    EXPECT_EQ(status(last), Unverified);
}

TEST_F(Checksums, AreUnverifiedWithoutTheUpperHalfOfTheDsn)
{
    trace.see_join(second, join); // the keys were not captured
    const auto checksum = checksum_of(dsn(0), 1, 5, kHello);
    const auto frame = see(bare(second, 5).holding(kHello).with(checked(0, 1, 5, checksum, false)));
    EXPECT_EQ(status(frame), Unverified);
    const auto next = checksum_of(dsn(5), 6, 5, kHello);
    EXPECT_EQ(status(see(bare(second, 5).holding(kHello).with(checked(5, 6, 5, next)))), Good);
}

// RFC 8684 3.1: checksums are used if either host requires them.
TEST_F(Checksums, AreNotVerifiedUnlessNegotiated)
{
    open();
    EXPECT_EQ(status(see(hello().with(checked(0, 1, 5, 0x1234)))), Absent);
    EXPECT_THAT(trace.detected(3), ElementsAre(by_client(4, EventType::ChecksumUnexpected)));
}

TEST_F(Checksums, AreVerifiedOnce)
{
    open_with_checksums();
    const Packet sent = hello().with(checked(0, 1, 5, kOfHello));
    see(sent);
    EXPECT_EQ(status(see(sent)), Absent);
}

// The number of incomplete checksums is bounded.
TEST_F(Checksums, OfWhichTheDataNeverComesAreBounded)
{
    open_with_checksums();
    see(hello().with(checked(0, 1, 5, kOfHello)));
    for (std::uint32_t i = 0; i < 1000; ++i)
        see(initial.initiator().ack().with(checked(5 + 10 * i, 6 + 10 * i, 10, 0x1234)));
    const SubflowData *data = level().subflow_data(SubflowId{0}, Side::A);
    ASSERT_NE(data, nullptr);
    EXPECT_EQ(data->checksums().size(), 64U);
}

// Incomplete checksums are not reported on later packets.
TEST_F(Checksums, OfWhichTheDataNeverComesAreNotTheNextPackets)
{
    open_with_checksums();
    see(hello().with(checked(0, 1, 5, kOfHello)));
    see(initial.initiator().ack().with(checked(5, 6, 10, 0x1234)));
    const DataSeq down = peers.first_data(Role::Server);
    const auto answer = see(initial.acceptor().data(70).with(dss_map(down, 1, 70)));
    for (std::uint32_t i = 1; i < 100; ++i)
        see(initial.initiator().ack().with(checked(5 + 10 * i, 6 + 10 * i, 10, 0x1234)));
    EXPECT_EQ(status(answer), Absent);
}

TEST_F(Checksums, OfALongTransferAreAllGood)
{
    open_with_checksums();
    for (std::uint64_t begin = 0; begin < 200'000; begin += 303) {
        const Bytes map = checked_next(begin, 303);
        see(part(begin, 202).with(map));
        ASSERT_EQ(status(see(part(begin + 202, 101))), Good);
    }
    EXPECT_THAT(level().subflow_data(SubflowId{0}, Side::A)->checksums(), IsEmpty());
    EXPECT_THAT(trace.detected(3), IsEmpty());
}

} // namespace
} // namespace mptcp::test
