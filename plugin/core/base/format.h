// SPDX-License-Identifier: GPL-2.0-or-later
//
// Formats numbers, times and addresses for the text views, independently of the locale. An unknown
// value is "-". The JSON view uses null instead.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/address.h"
#include "base/types.h"

namespace mptcp {

inline constexpr char kUnknown[] = "-";

// Append to a string. A view can reuse one string for all rows of a report, so that it does not
// allocate for each value.
inline void append(std::string &to, std::string_view words) { to.append(words); }
void append(std::string &to, std::uint64_t number);
void append(std::string &to, const Address &address);         // 10.0.0.1, fd00::1
void append(std::string &to, const Endpoint &endpoint);       // 10.0.0.1:80, [fd00::1]:80
void append(std::string &to, const std::optional<Key> &key);  // 0x and 16 hex digits
void append(std::string &to, const std::optional<DataSeq> &); // the same
void append(std::string &to, const WireDataSeq &data_seq);    // 0x and 8 or 16 hex digits, as sent
void append(std::string &to, const std::optional<Token> &token); // decimal and hex, as tools print
void append(std::string &to, const std::optional<Nonce> &nonce); // decimal
template <std::unsigned_integral Number>
void append(std::string &to, const std::optional<Number> &number)
{
    if (number)
        append(to, std::uint64_t{*number});
    else
        append(to, std::string_view{kUnknown});
}

template <class T> std::string to_text(const T &thing)
{
    std::string text;
    append(text, thing);
    return text;
}

std::string_view yes_or_no(const std::optional<bool> &flag);

inline constexpr int kTimeDigits = 6; // fraction digits of seconds in views

// Format nanoseconds as seconds, with 1 to 9 fraction digits, or as milliseconds, with 1 to 6. The
// value is truncated, not rounded.
std::string to_seconds(Time time, int fraction);
std::string to_milliseconds(Time time, int fraction);

// Formats 0.25 as "25.0%".
std::string to_percent(double share);

// Formats a share from 0 to 1 with six fraction digits, such as "0.453000".
std::string to_fraction(double share);

// Formats bytes per second as megabits per second, such as "12.345".
std::string to_megabits(const std::optional<std::uint64_t> &rate);

} // namespace mptcp
