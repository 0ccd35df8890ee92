// SPDX-License-Identifier: GPL-2.0-or-later
#include "tap/series_options.h"

#include <cmath>

#include <glib.h>

#include "base/parse.h"
#include "connections/connection.h"

namespace mptcp {
namespace {

constexpr char kTypesInWords[] =
    "give a type: sequence, goodput, rtt, window, paths, delay; of series also limits, concurrency";
constexpr double kMostSeconds = 1e9;
constexpr double kLeastSeconds = 1e-6;

std::string quoted(std::string_view text) { return "\"" + std::string{text} + "\""; }

// Each returns the error, or "".
std::string read_connection(std::string_view text, SeriesOptions &options)
{
    options.connection = number_from<std::uint32_t>(text);
    return options.connection ? "" : quoted(text) + " is not the index of a connection";
}

std::string read_sender(std::string_view text, SeriesOptions &options)
{
    for (const Role role : {Role::Client, Role::Server})
        if (text == name(role))
            options.sender = role;
    return options.sender ? "" : quoted(text) + " is neither client nor server";
}

std::string read_width(std::string_view text, SeriesOptions &options)
{
    const std::string number{text};
    char *end = nullptr;
    const double seconds = g_ascii_strtod(number.c_str(), &end); // in every locale
    const bool is_number = !number.empty() && *end == '\0' && std::isfinite(seconds);
    if (!is_number || seconds < kLeastSeconds || seconds > kMostSeconds)
        return quoted(text) + " is not a width in seconds";
    options.width = std::llround(seconds * static_cast<double>(kSecond));
    return {};
}

std::string read_vantage(std::string_view text, SeriesOptions &options)
{
    options.seen_at = parse_vantage_choice(text);
    return options.seen_at ? ""
                           : quoted(text) + " is neither client nor server nor indexes of points";
}

struct SeriesOption {
    std::string_view prefix;
    std::string (*read)(std::string_view text, SeriesOptions &options);
};
constexpr SeriesOption kOptions[] = {
    {"conn=", read_connection},
    {"from=", read_sender},
    {"width=", read_width},
    {"at=", read_vantage},
};

const SeriesOption *option_at(std::string_view text)
{
    for (const SeriesOption &option : kOptions)
        if (text.starts_with(option.prefix))
            return &option;
    return nullptr;
}

// Removes the text up to the next comma, and the comma.
std::string_view take_argument(std::string_view &rest)
{
    const std::size_t comma = rest.find(',');
    const std::string_view argument = rest.substr(0, comma);
    rest = comma == std::string_view::npos ? "" : rest.substr(comma + 1);
    return argument;
}

} // namespace

// What is no option begins the filter, which may have commas.
ParsedSeriesOptions parse_series_options(std::string_view arguments)
{
    ParsedSeriesOptions parsed;
    if (!arguments.starts_with(',')) {
        parsed.error = kTypesInWords;
        return parsed;
    }
    std::string_view rest = arguments.substr(1);
    const auto type = series_type_from(take_argument(rest));
    if (!type) {
        parsed.error = kTypesInWords;
        return parsed;
    }
    parsed.options.type = *type;
    while (const SeriesOption *option = option_at(rest)) {
        const std::string_view value = take_argument(rest).substr(option->prefix.size());
        parsed.error = option->read(value, parsed.options);
        if (!parsed.error.empty())
            return parsed;
    }
    parsed.options.filter = rest;
    return parsed;
}

} // namespace mptcp
