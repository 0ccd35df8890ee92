// SPDX-License-Identifier: GPL-2.0-or-later
//
// Numbers and addresses as words, the same in every view and every locale.
// What is not known is "-"; JSON has its own null.
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

// Each puts its words at the end of a text: a report of many rows fills one
// text again and again, and allocates nothing.
inline void append(std::string &to, std::string_view words) { to.append(words); }
void append(std::string &to, std::uint64_t number);
void append(std::string &to, const Address &address);            // 10.0.0.1, fd00::1
void append(std::string &to, const Endpoint &endpoint);          // 10.0.0.1:80, [fd00::1]:80
void append(std::string &to, const std::optional<Key> &key);     // 0x and 16 hex digits
void append(std::string &to, const std::optional<DataSeq> &);    // the same
void append(std::string &to, const WireDataSeq &data_seq);       // 0x and 8 or 16, as it was sent
void append(std::string &to, const std::optional<Token> &token); // decimal
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

inline constexpr int kTimeDigits = 6; // of a second's fraction, in views

// Nanoseconds as seconds, with 1 to 9 digits of fraction, cut, not rounded.
std::string to_seconds(Time time, int fraction);
std::string to_milliseconds(Time time, int fraction); // 1 to 6 digits

// 0.25 is "25.0%".
std::string to_percent(double share);

// "0.453000": 0 to 1 in six digits.
std::string to_fraction(double share);

// Bytes a second as megabits a second, "12.345".
std::string to_megabits(const std::optional<std::uint64_t> &rate);

} // namespace mptcp
