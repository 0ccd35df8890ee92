// SPDX-License-Identifier: GPL-2.0-or-later
//
// Errors of the option `-z`.
#pragma once

#include <string>

namespace mptcp {

// Ends tshark, as Wireshark's own statistics do. `option` is the argument of "-z".
[[noreturn]] void give_up(const std::string &option, const std::string &why);

} // namespace mptcp
