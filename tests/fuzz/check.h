// SPDX-License-Identifier: GPL-2.0-or-later
//
// Assertions of the fuzzers. libFuzzer saves the input if one fails.
#pragma once

#include <cstdio>

namespace mptcp::fuzz {

// clang 14 has no std::source_location.
inline void check(bool holds, const char *file = __builtin_FILE(), int line = __builtin_LINE())
{
    if (holds)
        return;
    std::fprintf(stderr, "%s:%d: check failed\n", file, line);
    __builtin_trap();
}

} // namespace mptcp::fuzz
