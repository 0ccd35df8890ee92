// SPDX-License-Identifier: GPL-2.0-or-later
//
// The random secret of the keyed hash.
#include "containers/keyed_hash.h"

#include <algorithm>
#include <cstring>
#include <random>

namespace mptcp {

const KeyedHash::Secret KeyedHash::secret = [] {
    std::random_device device;
    // Multiplication by an odd number is a bijection modulo 2^64.
    const auto draw = [&device] { return std::uint64_t{device()} << 32 | device() | 1; };
    return Secret{draw(), draw(), draw()};
}();

KeyedHash &KeyedHash::add(std::span<const std::uint8_t> bytes)
{
    add(bytes.size());
    while (!bytes.empty()) {
        std::uint64_t word = 0;
        const std::size_t length = std::min(bytes.size(), sizeof word);
        std::memcpy(&word, bytes.data(), length);
        add(word);
        bytes = bytes.subspan(length);
    }
    return *this;
}

} // namespace mptcp
