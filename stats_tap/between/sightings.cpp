// SPDX-License-Identifier: GPL-2.0-or-later
#include "between/sightings.h"

#include <algorithm>
#include <variant>

#include "containers/keyed_hash.h"

namespace mptcp {
namespace {

std::uint64_t hash_of(ByteView bytes)
{
    KeyedHash hash;
    for (const std::uint8_t byte : bytes)
        hash.add(byte);
    return hash.finish();
}

bool is_signalling(const Segment &segment)
{
    return segment.any_syn() || segment.fin() || segment.rst() ||
           std::ranges::any_of(segment.options.mptcp, [](const Option &option) {
               return !std::holds_alternative<Dss>(option);
           });
}

Sighting sighting_of(const Segment &segment, const Observation &observation)
{
    Sighting sighting;
    sighting.time = segment.time;
    sighting.option_kinds = segment.options.kinds;
    sighting.addresses = KeyedHash{}.add(segment.source).add(segment.destination).finish();
    sighting.option = hash_of(segment.options.mptcp_bytes);
    sighting.frame = segment.frame;
    sighting.original = observation.is_copy() ? observation.copy_of : segment.frame;
    sighting.subflow = observation.subflow;
    sighting.seq = segment.seq;
    sighting.ack = segment.ack;
    sighting.payload = segment.payload;
    sighting.marks = segment.marks;
    sighting.window = segment.window;
    sighting.mss = segment.options.mss.value_or(0);
    sighting.flags = segment.flags;
    sighting.sender = observation.sender;
    sighting.options_truncated = segment.options.truncated;
    sighting.is_signalling = is_signalling(segment);
    return sighting;
}

} // namespace

void Sightings::add(const Segment &segment, const std::optional<Observation> &observation)
{
    if (recorded_.size() <= segment.marks)
        recorded_.resize(std::size_t{segment.marks} + 1);
    recorded_[segment.marks].include({segment.time, segment.time});
    if (!observation)
        return;
    any_copy_ = any_copy_ || observation->is_copy();
    if (!any_copy_ && sightings_.size() == CopyFinder::kMostPackets)
        sightings_.pop_front();
    sightings_.push_back(sighting_of(segment, *observation));
}

} // namespace mptcp
