// SPDX-License-Identifier: GPL-2.0-or-later
#include "tap/command_line.h"

#include <cstdio>
#include <cstdlib>

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

} // namespace mptcp
