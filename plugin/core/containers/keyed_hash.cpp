// SPDX-License-Identifier: GPL-2.0-or-later
#include "containers/keyed_hash.h"

#include <random>

namespace mptcp {

const KeyedHash::Secret KeyedHash::secret = [] {
    std::random_device device;
    // A multiplier with bits everywhere, and odd: none loses a bit.
    const auto draw = [&device] { return std::uint64_t{device()} << 32 | device() | 1; };
    return Secret{draw(), draw(), draw()};
}();

} // namespace mptcp
