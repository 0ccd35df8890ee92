// SPDX-License-Identifier: GPL-2.0-or-later
//
// The arguments of `-z mptcp,series` and `-z mptcp,graph`:
// TYPE[,conn=N][,from=client|server][,width=SECONDS][,at=client|server|POINT[+POINT]…][,FILTER]
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/types.h"
#include "between/vantage.h"
#include "series/series_type.h"

namespace mptcp {

struct SeriesOptions {
    SeriesType type{};
    std::optional<std::uint32_t> connection; // index
    std::optional<Role> sender;
    std::optional<Time> width;            // of the bins of goodput
    std::optional<VantageChoice> seen_at; // none: that of the preferences
    std::string filter;                   // empty: none
};

struct ParsedSeriesOptions {
    SeriesOptions options;
    std::string error; // empty: none
};

// `arguments` is what follows the name of the statistic, with its comma.
ParsedSeriesOptions parse_series_options(std::string_view arguments);

} // namespace mptcp
