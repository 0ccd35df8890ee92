// SPDX-License-Identifier: GPL-2.0-or-later
#include "views/graph_style.h"

#include <array>
#include <span>

namespace mptcp {
namespace {

constexpr std::array<std::string_view, 6> kColors{
    "#0072b2", // blue
    "#d55e00", // vermilion
    "#009e73", // bluish green
    "#cc79a7", // reddish purple
    "#e69f00", // orange
    "#56b4e9", // sky blue
};

// The largest unit of which the value has at least one.
AxisUnit unit_for(double value, std::span<const AxisUnit> units)
{
    AxisUnit chosen = units.front();
    for (const AxisUnit &unit : units)
        if (value >= unit.divisor)
            chosen = unit;
    return chosen;
}

} // namespace

AxisUnit unit_of_time(Time longest)
{
    constexpr AxisUnit kUnits[] = {{1e-6, "µs"}, {1e-3, "ms"}, {1, "s"}};
    return unit_for(static_cast<double>(longest) / static_cast<double>(kSecond), kUnits);
}

AxisUnit unit_of_bytes(std::uint64_t most)
{
    constexpr AxisUnit kUnits[] = {{1, "bytes"}, {1e3, "kB"}, {1e6, "MB"}, {1e9, "GB"}};
    return unit_for(static_cast<double>(most), kUnits);
}

AxisUnit unit_of_rate(double bytes_per_second)
{
    constexpr AxisUnit kUnits[] = {
        {1 / 8., "bit/s"}, {1e3 / 8, "kbit/s"}, {1e6 / 8, "Mbit/s"}, {1e9 / 8, "Gbit/s"}};
    return unit_for(bytes_per_second, kUnits);
}

std::string_view color_of(std::uint32_t subflow) { return kColors[subflow % kColors.size()]; }

std::string_view legend_words(RoundTripKind kind)
{
    switch (kind) {
    case RoundTripKind::Tcp:
        return "until the TCP ACK";
    case RoundTripKind::Handshake:
        return "handshake of the subflow";
    case RoundTripKind::DataAck:
        return "until the DATA_ACK";
    }
    return "";
}

} // namespace mptcp
