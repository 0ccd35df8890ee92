// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the option `-z` prints: views and errors.
#pragma once

#include <functional>
#include <string>

#include <wireshark.h>

#include <epan/stat_tap_ui.h>

#include "sdk/compat.h"
#include "views/output.h"

namespace mptcp {

// Prints an error. `option` is the argument of "-z".
void complain(const std::string &option, const std::string &why);
// Prints an error and ends tshark, as Wireshark's own statistics do.
[[noreturn]] void give_up(const std::string &option, const std::string &why);

// Registers an option of "-z". Start(option, user_data) is called with its argument, and gives up
// if that is wrong. The texts and `user_data` must live as long as the program.
template <void (*Start)(const char *option, void *user_data)>
void register_option(const char *title, const char *cli_string, const void *user_data)
{
    stat_tap_ui ui{};
    ui.group = REGISTER_STAT_GROUP_GENERIC;
    ui.title = title;
    ui.cli_string = cli_string;
    ui.tap_init_cb = [](const char *option, void *data) -> StatStarted {
        Start(option, data);
        return static_cast<StatStarted>(true); // else it has ended tshark
    };
    register_stat_tap_ui(&ui, const_cast<void *>(user_data));
}

// Prints what write(out) writes. A reader that has enough, such as head, is no error.
void print_view(const std::string &option, const std::function<void(const Output &out)> &write);

} // namespace mptcp
