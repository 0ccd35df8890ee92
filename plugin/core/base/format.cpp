// SPDX-License-Identifier: GPL-2.0-or-later
//
// Formatting without the locale and, where possible, without allocation.
#include "base/format.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <span>

#include <arpa/inet.h>

namespace mptcp {
namespace {

// Appends a number with leading zeros, at least `width` digits long.
template <int kBase> void append_digits(std::string &to, std::uint64_t number, std::size_t width)
{
    std::array<char, 24> text{};
    char *const begin = text.data();
    const auto length = static_cast<std::size_t>(
        std::to_chars(begin, begin + text.size(), number, kBase).ptr - begin);
    if (length < width)
        to.append(width - length, '0');
    to.append(begin, length);
}

constexpr std::size_t kHexDigits = 16; // of a key or a DSN

void append_hex(std::string &to, std::uint64_t number, std::size_t width)
{
    to.append("0x");
    append_digits<16>(to, number, width);
}

template <class T> std::optional<std::uint32_t> number_of(const std::optional<T> &strong)
{
    return strong ? std::optional<std::uint32_t>{strong->value} : std::nullopt;
}

} // namespace

void append(std::string &to, std::uint64_t number)
{
    if (number < 10)
        to.push_back(static_cast<char>('0' + number)); // about half of the numbers in a report
    else
        append_digits<10>(to, number, 1);
}

void append(std::string &to, const Address &address)
{
    if (address.family == Family::IPv6) {
        std::array<char, INET6_ADDRSTRLEN> text{}; // inet_ntop() follows RFC 5952
        to.append(inet_ntop(AF_INET6, address.bytes.data(), text.data(), INET6_ADDRSTRLEN));
        return;
    }
    for (const std::uint8_t byte : std::span{address.bytes}.first<4>()) {
        append(to, std::uint64_t{byte});
        to.push_back('.');
    }
    to.pop_back();
}

void append(std::string &to, const Endpoint &endpoint)
{
    const bool brackets = endpoint.address.family == Family::IPv6;
    if (brackets)
        to.push_back('[');
    append(to, endpoint.address);
    if (brackets)
        to.push_back(']');
    to.push_back(':');
    append(to, std::uint64_t{endpoint.port});
}

void append(std::string &to, const std::optional<Key> &key)
{
    if (key)
        append_hex(to, key->value, kHexDigits);
    else
        to.append(kUnknown);
}

void append(std::string &to, const std::optional<DataSeq> &idsn)
{
    if (idsn)
        append_hex(to, idsn->value, kHexDigits);
    else
        to.append(kUnknown);
}

void append(std::string &to, const WireDataSeq &data_seq)
{
    append_hex(to, data_seq.value, data_seq.is_64_bit ? kHexDigits : kHexDigits / 2);
}

void append(std::string &to, const std::optional<Token> &token)
{
    append(to, number_of(token));
    if (!token)
        return;
    to.append(" (");
    append_hex(to, token->value, kHexDigits / 2);
    to.push_back(')');
}
void append(std::string &to, const std::optional<Nonce> &nonce) { append(to, number_of(nonce)); }

std::string_view yes_or_no(const std::optional<bool> &flag)
{
    return !flag ? kUnknown : *flag ? "yes" : "no";
}

namespace {

// Formats `time` in a unit of 10^`digits` nanoseconds, with `fraction` of its fraction digits.
std::string to_decimal(Time time, std::size_t digits, int fraction)
{
    Time unit = 1;
    for (std::size_t i = 0; i < digits; ++i)
        unit *= 10;
    std::string text = time < 0 ? "-" : ""; // before the epoch
    append(text, static_cast<std::uint64_t>(std::abs(time / unit)));
    text.push_back('.');
    const std::size_t point = text.size();
    append_digits<10>(text, static_cast<std::uint64_t>(std::abs(time % unit)), digits);
    text.resize(point + static_cast<std::size_t>(fraction));
    return text;
}

} // namespace

std::string to_seconds(Time time, int fraction) { return to_decimal(time, 9, fraction); }
std::string to_milliseconds(Time time, int fraction) { return to_decimal(time, 6, fraction); }

// Uses the format of seconds, which does not depend on the locale.
std::string to_fraction(double share) { return to_seconds(std::llround(share * 1e6) * 1'000, 6); }

std::string to_megabits(const std::optional<std::uint64_t> &rate)
{
    constexpr std::uint64_t kBytes = 125'000; // per megabit
    if (!rate)
        return kUnknown;
    std::string text = to_text(*rate / kBytes);
    text.push_back('.');
    append_digits<10>(text, *rate % kBytes * 8 / 1'000, 3);
    return text;
}

std::string to_percent(double share)
{
    // Integer tenths of a percent avoid the decimal separator of the locale.
    const long tenths = std::lround(share * 1000);
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + "%";
}

} // namespace mptcp
