// SPDX-License-Identifier: GPL-2.0-or-later
#include "views/points_words.h"

#include <tuple>

#include "base/format.h"
#include "base/phrases.h"

namespace mptcp {
namespace {

std::string kinds_in_words(const Passage &passage)
{
    const auto &[data, signalling, ack] = passage.lost_kinds;
    std::string words;
    const auto add = [&](std::uint64_t count, const char *what) {
        if (count > 0)
            words += (words.empty() ? "" : ", ") + std::string{what} + " " + std::to_string(count);
    };
    add(data, "data");
    add(signalling, "signalling");
    add(ack, "pure ACK");
    return words;
}

std::string seconds(Time time) { return to_seconds(time, 6) + " s"; }

std::string bounds_in_words(const ClockDifference &difference)
{
    const auto &[low, high] = std::tie(difference.low, difference.high);
    if (low && high && *low > *high)
        return "no steady clocks agree with all packets";
    if (low && high)
        return "between " + seconds(*low) + " and " + seconds(*high);
    if (low)
        return "at least " + seconds(*low);
    return high ? "at most " + seconds(*high) : std::string{};
}

} // namespace

std::optional<Role> side_of(const PointsReport &report, std::uint32_t point)
{
    return point < report.sides.size() ? report.sides[point] : std::nullopt;
}

std::string points_in_words(const Passage &passage)
{
    return std::to_string(passage.from) + (passage.is_order_known ? " > " : " ? ") +
           std::to_string(passage.to);
}

std::string seen_at_in_words(const std::vector<std::uint32_t> &points)
{
    if (points.empty())
        return {};
    std::string words = points.size() == 1 ? "seen at point " : "seen at points ";
    for (std::size_t place = 0; place < points.size(); ++place) {
        if (place > 0)
            words += place + 1 == points.size() ? " and " : ", ";
        words += std::to_string(points[place]);
    }
    return words;
}

std::string lost_in_words(const Passage &passage) { return "lost: " + kinds_in_words(passage); }

std::string duplicated_in_words(const Passage &passage)
{
    return "duplicated: packets " + std::to_string(passage.duplicated);
}

std::string resegmented_in_words(const Passage &passage)
{
    return "merged or split: packets " + std::to_string(passage.resegmented_from) + ", which are " +
           std::to_string(passage.resegmented_to) + " at the second point";
}

std::string in_words(const HeaderChange &change)
{
    return change.what + ": packets " + std::to_string(change.packets) + ", first in frame " +
           std::to_string(change.first_frame);
}

std::string in_words(const ClockOfPoints &clock)
{
    const ClockDifference &difference = clock.difference;
    Phrases phrases;
    phrases.add("Clock of point " + std::to_string(clock.to) + " less that of point " +
                std::to_string(clock.from) + ": " +
                (difference.offset ? seconds(*difference.offset) : "unknown"));
    if (difference.is_set)
        phrases.add("as set in the preferences")
            .add_if(!difference.agrees(), "against the packets");
    phrases.add(bounds_in_words(difference));
    if (difference.drift != 0)
        return phrases.text() + " at first, drifting by " +
               to_seconds(static_cast<Time>(difference.drift * 1e15), 3) + " ppm";
    return phrases.text();
}

} // namespace mptcp
