// SPDX-License-Identifier: GPL-2.0-or-later
//
// The frame around a statistic for people, in the manner of Wireshark's own.
#pragma once

#include <string>

namespace mptcp {

// `filter` as the user gave it, or nullptr; `lines` end with a line feed.
inline std::string framed(const char *title, const char *filter, const std::string &lines)
{
    const std::string rule = std::string(80, '=') + "\n";
    return "\n" + rule + title + "\nFilter: " + (filter != nullptr ? filter : "<No Filter>") +
           "\n\n" + lines + rule;
}

} // namespace mptcp
