// SPDX-License-Identifier: GPL-2.0-or-later
//
// A field of a CSV file, quoted as RFC 4180 demands.
#pragma once

#include <string>

namespace mptcp {

inline std::string csv_field(std::string text)
{
    if (text.find_first_of(",\"\r\n") == std::string::npos)
        return text;
    std::string quoted = "\"";
    for (const char c : text)
        quoted += c == '"' ? std::string{"\"\""} : std::string{c};
    return quoted + "\"";
}

} // namespace mptcp
