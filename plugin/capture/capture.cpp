// SPDX-License-Identifier: GPL-2.0-or-later
#include "capture/capture.h"

#include <algorithm>

#include "containers/sorted.h"

namespace mptcp {

std::optional<Observation> Capture::observe(const Segment &segment, std::uint32_t layer)
{
    const auto observation = tracker_.on_segment(segment);
    sightings_.add(tracker_.points(), segment, observation);
    if (observation)
        keep(segment.frame, layer, pack(observation));
    if (observation && observation->is_copy())
        copies_.push_back({segment_key(segment.frame, layer), observation->copy_of});
    if (observation && observation->shift.any())
        shifts_.push_back({segment_key(segment.frame, layer), observation->shift});
    return observation;
}

std::optional<Observation> Capture::observe_again(const Segment &segment, std::uint32_t layer)
{
    const auto observation = observed(segment.frame, layer);
    if (observation)
        sightings_.add_again(tracker_.points(), segment, layer, *observation);
    return observation;
}

std::span<const Capture::CopyLink> Capture::copies_of(std::uint32_t frame) const
{
    if (by_original_.size() != copies_.size()) {
        by_original_.clear();
        for (const CopyRecord &copy : copies_)
            by_original_.push_back({copy.original, frame_of_key(copy.segment)});
        std::ranges::sort(by_original_);
    }
    return with_key(by_original_, &CopyLink::original, frame);
}

const Capture::Between &Capture::between() const
{
    using Clock = std::chrono::steady_clock;
    constexpr int kPart = 10; // of the time
    if (is_between_known())
        return known_.between;
    const Clock::time_point begin = Clock::now();
    const PointsReport report =
        make_points_report(tracker_, sightings_, [](std::uint32_t) { return true; },
                           {.each_delay = true, .clocks = clocks_});
    known_.between = {PacketsBetween{report}, Vantages{tracker_, sightings_, report, seen_at_}};
    known_.segments = segments_;
    known_.sightings = sightings_.size();
    const Clock::time_point end = Clock::now();
    known_.due = end + (end - begin) * kPart;
    return known_.between;
}

const Capture::Between &Capture::recently_between() const
{
    const bool is_recent = is_between_known() || std::chrono::steady_clock::now() < known_.due;
    return is_recent ? known_.between : between();
}

void Capture::keep(std::uint32_t frame, std::uint32_t layer, Packed packed)
{
    if (layer == 0 && first_layer_.size() == frame) // nearly always
        first_layer_.push_back(packed);
    else
        keep_anywhere(frame, layer, packed);
}

void Capture::keep_anywhere(std::uint32_t frame, std::uint32_t layer, Packed packed)
{
    if (layer > 0) {
        inner_layers_[segment_key(frame, layer)] = packed;
        return;
    }
    if (first_layer_.size() <= frame)
        first_layer_.resize(std::size_t{frame} + 1); // the frames in between are not of MPTCP
    first_layer_[frame] = packed;
}

std::optional<Observation> Capture::observed(std::uint32_t frame, std::uint32_t layer) const
{
    if (layer == 0)
        return frame < first_layer_.size() ? unpack(first_layer_[frame], frame, 0) : std::nullopt;
    const auto found = inner_layers_.find(segment_key(frame, layer));
    return found == inner_layers_.end() ? std::nullopt : unpack(found->second, frame, layer);
}

std::optional<std::uint32_t> Capture::stream(SubflowId id) const
{
    return has_stream(id) ? streams_[static_cast<std::size_t>(id)] : std::nullopt;
}

void Capture::note_stream(SubflowId id, std::uint32_t stream)
{
    const auto place = static_cast<std::size_t>(id);
    if (streams_.size() <= place)
        streams_.resize(place + 1);
    streams_[place] = stream;
}

Capture::Packed Capture::pack(const std::optional<Observation> &observation)
{
    if (!observation)
        return 0;
    return (static_cast<std::uint32_t>(observation->subflow) + 1) << 2 |
           static_cast<std::uint32_t>(observation->is_copy()) << 1 |
           static_cast<std::uint32_t>(observation->sender);
}

std::optional<Observation> Capture::unpack(Packed packed, std::uint32_t frame,
                                           std::uint32_t layer) const
{
    if (packed == 0)
        return std::nullopt;
    Observation observation{
        Attribution{SubflowId{(packed >> 2) - 1}, static_cast<Side>(packed & 1)}};
    if ((packed & 2) != 0)
        observation.copy_of =
            std::ranges::lower_bound(copies_, segment_key(frame, layer), {}, &CopyRecord::segment)
                ->original;
    if (shifts_.empty())
        return observation;
    const auto shifted =
        std::ranges::lower_bound(shifts_, segment_key(frame, layer), {}, &ShiftRecord::segment);
    if (shifted != shifts_.end() && shifted->segment == segment_key(frame, layer))
        observation.shift = shifted->shift;
    return observation;
}

} // namespace mptcp
