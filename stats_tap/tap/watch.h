// SPDX-License-Identifier: GPL-2.0-or-later
//
// Counts packets for one dialog with Qt, and tells whether some are missing. The
// dialogs use it through window_host.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "series/connection_series.h"
#include "series/segment_notes.h"
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

    // Also notes the packets of this connection, from the next retap on.
    void draw(std::uint32_t connection);
    // The series of that connection; see ConnectionVantages.
    ConnectionSeries series(const std::optional<VantageChoice> &seen_at) const;

    void tell_closing() const { watcher_.closing(watcher_.dialog); }

    // Also notes the packets of all connections, from the next retap on.
    void note_for_diagnosis();
    Diagnosed diagnose() const;
    // nullptr if they are not noted.
    const SegmentNotes *notes_for_diagnosis() const;

    // What happened between capture points.
    PointsReport points() const { return listener.points(); }

    // See WindowHost.
    std::uint64_t revision() const { return pulse_.revision; }
    bool is_complete() const;

    Listener listener; // counts the packets that match

private:
    // All packets, whether they match or not.
    struct Pulse {
        std::uint64_t segments = 0; // since the taps were reset
        std::uint64_t revision = 0;
        std::optional<SegmentNotes> notes;  // of the connection that is drawn, or of all
        std::optional<std::uint32_t> drawn; // its index
    };

    Watcher watcher_;
    Pulse pulse_;
};

} // namespace mptcp
