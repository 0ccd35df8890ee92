// SPDX-License-Identifier: GPL-2.0-or-later
#include "between/packet_fates.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include <boost/icl/interval_map.hpp>

#include "base/seq.h"
#include "containers/interval_set.h"
#include "containers/keyed_hash.h"

namespace mptcp {
namespace {

// TCP's sequence numbers as numbers that do not wrap.
class Unwrapped {
public:
    std::uint64_t operator()(TcpSeq seq)
    {
        last_ = extend(seq.value, last_);
        return last_.value;
    }

private:
    DataSeq last_{std::uint64_t{1} << 63};
};

// RFC 9293 3.4: a SYN occupies a sequence number before its data.
std::uint64_t first_byte(const Sighting &sighting, std::uint64_t seq)
{
    return seq + ((sighting.flags & kSyn) != 0 ? 1 : 0);
}

// A packet, and where in the flow's sequence numbers its data is.
struct Placed {
    const SightedPacket *packet = nullptr;
    Range bytes;
    const Sighting *here = nullptr, *there = nullptr;
    bool was_before = false, passed_later = false; // at a point before, or behind them
    bool was_split = false; // other packets at the second point have its data
};

// Data, and how often it is there.
class CountedData {
public:
    void add(const Range &bytes)
    {
        if (!bytes.empty() && find(bytes).parts <= kMostParts)
            times_ += std::pair{interval(bytes), 1U};
    }
    // Takes it once. Takes nothing, and returns false, if a part of it is not there.
    bool take(const Range &bytes)
    {
        const Found found = find(bytes);
        if (bytes.empty() || found.parts > kMostParts || found.bytes < bytes.size())
            return false;
        times_ -= std::pair{interval(bytes), 1U};
        return true;
    }

private:
    using Times = boost::icl::interval_map<std::uint64_t, std::uint32_t>;
    struct Found {
        std::uint64_t bytes = 0;
        std::size_t parts = 0; // that are there as often
    };
    // No network card makes a segment of more. Bounds the time for hostile files.
    static constexpr std::size_t kMostParts = 1024;

    static Times::interval_type interval(const Range &bytes)
    {
        return Times::interval_type::right_open(bytes.begin, bytes.end);
    }
    Found find(const Range &bytes) const
    {
        Found found;
        const auto [begin, end] = times_.equal_range(interval(bytes));
        for (auto part = begin; part != end && found.parts <= kMostParts; ++part, ++found.parts)
            found.bytes += common(bytes, {part->first.lower(), part->first.upper()}).size();
        return found;
    }

