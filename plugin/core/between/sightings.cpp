// SPDX-License-Identifier: GPL-2.0-or-later
#include "between/sightings.h"

#include <algorithm>
#include <variant>

#include "containers/keyed_hash.h"
#include "wire/tcp_options.h"

namespace mptcp {
namespace {

void note_options(ByteView bytes, Sighting &sighting)
{
    constexpr std::uint8_t kMssKind = 2;
    constexpr std::size_t kMssLength = 4; // bytes
    KeyedHash hash;
    TcpOptionWalk walk{bytes};
    for (ByteView option = walk.next(); !option.empty(); option = walk.next()) {
        const std::uint8_t kind = option.front();
        sighting.option_kinds |= std::uint64_t{1}
                                 << std::min<unsigned>(kind, Sighting::kOtherKinds);
        if (kind == kMssKind && option.size() == kMssLength)
            sighting.mss = Cursor{option.subspan(2)}.u16();
        if (kind == kMptcpOptionKind)
            for (const std::uint8_t byte : option)
                hash.add(byte);
    }
    sighting.mptcp_hash = hash.finish();
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
    sighting.addresses = KeyedHash{}.add(segment.source).add(segment.destination).finish();
    sighting.frame = segment.frame;
    sighting.original = observation.is_copy() ? observation.copy_of : segment.frame;
    sighting.subflow = observation.subflow;
    sighting.seq = segment.seq;
    sighting.ack = segment.ack;
    sighting.payload = segment.payload;
    sighting.marks = segment.marks;
    sighting.window = segment.window;
    sighting.flags = segment.flags;
    sighting.sender = observation.sender;
    note_options(segment.options.bytes, sighting);
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
