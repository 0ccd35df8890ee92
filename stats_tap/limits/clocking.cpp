// SPDX-License-Identifier: GPL-2.0-or-later
#include "limits/clocking.h"

#include <algorithm>
#include <optional>

#include "flight/reaction.h"

namespace mptcp {
namespace {

// The ACKs of one pause that lower what is in flight.
struct Pause {
    Time begin = 0;
    bool is_behind_full = false; // the data before it is a full segment
    std::optional<Time> first_ack, last_ack;
    Time round_trip = 0; // the longest one of the subflows with ACKs

    void add(const Moment &moment)
    {
        if (!moment.acknowledges)
            return;
        first_ack = first_ack.value_or(moment.time);
        last_ack = moment.time;
        round_trip = std::max(round_trip, moment.round_trip);
    }
};

// The pause ends with this data.
Clocking clocking_before(const Pause &pause, const Moment &data, bool nothing_in_flight)
{
    const Time round_trip = std::max(pause.round_trip, data.round_trip);
    const Time length = data.time - pause.begin;
    const bool is_long = length > patience(round_trip);
    if (!pause.last_ack && !is_long)
        return Clocking::Burst;
    const bool is_answer = pause.last_ack && data.time - *pause.last_ack <= answer_time(round_trip);
    if (is_answer && data.time - *pause.first_ack <= patience(round_trip))
        return Clocking::ByPath;
    // There was more data behind it, but the congestion window was lowered, or the data is paced.
    if (pause.is_behind_full && (is_answer || !is_long))
        return Clocking::ByPath;
    return !is_answer && (is_long || nothing_in_flight) ? Clocking::Idle : Clocking::Unknown;
}

// No data follows any more.
Clocking clocking_of_end(const Pause &pause, const Moment &last)
{
    if (last.phase == Phase::Ending || last.phase == Phase::Closing)
        return Clocking::ByPath;
    return pause.last_ack ? Clocking::Idle : Clocking::Unknown;
}

} // namespace

std::vector<Clocking> clocking_of(const std::vector<Moment> &moments)
{
    std::vector<Clocking> clocking(moments.size(), Clocking::Unknown);
    Pause pause;
    std::size_t begin = 0; // of the pause
    const auto end_pause = [&](std::size_t last, Clocking found) {
        std::fill(clocking.begin() + static_cast<std::ptrdiff_t>(begin),
                  clocking.begin() + static_cast<std::ptrdiff_t>(last + 1), found);
        begin = last + 1;
        pause = {moments[last].time, moments[last].is_full, {}, {}, 0};
    };
    for (std::size_t i = 0; i < moments.size(); ++i) {
        if (moments[i].sends)
            end_pause(i, clocking_before(pause, moments[i], i > 0 && moments[i - 1].all_acked));
        else
            pause.add(moments[i]);
    }
    if (begin < moments.size())
        end_pause(moments.size() - 1, clocking_of_end(pause, moments.back()));
    return clocking;
}

} // namespace mptcp
