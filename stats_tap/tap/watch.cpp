// SPDX-License-Identifier: GPL-2.0-or-later
#include "tap/watch.h"

#include <utility>

#include "capture/session.h"
#include "capture/tap.h"

namespace mptcp {

Watch::~Watch()
{
    remove_tap_listener(this);
    remove_tap_listener(&pulse_);
    listener.stop_counting_everything();
}

std::string Watch::start(const std::string &filter)
{
    std::string error =
        listener.start(this, filter.empty() ? nullptr : filter.c_str(), nullptr, nullptr);
    if (!error.empty())
        return error;
    if (!filter.empty())
        listener.count_everything();
    return listen_to_tap(
        &pulse_, nullptr,
        [](void *data) {
            auto &pulse = *static_cast<Pulse *>(data);
            pulse.segments = 0;
            ++pulse.revision;
            if (pulse.notes)
                pulse.notes->reset();
        },
        [](void *data, packet_info *, epan_dissect_t *, const void *record, tap_flags_t) {
            auto &pulse = *static_cast<Pulse *>(data);
            ++pulse.segments;
            ++pulse.revision;
            if (pulse.notes)
                note_packet(*pulse.notes, *static_cast<const TapRecord *>(record));
            return TAP_PACKET_DONT_REDRAW;
        },
        nullptr, nullptr);
}

void Watch::draw(std::uint32_t connection)
{
    pulse_.notes.emplace(connection);
    pulse_.drawn = connection;
}

ConnectionSeries Watch::series(const std::optional<VantageChoice> &seen_at) const
{
    const Capture *capture = session().capture.get();
    if (capture == nullptr || !pulse_.drawn)
        return {};
    const Connection *connection =
        choose_connection(capture->tracker(), listener.summary(), *pulse_.drawn);
    if (connection == nullptr)
        return {};
    const ConnectionVantages vantages{*capture, *connection, seen_at};
    return make_series(
        {DrawnConnection{capture->tracker(), listener.summary(), *connection,
                         pulse_.notes->of(capture->tracker().registry(), *connection),
                         listener.points({.only = connection, .each_delay = true})},
         vantages.get(), capture->sightings()});
}

Diagnosed Watch::diagnose() const
{
    if (session().capture == nullptr)
        return {};
    Analysis analysis = listener.analysis();
    Statements statements = listener.statements(analysis, points(), notes_for_diagnosis());
    return {true, std::move(statements), std::move(analysis.endpoints)};
}

void Watch::note_for_diagnosis()
{
    pulse_.notes.emplace(std::nullopt);
    pulse_.drawn.reset();
}

const SegmentNotes *Watch::notes_for_diagnosis() const
{
    return pulse_.notes && !pulse_.drawn ? &*pulse_.notes : nullptr;
}

bool Watch::is_complete() const
{
    const Capture *capture = session().capture.get();
    return capture == nullptr || pulse_.segments == capture->segments();
}

} // namespace mptcp
