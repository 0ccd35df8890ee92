// SPDX-License-Identifier: GPL-2.0-or-later
//
// A hash over the words of a lookup key, of folded multiplications with a
// secret (as wyhash has them). A capture is hostile input: with a hash that
// anybody can compute, one crafted to collide would turn every lookup into a
// walk. The secret is drawn for each process; no output depends on it, since
// no table is ever listed in the order of its hashes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace mptcp {

class KeyedHash {
public:
    KeyedHash() : hash_(secret[0]) {}

    KeyedHash &add(std::uint64_t word)
    {
        hash_ = fold(hash_ ^ word, secret[1]);
        ++words_;
        return *this;
    }

    std::size_t finish() const { return fold(hash_ ^ words_, secret[2]); }

private:
    using Secret = std::array<std::uint64_t, 3>;

    static const Secret secret; // drawn when the program starts

    // Both halves of the product of 128 bits.
    static std::uint64_t fold(std::uint64_t a, std::uint64_t b)
    {
        __extension__ using Wide = unsigned __int128;
        const Wide product = static_cast<Wide>(a) * b;
        return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
    }

    std::uint64_t hash_;
    std::uint64_t words_ = 0;
};

// For unordered containers of numbers that a capture chooses.
struct NumberHash {
    template <class Number> std::size_t operator()(Number number) const
    {
        return KeyedHash{}.add(static_cast<std::uint64_t>(number)).finish();
    }
};

// One of 2^bits places for a number, by Fibonacci hashing: numbers that are alike get
// different ones. Whoever knows it can make numbers share a place.
constexpr std::size_t spread(std::uint64_t number, int bits)
{
    constexpr std::uint64_t kGoldenRatio = 0x9e3779b97f4a7c15; // of 2^64
    return number * kGoldenRatio >> (64 - bits);
}

} // namespace mptcp
