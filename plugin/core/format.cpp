// SPDX-License-Identifier: GPL-2.0-or-later
#include "format.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include <arpa/inet.h>

namespace mptcp {
namespace {

template <class Number> std::string decimal(const std::optional<Number> &number)
{
    return number ? std::to_string(*number) : kUnknown;
}

// A number in as many digits as are asked for, with leading zeros.
std::string digits(std::uint64_t number, int base, std::size_t width)
{
    std::array<char, 24> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), number, base).ptr;
    const std::string shortest{text.data(), end};
    return std::string(width - std::min(width, shortest.size()), '0') + shortest;
}

std::string hex64(std::uint64_t value) { return "0x" + digits(value, 16, 16); }

template <class T> std::optional<std::uint32_t> number_of(const std::optional<T> &strong)
{
    return strong ? std::optional<std::uint32_t>{strong->value} : std::nullopt;
}

} // namespace

std::string to_text(const Address &address)
{
    std::array<char, INET6_ADDRSTRLEN> text{};
    const int family = address.family == Family::IPv4 ? AF_INET : AF_INET6;
    inet_ntop(family, address.octets.data(), text.data(), text.size());
    return text.data();
}

std::string to_text(const Endpoint &endpoint)
{
    const std::string address = to_text(endpoint.address);
    const std::string port = ":" + std::to_string(endpoint.port);
    return endpoint.address.family == Family::IPv6 ? "[" + address + "]" + port : address + port;
}

std::string to_text(const std::optional<Key> &key) { return key ? hex64(key->value) : kUnknown; }

std::string to_text(const WireDataSeq &data_seq)
{
    return "0x" + digits(data_seq.value, 16, data_seq.whole ? 16 : 8);
}

std::string to_text(const std::optional<DataSeq> &idsn)
{
    return idsn ? hex64(idsn->value) : kUnknown;
}

std::string to_text(const std::optional<Token> &token) { return decimal(number_of(token)); }
std::string to_text(const std::optional<Nonce> &nonce) { return decimal(number_of(nonce)); }
std::string to_text(const std::optional<std::uint8_t> &number) { return decimal(number); }
std::string to_text(const std::optional<std::uint32_t> &number) { return decimal(number); }

std::string yes_or_no(const std::optional<bool> &flag)
{
    return !flag ? kUnknown : *flag ? "yes" : "no";
}

namespace {

// Nanoseconds in a unit of 10^`power` of them.
std::string to_decimal(Time time, std::size_t power, int fraction)
{
    std::uint64_t unit = 1;
    for (std::size_t i = 0; i < power; ++i)
        unit *= 10;
    const bool negative = time < 0; // before the epoch
    const auto bits = static_cast<std::uint64_t>(time);
    const std::uint64_t distance = negative ? 0 - bits : bits;
    const std::string whole = (negative ? "-" : "") + std::to_string(distance / unit);
    const std::string parts = digits(distance % unit, 10, power);
    return whole + "." + parts.substr(0, static_cast<std::size_t>(fraction));
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
    return std::to_string(*rate / kBytes) + "." + digits(*rate % kBytes * 8 / 1'000, 10, 3);
}

std::string to_percent(double share)
{
    // By tenths of a per cent, so that no locale's decimal sign gets in.
    const long tenths = std::lround(share * 1000);
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + "%";
}

} // namespace mptcp
