// SPDX-License-Identifier: GPL-2.0-or-later
#include "series/round_trips.h"

#include <algorithm>
#include <array>

namespace mptcp {
namespace {

RoundTrip round_trip(const DrawnConnection &drawn, const SegmentNote &note, Time duration,
                     RoundTripKind kind)
{
    return {drawn.since_start(note.time), note.frame, drawn.index_of(note.subflow), duration, kind};
}

// True for the SYN that the handshake's round-trip time is measured from.
bool is_timed_syn(const SegmentNote &note, const Subflow &subflow)
{
    return note.has(kSyn) && !note.has(kAck) && subflow.handshake_rtt &&
           subflow.syn_time == note.time;
}

void add_handshakes(const DrawnConnection &drawn, std::vector<RoundTrip> &samples)
{
    for (const SegmentNote &note : drawn.notes()) {
        const Subflow &subflow = drawn.registry()[note.subflow];
        if (drawn.is_counted(note) && is_timed_syn(note, subflow))
            samples.push_back(
                round_trip(drawn, note, *subflow.handshake_rtt, RoundTripKind::Handshake));
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
