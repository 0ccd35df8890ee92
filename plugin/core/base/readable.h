// SPDX-License-Identifier: GPL-2.0-or-later
//
// Numbers for readers, independent of the locale.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/types.h"

namespace mptcp {

// Appends "1,234,567".
void append_grouped(std::string &to, std::uint64_t number);

// "1 byte", "1,234,567 bytes".
std::string counted(std::uint64_t number, std::string_view unit);

// Appends "1,234,567" or, from ten millions on, four digits and a unit with a decimal prefix, such
// as "12.34 MB". At most 9 characters below 10^18.
void append_bytes(std::string &to, std::uint64_t bytes);

// Appends bytes per second as megabits per second, with at most four digits and three of them
// behind the point if it is below 1,000: "0.012", "12.34", "1,234"; "-" if it is unknown.
void append_rate(std::string &to, const std::optional<std::uint64_t> &rate);

// Append four digits and a unit with a decimal prefix; without a prefix, a whole number: "456 B",
// "12.35 kB"; "345.6 kbit/s" of bytes per second; "345.0 µs", "17.76 s" of nanoseconds. Seconds
// have no prefix above them: "86,400 s". Values are rounded half up.
void append_bytes_with_unit(std::string &to, std::uint64_t bytes);
void append_rate_with_unit(std::string &to, std::uint64_t bytes_per_second);
void append_time_with_unit(std::string &to, Time time);

} // namespace mptcp
