// SPDX-License-Identifier: GPL-2.0-or-later
//
// The keyed hash of the lookup tables. Its secret differs in every process, so the
// tests check properties that hold for any secret: equal words have equal hashes,
// and different words have different hashes. (A collision of the 64-bit hashes
// below makes a test fail about once in 10^10 runs.)
#include "containers/keyed_hash.h"

#include <bit>
#include <cstdint>
#include <cstdlib>
#include <initializer_list>
#include <set>
#include <vector>

#include <sys/wait.h>

#include <gtest/gtest.h>

namespace mptcp::test {
namespace {

std::size_t hash_of(std::initializer_list<std::uint64_t> words)
{
    KeyedHash hash;
    for (const std::uint64_t word : words)
        hash.add(word);
    return hash.finish();
}

TEST(KeyedHash, IsTheSameForTheSameWords)
{
    EXPECT_EQ(hash_of({}), hash_of({}));
    EXPECT_EQ(hash_of({1, 2, 3}), hash_of({1, 2, 3}));
}

TEST(KeyedHash, DependsOnTheOrderAndTheNumberOfWords)
{
    const std::set<std::size_t> hashes{hash_of({}),     hash_of({0}),       hash_of({0, 0}),
                                       hash_of({1, 2}), hash_of({2, 1}),    hash_of({1}),
                                       hash_of({2}),    hash_of({1, 2, 0}), hash_of({0, 1, 2})};
    EXPECT_EQ(hashes.size(), 9U);
}

TEST(KeyedHash, DiffersForEveryWord)
{
    constexpr std::uint64_t kWords = 20000;
    std::set<std::size_t> hashes;
    for (std::uint64_t word = 0; word < kWords; ++word) {
        hashes.insert(hash_of({word}));
        hashes.insert(hash_of({~word}));
    }
    EXPECT_EQ(hashes.size(), 2 * kWords);
}

// Each bit of the words changes about half of the bits of the hash.
TEST(KeyedHash, EveryBitCounts)
{
    const std::size_t base = hash_of({0, 0});
    int changed = 0;
    for (int bit = 0; bit < 64; ++bit)
        for (const std::size_t hash :
             {hash_of({std::uint64_t{1} << bit, 0}), hash_of({0, std::uint64_t{1} << bit})}) {
            EXPECT_NE(hash, base) << bit;
            changed += std::popcount(hash ^ base);
        }
    // 128 hashes of 64 bits: 4096 changed bits on average, with a standard deviation of 45.
    EXPECT_NEAR(changed, 4096, 500);
}

TEST(KeyedHash, DependsOnFamilyAddressAndPort)
{
    const Endpoint v4{{Family::IPv4, {10, 0, 0, 1}}, 443};
    const Endpoint v6{{Family::IPv6, v4.address.bytes}, 443};
    const Endpoint other_port{v4.address, 444};
    const auto hash = [](const Endpoint &end) { return KeyedHash{}.add(end).finish(); };
    EXPECT_EQ(hash(v4), hash(Endpoint{v4}));
    EXPECT_EQ((std::set{hash(v4), hash(v6), hash(other_port)}.size()), 3U);
    EXPECT_NE(KeyedHash{}.add(v4.address).finish(), KeyedHash{}.add(v6.address).finish());
}

// Hash tables use the hash modulo their size, so the low bits matter.
TEST(KeyedHash, FillsTheBucketsOfATableEvenly)
{
    constexpr std::size_t kBuckets = 64;
    constexpr int kPerBucket = 200;
    std::vector<int> filled(kBuckets, 0);
    for (std::uint64_t word = 0; word < kBuckets * kPerBucket; ++word)
        ++filled[hash_of({word << 32 | 443}) % kBuckets];
    for (const int count : filled)
        EXPECT_NEAR(count, kPerBucket, 0.5 * kPerBucket); // seven standard deviations
}

// The secret differs in each process, so a capture cannot be crafted to collide.
// Eight processes return eight bits of the same hash. All are equal by chance
// about once in 2^56 runs.
TEST(KeyedHashDeathTest, HasASecretOfItsOwnInEachProcess)
{
    GTEST_FLAG_SET(death_test_style,
                   "threadsafe"); // executes this program again instead of forking
    std::set<int> hashes;
    const auto listen = [&hashes](int status) {
        hashes.insert(WEXITSTATUS(status));
        return WIFEXITED(status);
    };
    for (int process = 0; process < 8; ++process)
        EXPECT_EXIT(std::_Exit(static_cast<int>(hash_of({}) & 0xff)), listen, "");
    EXPECT_GT(hashes.size(), 1U);
}

} // namespace
} // namespace mptcp::test
