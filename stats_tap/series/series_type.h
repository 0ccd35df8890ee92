// SPDX-License-Identifier: GPL-2.0-or-later
//
// The kinds of series and of graphs, with the names that `-z` accepts.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace mptcp {

enum class SeriesType : std::uint8_t {
    Sequence,
    Goodput,
    Rtt,
    Window,
    Paths,
    Delay,
    // Of these there are no graphs.
    Limits,
    Concurrency,
};

constexpr bool has_graph(SeriesType type) { return type < SeriesType::Limits; }

inline constexpr std::array<std::string_view, 8> kSeriesTypes{
    "sequence", "goodput", "rtt", "window", "paths", "delay", "limits", "concurrency"};

constexpr std::string_view name(SeriesType type)
{
    return kSeriesTypes[static_cast<std::size_t>(type)];
}

constexpr std::optional<SeriesType> series_type_from(std::string_view name)
{
    for (std::size_t i = 0; i < kSeriesTypes.size(); ++i)
        if (kSeriesTypes[i] == name)
            return static_cast<SeriesType>(i);
    return std::nullopt;
}

} // namespace mptcp
