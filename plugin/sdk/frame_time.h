// SPDX-License-Identifier: GPL-2.0-or-later
//
// Converts Wireshark's times to the core's, and back.
#pragma once

#include <wireshark.h>

#include <wsutil/nstime.h>

#include "base/types.h"

namespace mptcp {

inline Time to_time(const nstime_t &time) { return time_from(time.secs, time.nsecs); }

inline nstime_t to_nstime(Time time)
{
    return {static_cast<time_t>(time / kSecond), static_cast<int>(time % kSecond)};
}

} // namespace mptcp
