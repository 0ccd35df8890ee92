// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the plugin and its window say to each other. The window is a module of
// its own, since it needs Qt, which tshark must not load; it knows Wireshark
// through these functions alone. All of them, in both directions, are called
// in the thread of the user interface. Both are of one build, or they do not
// talk: so C++ may pass.
#pragma once

#include <cstdint>
#include <string>

#include "analysis/analysis.h"
#include "analysis/report.h"

namespace mptcp {

// Counts packets for one dialog.
class Watch;

// What a dialog must hear at once: the capture is being closed, and what reports
// of it point into goes.
struct Watcher {
    void *dialog;
    void (*closing)(void *dialog);
};

// What the plugin does for the window.
struct WindowHost {
    // Watches the packets that match `filter` ("": all). nullptr if it does not
    // compile; then `error` says why. Packets that have passed before are not
    // counted until the next retap.
    Watch *(*watch)(const char *filter, const Watcher &watcher, std::string &error);
    void (*unwatch)(Watch *watch);
    // Changes whenever there may be more, or less, to report than before.
    std::uint64_t (*revision)(const Watch &watch);
    // Has each packet that Wireshark has read so far passed the watch?
    bool (*is_complete)(const Watch &watch);
    // What was counted; empty while no capture is open.
    Report (*report)(const Watch &watch);
    Chronicle (*chronicle)(const Watch &watch);
    std::string (*json)(const Watch &watch); // the document of -z mptcp,json

    // Has Wireshark send all packets through all taps again. Never to be called
    // while it reads a file or retaps; between the packets of a live capture it may.
    void (*retap)();
    // Is a file being read, or a live capture?
    bool (*is_reading)();

    // Why a display filter does not compile; "" if it does.
    std::string (*complaint)(const char *filter);
    // The main window's display filter: reads it, writes it, or applies it.
    std::string (*display_filter)();
    void (*prepare_filter)(const char *filter);
    void (*apply_filter)(const char *filter);
    // Selects that frame, unless the display filter hides it.
    void (*go_to_frame)(std::uint32_t frame);
    std::uint32_t (*selected_frame)(); // 0: none

    // A file of the current profile, to remember the dialog's shape in.
    std::string (*settings_file)();
};

enum class WindowKind : std::uint8_t { Connections, Events };

// What the module gives, each by its name. `host` must live as long as the program.
inline constexpr char kWindowBuildSymbol[] = "mptcp_window_build"; // a function that gives
inline constexpr char kOpenWindowSymbol[] = "mptcp_open_window";
using WindowBuild = const char *(*)();
using OpenWindow = void (*)(const WindowHost *host, WindowKind kind);

} // namespace mptcp
