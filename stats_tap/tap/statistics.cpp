// SPDX-License-Identifier: GPL-2.0-or-later
#include "tap/statistics.h"

#include <cstring>
#include <memory>
#include <string>

#include "tap/command_line.h"
#include "tap/export.h"
#include "tap/listener.h"
#include "tap/series.h"
#include "tap/time_display.h"
#include "tap/window_host.h"
#include "tap/window_modules.h"
#include "views/diagnosis_view.h"
#include "views/events_view.h"
#include "views/json_view.h"
#include "views/points_view.h"
#include "views/text_view.h"

namespace mptcp {
namespace {

struct Request;
using Write = void (*)(const Request &request, const Output &out);

struct Statistic {
    const char *title;
    const char *cli_string;
    bool needs_all_sightings;
    bool is_diagnosis; // of whole connections
    Write write;
};

// One `-z` of the command line.
struct Request {
    Listener listener;
    const Statistic *statistic;
    std::string filter;
    SegmentNotes notes{std::nullopt}; // of a diagnosis

    const char *filter_or_null() const { return filter.empty() ? nullptr : filter.c_str(); }
};

void draw(void *tap_data)
{
    const auto &request = *static_cast<const Request *>(tap_data);
    const Statistic &statistic = *request.statistic;
    print_view(statistic.cli_string, [&](const Output &out) { statistic.write(request, out); });
}

// The filter in `option`, the argument of "-z"; "" if there is none.
const char *filter_in(const char *option, const Statistic &statistic)
{
    const char *rest = option + std::strlen(statistic.cli_string);
    if (*rest != '\0' && *rest != ',')
        give_up(option, "there is no such statistic; did you forget a comma before the filter?");
    return *rest == ',' ? rest + 1 : "";
}

void start(const char *option, void *user_data)
{
    const auto *statistic = static_cast<const Statistic *>(user_data);
    auto request = std::make_unique<Request>();
    request->statistic = statistic;
    request->filter = filter_in(option, *statistic);
    std::string error =
        request->listener.start(request.get(), request->filter_or_null(), draw,
                                [](void *tap_data) { delete static_cast<Request *>(tap_data); });
    if (!error.empty())
        give_up(option, error);
    if (statistic->is_diagnosis) {
        note_all_packets(request->notes);
        if (!request->filter.empty())
            request->listener.count_everything();
    }
    if (statistic->needs_all_sightings)
        need_all_sightings();
    static_cast<void>(request.release()); // owned by the tap, whose finish callback deletes it
}

void register_statistic(const Statistic &statistic)
{
    register_option<start>(statistic.title, statistic.cli_string, &statistic);
}

template <WindowKind Kind> void open_dialog(const char *option, void *user_data)
{
    const auto &statistic = *static_cast<const Statistic *>(user_data);
    open_window(window_host(), Kind, filter_in(option, statistic));
}

// In the window, `-z` opens the dialog, if it is installed.
template <WindowKind Kind> void register_with_dialog(const Statistic &statistic)
{
    if (is_in_window() && have_window())
        register_option<open_dialog<Kind>>(statistic.title, statistic.cli_string, &statistic);
    else
        register_statistic(statistic);
}

} // namespace

void write_document(const Listener &listener, const SegmentNotes *notes, const Output &out)
{
    const Analysis analysis = listener.analysis();
    const PointsReport points = listener.points();
    const Statements statements = listener.statements(analysis, points, notes);
    listener.view(
        [&](const ReportRows &rows) { write_json(rows, analysis, points, statements, out); },
        Listener::Figures::OfVantages);
}

void register_statistics()
{
    static const Statistic text{"MPTCP Connections", "mptcp,conn", false, false,
                                [](const Request &request, const Output &out) {
                                    const Listener &listener = request.listener;
                                    const auto show = [origin = listener.origin()](Time time) {
                                        return show_time(time, origin, origin);
                                    };
                                    listener.view([&](const ReportRows &rows) {
                                        write_text(rows, listener.problems(), show,
                                                   request.filter_or_null(), out);
                                    });
                                }};
    static const Statistic events{
        "MPTCP Events", "mptcp,events", false, false,
        [](const Request &request, const Output &out) {
            const auto show = [origin = request.listener.origin()](Time time, Time previous) {
                return show_time(time, origin, previous);
            };
            write_events(request.listener.analysis(), show, request.filter_or_null(), out);
        }};
    static const Statistic points{"MPTCP Points", "mptcp,points", true, false,
                                  [](const Request &request, const Output &out) {
                                      request.listener.view([&](const ReportRows &rows) {
                                          write_points(rows.points(), request.listener.points(),
                                                       request.filter_or_null(), out);
                                      });
                                  }};
    static const Statistic diagnosis{
        "MPTCP Diagnosis", "mptcp,diagnosis", true, true,
        [](const Request &request, const Output &out) {
            const Listener &listener = request.listener;
            const Analysis analysis = listener.analysis();
            write_diagnosis(listener.statements(analysis, listener.points(), &request.notes),
                            analysis, request.filter_or_null(), out);
        }};
    static const Statistic json{"MPTCP Connections as JSON", "mptcp,json", true, true,
                                [](const Request &request, const Output &out) {
                                    write_document(request.listener, &request.notes, out);
                                }};
    if (!is_in_window())
        register_statistic(text);
    register_with_dialog<WindowKind::Events>(events);
    register_with_dialog<WindowKind::Points>(points);
    register_with_dialog<WindowKind::Summary>(diagnosis);
    register_statistic(json);
    if (!is_in_window()) { // which exports from the menu of a row
        register_export();
        register_series();
    }
}

} // namespace mptcp
