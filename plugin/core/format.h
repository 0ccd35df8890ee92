// SPDX-License-Identifier: GPL-2.0-or-later
//
// Numbers and addresses as words, the same in every view and every locale.
// What is not known is "-"; JSON has its own null.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "connection.h"
#include "option.h"

namespace mptcp {

inline constexpr char kUnknown[] = "-";

std::string to_text(const Address &address);             // 10.0.0.1, fd00::1
std::string to_text(const Endpoint &endpoint);           // 10.0.0.1:80, [fd00::1]:80
std::string to_text(const std::optional<Key> &key);      // 0x and 16 hex digits
std::string to_text(const std::optional<DataSeq> &idsn); // the same
std::string to_text(const WireDataSeq &data_seq);        // 0x and 8 or 16, as it was sent
std::string to_text(const std::optional<Token> &token);  // decimal
std::string to_text(const std::optional<Nonce> &nonce);  // decimal
std::string to_text(const std::optional<std::uint8_t> &number);
std::string to_text(const std::optional<std::uint32_t> &number);
std::string yes_or_no(const std::optional<bool> &flag);

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
