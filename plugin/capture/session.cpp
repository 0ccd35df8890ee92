// SPDX-License-Identifier: GPL-2.0-or-later
#include "capture/session.h"

namespace mptcp {
namespace {

Session the_session;

} // namespace

Session &session() { return the_session; }

std::optional<Observation> outermost_observation(std::uint32_t frame)
{
    const Capture *capture = session().capture.get();
    return capture == nullptr ? std::nullopt : capture->observed(frame, 0);
}

void need_all_sightings()
{
    session().needs_all_sightings = true;
    if (session().capture != nullptr)
        session().capture->note_all_sightings();
}

void open_capture()
{
    close_capture();
    session().capture = std::make_unique<Capture>(
        parse_clock_settings(session().preferences.clocks).value_or(ClockSettings{}),
        parse_vantage_choice(session().preferences.seen_at).value_or(VantageChoice{}));
    if (session().needs_all_sightings)
        session().capture->note_all_sightings();
}

void close_capture()
{
    if (session().capture == nullptr)
        return;
    for (void (*closing)() : session().capture_closing)
        closing();
    session().capture.reset();
}

} // namespace mptcp
