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
    sighting.seq = observation.shift.seq_of(segment);
    sighting.ack = observation.shift.ack_of(segment);
    sighting.seq_shift = observation.shift.seq;
    sighting.payload = segment.payload;
    sighting.captured = static_cast<std::uint32_t>(segment.payload_bytes.size());
    sighting.marks = segment.marks;
    sighting.window = segment.window;
    sighting.flags = segment.flags;
    sighting.sender = observation.sender;
    if (!segment.payload_bytes.empty())
        sighting.data = KeyedHash{}.add(segment.payload_bytes).finish();
    sighting.fingerprint = fingerprint_of(segment, observation.shift);
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

Segment Sighting::segment() const
{
    Segment segment;
    segment.frame = frame;
    segment.time = time;
    segment.seq = seq;
    segment.ack = ack;
    segment.flags = flags;
    segment.window = window;
    segment.payload = payload;
    segment.marks = marks;
    parse_options(options(), !options_truncated, segment.options);
    return segment;
}

void Sightings::add(const PointTable &points, const Segment &segment,
                    const std::optional<Observation> &observation)
{
    if (recorded_.size() <= segment.marks)
        recorded_.resize(std::size_t{segment.marks} + 1);
    recorded_[segment.marks].include({segment.time, segment.time});
    if (!observation)
        return;
    const bool may_be_copied = points.several_interfaces() || points.size() > 1;
    if (may_be_copied || sightings_.size() < first_)
        return push(segment, *observation);
    ++skipped_;
    if (skipped_begin_ == 0)
        skipped_begin_ = segment.frame;
    skipped_end_ = segment.frame + 1;
}

void Sightings::add_again(const PointTable &points, const Segment &segment, std::uint32_t layer,
                          const Observation &observation)
{
    const bool was_skipped = skipped_begin_ <= segment.frame && segment.frame < skipped_end_;
    if (!was_skipped || points.size() < 2 ||
        !added_later_.insert(segment_key(segment.frame, layer)).second)
        return;
    push(segment, observation);
    is_sorted_ = false;
}

void Sightings::push(const Segment &segment, const Observation &observation)
{
    any_copy_ = any_copy_ || observation.is_copy();
    if (!any_copy_ && sightings_.size() == CopyFinder::kMostPackets)
        drop_first();
    sightings_.push_back(sighting_of(segment, observation));
}

void Sightings::drop_first()
{
    dropped_end_ = std::max(dropped_end_, sightings_.front().frame + 1);
    sightings_.pop_front();
}

const std::deque<Sighting> &Sightings::all() const
{
    if (!is_sorted_)
        std::ranges::stable_sort(sightings_, {}, &Sighting::frame);
    is_sorted_ = true;
    return sightings_;
}

} // namespace mptcp
