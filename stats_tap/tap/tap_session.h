// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the statistics keep from one call of Wireshark to the next: the part of
// the session (capture/session.h) whose type only they know.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "capture/session.h"
#include "tap/fallback_dialog.h"
#include "tap/watch.h"

namespace mptcp {

// The module with the dialogs, once it has been loaded.
struct WindowModule {
    OpenWindow open = nullptr; // nullptr: it could not be loaded
    HookMainWindow hook = nullptr;
    std::string error; // why it could not be loaded
};

// The module with the graphs.
struct GraphsModule {
    OpenGraphs open = nullptr; // nullptr: it could not be loaded
    std::string error;
};

class Followers;
struct ExportRequest;

struct TapSession {
    std::unique_ptr<FallbackDialog> dialog; // nullptr until Wireshark opens it
    std::vector<Watch *> watches;           // owned by the dialogs with Qt
    std::shared_ptr<Followers> followers;   // see follow.h; nullptr: nothing is followed
    std::vector<ExportRequest *> exports;   // see export.cpp; owned by their taps
    std::optional<WindowModule> window;
    std::optional<GraphsModule> graphs;
};

// To be called once, before the statistics are registered.
void begin_tap_session();

TapSession &tap_session();

} // namespace mptcp
