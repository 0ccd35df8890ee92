// SPDX-License-Identifier: GPL-2.0-or-later
#include "tap/command_line.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include <glib.h>

namespace mptcp {

void complain(const std::string &option, const std::string &why)
{
    const std::string message = "tshark: \"-z " + option + "\": " + why + "\n";
    std::fputs(message.c_str(), stderr);
}

void give_up(const std::string &option, const std::string &why)
{
    complain(option, why);
    std::exit(EXIT_FAILURE); // NOLINT(concurrency-mt-unsafe): there is one thread
}

void print_view(const std::string &option, const std::function<void(const Output &out)> &write)
{
    // tshark ignores SIGPIPE. Its own statistics ignore errors too; a full disk is worth a message.
    bool closed = false;
    const auto check = [&](bool written) {
        closed = closed || (!written && errno == EPIPE);
        if (!written && !closed)
            give_up(option, std::string{"cannot write to standard output: "} + g_strerror(errno));
    };
    write([&](std::string_view piece) {
        if (!closed)
            check(std::fwrite(piece.data(), 1, piece.size(), stdout) == piece.size());
    });
    if (!closed)
        check(std::fflush(stdout) == 0);
}

} // namespace mptcp
