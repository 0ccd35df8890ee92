// SPDX-License-Identifier: GPL-2.0-or-later
//
// The dialog "MPTCP Connections" that any front end of Wireshark can show:
// tables of connections, of subflows, and of totals, in one set of columns.
// Titles and values are those of views/columns.h.
//
// Wireshark has no callback between the last packet and the drawing of the
// tables, so each packet updates the rows that it touches.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include <wireshark.h>

#include <epan/packet.h>
#include <epan/stat_tap_ui.h>

#include "analysis/report.h"
#include "capture/capture.h"
#include "capture/tap.h"
#include "tap/fallback_table.h"
#include "views/columns.h"

namespace mptcp {

// The tables of the one dialog that Wireshark keeps for a statistic, and what
// was counted for them.
class FallbackDialog {
public:
    explicit FallbackDialog(stat_tap_table_ui &ui)
        : ui_(ui), connections_(ui, "Connections"), subflows_(ui, "Subflows"), totals_(ui, "Totals")
    {
    }

    // False when Wireshark has freed the tables: then the dialog is to be deleted.
    bool has_tables() const { return ui_.tables != nullptr && ui_.tables->len > 0; }

    // sharkd adds a listener each time a request names the table, and keeps
    // those of a request that it refuses. Only the first listener counts.
    bool counts_for(const void *listener)
    {
        if (listener_ == nullptr)
            listener_ = listener;
        return listener == listener_;
    }
    void packet(const Capture &capture, const packet_info *pinfo, const TapRecord &record);

    // Forgets all packets. The tables must exist.
    void clear();

private:
    struct Entry {
        std::uint32_t line = 0; // in the table of connections
        ConnectionRow row;      // its subflows in the order of their first counted packets
    };
    // Where a subflow is shown. It stays with the connection of its first counted
    // packet: during the first pass the tracker may move it to another one.
    struct Place {
        std::uint32_t line = 0; // in the table of subflows
        Entry *entry = nullptr; // of its connection
        std::size_t row = 0;    // in the connection's row
    };

    Entry &entry_of(const Tracker &tracker, const Connection &connection);
    const Place &place_of(const Capture &capture, SubflowId id);
    void write_relative(const ConnectionRow &row);
    void write_totals();

    const stat_tap_table_ui &ui_;
    FallbackTable connections_, subflows_, totals_;
    const void *listener_ = nullptr;
    std::uint64_t packets_ = 0; // plain TCP's included
    Totals sums_;
    std::unordered_map<const Connection *, Entry> entries_;
    std::vector<std::optional<Place>> places_; // by SubflowId
};

// Clears the dialog, or deletes it where Wireshark has freed its tables. To be
// called before the capture is closed, too: the rows point into its tracker, and
// sharkd keeps listeners that it never resets.
void forget_packets(std::unique_ptr<FallbackDialog> &dialog);

} // namespace mptcp
