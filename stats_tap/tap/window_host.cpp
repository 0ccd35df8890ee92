// SPDX-License-Identifier: GPL-2.0-or-later
#include "tap/window_host.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <wireshark.h>

#include <epan/addr_resolv.h>
#include <epan/funnel.h>
#include <epan/plugin_if.h>
#include <epan/prefs.h>
#include <epan/to_str.h>
#include <wsutil/filesystem.h>

#include "capture/session.h"
#include "events/event_info.h"
#include "sdk/compat.h"
#include "sdk/epan_address.h"
#include "tap/export.h"
#include "tap/open_capture.h"
#include "tap/statistics.h"
#include "tap/stream_reader.h"
#include "tap/tap_session.h"
#include "tap/time_display.h"
#include "tap/window_modules.h"

namespace mptcp {
namespace {

Watch *watch(const char *filter, const Watcher &watcher, std::string &error)
{
    auto made = std::make_unique<Watch>(watcher);
    error = made->start(filter);
    if (!error.empty())
        return nullptr;
    tap_session().watches.push_back(made.get());
    return made.release(); // unwatch() deletes it
}

void unwatch(Watch *watch)
{
    std::erase(tap_session().watches, watch);
    delete watch;
}

// nullptr if there is no window.
const ws_info_t *window_info()
{
    ws_info_t *info = nullptr;
    plugin_if_get_ws_info(&info);
    return info != nullptr && info->ws_info_supported ? info : nullptr;
}

bool is_reading()
{
    const ws_info_t *info = window_info();
    return info != nullptr && info->cf_state == FILE_READ_IN_PROGRESS;
}

std::string document_of(const Watch &watch, const SegmentNotes *notes)
{
    std::string document;
    write_document(watch.listener, notes, [&](std::string_view piece) { document += piece; });
    return document;
}

// Without the notes of all packets, it takes a retap, which is not possible while packets come.
std::string json(const Watch &watch)
{
    if (const SegmentNotes *noted = watch.notes_for_diagnosis())
        return document_of(watch, noted);
    SegmentNotes notes{std::nullopt};
    const bool can_retap = !is_reading();
    if (can_retap) {
        note_all_packets(notes);
        retap();
        remove_tap_listener(&notes);
    }
    return document_of(watch, can_retap ? &notes : nullptr);
}

Points points(const Watch &watch)
{
    Points points;
    watch.listener.view([&](const ReportRows &rows) { points = {rows.points(), watch.points()}; });
    return points;
}

std::string take(char *text)
{
    std::string taken = text == nullptr ? "" : text;
    g_free(text);
    return taken;
}

// The functions for scripts inside Wireshark; nullptr before there is a window.
const funnel_ops_t *script_functions() { return funnel_get_funnel_ops(); }

std::string export_tcp(std::uint32_t connection, const char *path)
{
    Exporter exporter(connection, path);
    const std::string error = exporter.listen_once();
    return error.empty() ? exporter.complete() : error;
}

std::string capture_file()
{
    const ws_info_t *info = window_info();
    return info == nullptr || info->cf_filename == nullptr ? "" : info->cf_filename;
}

std::uint32_t selected_frame()
{
    const ws_info_t *info = window_info();
    return info == nullptr ? 0 : info->cf_framenr;
}

std::uint32_t rgb(const color_t &color)
{
    const auto byte = [](std::uint32_t part) { return part >> 8; }; // of 16 bits
    return byte(color.red) << 16 | byte(color.green) << 8 | byte(color.blue);
}

PerRole<StreamColors> stream_colors()
{
    return {{StreamColors{rgb(prefs.st_client_fg), rgb(prefs.st_client_bg)},
             StreamColors{rgb(prefs.st_server_fg), rgb(prefs.st_server_bg)}}};
}

std::string display_filter()
{
    const funnel_ops_t *functions = script_functions();
    const char *filter = functions == nullptr ? nullptr : functions->get_filter(functions->ops_id);
    return filter == nullptr ? "" : filter;
}

void prepare_filter(const char *filter)
{
    if (const funnel_ops_t *functions = script_functions())
        functions->set_filter(functions->ops_id, filter);
}

bool resolves_names() { return gbl_resolv_flags.network_name || gbl_resolv_flags.transport_name; }

// Copies and frees a text that epan allocated without a pool.
std::string take_from_epan(char *text)
{
    std::string taken = text;
    wmem_free(nullptr, text);
    return taken;
}

std::string endpoint_name(const Endpoint &endpoint)
{
    const address numeric = to_epan(endpoint.address);
    std::string host = take_from_epan(address_to_display(nullptr, &numeric));
    if (host.find(':') != std::string::npos)
        host = "[" + host + "]";
    return host + ":" + take_from_epan(tcp_port_to_display(nullptr, endpoint.port));
}

std::string event_words(const Event &event)
{
    const Capture *capture = session().capture.get();
    return capture == nullptr ? "" : table_words(capture->tracker().context(), event);
}

} // namespace

const WindowHost &window_host()
{
    static const WindowHost host{
        watch,
        unwatch,
        [](const Watch &watch) { return watch.revision(); },
        [](const Watch &watch) { return watch.is_complete(); },
        [](const Watch &watch) { return watch.listener.report(); },
        [](const Watch &watch) { return watch.listener.analysis(); },
        json,
        points,
        [](Watch &watch, std::uint32_t connection) { watch.draw(connection); },
        [](const Watch &watch, const std::optional<VantageChoice> &seen_at) {
            return watch.series(seen_at);
        },
        [](const GraphChoice &choice) { open_graphs(window_host(), choice); },
        [](Watch &watch) { watch.note_for_diagnosis(); },
        [](const Watch &watch) { return watch.diagnose(); },
        retap,
        export_tcp,
        read_stream,
        connection_count,
        is_reading,
        capture_file,
        complaint_about_filter,
        display_filter,
        prepare_filter,
        [](const char *filter) { plugin_if_apply_filter(filter, TRUE); },
        [](std::uint32_t frame) { plugin_if_goto_frame(frame); },
        selected_frame,
        [] { return connection_of_frame(selected_frame()); },
        stream_colors,
        show_time,
        resolves_names,
        endpoint_name,
        event_words,
        [] { return take(get_persconffile_path("mptcp_conn_window", TRUE)); },
        [] { return std::string_view{get_profile_name()} == "MPTCP"; },
    };
    return host;
}

bool is_in_window() { return window_info() != nullptr; }

} // namespace mptcp
