// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the option `-z` prints: views and errors.
#pragma once

#include <functional>
#include <string>

#include "views/output.h"

namespace mptcp {

// Prints an error. `option` is the argument of "-z".
void complain(const std::string &option, const std::string &why);
// Prints an error and ends tshark, as Wireshark's own statistics do.
[[noreturn]] void give_up(const std::string &option, const std::string &why);

// Prints what write(out) writes. A reader that has enough, such as head, is no error.
void print_view(const std::string &option, const std::function<void(const Output &out)> &write);

} // namespace mptcp
