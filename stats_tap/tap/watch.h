// SPDX-License-Identifier: GPL-2.0-or-later
//
// Counts packets for one dialog with Qt, and tells whether some are missing. The
// dialogs use it through window_host.h.
#pragma once

#include <cstdint>
#include <string>

#include "tap/listener.h"
#include "window/window_link.h"

namespace mptcp {

class Watch {
public:
    explicit Watch(const Watcher &watcher) : watcher_(watcher) {}
    ~Watch();
    Watch(const Watch &) = delete;
    Watch &operator=(const Watch &) = delete;

    // Returns the error if the filter does not compile, or "".
    std::string start(const std::string &filter);

    void tell_closing() const { watcher_.closing(watcher_.dialog); }

    // See WindowHost.
    std::uint64_t revision() const { return pulse_.revision; }
    bool is_complete() const;

    Listener listener; // counts the packets that match

private:
    // All packets, whether they match or not.
    struct Pulse {
        std::uint64_t segments = 0; // since the taps were reset
        std::uint64_t revision = 0;
    };

    Watcher watcher_;
    Pulse pulse_;
};

} // namespace mptcp
