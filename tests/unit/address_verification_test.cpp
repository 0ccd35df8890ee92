// SPDX-License-Identifier: GPL-2.0-or-later
//
// Verification of the HMAC of ADD_ADDR (RFC 8684 3.4.1). The addresses were
// announced by real kernels. Tests change a field or omit captured packets.
#include "connections/verification.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <ostream>
#include <string_view>

#include <gtest/gtest.h>

#include "segments.h"

namespace mptcp::test {
namespace {

// An ADD_ADDR from a capture.
struct SeenAddress {
    std::string_view capture;
    Key client;
    Key server;
    Role sender;
    std::string_view option;
};

void PrintTo(const SeenAddress &seen, std::ostream *out) // NOLINT(readability-identifier-naming)
{
    *out << seen.capture;
}

// All from Linux 6.18.
constexpr SeenAddress kSeenAddresses[] = {
    // frame 5: ID 7, 10.0.2.2
    {"s04_add_addr.pcap", Key{0xe11b436c93a4c968}, Key{0xd9ba72c36e39650d}, Role::Server,
     "1e103007 0a000202 60317b65b7e796e4"},
    // frame 8: ID 4, fd00:2::2
    {"s05_ipv6.pcap", Key{0x739f4c3108b56721}, Key{0x0d359a0c5cacd8f9}, Role::Server,
     "1e1c3004 fd000002000000000000000000000002 f9d69741b98d30bb"},
    // frame 6: ID 7, 10.0.2.1:7007
    {"s15c_server_opens_subflow.pcap", Key{0xbba75f73c3bbf7c7}, Key{0x66b987363f4b228e},
     Role::Client, "1e123007 0a000201 1b5f 417d805a76458dc5"},
    // frame 5: ID 5, 10.0.2.2:6002
    {"s27_addaddr_port.pcap", Key{0x805223b5e5bfbeac}, Key{0xed6255929d3adcb2}, Role::Server,
     "1e123005 0a000202 1772 cc60c2adb49b8632"},
};

AddAddr announced_in(std::string_view option)
{
    return std::get<AddAddr>(parse_option(from_hex(option)));
}

class Verdicts : public testing::TestWithParam<SeenAddress> {
protected:
    Verdicts()
    {
        connection.version = kV1;
        connection.hosts[Role::Client].key = GetParam().client;
        connection.hosts[Role::Server].key = GetParam().server;
    }

    Verdict verdict() const { return verdict_if_by(GetParam().sender); }
    Verdict verdict_if_by(Role sender) const
    {
        return verify(crypto, connection, sender, announced);
    }

    Crypto crypto;
    Connection connection;
    AddAddr announced = announced_in(GetParam().option);
};

TEST_P(Verdicts, AreGoodAsSeen) { EXPECT_EQ(verdict(), Verdict::Good); }

TEST_P(Verdicts, AreBadIfAnyByteDiffers)
{
    for (std::uint8_t &byte : *announced.hmac) {
        byte ^= 0x01;
        EXPECT_EQ(verdict(), Verdict::Bad);
        byte ^= 0x01;
    }
}

TEST_P(Verdicts, AreBadForAnotherAddressIdOrAddress)
{
    announced.address_id ^= 1;
    EXPECT_EQ(verdict(), Verdict::Bad);
    announced.address_id ^= 1;
    const std::size_t last = announced.address.family == Family::IPv4 ? 3 : 15;
    announced.address.bytes[last] ^= 1;
    EXPECT_EQ(verdict(), Verdict::Bad);
}

TEST_P(Verdicts, AreBadForAnotherPort)
{
    announced.port = static_cast<std::uint16_t>(announced.port.value_or(0) + 1);
    EXPECT_EQ(verdict(), Verdict::Bad);
}

// RFC 8684 3.4.1: without a port, the HMAC message has two zero bytes instead.
TEST_P(Verdicts, AreTheSameForNoPortAndPortZero)
{
    if (announced.port)
        return;
    announced.port = 0;
    EXPECT_EQ(verdict(), Verdict::Good);
}

TEST_P(Verdicts, AreBadIfTheOtherHostHadSentIt)
{
    EXPECT_EQ(verdict_if_by(other(GetParam().sender)), Verdict::Bad);
}

TEST_P(Verdicts, AreBadUnderAnotherKey)
{
    for (const Role role : {Role::Client, Role::Server}) {
        connection.hosts[role].key->value ^= 1;
        EXPECT_EQ(verdict(), Verdict::Bad) << name(role);
        connection.hosts[role].key->value ^= 1;
    }
}

TEST_P(Verdicts, AreUnverifiedWithoutAKey)
{
    for (const Role role : {Role::Client, Role::Server}) {
        const auto key = connection.hosts[role].key;
        connection.hosts[role].key = std::nullopt;
        EXPECT_EQ(verdict(), Verdict::Unverified) << name(role);
        connection.hosts[role].key = key;
    }
}

TEST_P(Verdicts, DetectTheLeftmostBits)
{
    const auto hmac =
        crypto
            .address_hmac(*connection.hosts[GetParam().sender].key,
                          *connection.hosts[other(GetParam().sender)].key, announced.address_id,
                          announced.address, announced.port.value_or(0))
            .value();
    announced.hmac = hmac.leftmost;
    EXPECT_EQ(verdict(), Verdict::Leftmost);
}

TEST_P(Verdicts, AreAbsentWithoutAnHmac)
{
    announced.hmac = std::nullopt;
    EXPECT_EQ(verdict(), Verdict::Absent);
    connection.hosts[Role::Client].key = std::nullopt; // the keys do not matter
    EXPECT_EQ(verdict(), Verdict::Absent);
}

INSTANTIATE_TEST_SUITE_P(Captures, Verdicts, testing::ValuesIn(kSeenAddresses));

TEST(VerdictsOfOptions, AreAbsentInV0AndInAnEcho)
{
    for (const char *option : {
             "1e083407 0a000202",                         // v0: ID 7, 10.0.2.2
             "1e143604 fd000002000000000000000000000002", // v0: ID 4, fd00:2::2
             "1e083107 0a000202",                         // v1, echo
         })
        EXPECT_EQ(verify(Crypto{}, Connection{}, Role::Client, announced_in(option)),
                  Verdict::Absent)
            << option;
}

TEST(VerdictsInWords, AreThoseOfJoins)
{
    EXPECT_EQ(name(Verdict::Absent), "absent");
    EXPECT_EQ(name(Verdict::Unverified), "unverified");
    EXPECT_EQ(name(Verdict::Bad), "bad");
    EXPECT_EQ(name(Verdict::Leftmost), "leftmost");
    EXPECT_EQ(name(Verdict::Good), "good");
}

} // namespace
} // namespace mptcp::test
