// SPDX-License-Identifier: GPL-2.0-or-later
#include "format.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include <arpa/inet.h>

namespace mptcp {
namespace {

// A number in as many digits as are asked for, with leading zeros.
void append_digits(std::string &to, std::uint64_t number, int base, std::size_t width)
{
    std::array<char, 24> text{};
    char *const begin = text.data();
    const auto length = static_cast<std::size_t>(
        std::to_chars(begin, begin + text.size(), number, base).ptr - begin);
    if (length < width)
        to.append(width - length, '0');
    to.append(begin, length);
}

void append_hex(std::string &to, std::uint64_t number, std::size_t width)
{
    to.append("0x");
    append_digits(to, number, 16, width);
}

template <class T> std::optional<std::uint32_t> number_of(const std::optional<T> &strong)
{
    return strong ? std::optional<std::uint32_t>{strong->value} : std::nullopt;
}

} // namespace

void append(std::string &to, std::uint64_t number) { append_digits(to, number, 10, 1); }

void append(std::string &to, const Address &address)
{
    std::array<char, INET6_ADDRSTRLEN> text{};
    const int family = address.family == Family::IPv4 ? AF_INET : AF_INET6;
    to.append(inet_ntop(family, address.octets.data(), text.data(), text.size()));
}

void append(std::string &to, const Endpoint &endpoint)
{
    const bool brackets = endpoint.address.family == Family::IPv6;
    to.append(brackets ? "[" : "");
    append(to, endpoint.address);
    to.append(brackets ? "]:" : ":");
    append(to, std::uint64_t{endpoint.port});
}

void append(std::string &to, const std::optional<Key> &key)
{
    if (key)
        append_hex(to, key->value, 16);
    else
        to.append(kUnknown);
}

void append(std::string &to, const std::optional<DataSeq> &idsn)
{
    if (idsn)
        append_hex(to, idsn->value, 16);
    else
        to.append(kUnknown);
}

void append(std::string &to, const WireDataSeq &data_seq)
{
    append_hex(to, data_seq.value, data_seq.whole ? 16 : 8);
}

void append(std::string &to, const std::optional<Token> &token) { append(to, number_of(token)); }
void append(std::string &to, const std::optional<Nonce> &nonce) { append(to, number_of(nonce)); }

std::string yes_or_no(const std::optional<bool> &flag)
{
    return !flag ? kUnknown : *flag ? "yes" : "no";
}

namespace {

// With so many digits behind the point of one, cut after `fraction` of them.
std::string to_decimal(Time time, std::size_t digits, int fraction)
{
    Time unit = 1;
    for (std::size_t i = 0; i < digits; ++i)
        unit *= 10;
    std::string text = time < 0 ? "-" : ""; // before the epoch
    append(text, static_cast<std::uint64_t>(std::abs(time / unit)));
    text.push_back('.');
    const std::size_t point = text.size();
    append_digits(text, static_cast<std::uint64_t>(std::abs(time % unit)), 10, digits);
    text.resize(point + static_cast<std::size_t>(fraction));
    return text;
}

} // namespace

std::string to_seconds(Time time, int fraction) { return to_decimal(time, 9, fraction); }
std::string to_milliseconds(Time time, int fraction) { return to_decimal(time, 6, fraction); }

// As seconds are written: without a locale.
std::string to_fraction(double share) { return to_seconds(std::llround(share * 1e6) * 1'000, 6); }

std::string to_megabits(const std::optional<std::uint64_t> &rate)
{
    constexpr std::uint64_t kBytes = 125'000; // of a megabit
    if (!rate)
        return kUnknown;
    std::string text = to_text(*rate / kBytes);
    text.push_back('.');
    append_digits(text, *rate % kBytes * 8 / 1'000, 10, 3);
    return text;
}

std::string to_percent(double share)
{
    // By tenths of a per cent, so that no locale's decimal sign gets in.
    const long tenths = std::lround(share * 1000);
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + "%";
}

} // namespace mptcp
