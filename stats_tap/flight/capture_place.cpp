// SPDX-License-Identifier: GPL-2.0-or-later
#include "flight/capture_place.h"

#include <algorithm>

#include "flight/reaction.h"

namespace mptcp {
namespace {

// The times of the last SYN, of the last SYN/ACK before the third ACK, and of that.
struct HandshakeTimes {
    std::optional<Time> syn, syn_ack, ack;
    Role initiator{};

    void add(const SegmentNote &note, Role sender)
    {
        if (ack || note.has(kRst))
            return;
        if (note.has(kSyn) && !note.has(kAck)) {
            syn = note.time;
            initiator = sender;
        } else if (note.has(kSyn)) {
            syn_ack = note.time;
        } else if (syn && syn_ack && sender == initiator) {
            ack = note.time;
        }
    }
    bool is_complete() const { return ack && *syn <= *syn_ack && *syn_ack <= *ack; }
    Time round_trip() const { return *ack - *syn; }
    // From the capture point to this host, and back.
    Time way_to(Role host) const { return host == initiator ? *ack - *syn_ack : *syn_ack - *syn; }
};

// Enough to tell anything.
bool is_seen(const DrawnConnection &drawn, Role sender)
{
    const auto any_of = [&](Role host, auto with) {
        return std::ranges::any_of(drawn.notes(), [&](const SegmentNote &note) {
            return drawn.sender_of(note) == host && with(note);
        });
    };
    if (!any_of(sender, [](const SegmentNote &) { return true; }))
        return false;
    const bool any_ack =
        any_of(other(sender), [](const SegmentNote &note) { return note.has(kAck); });
    const bool only_syn =
        std::ranges::all_of(drawn.notes(), [](const SegmentNote &note) { return note.has(kSyn); });
    if (!any_ack && !only_syn)
        return false;
    const DataStream *stream = drawn.stream(sender);
    if (stream == nullptr)
        return true;
    std::uint64_t captured = 0;
    stream->first_senders().visit({0, UINT64_MAX}, [&](const FirstSenderIndex::Entry &entry) {
        captured += entry.length;
        return true;
    });
    constexpr std::uint64_t kTenth = 10;
    const std::uint64_t missing = stream->gaps().acknowledged;
    return missing <= (captured + missing) / kTenth;
}

} // namespace

CapturePlace capture_place_of(const DrawnConnection &drawn, Role sender)
{
    std::vector<HandshakeTimes> handshakes(drawn.connection().subflows.size());
    for (const SegmentNote &note : drawn.notes())
        handshakes[drawn.index_of(note.subflow)].add(note, drawn.sender_of(note));
    CapturePlace place;
    place.is_seen = is_seen(drawn, sender);
    std::size_t near = 0, complete = 0;
    for (const HandshakeTimes &handshake : handshakes) {
        place.round_trips.emplace_back();
        if (!handshake.is_complete())
            continue;
        const Time round_trip = handshake.round_trip();
        place.round_trips.back() = round_trip;
        ++complete;
        near += handshake.way_to(sender) <= answer_time(round_trip) ? 1 : 0;
    }
    place.at_sender = complete > 0 && near == complete;
    return place;
}

} // namespace mptcp
