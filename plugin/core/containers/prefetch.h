// SPDX-License-Identifier: GPL-2.0-or-later
//
// Has memory that is read soon brought near, while other work goes on. What a
// packet's subflow is known by was last read hundreds of packets ago, in a
// capture of many connections: to wait for it takes longer than to work on it.
#pragma once

#include <cstddef>

namespace mptcp {

template <class Thing> inline void prefetch(const Thing &thing)
{
    asm volatile(""); // GCC drops calls to what does nothing but this: it finds no effect
    constexpr std::size_t kLine = 64; // octets that come at once
    const auto *octets = reinterpret_cast<const char *>(&thing);
    for (std::size_t at = 0; at < sizeof(Thing); at += kLine)
        __builtin_prefetch(octets + at);
    __builtin_prefetch(octets + sizeof(Thing) - 1); // it need not begin where a line does
}

} // namespace mptcp
