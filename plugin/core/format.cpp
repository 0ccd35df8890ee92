// SPDX-License-Identifier: GPL-2.0-or-later
#include "format.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>

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

// Four octets.
void append_ipv4(std::string &to, ByteView octets)
{
    for (std::size_t i = 0; i < octets.size(); ++i) {
        if (i > 0)
            to.push_back('.');
        append_digits(to, octets[i], 10, 1);
    }
}

constexpr std::size_t kWords = 8; // of an IPv6 address, 16 bits each

// The longest of its runs of zeros, and the first of these; of one word it is none.
struct Zeros {
    std::size_t begin = kWords;
    std::size_t length = 1;
};
Zeros longest_zeros(const std::array<std::uint16_t, kWords> &words)
{
    Zeros longest;
    std::size_t begin = 0;
    for (std::size_t i = 0; i < kWords; ++i) {
        if (words[i] != 0)
            begin = i + 1;
        else if (i + 1 - begin > longest.length)
            longest = {begin, i + 1 - begin};
    }
    return longest;
}

// RFC 5952 4 and, as inet_ntop has it, 5: ::10.0.0.1 and ::ffff:10.0.0.1.
void append_ipv6(std::string &to, const std::array<std::uint8_t, 16> &octets)
{
    std::array<std::uint16_t, kWords> words{};
    Cursor rest{octets};
    for (std::uint16_t &word : words)
        word = rest.u16();
    const Zeros zeros = longest_zeros(words);
    const bool has_ipv4 =
        zeros.begin == 0 && (zeros.length == 6 || (zeros.length == 5 && words[5] == 0xffff));
    const std::size_t end = has_ipv4 ? kWords - 2 : kWords;
    for (std::size_t i = 0; i < end; ++i) {
        if (i == zeros.begin) {
            to.append("::");
            i += zeros.length - 1;
            continue;
        }
        if (i > 0 && to.back() != ':')
            to.push_back(':');
        append_digits(to, words[i], 16, 1);
    }
    if (!has_ipv4)
        return;
    if (to.back() != ':')
        to.push_back(':');
    append_ipv4(to, ByteView{octets}.last(4));
}

} // namespace

void append(std::string &to, std::uint64_t number) { append_digits(to, number, 10, 1); }

void append(std::string &to, const Address &address)
{
    if (address.family == Family::IPv4)
        append_ipv4(to, ByteView{address.octets}.first(4));
    else
        append_ipv6(to, address.octets);
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
    const auto unit = static_cast<Time>(digits == 9 ? 1'000'000'000 : 1'000'000);
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
