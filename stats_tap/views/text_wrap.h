// SPDX-License-Identifier: GPL-2.0-or-later
//
// Words on lines that fit a terminal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mptcp {

inline constexpr std::size_t kTextWidth = 100; // columns of the terminal

// Appends `words` to a line that has `indent` columns already. Breaks it at blanks to stay within
// `width` columns; further lines begin below the first word. A word that is too long keeps its
// line.
void append_wrapped(std::string &to, std::size_t indent, std::string_view words,
                    std::size_t width = kTextWidth);

} // namespace mptcp
