// SPDX-License-Identifier: GPL-2.0-or-later
//
// Fuzzes the tracker with any segments in any order. A segment must be attributed
// to a subflow with its addresses. Indexes must have no gaps. ADD_ADDR echoes must
// follow their announcement. The same segments, each recorded again at a second
// point, must give the same results. The kinds of payload bytes must add up for subflows,
// connections and the totals. Every view must be written.
#include <cstddef>
#include <cstdint>
#include <vector>

#include "analysis/analysis.h"
#include "analysis/report.h"
#include "analysis/timeline.h"
#include "base/format.h"
#include "check.h"
#include "events/event_info.h"
#include "segments_input.h"
#include "views/columns.h"
#include "views/csv_view.h"
#include "views/events_view.h"
#include "views/text_view.h"

namespace {

using namespace mptcp;
using fuzz::check;

void check_attribution(const Tracker &tracker, const Segment &segment, const Attribution &whose)
{
    const Subflow &subflow = tracker.registry()[whose.subflow];
    check(subflow.ends[whose.sender].endpoint == segment.source);
    check(subflow.ends[other(whose.sender)].endpoint == segment.destination);
    const Connection &connection = tracker.registry().connection_of(whose.subflow);
    const std::uint32_t index = tracker.registry().index_of(whose.subflow);
    check(!connection.merged_into && index < connection.subflows.size() &&
          connection.subflows[index] == whose.subflow);
}

void check_indexes(const Tracker &tracker)
{
    std::uint32_t index = 0;
    std::size_t subflows = 0;
    for (const Connection *connection : tracker.registry().connections()) {
        check(tracker.registry().index_of(*connection) == index++);
        check(!connection->subflows.empty());
        std::uint32_t place = 0;
        for (const SubflowId id : connection->subflows)
            check(tracker.registry().index_of(id) == place++);
        check(place == connection->subflows.size());
        subflows += place;
    }
    check(subflows == tracker.registry().subflow_count());
}

void check_report(const Report &report)
{
    std::uint64_t payload = 0;
    std::size_t subflows = 0;
    for (const ConnectionRow &connection : report.connections) {
        for (const Role role : {Role::Client, Role::Server}) {
            ByteKinds kinds;
            for (const SubflowRow &subflow : connection.subflows) {
                check(subflow.data[role].payload() == subflow.sent[role].payload);
                kinds += subflow.data[role];
            }
            check(connection.data[role].payload() == connection.sent[role].payload);
            check(kinds.unique == connection.data[role].unique);
            check(kinds.reinjected == connection.data[role].reinjected);
        }
        payload += payload_of(connection.sent);
        subflows += connection.subflows.size();
    }
    check(report.totals.payload == payload && report.totals.subflows == subflows);
}

// An echo must not come before its announcement.
void check_events(const Tracker &tracker)
{
    for (const Event &event : tracker.events().all()) {
        check(info_words(tracker.context(), event).size() < 1000);
        if (event.type == EventType::AddAddr)
            check(tracker.events().echo_in(tracker.registry(), event).value_or(event.frame) >=
                  event.frame);
        if (event.type == EventType::AddAddrEcho)
            check(tracker.events().echo_to(tracker.registry(), event).value_or(0) <= event.frame);
    }
}

void write_views(const ReportRows &rows, const std::vector<std::vector<Problem>> &problems,
                 const Report &report, const Analysis &analysis)
{
    std::size_t written = 0;
    const Output out = [&](std::string_view piece) { written += piece.size(); };
    const auto show_time = [](Time time) { return to_seconds(time, kTimeDigits); };
    write_text(rows, problems, show_time, nullptr, out);
    const auto show_event_time = [](Time time, Time) { return to_seconds(time, kTimeDigits); };
    write_events(analysis, show_event_time, nullptr, out);
    check(written > 0);
    for (const ConnectionRow &connection : report.connections) {
        check(!csv_line({&connection}).empty());
        for (const SubflowRow &subflow : connection.subflows)
            check(!csv_line({&connection, &subflow}).empty());
    }
}

// A capture in which each segment is followed by its copy.
class TwoPoints {
public:
    void on_segment(Segment segment, const std::optional<Attribution> &expected)
    {
        check(see(segment) == std::optional<Observation>{expected});
        segment.marks = 1;
        const auto copy = see(segment);
        check(copy.has_value() == expected.has_value());
        if (expected)
            check(*copy == Observation{*expected, segment.frame});
    }

    void check_same(const Report &expected) const
    {
        const Report report = make_report(tracker_, summary_, {});
        check(report.connections.size() == expected.connections.size());
        for (std::size_t i = 0; i < report.connections.size(); ++i)
            check_same(report.connections[i], expected.connections[i]);
    }

private:
    static void check_same(const ConnectionRow &row, const ConnectionRow &expected)
    {
        check(row.state == expected.state && row.subflows.size() == expected.subflows.size());
        for (const Role role : {Role::Client, Role::Server}) {
            check(row.sent[role].packets == expected.sent[role].packets);
            check(row.copies[role] == expected.sent[role].packets);
            check(static_cast<const ByteKinds &>(row.data[role]) == expected.data[role]);
        }
    }

    std::optional<Observation> see(const Segment &segment)
    {
        const auto whose = tracker_.on_segment(segment);
        summary_.add(whose, segment.payload, segment.frame, segment.time, segment.marks);
        return whose;
    }

    Tracker tracker_;
    Summary summary_;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    Tracker tracker;
    Summary summary;
    TwoPoints two_points;
    fuzz::each_segment({data, size}, [&](const Segment &segment) {
        const auto whose = tracker.on_segment(segment);
        if (whose)
            check_attribution(tracker, segment, *whose);
        summary.add(whose, segment.payload, segment.frame, segment.time);
        two_points.on_segment(segment, whose);
    });
    check_indexes(tracker);
    const Report report = make_report(tracker, summary, {});
    check_report(report);
    two_points.check_same(report);
    check_events(tracker);
    write_views(ReportRows{tracker, summary, {}}, find_problems(tracker, summary), report,
                analyze(tracker, summary, 0));
    return 0;
}
