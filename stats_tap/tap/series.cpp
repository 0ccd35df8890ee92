// SPDX-License-Identifier: GPL-2.0-or-later
#include "tap/series.h"

#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "capture/session.h"
#include "capture/tap.h"
#include "limits/limits.h"
#include "path_use/path_use.h"
#include "series/drawn_views.h"
#include "series/one_way_delays.h"
#include "series/segment_notes.h"
#include "tap/command_line.h"
#include "tap/listener.h"
#include "tap/series_options.h"
#include "views/graphs.h"
#include "views/series_csv.h"

namespace mptcp {
namespace {

using WriteSeries = void (*)(const DrawnViews &views, const SeriesOptions &options,
                             const Output &out);

struct SeriesStatistic {
    const char *title;
    const char *cli_string;
    WriteSeries write;
};

// One `-z` of the command line. It has two tap listeners: the filter limits what is counted, but
// what is in flight, for instance, depends on all packets.
struct SeriesRequest {
    SeriesRequest(const SeriesStatistic &what, std::string argument, SeriesOptions chosen)
        : statistic(what),
          option(std::move(argument)),
          options(std::move(chosen)),
          notes(options.connection)
    {
    }

    const SeriesStatistic &statistic;
    std::string option;
    SeriesOptions options;
    Listener listener; // of the packets that match the filter
    SegmentNotes notes;
    bool failed = false;
};

// Without a choice, the host that sent more data; of paths, both.
Role sender_of(const DrawnConnection &drawn, const SeriesOptions &options)
{
    return options.sender.value_or(
        main_sender(drawn.registry(), drawn.counted(), drawn.connection()));
}

Time width_of(const DrawnViews &views, const SeriesOptions &options)
{
    return width_of_bins(views.duration(), views.whole().connection().subflows.size(),
                         options.width);
}

void write_csv(const DrawnViews &views, const SeriesOptions &options, const Output &out)
{
    const Role sender = sender_of(views.whole(), options);
    const DrawnConnection &seen = views.near_host(sender);
    const Time width = width_of(views, options);
    switch (options.type) {
    case SeriesType::Sequence:
        return write_series_csv(make_sequence(seen, sender), out);
    case SeriesType::Goodput:
        return write_series_csv(make_goodput(make_sequence(seen, sender), seen.duration(), width),
                                out);
    case SeriesType::Rtt:
        return write_series_csv(make_round_trips(seen, sender), out);
    case SeriesType::Window:
        return write_series_csv(make_in_flight(seen, sender), out);
    case SeriesType::Paths:
        return write_series_csv(make_paths(views, options.sender, width), out);
    case SeriesType::Delay:
        return write_series_csv(make_one_way_delays(views.whole(), sender), out);
    case SeriesType::Limits:
        return write_series_csv(make_limits(make_moments(seen, sender)), out);
    case SeriesType::Concurrency:
        return write_series_csv(make_concurrency(make_moments(seen, sender)), out);
    }
}

void write_graph(const DrawnViews &views, const SeriesOptions &options, const Output &out)
{
    const std::string &filter = options.filter;
    const Role sender = sender_of(views.whole(), options);
    const DrawnConnection &seen = views.near_host(sender);
    const Time width = width_of(views, options);
    switch (options.type) {
    case SeriesType::Sequence:
        return write_sequence_graph(seen, sender, filter, out);
    case SeriesType::Goodput:
        return write_goodput_graph(seen, sender, width, filter, out);
    case SeriesType::Rtt:
        return write_round_trip_graph(seen, sender, filter, out);
    case SeriesType::Window:
        return write_in_flight_graph(seen, sender, filter, out);
    case SeriesType::Paths:
        return write_paths_graph(views, options.sender, width, filter, out);
    case SeriesType::Delay:
        return write_delay_graph(views.whole(), sender, filter, out);
    case SeriesType::Limits:
    case SeriesType::Concurrency:
        return; // was refused
    }
}

// Returns why there is nothing to print, or "".
std::string print(const SeriesRequest &request)
{
    const std::optional<std::uint32_t> &index = request.options.connection;
    const Capture *capture = session().capture.get();
    const Connection *connection =
        capture == nullptr
            ? nullptr
            : choose_connection(capture->tracker(), request.listener.summary(), index);
    if (connection == nullptr)
        return index ? "the capture has no connection " + std::to_string(*index)
                     : "the capture has no MPTCP connection";
    const SeriesType type = request.options.type;
    const bool needs_points = type == SeriesType::Delay || type == SeriesType::Paths;
    DrawnConnection drawn{capture->tracker(), request.listener.summary(), *connection,
                          request.notes.of(capture->tracker().registry(), *connection),
                          needs_points
                              ? request.listener.points({.only = connection, .each_delay = true})
                              : PointsReport{}};
    const ConnectionVantages vantages{*capture, *connection, request.options.seen_at};
    const DrawnViews views{std::move(drawn), vantages.get(), capture->sightings()};
    print_view(request.option,
               [&](const Output &out) { request.statistic.write(views, request.options, out); });
    return {};
}

void draw_series(void *tap_data)
{
    auto &request = *static_cast<SeriesRequest *>(tap_data);
    const std::string why_not = print(request);
    if (why_not.empty())
        return;
    complain(request.option, why_not);
    request.failed = true;
}

// An error ends tshark only now, after the other statistics were printed.
void finish_series(void *tap_data)
{
    const std::unique_ptr<SeriesRequest> request{static_cast<SeriesRequest *>(tap_data)};
    if (request->failed)
        std::exit(EXIT_FAILURE); // NOLINT(concurrency-mt-unsafe): there is one thread
}

// Returns the error, or "".
std::string listen_for(SeriesRequest &request)
{
    const std::string &filter = request.options.filter;
    std::string error = request.listener.start(&request, filter.empty() ? nullptr : filter.c_str(),
                                               draw_series, finish_series);
    if (!error.empty())
        return error;
    need_all_sightings();
    return note_all_packets(request.notes);
}

// `option` is the argument of "-z".
void start_series(const char *option, void *user_data)
{
    const auto &statistic = *static_cast<const SeriesStatistic *>(user_data);
    ParsedSeriesOptions parsed = parse_series_options(option + std::strlen(statistic.cli_string));
    if (!parsed.error.empty())
        give_up(option, parsed.error);
    const SeriesType type = parsed.options.type;
    if (!has_graph(type) && statistic.write == write_graph)
        give_up(option, "there is no graph of " + std::string{name(type)});
    auto request = std::make_unique<SeriesRequest>(statistic, option, std::move(parsed.options));
    const std::string error = listen_for(*request);
    if (!error.empty())
        give_up(option, error);
    static_cast<void>(request.release()); // owned by the tap, whose finish callback deletes it
}

void register_one(const SeriesStatistic &statistic)
{
    register_option<start_series>(statistic.title, statistic.cli_string, &statistic);
}

} // namespace

void register_series()
{
    static const SeriesStatistic series{"MPTCP Series", "mptcp,series", write_csv};
    static const SeriesStatistic graph{"MPTCP Graph", "mptcp,graph", write_graph};
    register_one(series);
    register_one(graph);
}

} // namespace mptcp
