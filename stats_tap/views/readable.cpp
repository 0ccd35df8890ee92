// SPDX-License-Identifier: GPL-2.0-or-later
#include "views/readable.h"

#include <cmath>
#include <cstddef>

#include "base/format.h"

namespace mptcp {
namespace {

constexpr std::uint64_t kGroupedBelow = 10'000'000; // bytes
constexpr std::size_t kDigits = 4;

// Appends a number below 10,000 with four digits, at most three of them behind the point.
void append_four_digits(std::string &to, double number)
{
    const std::size_t whole = to_text(static_cast<std::uint64_t>(number)).size();
    std::uint64_t unit = 1;
    for (std::size_t digit = whole; digit < kDigits; ++digit)
        unit *= 10;
    const auto scaled =
        static_cast<std::uint64_t>(std::llround(number * static_cast<double>(unit)));
    append_grouped(to, scaled / unit);
    if (unit == 1)
        return;
    const std::string digits = to_text(scaled % unit);
    to.push_back('.');
    to.append(kDigits - whole - digits.size(), '0');
    to.append(digits);
}

} // namespace

void append_grouped(std::string &to, std::uint64_t number)
{
    constexpr std::size_t kGroup = 3;
    const std::string digits = to_text(number);
    for (std::size_t place = 0; place < digits.size(); ++place) {
        if (place > 0 && (digits.size() - place) % kGroup == 0)
            to.push_back(',');
        to.push_back(digits[place]);
    }
}

void append_bytes(std::string &to, std::uint64_t bytes)
{
    if (bytes < kGroupedBelow)
        return append_grouped(to, bytes);
    constexpr double kStep = 1000;
    double number = static_cast<double>(bytes) / (kStep * kStep);
    const char *prefix = "MGTPE";
    // 999.95 would be rounded to "1,000".
    for (; number >= 999.95 && prefix[1] != '\0'; ++prefix)
        number /= kStep;
    append_four_digits(to, number);
    to.push_back(' ');
    to.push_back(*prefix);
    to.push_back('B');
}

void append_rate(std::string &to, const std::optional<std::uint64_t> &rate)
{
    constexpr double kBytes = 125'000; // per megabit
    if (!rate)
        to.append(kUnknown);
    else if (const double megabits = static_cast<double>(*rate) / kBytes; megabits < 9'999.5)
        append_four_digits(to, megabits);
    else
        append_grouped(to, static_cast<std::uint64_t>(std::llround(megabits)));
}

} // namespace mptcp
