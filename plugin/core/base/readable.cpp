// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/readable.h"

#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <string_view>

#include "base/format.h"

namespace mptcp {
namespace {

constexpr std::uint64_t kGroupedBelow = 10'000'000; // bytes
constexpr std::size_t kShownDigits = 4;

// Appends a number below 10,000 with four digits, at most three of them behind the point.
void append_four_digits(std::string &to, double number)
{
    const std::size_t whole = to_text(static_cast<std::uint64_t>(number)).size();
    std::uint64_t unit = 1;
    for (std::size_t digit = whole; digit < kShownDigits; ++digit)
        unit *= 10;
    const auto scaled =
        static_cast<std::uint64_t>(std::llround(number * static_cast<double>(unit)));
    append_grouped(to, scaled / unit);
    if (unit == 1)
        return;
    const std::string digits = to_text(scaled % unit);
    to.push_back('.');
    to.append(kShownDigits - whole - digits.size(), '0');
    to.append(digits);
}

constexpr std::uint64_t kThousand = 1000;
constexpr std::uint64_t kTenThousand = 10 * kThousand;

// number / divisor, rounded half up.
std::uint64_t divide(std::uint64_t number, std::uint64_t divisor)
{
    return number / divisor + (number % divisor >= divisor - number % divisor ? 1 : 0);
}

// Whether number / scale has at most three digits before the point when it is written with four.
bool is_below_thousand(std::uint64_t number, std::uint64_t scale)
{
    return scale == 1 ? number < kThousand : divide(number, scale / 10) < kTenThousand;
}

// `number` counts the first of the units. Each is a thousand times the one before.
void append_with_unit(std::string &to, std::uint64_t number,
                      std::span<const std::string_view> units)
{
    std::uint64_t scale = 1;
    for (; units.size() > 1 && !is_below_thousand(number, scale); units = units.subspan(1))
        scale *= kThousand;
    if (scale == 1 || !is_below_thousand(number, scale)) {
        append_grouped(to, divide(number, scale));
    } else {
        std::size_t whole = 1; // digits
        std::uint64_t last = scale / kThousand;
        for (; divide(number, last) >= kTenThousand; last *= 10)
            ++whole;
        const std::string digits = to_text(divide(number, last));
        to.append(digits, 0, whole);
        to.push_back('.');
        to.append(digits, whole);
    }
    to.push_back(' ');
    to.append(units.front());
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

std::string counted(std::uint64_t number, std::string_view unit)
{
    std::string text;
    append_grouped(text, number);
    text.append(" ").append(unit);
    return number == 1 ? text : text + "s";
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

void append_bytes_with_unit(std::string &to, std::uint64_t bytes)
{
    static constexpr std::string_view kUnits[] = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
    append_with_unit(to, bytes, kUnits);
}

void append_rate_with_unit(std::string &to, std::uint64_t bytes_per_second)
{
    static constexpr std::string_view kUnits[] = {"bit/s",  "kbit/s", "Mbit/s", "Gbit/s",
                                                  "Tbit/s", "Pbit/s", "Ebit/s"};
    constexpr std::uint64_t kBits = 8, kMost = std::numeric_limits<std::uint64_t>::max();
    append_with_unit(to, bytes_per_second > kMost / kBits ? kMost : bytes_per_second * kBits,
                     kUnits);
}

void append_time_with_unit(std::string &to, Time time)
{
    static constexpr std::string_view kUnits[] = {"ns", "µs", "ms", "s"};
    if (time < 0)
        to.push_back('-');
    if (time == 0)
        to.append("0 s");
    else
        append_with_unit(to, static_cast<std::uint64_t>(time < 0 ? -time : time), kUnits);
}

} // namespace mptcp
