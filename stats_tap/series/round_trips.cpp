// SPDX-License-Identifier: GPL-2.0-or-later
#include "series/round_trips.h"

#include <algorithm>
#include <array>
#include <set>

namespace mptcp {
namespace {

RoundTrip round_trip(const DrawnConnection &drawn, const SegmentNote &note, Time duration,
                     RoundTripKind kind)
{
    return {drawn.since_start(note.time), note.frame, drawn.index_of(note.subflow), duration, kind};
}

// The round-trip time is that of the first SYN: with another one it would not be known.
void add_handshakes(const DrawnConnection &drawn, std::vector<RoundTrip> &samples)
{
    std::set<SubflowId> timed;
    for (const SegmentNote &note : drawn.notes()) {
        if (!note.has(kSyn) || note.has(kAck) || !timed.insert(note.subflow).second)
            continue;
        const auto &duration = drawn.registry()[note.subflow].handshake_rtt;
        if (duration && drawn.is_counted(note))
            samples.push_back(round_trip(drawn, note, *duration, RoundTripKind::Handshake));
    }
}

} // namespace

std::string_view name(RoundTripKind kind)
{
    constexpr std::array<std::string_view, kRoundTripKinds> kNames{"tcp", "handshake", "data_ack"};
    return kNames[static_cast<std::size_t>(kind)];
}

std::vector<RoundTrip> make_round_trips(const DrawnConnection &drawn, Role sender)
{
    std::vector<RoundTrip> samples;
    add_handshakes(drawn, samples);
    drawn.visit_data(sender, [&](const SegmentNote &note, const DataPacket &packet) {
        if (packet.round_trip != kNoMicros)
            samples.push_back(
                round_trip(drawn, note, to_time(packet.round_trip), RoundTripKind::Tcp));
        if (packet.acknowledged)
            samples.push_back(
                round_trip(drawn, note, to_time(packet.latency), RoundTripKind::DataAck));
    });
    std::ranges::stable_sort(samples, {}, &RoundTrip::frame);
    return samples;
}

RoundTripScale scale_of(const std::vector<RoundTrip> &samples)
{
    constexpr Time kLeast = kMicrosecond; // the precision of most captures
    constexpr Time kFar = 50;
    RoundTripScale scale{kSecond, kLeast, false};
    for (const RoundTrip &sample : samples) {
        scale.least = std::min(scale.least, std::max(sample.duration, kLeast));
        scale.most = std::max(scale.most, sample.duration);
    }
    scale.is_logarithmic = !samples.empty() && scale.most / scale.least >= kFar;
    return scale;
}

} // namespace mptcp
