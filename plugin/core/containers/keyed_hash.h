// SPDX-License-Identifier: GPL-2.0-or-later
//
// A keyed hash of 64-bit words: folded multiplications with a random secret, as in wyhash. With a
// predictable hash, a crafted capture could make lookup keys collide, so that each lookup takes
// linear time. The secret is generated once per process. No output depends on it, because no hash
// table is iterated.
//
// The standard library and Boost 1.81 have no keyed hash: std::hash and boost::hash use no secret.
// OpenSSL 3 has SipHash as a MAC only, which needs a context setup for each key.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/address.h"

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

    // 10.0.0.1 and a00:1:: differ only in the family.
    KeyedHash &add(const Address &address, std::uint16_t port = 0)
    {
        const Address::Words words = address.words();
        return add(static_cast<std::uint64_t>(address.family) << 16 | port)
            .add(words.first)
            .add(words.second);
    }
    KeyedHash &add(const Endpoint &end) { return add(end.address, end.port); }
    // Their number is part of the hash.
    KeyedHash &add(std::span<const std::uint8_t> bytes);

    std::size_t finish() const { return fold(hash_ ^ words_, secret[2]); }

private:
    using Secret = std::array<std::uint64_t, 3>;

    static const Secret secret; // initialized at program start

    // Returns the XOR of both halves of the 128-bit product.
    static std::uint64_t fold(std::uint64_t a, std::uint64_t b)
    {
        __extension__ using Wide = unsigned __int128;
        const Wide product = static_cast<Wide>(a) * b;
        return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
    }

    std::uint64_t hash_;
    std::uint64_t words_ = 0;
};

// A hash for containers whose keys are integers or enums under the control of a capture.
struct NumberHash {
    template <class Number> std::size_t operator()(Number number) const
    {
        return KeyedHash{}.add(static_cast<std::uint64_t>(number)).finish();
    }
};

} // namespace mptcp
