// SPDX-License-Identifier: GPL-2.0-or-later
//
// The difference θ between the clocks of two points. A packet from a point A to a point B takes a
// time d > 0, so that B's time less A's is d + θ: each such packet is an upper bound of θ, and each
// one from B to A a lower bound. All flows of all paths narrow them. The middle is exact if the
// fastest packets in both directions took the same time.
//
// If no constant agrees with all bounds, the clocks drift, and θ is a line over time: the one with
// the widest distance between its bounds.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "between/point_order.h"

namespace mptcp {

// Clocks that differ by no more may be one: two interfaces of one host.
inline constexpr Time kOneHost = kSecond / 1000;

struct ClockDifference {
    // Bounds at `since`, in nanoseconds; none: no packets in that direction.
    std::optional<Time> low, high;
    // The middle; 0 if the clock is the same, or if 0 is possible and the bounds are within a
    // millisecond, as for the interfaces of one host. None: unknown, since a bound is missing, or
    // since no line agrees with all packets.
    std::optional<Time> offset;
    double drift = 0;    // seconds per second; at most a thousandth
    Time since = 0;      // by the first clock
    bool is_set = false; // `offset` was set by the user

    // At a time by the first clock. None if it is unknown, or set against the bounds.
    std::optional<Time> at(Time time) const;
    // It is known, and no larger than that of one clock.
    bool is_of_one_host() const { return offset && -kOneHost <= *offset && *offset <= kOneHost; }
    bool agrees() const
    {
        return !offset || ((!low || *low <= *offset) && (!high || *offset <= *high));
    }
};

// By clock, from the first TCP segment to the last one.
std::map<ClockId, RecordingTime> recording_times(const Sightings &sightings,
                                                 const PointTable &points);

// Set by the user: the clock of a point less that of point 0.
using ClockSettings = std::map<std::uint32_t, Time>;

// Text such as "1 = 3600, 2 = -0.0215": points and seconds, at most 10^9. None if
// it is something else. Empty text sets nothing.
std::optional<ClockSettings> parse_clock_settings(std::string_view text);

class Clocks {
public:
    // `points` must outlive this object.
    Clocks(const std::map<FlowKey, SightedFlow> &flows, const PointOrder &order,
           const PointTable &points, ClockSettings settings);

    // The clock of the point `second` less that of `first`.
    ClockDifference between(std::uint32_t first, std::uint32_t second) const;

private:
    struct Bound {
        Time time = 0; // of the packet, by the first clock
        Time value = 0;
    };
    struct Bounds {
        std::optional<Bound> low, high;
    };
    using BoundsByPart = std::array<Bounds, TimeParts::kCount>;
    using ClockPair = std::pair<ClockId, ClockId>; // the lower one is first
    struct Line {
        std::optional<Time> low, high; // at the begin
        Time width() const { return saturated_difference(*high, *low); }
    };

    void add(std::map<ClockPair, BoundsByPart> &bounds, const PointOrder &order,
             const SeenAt &first, const SeenAt &second) const;
    static Line line_of(const BoundsByPart &parts, double drift, Time begin);
    static double drift_of(const BoundsByPart &parts, Time begin);
    static ClockDifference difference_of(const BoundsByPart &parts, Time begin);

    ClockDifference measured(std::uint32_t first, std::uint32_t second) const;
    // Of the point, or of another one with the same clock.
    std::optional<Time> setting_of(std::uint32_t point) const;

    const PointTable &points_;
    std::map<ClockPair, ClockDifference> differences_;
    ClockSettings settings_; // if there are any, that of point 0, too
};

} // namespace mptcp
