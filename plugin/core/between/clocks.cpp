// SPDX-License-Identifier: GPL-2.0-or-later
#include "between/clocks.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "base/parse.h"

namespace mptcp {
namespace {

constexpr double kMostSeconds = 1e9; // set by the user
constexpr double kMostDrift = 1e-3;  // of clocks that are worth the name, ten times as much

Time scaled(double drift, Time time)
{
    return static_cast<Time>(std::llround(drift * static_cast<double>(time)));
}

std::string_view trim(std::string_view text)
{
    const std::size_t begin = std::min(text.find_first_not_of(' '), text.size());
    return text.substr(begin, text.find_last_not_of(' ') + 1 - begin);
}

ClockDifference reversed(const ClockDifference &difference)
{
    ClockDifference back = difference;
    back.low = difference.high ? std::optional{-*difference.high} : std::nullopt;
    back.high = difference.low ? std::optional{-*difference.low} : std::nullopt;
    if (difference.offset)
        back.offset = -*difference.offset;
    back.drift = -difference.drift;
    back.since = saturated_sum(difference.since, difference.offset.value_or(0));
    return back;
}

} // namespace

std::optional<Time> ClockDifference::at(Time time) const
{
    if (!offset || (is_set && !agrees()))
        return std::nullopt;
    return saturated_sum(*offset, scaled(drift, time - since));
}

Clocks::Clocks(const std::map<FlowKey, SightedFlow> &flows, const PointOrder &order,
               const PointTable &points, ClockSettings settings)
    : points_(points), settings_(std::move(settings))
{
    if (!settings_.empty())
        settings_.try_emplace(0, 0);
    std::map<ClockPair, BoundsByPart> bounds;
    for (const auto &[key, flow] : flows) {
        std::set<std::pair<std::uint32_t, std::uint32_t>> in_order;
        for (const std::uint32_t first : points_of(flow))
            for (const std::uint32_t second : points_of(flow))
                if (first != second && order.is_before(key, first, second).value_or(false))
                    in_order.emplace(first, second);
        for (const SightedPacket &packet : flow)
            for (const SeenAt &first : packet)
                for (const SeenAt &second : packet)
                    if (in_order.contains({first.point, second.point}))
                        add(bounds, order, first, second);
    }
    for (const auto &[clocks, parts] : bounds)
        differences_[clocks] = difference_of(parts, order.parts(clocks.first).begin());
}

// In each part of the time, the packet with the closest bound is enough.
void Clocks::add(std::map<ClockPair, BoundsByPart> &bounds, const PointOrder &order,
                 const SeenAt &first, const SeenAt &second) const
{
    const ClockId from = clock_of(points_, first.point), to = clock_of(points_, second.point);
    if (from == to)
        return;
    const bool is_high = from < to;
    const Time difference = second.sighting->time - first.sighting->time;
    const Bound bound = is_high ? Bound{first.sighting->time, difference}
                                : Bound{second.sighting->time, -difference};
    const ClockPair clocks = std::minmax(from, to);
    auto &[low, high] = bounds[clocks][order.parts(clocks.first).find(bound.time)];
    if (is_high && (!high || bound.value < high->value))
        high = bound;
    if (!is_high && (!low || bound.value > low->value))
        low = bound;
}

Clocks::Line Clocks::line_of(const BoundsByPart &parts, double drift, Time begin)
{
    Line line;
    const auto value = [&](const Bound &bound) {
        return saturated_difference(bound.value, scaled(drift, bound.time - begin));
    };
    for (const auto &[low, high] : parts) {
        if (low)
            line.low = std::max(line.low.value_or(value(*low)), value(*low));
        if (high)
            line.high = std::min(line.high.value_or(value(*high)), value(*high));
    }
    return line;
}

// The distance between the bounds is a concave function of the drift.
double Clocks::drift_of(const BoundsByPart &parts, Time begin)
{
    constexpr int kSteps = 100;
    double least = -kMostDrift, most = kMostDrift;
    for (int step = 0; step < kSteps; ++step) {
        const double third = (most - least) / 3;
        if (line_of(parts, least + third, begin).width() <
            line_of(parts, most - third, begin).width())
            least += third;
        else
            most -= third;
    }
    return (least + most) / 2;
}

ClockDifference Clocks::difference_of(const BoundsByPart &parts, Time begin)
{
    ClockDifference difference;
    difference.since = begin;
    Line line = line_of(parts, 0, begin);
    if (line.low && line.high && line.width() < 0) {
        difference.drift = drift_of(parts, begin);
        line = line_of(parts, difference.drift, begin);
    }
    difference.low = line.low;
    difference.high = line.high;
    if (line.low && line.high && line.width() < 0)
        difference.drift = 0; // no line agrees
    if (!line.low || !line.high || line.width() < 0)
        return difference;
    const bool may_be_one =
        *line.low <= 0 && *line.high >= 0 && line.width() < kOneHost && difference.drift == 0;
    difference.offset = may_be_one ? 0 : *line.low + line.width() / 2;
    return difference;
}

std::optional<Time> Clocks::setting_of(std::uint32_t point) const
{
    const auto own = settings_.find(point);
    if (own != settings_.end())
        return own->second;
    for (const auto &[other, time] : settings_)
        if (other < points_.size() && clock_of(points_, other) == clock_of(points_, point))
            return time;
    return std::nullopt;
}

ClockDifference Clocks::between(std::uint32_t first, std::uint32_t second) const
{
    ClockDifference difference = measured(first, second);
    const auto here = setting_of(first), there = setting_of(second);
    if (!here || !there)
        return difference;
    if (clock_of(points_, first) == clock_of(points_, second))
        difference = {}; // the user knows better
    difference.offset = saturated_difference(*there, *here);
    difference.drift = 0;
    difference.is_set = true;
    return difference;
}

ClockDifference Clocks::measured(std::uint32_t first, std::uint32_t second) const
{
    const ClockId from = clock_of(points_, first), to = clock_of(points_, second);
    if (from == to) {
        ClockDifference none;
        none.low = none.high = none.offset = 0;
        return none;
    }
    const auto found = differences_.find(std::minmax(from, to));
    if (found == differences_.end())
        return {};
    return from < to ? found->second : reversed(found->second);
}

std::map<ClockId, RecordingTime> recording_times(const Sightings &sightings,
                                                 const PointTable &points)
{
    std::map<ClockId, RecordingTime> times;
    for (std::uint32_t marks = 0; marks < points.marks_count(); ++marks)
        times[clock_of(points.marks_at(marks))].include(sightings.recorded(marks));
    return times;
}

std::optional<ClockSettings> parse_clock_settings(std::string_view text)
{
    ClockSettings settings;
    while (!trim(text).empty()) {
        const std::string_view setting = text.substr(0, text.find(','));
        text.remove_prefix(std::min(text.size(), setting.size() + 1));
        const std::size_t equals = std::min(setting.find('='), setting.size());
        const auto point = number_from<std::uint32_t>(trim(setting.substr(0, equals)));
        const auto seconds =
            number_from<double>(trim(setting.substr(std::min(equals + 1, setting.size()))));
        if (!point || !seconds || !(std::abs(*seconds) <= kMostSeconds)) // or not a number
            return std::nullopt;
        settings[*point] = static_cast<Time>(std::llround(*seconds * static_cast<double>(kSecond)));
    }
    return settings;
}

} // namespace mptcp
