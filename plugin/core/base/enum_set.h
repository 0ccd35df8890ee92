// SPDX-License-Identifier: GPL-2.0-or-later
//
// A set of the values of an enum of at most sixteen: what was seen, for example.
#pragma once

#include <cstdint>

namespace mptcp {

template <class Enum> class EnumSet {
public:
    constexpr bool empty() const { return bits_ == 0; }
    constexpr bool has(Enum value) const { return (bits_ & bit(value)) != 0; }

    // True if it was not in the set before.
    constexpr bool add(Enum value)
    {
        const bool is_new = !has(value);
        bits_ = static_cast<Bits>(bits_ | bit(value));
        return is_new;
    }

    friend constexpr bool operator==(const EnumSet &, const EnumSet &) = default;

private:
    using Bits = std::uint16_t;
    static constexpr Bits bit(Enum value)
    {
        return static_cast<Bits>(1U << static_cast<unsigned>(value));
    }

    Bits bits_ = 0;
};

} // namespace mptcp
