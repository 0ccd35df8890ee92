// SPDX-License-Identifier: GPL-2.0-or-later
//
// The interface between the plugin and its window. The window is a module of its
// own, since it needs Qt, which tshark must not load; it uses Wireshark only
// through these functions. All of them, in both directions, are called in the
// thread of the user interface. The plugin checks that both are of one build, so
// the interface may use C++ types.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analysis/analysis.h"
#include "analysis/connection_stream.h"
#include "analysis/report.h"
#include "between/passages.h"
#include "diagnosis/statement.h"
#include "series/connection_series.h"
#include "series/series_type.h"

#if defined(_WIN32)
#define MPTCP_EXPORT extern "C" __declspec(dllexport)
#else
#define MPTCP_EXPORT extern "C" __attribute__((visibility("default")))
#endif

namespace mptcp {

// Counts packets for one dialog; defined by the plugin.
class Watch;

// Called when the capture is being closed: reports of it hold pointers that
// become invalid.
struct Watcher {
    void *dialog;
    void (*closing)(void *dialog);
};

// The points that recorded packets, and what happened between them.
struct Points {
    // None: all packets were recorded at one point. Their names live until the next packet.
    std::vector<PointRow> rows;
    PointsReport report;
};

// What is the matter with the connections of the open capture.
struct Diagnosed {
    bool is_known = false; // a capture is open
    Statements statements;
    std::vector<PerRole<Endpoint>> endpoints; // by connection index, of its first subflow
};

// The graphs to be opened: the page and the direction, unless the dialog chooses them.
struct GraphChoice {
    std::uint32_t connection = 0; // index
    std::optional<SeriesType> page;
    std::optional<Role> sender;
};

struct StreamColors { // 0xRRGGBB
    std::uint32_t text = 0, background = 0;
};

// The functions of the plugin for the window.
struct WindowHost {
    // Counts the packets that match `filter` ("": all), from now on or from the
    // next retap. Returns nullptr and sets `error` if the filter does not compile.
    Watch *(*watch)(const char *filter, const Watcher &watcher, std::string &error);
    void (*unwatch)(Watch *watch);
    // Changes with each packet and each reset of the taps.
    std::uint64_t (*revision)(const Watch &watch);
    // Whether all packets that Wireshark has read so far have passed the taps.
    bool (*is_complete)(const Watch &watch);
    // The counts; empty while no capture is open.
    Report (*report)(const Watch &watch);
    Analysis (*analysis)(const Watch &watch);
    std::string (*json)(const Watch &watch); // the document of -z mptcp,json
    Points (*points)(const Watch &watch);
    // Has the watch note what graphs of this connection need, from the next retap on; what they
    // draw. See series/connection_series.h.
    void (*draw)(Watch &watch, std::uint32_t connection);
    ConnectionSeries (*series)(const Watch &watch, const std::optional<VantageChoice> &seen_at);
    void (*open_graphs)(const GraphChoice &choice);
    // Has the watch note what a diagnosis needs, from the next retap on: 56 bytes for each packet.
    // The statements are about all packets of the connections of which it counts a packet. Without
    // these notes, nothing is said about what limited the hosts.
    void (*note_for_diagnosis)(Watch &watch);
    Diagnosed (*diagnose)(const Watch &watch);

    // Passes all packets through all taps again. Must not be called while Wireshark
    // reads a file or retaps; it may be called during a live capture.
    void (*retap)();
    // Retaps, and writes the data of a connection as one TCP connection into a pcapng file, which
    // it replaces: see tap/export.h. Returns why there is no file, or "".
    std::string (*export_tcp)(std::uint32_t connection, const char *path);
    // Retaps, and returns the data of a connection: see tap/stream_reader.h.
    ConnectionStream (*read_stream)(std::uint32_t connection);
    std::uint32_t (*connection_count)();
    // Whether a file or a live capture is being read.
    bool (*is_reading)();
    // The path of the open capture file, or "". That of a live capture is temporary.
    std::string (*capture_file)();

    // The error if a display filter does not compile, or "".
    std::string (*complaint)(const char *filter);
    // The main window's display filter: get its text, which may not be applied, set it, apply it.
    std::string (*display_filter)();
    void (*prepare_filter)(const char *filter);
    void (*apply_filter)(const char *filter);
    // Selects that frame, unless the display filter hides it.
    void (*go_to_frame)(std::uint32_t frame);
    std::uint32_t (*selected_frame)(); // 0: none
    // The index of the connection of that frame. None if the frame is not part of one.
    std::optional<std::uint32_t> (*selected_connection)();
    // The colors of "Follow Stream" in the preferences.
    PerRole<StreamColors> (*stream_colors)();

    // See tap/time_display.h.
    std::string (*show_time)(Time time, Time origin, Time previous);
    // Whether the preferences have names of addresses or of ports resolved.
    bool (*resolves_names)();
    // "address:port", with names as far as they are known and the preferences resolve them.
    std::string (*endpoint_name)(const Endpoint &endpoint);
    // See table_words() in events/event_info.h; "" if no capture is open.
    std::string (*event_words)(const Event &event);

    // A file of the current profile, for the dialog's geometry.
    std::string (*settings_file)();
    // Whether the current profile is the plugin's, MPTCP.
    bool (*is_mptcp_profile)();
};

enum class WindowKind : std::uint8_t { Summary, Connections, Events, Points, FollowStream, Graphs };

// The symbols of the module. `host` must live as long as the program.
inline constexpr char kWindowBuildSymbol[] = "mptcp_window_build";
inline constexpr char kOpenWindowSymbol[] = "mptcp_open_window";
inline constexpr char kHookMainWindowSymbol[] = "mptcp_hook_main_window";
using WindowBuild = const char *(*)();
inline constexpr char kOpenGraphsSymbol[] = "mptcp_open_graphs"; // of the module of the graphs
// `filter` is that of a dialog with a table: "" for all packets.
using OpenWindow = void (*)(const WindowHost *host, WindowKind kind, const char *filter);
using OpenGraphs = void (*)(const WindowHost *host, const GraphChoice *choice);
// See window/io_graphs.h and window/follow_menu.h. May be called again.
using HookMainWindow = void (*)(const WindowHost *host);

} // namespace mptcp
