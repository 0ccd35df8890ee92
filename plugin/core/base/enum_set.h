// SPDX-License-Identifier: GPL-2.0-or-later
//
// A set of values of an enum. The values must be below 16.
#pragma once

#include <cstdint>

namespace mptcp {

template <class Enum> class EnumSet {
public:
    constexpr bool empty() const { return bits_ == 0; }
    constexpr bool has(Enum value) const { return (bits_ & bit(value)) != 0; }

    // Returns true if the value was not in the set.
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
