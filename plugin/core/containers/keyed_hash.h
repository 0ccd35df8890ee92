// SPDX-License-Identifier: GPL-2.0-or-later
//
// A hash of the words of a lookup key: folded multiplications with a secret, as
// in wyhash. A capture is hostile input: with a hash that anyone can compute, a
// crafted capture would make keys collide, and every lookup linear. The secret
// is drawn once per process. No output depends on it, because no table is
// iterated.
//
// Neither the standard library nor Boost 1.81 has a keyed hash: std::hash and
// boost::hash use no secret. OpenSSL 3 has SipHash, as a MAC with a context to
// set up for each key.
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

} // namespace mptcp
