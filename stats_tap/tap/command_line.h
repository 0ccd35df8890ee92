// SPDX-License-Identifier: GPL-2.0-or-later
//
// Errors of the option `-z`.
#pragma once

#include <string>

namespace mptcp {

// Prints an error. `option` is the argument of "-z".
void complain(const std::string &option, const std::string &why);
// Prints an error and ends tshark, as Wireshark's own statistics do.
[[noreturn]] void give_up(const std::string &option, const std::string &why);

} // namespace mptcp
