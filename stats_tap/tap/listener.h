// SPDX-License-Identifier: GPL-2.0-or-later
//
// A tap listener that adds packets to a summary.
#pragma once

#include <optional>
#include <string>

#include <wireshark.h>

#include <epan/tap.h>

#include "analysis/analysis.h"
#include "analysis/report.h"
#include "analysis/summary.h"
#include "between/passages.h"
#include "capture/session.h"
#include "capture/tap.h"
#include "diagnosis/statement.h"
#include "series/segment_notes.h"

namespace mptcp {

// Registers callbacks: `packet` is called with each record of the tap whose packet
// matches `filter` (nullptr: all). Returns the error if the filter does not
// compile, or "".
std::string listen_to_tap(void *owner, const char *filter, tap_reset_cb reset, tap_packet_cb packet,
                          tap_draw_cb draw, tap_finish_cb finish);

// Where the figures of a connection are taken from; without a choice, as the preferences say. The
// capture must outlive it.
class ConnectionVantages {
public:
    ConnectionVantages(const Capture &capture, const Connection &connection,
                       const std::optional<VantageChoice> &choice);
    const Vantages &get() const { return own_ ? *own_ : capture_.between().vantages; }

private:
    const Capture &capture_;
    std::optional<Vantages> own_; // if the choice is not that of the preferences
};

// Notes a packet for series.
void note_packet(SegmentNotes &notes, const TapRecord &packet);
// Has a tap note all packets. Its data is a pointer to the notes.
std::string note_all_packets(SegmentNotes &notes);

class Listener {
public:
    // Counts the packets that match `filter` (nullptr: all). The callbacks get
    // `owner`; its member `listener` must be this object. Returns the error if
    // the filter does not compile, or "".
    template <class Owner>
    std::string start(Owner *owner, const char *filter, tap_draw_cb draw, tap_finish_cb finish)
    {
        return listen_to_tap(
            owner, filter, [](void *data) { static_cast<Owner *>(data)->listener.reset(); },
            [](void *data, packet_info *pinfo, epan_dissect_t *, const void *record, tap_flags_t) {
                return static_cast<Owner *>(data)->listener.packet(pinfo, record);
            },
            draw, finish);
    }

    void reset();
    tap_packet_status packet(const packet_info *pinfo, const void *record) noexcept;

    // What was counted so far of the open capture.
    const Summary &summary() const { return summary_; }
    Report report() const;
    Analysis analysis() const;
    std::vector<std::vector<Problem>> problems() const; // by connection index
    // Of the packets that were counted.
    PointsReport points(PointsWanted wanted = {}) const;
    // What is the matter with the connections of which a packet was counted, by all their packets:
    // call count_everything() before the first packet if there is a filter. The first arguments are
    // analysis() and points(), which are not made anew without a filter. `notes` are those of all
    // packets; nullptr: there is no statement on what limited the hosts.
    Statements statements(const Analysis &counted, const PointsReport &between,
                          const SegmentNotes *notes) const;
    void count_everything();
    void stop_counting_everything();                    // not needed at the end of the program
    Time origin() const { return origin_.value_or(0); } // the time of the capture's first packet
    // Whether figures are taken from the points where they are true.
    enum class Figures { OfTracker, OfVantages };
    // Calls view(rows). There are no rows while no capture is open.
    template <class View> void view(View view, Figures figures = Figures::OfTracker) const
    {
        static const Capture nothing;
        const Capture *open = session().capture.get();
        const Capture &capture = open != nullptr ? *open : nothing;
        const Vantages *vantages =
            figures == Figures::OfVantages ? &capture.between().vantages : nullptr;
        view(ReportRows{capture.tracker(), summary_, capture.streams(), vantages});
    }

private:
    Summary summary_;
    std::optional<Time> origin_;
    // Counts all packets, if this listener has a filter. Its tap owns it.
    struct Everything;
    Everything *everything_ = nullptr;
};

} // namespace mptcp
