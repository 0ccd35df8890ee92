// SPDX-License-Identifier: GPL-2.0-or-later
#include "between/sightings.h"

#include <algorithm>
#include <variant>

#include "containers/keyed_hash.h"

namespace mptcp {
namespace {

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
    sighting.addresses = KeyedHash{}.add(segment.source).add(segment.destination).finish();
    sighting.frame = segment.frame;
    sighting.original = observation.is_copy() ? observation.copy_of : segment.frame;
    sighting.subflow = observation.subflow;
    sighting.seq = segment.seq;
    sighting.ack = segment.ack;
    sighting.seq_shift = observation.shift.seq;
    sighting.payload = segment.payload;
    sighting.captured = static_cast<std::uint32_t>(segment.payload_bytes.size());
    sighting.marks = segment.marks;
    sighting.window = segment.window;
    sighting.flags = segment.flags;
    sighting.sender = observation.sender;
    sighting.fingerprint = fingerprint_of(segment);
    sighting.is_numbered = segment.ip_id != 0 || segment.options.timestamps.has_value();
    const ByteView options =
        segment.options.bytes.first(std::min(segment.options.bytes.size(), Sighting::kMostOptions));
    std::ranges::copy(options, sighting.option_bytes.begin());
    sighting.options_length = static_cast<std::uint8_t>(options.size());
    sighting.options_truncated = segment.options.truncated;
    sighting.is_signalling = is_signalling(segment);
    return sighting;
}

} // namespace

void Sightings::add(const PointTable &points, const Segment &segment,
                    const std::optional<Observation> &observation)
{
    constexpr std::size_t kFirst = 4096;
    if (recorded_.size() <= segment.marks)
        recorded_.resize(std::size_t{segment.marks} + 1);
    recorded_[segment.marks].include({segment.time, segment.time});
    const bool may_be_copied = points.several_interfaces() || points.size() > 1;
    if (!observation || (!may_be_copied && sightings_.size() >= kFirst))
        return;
    any_copy_ = any_copy_ || observation->is_copy();
    if (!any_copy_ && sightings_.size() == CopyFinder::kMostPackets)
        sightings_.pop_front();
    sightings_.push_back(sighting_of(segment, *observation));
    if (may_be_copied && !segment.payload_bytes.empty())
        sightings_.back().data = KeyedHash{}.add(segment.payload_bytes).finish();
}

} // namespace mptcp
