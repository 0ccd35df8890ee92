// SPDX-License-Identifier: GPL-2.0-or-later
//
// Tokens, IDSNs and HMACs against independent values: those that real kernels
// sent (in the named captures), and those of Python's hashlib and hmac. The test
// vectors of RFC 2202 and RFC 4231 cannot be used, because none has a key of 16
// bytes and a message of 8 bytes, as MPTCP does.
#include "crypto/crypto.h"

#include <algorithm>
#include <cstdint>
#include <string_view>

#include <gtest/gtest.h>

#include "segments.h"

namespace mptcp::test {
namespace {

struct KnownKey {
    std::uint64_t key;
    std::uint32_t token;
};

struct KnownDigest {
    std::uint64_t key;
    std::uint32_t token;
    std::uint64_t idsn;
};

Hmac hmac(std::string_view hex)
{
    Hmac result{};
    const Bytes bytes = from_hex(hex);
    std::copy_n(bytes.begin(), result.size(), result.begin());
    return result;
}

TEST(Token, OfV0IsTheStartOfTheSha1OfTheKey)
{
    // From the script that this project replaces.
    constexpr KnownKey kKnown[] = {
        {2097874973131745533U, 3453009450U}, {14232633393355152416U, 1187499290U},
        {983142155943229432U, 3611618124U},  {6234784353306747016U, 2308765430U},
        {5823071776475689728U, 229917286U},  {4848392901692201259U, 1243844425U},
        {14199735500882309953U, 825014698U}, {3371602785583873677U, 1021507062U},
    };
    const Crypto crypto;
    for (const KnownKey &known : kKnown)
        EXPECT_EQ(crypto.digest(kV0, Key{known.key}).value().token, Token{known.token})
            << known.key;
}

TEST(Digest, OfV0FromCaptures)
{
    constexpr KnownDigest kKnown[] = {
        // s30_v0_generated.pcap
        {0x90bfa5e2ba612a29, 2454731676, 0x03c94eb3e8f3d7f8},
        {0x16cc617494357e4b, 2525849787, 0x7d208e0c18112b5d},
        {0x584494625254ede8, 865759870, 0x873ff9e5d5621515},
        {0x6fda4e5f4bd650b3, 3037325261, 0xdc9d2fb7ffff97a3},
        // teto_client_2.pcap of pymptcpanalyzer, by the kernel of multipath-tcp.org
        {0xca2f07947b1bfd2b, 2280993044, 0x528b5d084e92c2fc},
        {0xa78213619e4beafc, 804647408, 0x488c0d28e589f0d3},
    };
    const Crypto crypto;
    for (const KnownDigest &known : kKnown) {
        const KeyDigest digest = crypto.digest(kV0, Key{known.key}).value();
        EXPECT_EQ(digest.token, Token{known.token});
        EXPECT_EQ(digest.idsn, DataSeq{known.idsn});
    }
}

TEST(Digest, OfV1FromCaptures)
{
    constexpr KnownDigest kKnown[] = {
        // s01_single.pcap, by Linux 6.18
        {0x953d42e5fb6f07ed, 353844677, 0xb57e9705ea5a7ab4},
        {0x8a4b48785f64460c, 4200272471, 0xbb95be318175d606},
        // s02_two_down.pcap
        {0x21d98ac85e6ac392, 3431581485, 0x72bec6cf9bec7f4e},
        {0x2b55ad2762930571, 2095057999, 0x96caa98f595ff308},
        // s05_ipv6.pcap
        {0x739f4c3108b56721, 3622135104, 0x4a0ed140f7920819},
        {0x0d359a0c5cacd8f9, 4232718330, 0xede84369457419ec},
        // s11_checksum.pcap
        {0xc1923c150f0953f8, 892184601, 0xa325d8e2995bd7f7},
        {0xd441d4c74d042440, 3744306696, 0xd822b3b1614801d0},
        // s25_reuse.pcap
        {0xde6da16c49ae0cbf, 4216030067, 0x1cabe5b7ba7c8283},
        {0x0a9fb446eb452fdb, 4035941369, 0x7721ddb02f6cf51a},
    };
    const Crypto crypto;
    for (const KnownDigest &known : kKnown) {
        const KeyDigest digest = crypto.digest(kV1, Key{known.key}).value();
        EXPECT_EQ(digest.token, Token{known.token});
        EXPECT_EQ(digest.idsn, DataSeq{known.idsn});
    }
}

// d = hashlib.new(NAME, KEY.to_bytes(8, "big")).digest(); d[:4], d[-8:]
TEST(Digest, OfTheFirstAndTheLastKey)
{
    const Crypto crypto;
    const auto expect = [&](Version version, const KnownDigest &known) {
        const KeyDigest digest = crypto.digest(version, Key{known.key}).value();
        EXPECT_EQ(digest.token, Token{known.token});
        EXPECT_EQ(digest.idsn, DataSeq{known.idsn});
    };
    expect(kV0, {0x0000000000000000, 0x05fe4057, 0xac558654f107c7e9});
    expect(kV0, {0x0000000000000001, 0xcb473678, 0x38f11011007ad27d});
    expect(kV0, {0xffffffffffffffff, 0xbe673e8a, 0x866701c11ef8e089});
    expect(kV1, {0x0000000000000000, 0xaf5570f5, 0xe5b2328de0e83dfc});
    expect(kV1, {0x0000000000000001, 0xcd266215, 0x19ec509083d00a50});
    expect(kV1, {0xffffffffffffffff, 0x12a3ae44, 0x57fb595bbbacf0ca});
}

TEST(Digest, OfOtherVersionsIsNotKnown)
{
    const Crypto crypto;
    EXPECT_FALSE(crypto.digest(2, Key{1}));
    EXPECT_FALSE(crypto.digest(15, Key{1}));
}

// The values that both hosts of a join sent. The client is the initiator unless
// noted otherwise.
TEST(JoinHmac, OfV1FromTwoDown)
{
    // s02_two_down.pcap, frames 62, 186 and 187, by Linux 6.18
    const Key client{0x21d98ac85e6ac392};
    const Key server{0x2b55ad2762930571};
    const Nonce client_nonce{3676878829};
    const Nonce server_nonce{2989645427};
    const Crypto crypto;
    const Hmac of_server =
        crypto.join_hmac(kV1, server, client, server_nonce, client_nonce).value();
    EXPECT_EQ(Bytes(of_server.begin(), of_server.begin() + 8), from_hex("906f3f7a8a6d1f4a"));
    EXPECT_EQ(crypto.join_hmac(kV1, client, server, client_nonce, server_nonce),
              hmac("3521befbbcff1553 2d40e8114ae3d692 6a67902a"));
}

TEST(JoinHmac, OfV1WithTheServerAsInitiator)
{
    // s15c_server_opens_subflow.pcap, frames 93 to 95, by Linux 6.18
    const Key client{0xbba75f73c3bbf7c7};
    const Key server{0x66b987363f4b228e};
    const Nonce client_nonce{228425749};
    const Nonce server_nonce{2116541281};
    const Crypto crypto;
    const Hmac of_client =
        crypto.join_hmac(kV1, client, server, client_nonce, server_nonce).value();
    EXPECT_EQ(Bytes(of_client.begin(), of_client.begin() + 8), from_hex("09c017150bf5be0c"));
    EXPECT_EQ(crypto.join_hmac(kV1, server, client, server_nonce, client_nonce),
              hmac("31c52bd898a2ecbe 4343d7971a0fc23d 3e72af46"));
}

TEST(JoinHmac, OfV0FromARealKernel)
{
    // teto_client_2.pcap of pymptcpanalyzer, frames 18, 24 and 26
    const Key client{0xca2f07947b1bfd2b};
    const Key server{0xa78213619e4beafc};
    const Nonce client_nonce{2527314580};
    const Nonce server_nonce{252493897};
    const Crypto crypto;
    const Hmac of_server =
        crypto.join_hmac(kV0, server, client, server_nonce, client_nonce).value();
    EXPECT_EQ(Bytes(of_server.begin(), of_server.begin() + 8), from_hex("84037deda67a454c"));
    EXPECT_EQ(crypto.join_hmac(kV0, client, server, client_nonce, server_nonce),
              hmac("66e36626703eacb8 f72ec5be13f8c4ef 4f6d4dd8"));
}

TEST(JoinHmac, OfV0FromASecondRealKernel)
{
    // dpi_mp_capable.pcapng of DPI-MPTCP, frames 16, 22 and 23
    const Key client{0x63e5b1000a37a318};
    const Key server{0x6b1f0c5ff961a3a6};
    const Nonce client_nonce{3895537419};
    const Nonce server_nonce{1193180053};
    const Crypto crypto;
    const Hmac of_server =
        crypto.join_hmac(kV0, server, client, server_nonce, client_nonce).value();
    EXPECT_EQ(Bytes(of_server.begin(), of_server.begin() + 8), from_hex("889f88a15cbb3c41"));
    EXPECT_EQ(crypto.join_hmac(kV0, client, server, client_nonce, server_nonce),
              hmac("e2503523b79f4c0e e342b93c61b29904 c426337a"));
}

TEST(JoinHmac, OfV0FromTheGenerator)
{
    // s30_v0_generated.pcap, frames 14 to 16
    const Key client{0x90bfa5e2ba612a29};
    const Key server{0x16cc617494357e4b};
    const Crypto crypto;
    const Hmac of_server =
        crypto.join_hmac(kV0, server, client, Nonce{3081916229}, Nonce{2657247900}).value();
    EXPECT_EQ(Bytes(of_server.begin(), of_server.begin() + 8), from_hex("9377684191133670"));
    EXPECT_EQ(crypto.join_hmac(kV0, client, server, Nonce{2657247900}, Nonce{3081916229}),
              hmac("293ff730d5f2662b 6ce0eb1d813bcb57 bbd5f5ad"));
}

// hmac.new(OWN.to_bytes(8, "big") + PEER.to_bytes(8, "big"),
//          OWN_NONCE.to_bytes(4, "big") + PEER_NONCE.to_bytes(4, "big"), NAME).hexdigest()[:40]
TEST(JoinHmac, OfPythonsHmac)
{
    const Crypto crypto;
    const auto counting = [&](Version version) {
        return crypto.join_hmac(version, Key{0x0102030405060708}, Key{0x090a0b0c0d0e0f10},
                                Nonce{0x11121314}, Nonce{0x15161718});
    };
    EXPECT_EQ(counting(kV0), hmac("94a7e4767dfd6e5b3928b78885343b4ec1784e2d"));
    EXPECT_EQ(counting(kV1), hmac("6db93be6cd679873d12f8961d1f1ce75421c68ac"));

    const auto zeros = [&](Version version) {
        return crypto.join_hmac(version, Key{0}, Key{0}, Nonce{0}, Nonce{0});
    };
    EXPECT_EQ(zeros(kV0), hmac("dab69ad98e28764f977ee2487e4f3f6873b2a297"));
    EXPECT_EQ(zeros(kV1), hmac("f375180aba92888401f1919be4a8715a62763b65"));

    const auto ones = [&](Version version) {
        return crypto.join_hmac(version, Key{0xffffffffffffffff}, Key{0xffffffffffffffff},
                                Nonce{0xffffffff}, Nonce{0xffffffff});
    };
    EXPECT_EQ(ones(kV0), hmac("5054ceba826b9bebf372df6b479dee8eefb561d4"));
    EXPECT_EQ(ones(kV1), hmac("1a883dbb5066fea110496036d071503447d710de"));
}

TEST(JoinHmac, OfOtherVersionsIsNotKnown)
{
    const Crypto crypto;
    EXPECT_FALSE(crypto.join_hmac(2, Key{1}, Key{2}, Nonce{3}, Nonce{4}));
}

struct KnownAddressHmac {
    std::uint64_t own_key;
    std::uint64_t peer_key;
    std::uint8_t address_id;
    std::string_view address;
    std::uint16_t port; // 0: none
    std::string_view leftmost;
    std::string_view rightmost;
};

void expect(const KnownAddressHmac &known)
{
    const auto hmac = Crypto{}
                          .address_hmac(Key{known.own_key}, Key{known.peer_key}, known.address_id,
                                        ip(known.address), known.port)
                          .value();
    EXPECT_EQ(Bytes(hmac.leftmost.begin(), hmac.leftmost.end()), from_hex(known.leftmost))
        << known.address;
    EXPECT_EQ(Bytes(hmac.rightmost.begin(), hmac.rightmost.end()), from_hex(known.rightmost))
        << known.address;
}

// hmac.new(OWN.to_bytes(8, "big") + PEER.to_bytes(8, "big"),
//          bytes([ID]) + ip_address(ADDRESS).packed + PORT.to_bytes(2, "big"), "sha256")
// The first test uses the truncated HMACs that Linux 6.18 sent.
TEST(AddressHmac, FromCaptures)
{
    // s04_add_addr.pcap, frame 5, by the server
    expect({0xd9ba72c36e39650d, 0xe11b436c93a4c968, 7, "10.0.2.2", 0, "f66e6e364efd199c",
            "60317b65b7e796e4"});
    // s05_ipv6.pcap, frame 8, by the server
    expect({0x0d359a0c5cacd8f9, 0x739f4c3108b56721, 4, "fd00:2::2", 0, "b17d2be922c62a1d",
            "f9d69741b98d30bb"});
    // s15c_server_opens_subflow.pcap, frame 6, by the client, with a port
    expect({0xbba75f73c3bbf7c7, 0x66b987363f4b228e, 7, "10.0.2.1", 7007, "910ecbc7f9ef9bd9",
            "417d805a76458dc5"});
    // s27_addaddr_port.pcap, frame 5, by the server, with a port
    expect({0xed6255929d3adcb2, 0x805223b5e5bfbeac, 5, "10.0.2.2", 6002, "58eec77807d808c2",
            "cc60c2adb49b8632"});
}

TEST(AddressHmac, OfPythonsHmac)
{
    constexpr std::uint64_t kOwn = 0x0102030405060708;
    constexpr std::uint64_t kPeer = 0x090a0b0c0d0e0f10;
    constexpr std::uint64_t kLast = 0xffffffffffffffff;
    expect({kOwn, kPeer, 1, "10.0.0.1", 0, "0df8e8ebfe56b406", "9c574123ce148c16"});
    expect({kOwn, kPeer, 1, "10.0.0.1", 80, "ef496e2e4194b175", "edaa6c2e018fc335"});
    expect({kOwn, kPeer, 1, "fd00::1", 0, "3c9b604925bd7f17", "7d4e4cc544559920"});
    expect({0, 0, 0, "0.0.0.0", 0, "2de080491b029c85", "28c4c412f88d84d5"});
    expect({0, 0, 0, "::", 0, "bab1671041736eca", "316a56519a2deacd"});
    expect({kLast, kLast, 255, "255.255.255.255", 65535, "f0a5cf909d8950f0", "92a5b44f5377c853"});
    expect({kLast, kLast, 255, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 65535, "51800f3df8fa7f5c",
            "b2f368a99a510bcb"});
}

} // namespace
} // namespace mptcp::test
