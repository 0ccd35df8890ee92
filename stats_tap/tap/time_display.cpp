// SPDX-License-Identifier: GPL-2.0-or-later
#include "tap/time_display.h"

#include <array>
#include <cstdlib>
#include <ctime>

#include <wireshark.h>

#include <epan/timestamp.h>

#include "base/format.h"

namespace mptcp {
namespace {

// The packet list shows the date in these two ways.
constexpr char kTimeOfDay[] = "%H:%M:%S";
constexpr char kWithYmd[] = "%Y-%m-%d %H:%M:%S";
constexpr char kWithYdoy[] = "%Y/%j %H:%M:%S";

using ToCalendar = std::tm *(*)(const std::time_t *, std::tm *);

// Falls back to seconds since the epoch for years that a calendar cannot hold.
std::string calendar_time(Time time, ToCalendar to_calendar, const char *format)
{
    Time fraction = time % kSecond;
    auto seconds = static_cast<std::time_t>(time / kSecond);
    if (fraction < 0) { // before the epoch
        fraction += kSecond;
        --seconds;
    }
    std::tm calendar{};
    std::array<char, 64> text{};
    if (to_calendar(&seconds, &calendar) == nullptr ||
        std::strftime(text.data(), text.size(), format, &calendar) == 0)
        return to_seconds(time, kTimeDigits);
    return text.data() + to_seconds(fraction, kTimeDigits).substr(1);
}

// "1.234567", or "1h  2m  3.456789s" if the user prefers hours and minutes.
std::string elapsed(Time time)
{
    if (timestamp_get_seconds_type() != TS_SECONDS_HOUR_MIN_SEC)
        return to_seconds(time, kTimeDigits);
    constexpr Time kMinute = 60 * kSecond, kHour = 60 * kMinute;
    const Time size = std::abs(time);
    const auto padded = [](const std::string &number, std::size_t width) {
        return std::string(number.size() < width ? width - number.size() : 0, ' ') + number;
    };
    std::string text = time < 0 ? "-" : "";
    if (size >= kHour)
        text += std::to_string(size / kHour) + "h " +
                padded(std::to_string(size % kHour / kMinute), 2) + "m ";
    else if (size >= kMinute)
        text += std::to_string(size / kMinute) + "m ";
    const std::string seconds = to_seconds(size % kMinute, kTimeDigits);
    return text + (size < kMinute ? seconds : padded(seconds, kTimeDigits + 3)) + "s";
}

} // namespace

std::string show_time(Time time, Time origin, Time previous)
{
    switch (timestamp_get_type()) {
    case TS_ABSOLUTE:
        return calendar_time(time, localtime_r, kTimeOfDay);
    case TS_ABSOLUTE_WITH_YMD:
        return calendar_time(time, localtime_r, kWithYmd);
    case TS_ABSOLUTE_WITH_YDOY:
        return calendar_time(time, localtime_r, kWithYdoy);
    case TS_UTC:
        return calendar_time(time, gmtime_r, kTimeOfDay);
    case TS_UTC_WITH_YMD:
        return calendar_time(time, gmtime_r, kWithYmd);
    case TS_UTC_WITH_YDOY:
        return calendar_time(time, gmtime_r, kWithYdoy);
    case TS_EPOCH:
        return to_seconds(time, kTimeDigits);
    case TS_DELTA:
    case TS_DELTA_DIS:
        return elapsed(time - previous);
    case TS_RELATIVE:
    case TS_NOT_SET:
        break;
    }
    return elapsed(time - origin);
}

} // namespace mptcp
