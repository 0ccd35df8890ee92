// SPDX-License-Identifier: GPL-2.0-or-later
//
// SipHash-1-3 over the words of a lookup key. A capture is hostile input: with
// a hash that anybody can compute, one crafted to collide would turn every
// lookup into a walk. The secret is drawn for each process; no output depends
// on it, since no table is ever listed in the order of its hashes.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <random>

namespace mptcp {

class KeyedHash {
public:
    KeyedHash() : v_(initial_state()) {}

    KeyedHash &add(std::uint64_t word)
    {
        v_[3] ^= word;
        round();
        v_[0] ^= word;
        ++words_;
        return *this;
    }

    std::size_t finish()
    {
        add(words_ << 56); // SipHash closes with the length in the last octet
        v_[2] ^= 0xff;
        round();
        round();
        round();
        return v_[0] ^ v_[1] ^ v_[2] ^ v_[3];
    }

private:
    using State = std::array<std::uint64_t, 4>;

    static const State &initial_state()
    {
        static const State state = [] {
            std::random_device device;
            const auto draw = [&device] { return std::uint64_t{device()} << 32 | device(); };
            const std::uint64_t k0 = draw();
            const std::uint64_t k1 = draw();
            return State{k0 ^ 0x736f6d6570736575, k1 ^ 0x646f72616e646f6d, k0 ^ 0x6c7967656e657261,
                         k1 ^ 0x7465646279746573};
        }();
        return state;
    }

    void round()
    {
        v_[0] += v_[1];
        v_[1] = std::rotl(v_[1], 13) ^ v_[0];
        v_[0] = std::rotl(v_[0], 32);
        v_[2] += v_[3];
        v_[3] = std::rotl(v_[3], 16) ^ v_[2];
        v_[0] += v_[3];
        v_[3] = std::rotl(v_[3], 21) ^ v_[0];
        v_[2] += v_[1];
        v_[1] = std::rotl(v_[1], 17) ^ v_[2];
        v_[2] = std::rotl(v_[2], 32);
    }

    State v_;
    std::uint64_t words_ = 0;
};

} // namespace mptcp
