// SPDX-License-Identifier: GPL-2.0-or-later
//
// Pieces of a YAML document (version 1.2) that is a list of mappings.
#pragma once

#include <string>
#include <string_view>

namespace mptcp {

inline constexpr char kYamlHeader[] = "---\n";

// A string in quotes. Without them, a parser could take words for a number or a boolean.
inline std::string yaml_string(std::string_view text)
{
    std::string quoted = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\')
            quoted += '\\';
        quoted += c;
    }
    return quoted + "\"";
}

// Appends a line: the first one of a mapping, or a further one.
inline void append_yaml(std::string &to, bool is_first, std::string_view title,
                        std::string_view value)
{
    to.append(is_first ? "- " : "  ").append(title).append(": ").append(value).push_back('\n');
}

} // namespace mptcp
