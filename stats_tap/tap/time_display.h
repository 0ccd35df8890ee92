// SPDX-License-Identifier: GPL-2.0-or-later
//
// Times in the format that the user chose for the packet list: View → Time Display Format, or
// tshark's -t and -u.
#pragma once

#include <string>

#include "base/types.h"

namespace mptcp {

// With six digits of the second. `origin` is the time of the capture's first packet; `previous`
// that of the line before, for the formats that show the difference.
std::string show_time(Time time, Time origin, Time previous);

} // namespace mptcp
