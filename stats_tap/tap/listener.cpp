// SPDX-License-Identifier: GPL-2.0-or-later
#include "tap/listener.h"

#include <functional>
#include <memory>
#include <unordered_set>

#include "capture/tap.h"
#include "diagnosis/diagnose.h"
#include "flight/capture_place.h"
#include "limits/limits.h"
#include "path_use/path_use.h"
#include "sdk/frame_time.h"
#include "series/drawn_connections.h"

namespace mptcp {
struct Listener::Everything {
    Listener listener;
};

void Listener::reset()
{
    summary_.reset();
    origin_.reset();
}

tap_packet_status Listener::packet(const packet_info *pinfo, const void *record) noexcept
{
    const auto &seen = *static_cast<const TapRecord *>(record);
    if (!origin_)
        origin_ = clamp_time(seen.segment.time - to_time(pinfo->rel_ts));
    summary_.add(seen.observation, seen.segment.payload, pinfo->num, seen.segment.time,
                 seen.segment.marks);
    return TAP_PACKET_REDRAW;
}

Report Listener::report() const
{
    const Capture *capture = session().capture.get();
    if (capture == nullptr)
        return {};
    Report report = make_report(capture->tracker(), summary_, capture->streams());
    note_extent(report, origin(), capture->end());
    return report;
}

Analysis Listener::analysis() const
{
    const Capture *capture = session().capture.get();
    return capture == nullptr ? Analysis{}
                              : analyze(capture->tracker(), summary_, origin(),
                                        capture->between().packets.events());
}

std::vector<std::vector<Problem>> Listener::problems() const
{
    const Capture *capture = session().capture.get();
    return capture == nullptr
               ? std::vector<std::vector<Problem>>{}
               : find_problems(capture->tracker(), summary_, capture->between().packets.events());
}

PointsReport Listener::points(PointsWanted wanted) const
{
    const Capture *capture = session().capture.get();
    if (capture == nullptr)
        return {};
    wanted.clocks = capture->clocks();
    return make_points_report(
        capture->tracker(), capture->sightings(),
        [this](std::uint32_t frame) { return summary_.counted_or_copy(frame); }, wanted);
}

Statements Listener::statements(const Analysis &counted, const PointsReport &between,
                                const SegmentNotes *notes) const
{
    const Capture *capture = session().capture.get();
    if (capture == nullptr)
        return {};
    const Listener &all = everything_ == nullptr ? *this : everything_->listener;
    std::optional<DrawnConnections> drawn;
    if (notes != nullptr)
        drawn.emplace(capture->tracker(), all.summary_, *notes, capture->between().vantages,
                      capture->sightings());
    const auto times_of = [&](const Connection &connection) {
        PerRole<SenderTimes> times;
        if (!drawn)
            return times;
        const DrawnViews views = drawn->take(connection);
        for (const Role sender : {Role::Client, Role::Server}) {
            const Moments moments = make_moments(views.near_host(sender), sender);
            SenderTimes &own = times[sender];
            own.limits = make_limits(moments);
            own.use = make_path_use(moments, own.limits);
            own.is_seen_at_receiver =
                capture_place_of(views.near_host(other(sender)), other(sender)).at_sender;
        }
        return times;
    };
    const auto make = [&](const Analysis &analysis, const PointsReport &points,
                          const std::function<bool(std::uint32_t index)> &is_wanted) {
        const Time end = end_of_recording(capture->tracker().points(), capture->sightings(), points,
                                          capture->end());
        Statements statements;
        all.view(
            [&](const ReportRows &rows) {
                statements = diagnose(rows, {analysis, points, end, times_of}, is_wanted);
            },
            Figures::OfVantages);
        return statements;
    };
    if (everything_ == nullptr)
        return make(counted, between, [](std::uint32_t) { return true; });
    std::unordered_set<std::uint32_t> wanted;
    view([&](const ReportRows &rows) {
        rows.visit(Samples::Without, [&](const ConnectionRow &row) { wanted.insert(row.index); });
    });
    return make(all.analysis(), all.points(),
                [&](std::uint32_t index) { return wanted.contains(index); });
}

void Listener::count_everything()
{
    auto everything = std::make_unique<Everything>();
    everything->listener.start(
        everything.get(), nullptr, [](void *) {},
        [](void *data) { delete static_cast<Everything *>(data); });
    everything_ = everything.release();
}

void Listener::stop_counting_everything()
{
    if (everything_ != nullptr)
        remove_tap_listener(everything_); // deletes it
    everything_ = nullptr;
}

ConnectionVantages::ConnectionVantages(const Capture &capture, const Connection &connection,
                                       const std::optional<VantageChoice> &choice)
    : capture_(capture)
{
    if (!choice || *choice == capture.seen_at())
        return;
    const PointsReport report = make_points_report(
        capture.tracker(), capture.sightings(), [](std::uint32_t) { return true; },
        {.only = &connection, .clocks = capture.clocks()});
    own_.emplace(capture.tracker(), capture.sightings(), report, *choice);
}

void note_packet(SegmentNotes &notes, const TapRecord &packet)
{
    if (const Capture *capture = session().capture.get(); capture != nullptr && packet.observation)
        notes.add(capture->tracker(), packet.segment, *packet.observation, !packet.is_first_visit);
}

std::string note_all_packets(SegmentNotes &notes)
{
    return listen_to_tap(
        &notes, nullptr, [](void *data) { static_cast<SegmentNotes *>(data)->reset(); },
        [](void *data, packet_info *, epan_dissect_t *, const void *record, tap_flags_t) {
            note_packet(*static_cast<SegmentNotes *>(data),
                        *static_cast<const TapRecord *>(record));
            return TAP_PACKET_DONT_REDRAW;
        },
        nullptr, nullptr);
}

std::string listen_to_tap(void *owner, const char *filter, tap_reset_cb reset, tap_packet_cb packet,
                          tap_draw_cb draw, tap_finish_cb finish)
{
    GString *error = register_tap_listener(kTapName, owner, filter, TL_REQUIRES_NOTHING, reset,
                                           packet, draw, finish);
    if (error == nullptr)
        return {};
    std::string words = error->str;
    g_string_free(error, TRUE);
    return words;
}

} // namespace mptcp