    Times times_;
};

// The data of a flow by the packets that carried it, and up to where the receiver has it.
struct Covered {
    IntervalSet there, only_here;
    std::uint64_t acknowledged = 0;
};

bool is_at_any(const SightedPacket &packet, const std::vector<std::uint32_t> &path,
               std::size_t begin, std::size_t end)
{
    for (std::size_t place = begin; place < end; ++place)
        if (at_point(packet, path[place]) != nullptr)
            return true;
    return false;
}

std::vector<Placed> place_packets(const SightedFlow &flow, const std::vector<std::uint32_t> &path,
                                  const Way &way)
{
    std::vector<Placed> packets;
    packets.reserve(flow.size());
    Unwrapped place_of;
    for (const SightedPacket &packet : flow) {
        const Sighting &any = *packet.front().sighting;
        const std::uint64_t begin = first_byte(any, place_of(any.seq));
        packets.push_back({&packet,
                           {begin, begin + any.payload},
                           at_point(packet, path[way.from]),
                           at_point(packet, path[way.to]),
                           is_at_any(packet, path, 0, way.from),
                           is_at_any(packet, path, way.to + 1, path.size())});
    }
    return packets;
}

// The highest ACK number of the receiver, at any point. `begin` is near the numbers of the flow.
std::uint64_t acknowledged_by(const SightedFlow &answers, std::uint64_t begin)
{
    std::uint64_t highest = 0;
    Unwrapped place_of;
    place_of(TcpSeq{static_cast<std::uint32_t>(begin)});
    for (const SightedPacket &packet : answers)
        if (const Sighting &any = *packet.front().sighting; (any.flags & kAck) != 0)
            highest = std::max(highest, place_of(any.ack));
    return highest;
}

Covered covered_by(const std::vector<Placed> &packets, const SightedFlow *answers)
{
    Covered covered;
    std::uint64_t end = 0;
    for (const Placed &each : packets) {
        end = std::max(end, each.bytes.end);
        if (each.there != nullptr)
            covered.there.add(each.bytes);
        if (each.there == nullptr && (each.here != nullptr || !each.passed_later))
            covered.only_here.add(each.bytes);
    }
    if (answers != nullptr)
        covered.acknowledged =
            std::min(acknowledged_by(*answers, packets.front().bytes.begin), end);
    return covered;
}

// Data that was sent again may arrive once. What was sent last has then arrived.
void find_split(std::vector<Placed> &packets)
{
    CountedData only_there;
    for (const Placed &each : packets)
        if (each.here == nullptr && each.there != nullptr)
            only_there.add(each.bytes);
    std::for_each(packets.rbegin(), packets.rend(), [&](Placed &each) {
        if (each.here != nullptr && each.there == nullptr)
            each.was_split = only_there.take(each.bytes);
    });
}

bool is_within(const Range &bytes, const IntervalSet &set)
{
    return !bytes.empty() && set.count(bytes) == bytes.size();
}

// The receiver has data of this packet that no packet at the point carried.
bool is_acknowledged(const Placed &each, const Covered &covered)
{
    const Range bytes{each.bytes.begin, std::min(each.bytes.end, covered.acknowledged)};
    return !bytes.empty() && covered.there.count(bytes) < bytes.size();
}

// The packets at both points, for others at the second one that are the same.
class Duplicates {
public:
    explicit Duplicates(const std::vector<Placed> &packets)
    {
        for (const Placed &each : packets)
            if (each.here != nullptr && each.there != nullptr && each.there->is_numbered)
                passed_.insert(hash(*each.there));
    }
    bool has(const Sighting &sighting) const { return passed_.contains(hash(sighting)); }

private:
    static std::uint64_t hash(const Sighting &sighting)
    {
        return KeyedHash{}
            .add(sighting.fingerprint)
            .add(sighting.data)
            .add(sighting.window)
            .add(sighting.options())
            .finish();
    }
    std::unordered_set<std::uint64_t, NumberHash> passed_;
};

Fate fate_of(const Placed &each, const Covered &covered, const Duplicates &duplicates)
{
    if (each.here != nullptr && each.there != nullptr)
        return Fate::Both;
    // What was split may be joined again to the same packet, and the reverse: other points do not
    // tell whether it passed as it was.
    if (each.there != nullptr) {
        if (is_within(each.bytes, covered.only_here))
            return Fate::Joined;
        if (each.was_before)
            return Fate::None;
        return duplicates.has(*each.there) ? Fate::Duplicated : Fate::Unseen;
    }
    if (each.here == nullptr)
        return Fate::None;
    if (each.was_split)
        return Fate::Split;
    return each.passed_later || is_acknowledged(each, covered) ? Fate::Missed : Fate::Lost;
}

} // namespace

std::vector<PacketFate> fates_of(const SightedFlow &flow, const SightedFlow *answers,
                                 const std::vector<std::uint32_t> &path, const Way &way)
{
    std::vector<Placed> packets = place_packets(flow, path, way);
    if (packets.empty())
        return {};
    find_split(packets);
    const Covered covered = covered_by(packets, answers);
    const Duplicates duplicates{packets};
    std::vector<PacketFate> fates;
    fates.reserve(packets.size());
    for (const Placed &each : packets)
        fates.push_back({fate_of(each, covered, duplicates), each.packet, each.here, each.there});
    return fates;
}

} // namespace mptcp
