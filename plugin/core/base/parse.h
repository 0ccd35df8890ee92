// SPDX-License-Identifier: GPL-2.0-or-later
//
// Numbers that users give as text, the same in every locale.
#pragma once

#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>

namespace mptcp {

// None if the text, as a whole, is not a number in the range of the type.
template <class Number> std::optional<Number> number_from(std::string_view text)
{
    Number number{};
    const char *end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, number);
    return read.ec == std::errc{} && read.ptr == end ? std::optional{number} : std::nullopt;
}

} // namespace mptcp
