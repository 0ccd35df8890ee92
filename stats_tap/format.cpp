// SPDX-License-Identifier: GPL-2.0-or-later
#include "format.h"

#include <array>
#include <cinttypes>
#include <cstdio>
#include <cstring>

#include <wireshark.h>

#include <wsutil/inet_addr.h>

namespace mptcp {
namespace {

template <class Number> std::string decimal(const std::optional<Number> &number)
{
    return number ? std::to_string(*number) : kUnknown;
}

std::string hex64(std::uint64_t value)
{
    std::array<char, 24> text{};
    std::snprintf(text.data(), text.size(), "0x%016" PRIx64, value);
    return text.data();
}

template <class T> std::optional<std::uint32_t> number_of(const std::optional<T> &strong)
{
    return strong ? std::optional<std::uint32_t>{strong->value} : std::nullopt;
}

} // namespace

std::string to_text(const Address &address)
{
    std::array<char, WS_INET6_ADDRSTRLEN> text{};
    if (address.family == Family::IPv4) {
        ws_in4_addr in4{};
        std::memcpy(&in4, address.octets.data(), sizeof in4);
        ws_inet_ntop4(&in4, text.data(), static_cast<unsigned>(text.size()));
    } else {
        ws_in6_addr in6{};
        std::memcpy(&in6, address.octets.data(), sizeof in6);
        ws_inet_ntop6(&in6, text.data(), static_cast<unsigned>(text.size()));
    }
    return text.data();
}

std::string to_text(const Endpoint &endpoint)
{
    const std::string address = to_text(endpoint.address);
    const std::string port = ":" + std::to_string(endpoint.port);
    return endpoint.address.family == Family::IPv6 ? "[" + address + "]" + port : address + port;
}

std::string to_text(const std::optional<Key> &key) { return key ? hex64(key->value) : kUnknown; }

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

std::string to_seconds(Time time, int digits)
{
    constexpr Time kSecond = 1'000'000'000;
    const bool negative = time < 0; // before the epoch
    const std::uint64_t distance =
        negative ? 0 - static_cast<std::uint64_t>(time) : static_cast<std::uint64_t>(time);
    std::array<char, 40> text{};
    std::snprintf(text.data(), text.size(), "%s%" PRIu64 ".%09" PRIu64, negative ? "-" : "",
                  distance / kSecond, distance % kSecond);
    std::string seconds = text.data();
    seconds.resize(seconds.size() - (digits == 0 ? 10U : 9U - static_cast<unsigned>(digits)));
    return seconds;
}

std::string to_percent(double share)
{
    // By tenths of a per cent, so that no locale's decimal sign gets in.
    const auto tenths = static_cast<std::uint64_t>(share * 1000 + 0.5);
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + "%";
}

} // namespace mptcp
