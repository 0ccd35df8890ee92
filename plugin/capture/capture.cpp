// SPDX-License-Identifier: GPL-2.0-or-later
#include "capture/capture.h"

namespace mptcp {
namespace {

std::uint64_t inner_key(std::uint32_t frame, std::uint32_t layer)
{
    return std::uint64_t{frame} << 32 | layer;
}

} // namespace

std::optional<Attribution> Capture::observe(const Segment &segment, std::uint32_t layer)
{
    const auto attribution = tracker_.on_segment(segment);
    if (attribution)
        keep(segment.frame, layer, pack(attribution));
    return attribution;
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
        inner_layers_[inner_key(frame, layer)] = packed;
        return;
    }
    if (first_layer_.size() <= frame)
        first_layer_.resize(std::size_t{frame} + 1); // the frames in between are not of MPTCP
    first_layer_[frame] = packed;
}

std::optional<Attribution> Capture::observed(std::uint32_t frame, std::uint32_t layer) const
{
    if (layer == 0)
        return frame < first_layer_.size() ? unpack(first_layer_[frame]) : std::nullopt;
    const auto found = inner_layers_.find(inner_key(frame, layer));
    return found == inner_layers_.end() ? std::nullopt : unpack(found->second);
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

Capture::Packed Capture::pack(const std::optional<Attribution> &attribution)
{
    if (!attribution)
        return 0;
    return (static_cast<std::uint32_t>(attribution->subflow) + 1) << 1 |
           static_cast<std::uint32_t>(attribution->sender);
}

std::optional<Attribution> Capture::unpack(Packed packed)
{
    if (packed == 0)
        return std::nullopt;
    return Attribution{SubflowId{(packed >> 1) - 1}, static_cast<Side>(packed & 1)};
}

} // namespace mptcp
