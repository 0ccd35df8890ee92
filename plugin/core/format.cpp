// SPDX-License-Identifier: GPL-2.0-or-later
#include "format.h"

#include <array>
#include <cmath>
#include <cstdlib>

namespace mptcp {
namespace {

// Something short as it is put together: in room of its own, then appended at once.
class Word {
public:
    void put(char letter) { room_[length_++] = letter; }
    void put(std::string_view letters)
    {
        letters.copy(room_.data() + length_, letters.size());
        length_ += letters.size();
    }

    // A number in as many digits as are asked for, with leading zeros.
    template <int Base> void put_number(std::uint64_t number, std::size_t width = 1)
    {
        const std::size_t length = digits<Base>(number);
        for (; width > length; --width)
            put('0');
        length_ += length;
        for (std::size_t place = length_; place > length_ - length; number /= Base)
            room_[--place] = "0123456789abcdef"[number % Base];
    }

    void append_to(std::string &text) const { text.append(room_.data(), length_); }
    char last() const { return room_[length_ - 1]; }

private:
    template <int Base> static std::size_t digits(std::uint64_t number)
    {
        std::size_t count = 1;
        for (; number >= Base; number /= Base)
            ++count;
        return count;
    }

    std::array<char, 64> room_; // an IPv6 address with brackets and port has 56
    std::size_t length_ = 0;
};

void append_hex(std::string &to, std::uint64_t number, std::size_t width)
{
    Word word;
    word.put("0x");
    word.put_number<16>(number, width);
    word.append_to(to);
}

template <class T> std::optional<std::uint32_t> number_of(const std::optional<T> &strong)
{
    return strong ? std::optional<std::uint32_t>{strong->value} : std::nullopt;
}

// Four octets.
void put_ipv4(Word &word, ByteView octets)
{
    for (std::size_t i = 0; i < octets.size(); ++i) {
        if (i > 0)
            word.put('.');
        word.put_number<10>(octets[i]);
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
void put_ipv6(Word &word, const std::array<std::uint8_t, 16> &octets)
{
    std::array<std::uint16_t, kWords> words{};
    Cursor rest{octets};
    for (std::uint16_t &each : words)
        each = rest.u16();
    const Zeros zeros = longest_zeros(words);
    const bool has_ipv4 =
        zeros.begin == 0 && (zeros.length == 6 || (zeros.length == 5 && words[5] == 0xffff));
    const std::size_t end = has_ipv4 ? kWords - 2 : kWords;
    for (std::size_t i = 0; i < end; ++i) {
        if (i == zeros.begin) {
            word.put("::");
            i += zeros.length - 1;
            continue;
        }
        if (i > 0 && word.last() != ':')
            word.put(':');
        word.put_number<16>(words[i]);
    }
    if (!has_ipv4)
        return;
    if (word.last() != ':')
        word.put(':');
    put_ipv4(word, ByteView{octets}.last(4));
}

void put(Word &word, const Address &address)
{
    if (address.family == Family::IPv4)
        put_ipv4(word, ByteView{address.octets}.first(4));
    else
        put_ipv6(word, address.octets);
}

} // namespace

void append(std::string &to, std::uint64_t number)
{
    Word word;
    word.put_number<10>(number);
    word.append_to(to);
}

void append(std::string &to, const Address &address)
{
    Word word;
    put(word, address);
    word.append_to(to);
}

void append(std::string &to, const Endpoint &endpoint)
{
    const bool brackets = endpoint.address.family == Family::IPv6;
    Word word;
    if (brackets)
        word.put('[');
    put(word, endpoint.address);
    word.put(brackets ? "]:" : ":");
    word.put_number<10>(endpoint.port);
    word.append_to(to);
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
    Word word;
    if (time < 0) // before the epoch
        word.put('-');
    word.put_number<10>(static_cast<std::uint64_t>(std::abs(time / unit)));
    word.put('.');
    word.put_number<10>(static_cast<std::uint64_t>(std::abs(time % unit)), digits);
    std::string text;
    word.append_to(text);
    text.resize(text.size() - digits + static_cast<std::size_t>(fraction));
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
    Word word;
    word.put_number<10>(*rate / kBytes);
    word.put('.');
    word.put_number<10>(*rate % kBytes * 8 / 1'000, 3);
    std::string text;
    word.append_to(text);
    return text;
}

std::string to_percent(double share)
{
    // By tenths of a per cent, so that no locale's decimal sign gets in.
    const long tenths = std::lround(share * 1000);
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + "%";
}

} // namespace mptcp
