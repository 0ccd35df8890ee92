// SPDX-License-Identifier: GPL-2.0-or-later
#include "points/copy_finder.h"

#include <utility>

#include "containers/keyed_hash.h"

namespace mptcp {
namespace {

// Packets on a new 4-tuple are compared with fewer packets: their subflow began recently.
constexpr std::size_t kPartBehindNat = 4;

std::uint64_t key_between(std::uint64_t fingerprint, const Endpoint &source,
                          const Endpoint &destination)
{
    return KeyedHash{}.add(fingerprint).add(source).add(destination).finish();
}

// The key of the n-th packet with the same key.
std::uint64_t numbered(std::uint64_t key, std::uint32_t number)
{
    return number == 1 ? key : KeyedHash{}.add(key).add(number).finish();
}

std::uint64_t at_place(std::uint64_t key, std::uint32_t marks)
{
    return KeyedHash{}.add(key).add(marks).add(0).finish();
}

// Two packets that are not the same may have equal sequence numbers.
bool has_random_numbers(const Segment &segment)
{
    const auto &timestamps = segment.options.timestamps;
    return (timestamps && timestamps->value != 0) || segment.ip_id != 0;
}

} // namespace

std::uint64_t fingerprint_of(const Segment &segment, const NumberShift &shift)
{
    constexpr unsigned kFlagsAt = 32, kIdAt = 40, kTimestampsAt = 56;
    KeyedHash hash;
    const std::uint32_t ack = segment.has_ack() ? shift.ack_of(segment).value : 0;
    hash.add(std::uint64_t{shift.seq_of(segment).value} << 32 | ack);
    const auto &timestamps = segment.options.timestamps;
    hash.add(std::uint64_t{segment.payload} | std::uint64_t{segment.flags} << kFlagsAt |
             std::uint64_t{segment.ip_id} << kIdAt |
             std::uint64_t{timestamps.has_value()} << kTimestampsAt);
    if (timestamps)
        hash.add(std::uint64_t{timestamps->value} << 32 | timestamps->echo_reply);
    return hash.finish();
}

CopyFinder::CopyFinder(const Registry &registry, const PointTable &points, std::size_t most_packets)
    : registry_(registry),
      points_(points),
      most_packets_(most_packets),
      originals_(most_packets),
      counts_(most_packets),
      by_numbers_(most_packets / kPartBehindNat),
      shifts_(registry, most_packets / kPartBehindNat)
{
}

std::optional<std::uint32_t> &CopyFinder::first_marks(const Attribution &attribution)
{
    const auto place = static_cast<std::size_t>(attribution.subflow);
    if (first_marks_.size() <= place)
        first_marks_.resize(place + 1);
    return first_marks_[place][attribution.sender];
}

// Without an index: true if the segment may be a copy of a packet in the list.
bool CopyFinder::is_at_second_place(const Segment &segment,
                                    const std::optional<Attribution> &current) const
{
    if (!current)
        return first_opening_ && segment.options.any() &&
               (!segment.syn() || points_.may_be_apart(*first_opening_, segment.marks));
    const auto place = static_cast<std::size_t>(current->subflow);
    if (place >= first_marks_.size())
        return false;
    const auto &first = first_marks_[place][current->sender];
    return first && *first != segment.marks;
}

// Every packet in the list has the first marks of its sender.
void CopyFinder::make_index()
{
    has_index_ = true;
    for (const Packet &packet : packets_)
        index(packet.fingerprint,
              {packet.frame, packet.sender, *first_marks(unpack(packet.sender))});
    shifts_.make_index();
    std::exchange(packets_, {});
    std::exchange(first_marks_, {});
}

std::uint64_t CopyFinder::key(std::uint64_t fingerprint, const Attribution &attribution) const
{
    const Subflow &subflow = registry_[attribution.subflow];
    return key_between(fingerprint, subflow.ends[attribution.sender].endpoint,
                       subflow.ends[other(attribution.sender)].endpoint);
}

// The number of packets with this key at this place. The first packet of a key has no entry in
// counts_: it counts once at its own place.
std::uint32_t CopyFinder::count_at(std::uint64_t key, std::uint32_t marks)
{
    if (const std::uint32_t *count = counts_.find(at_place(key, marks)))
        return *count;
    const Original *first = originals_.find(key);
    return first != nullptr && first->marks == marks ? 1 : 0;
}

void CopyFinder::index(std::uint64_t fingerprint, const Original &original)
{
    const Attribution sender = unpack(original.sender);
    const std::uint64_t same = key(fingerprint, sender);
    const std::uint32_t number = count_at(same, original.marks) + 1;
    if (number > 1 || originals_.find(same) != nullptr)
        counts_.insert(at_place(same, original.marks), number);
    originals_.insert(numbered(same, number), original);
    by_numbers_.insert(fingerprint, original.sender);
}

std::optional<Copy> CopyFinder::find_by_key(std::uint64_t key, const Segment &segment)
{
    const std::uint32_t number = count_at(key, segment.marks) + 1;
    const Original *found = originals_.find(numbered(key, number));
    if (found == nullptr)
        return std::nullopt;
    const Copy copy{{unpack(found->sender), found->frame}, found->marks};
    counts_.insert(at_place(key, segment.marks), number);
    return copy;
}

// The values that identify the subflow have to be the same, where the segment carries them.
bool CopyFinder::may_be_same_packet(const Attribution &original, const Segment &segment) const
{
    const Subflow &subflow = registry_[original.subflow];
    const auto &nonce = subflow.ends[original.sender].nonce;
    if (const auto *join = segment.options.find<MpJoinSyn>())
        return nonce == join->sender_nonce;
    if (const auto *join = segment.options.find<MpJoinSynAck>())
        return nonce == join->sender_nonce;
    const auto *capable = segment.options.find<MpCapable>();
    const Host &host =
        registry_.connection_of(original.subflow).hosts[subflow.role(original.sender)];
    return capable == nullptr || !capable->sender_key || !host.key ||
           *capable->sender_key == *host.key;
}

std::optional<Copy> CopyFinder::find_behind_nat(const Segment &segment)
{
    const std::uint64_t fingerprint = fingerprint_of(segment);
    const std::uint32_t *sender = by_numbers_.find(fingerprint);
    if (sender == nullptr || !has_random_numbers(segment))
        return std::nullopt;
    const Attribution original = unpack(*sender);
    if (!may_be_same_packet(original, segment))
        return std::nullopt;
    auto copy = find_by_key(key(fingerprint, original), segment);
    if (!copy)
        return std::nullopt;
    note_four_tuple(*copy, segment);
    return copy;
}

void CopyFinder::note_four_tuple(Copy &copy, const Segment &segment)
{
    copy.is_new_four_tuple = true;
    const Attribution &whose = copy.observation;
    OtherAddresses addresses{segment.marks, {}};
    addresses.ends[whose.sender] = segment.source;
    addresses.ends[other(whose.sender)] = segment.destination;
    other_addresses_[whose.subflow].push_back(addresses);
}

// The 4-tuple is not in use, or it was another one of an earlier subflow and this is the SYN of a
// new one with the same addresses.
bool CopyFinder::is_on_new_four_tuple(const Attribution &whose,
                                      const std::optional<Attribution> &current,
                                      const Segment &segment) const
{
    const Subflow &subflow = registry_[whose.subflow];
    return (!current || (segment.syn() && whose.subflow != current->subflow)) &&
           (subflow.ends[whose.sender].endpoint != segment.source ||
            subflow.ends[other(whose.sender)].endpoint != segment.destination);
}

std::optional<Copy> CopyFinder::find_same_addresses(const Segment &segment,
                                                    const std::optional<Attribution> &current)
{
    for (const auto &[sender, shift] : shifts_.candidates(segment, current)) {
        const std::uint64_t fingerprint = fingerprint_of(segment, shift);
        auto copy =
            find_by_key(sender ? key(fingerprint, *sender)
                               : key_between(fingerprint, segment.source, segment.destination),
                        segment);
        if (!copy)
            continue;
        copy->observation.shift = shift;
        shifts_.confirm(segment, copy->observation, shift);
        if (is_on_new_four_tuple(copy->observation, current, segment))
            note_four_tuple(*copy, segment);
        return copy;
    }
    return std::nullopt;
}

std::optional<Copy> CopyFinder::find_shifted_opening(const Segment &segment,
                                                     const std::optional<Attribution> &current)
{
    const auto found = shifts_.recognize(segment, current);
    if (!found)
        return std::nullopt;
    auto copy = find_by_key(key(fingerprint_of(segment, found->shift), *found->sender), segment);
    if (!copy)
        return std::nullopt;
    copy->observation.shift = found->shift;
    shifts_.confirm(segment, copy->observation, found->shift);
    if (is_on_new_four_tuple(copy->observation, current, segment))
        note_four_tuple(*copy, segment);
    return copy;
}

std::optional<Copy> CopyFinder::find(const Segment &segment,
                                     const std::optional<Attribution> &current)
{
    if (!has_index_) {
        if (!is_at_second_place(segment, current))
            return std::nullopt;
        make_index();
    }
    if (auto copy = find_same_addresses(segment, current))
        return copy;
    // A SYN may be the first packet of a new subflow on its 4-tuple.
    if (!current || segment.syn())
        if (auto copy = find_behind_nat(segment))
            return copy;
    return NumberShifts::is_opening(segment) ? find_shifted_opening(segment, current)
                                             : std::nullopt;
}

void CopyFinder::add(const Segment &segment, const Attribution &attribution,
                     const NumberShift &shift)
{
    const std::uint64_t fingerprint = fingerprint_of(segment);
    if (!has_index_ && first_marks(attribution).value_or(segment.marks) != segment.marks)
        make_index(); // after a reuse of the 4-tuple
    if (NumberShifts::is_opening(segment))
        shifts_.add(segment, attribution, shift);
    if (has_index_)
        return index(fingerprint, {segment.frame, pack(attribution), segment.marks});
    if (!first_opening_)
        first_opening_ = segment.marks;
    first_marks(attribution) = segment.marks;
    if (packets_.size() == most_packets_)
        packets_.pop_front();
    packets_.push_back({fingerprint, segment.frame, pack(attribution)});
}

std::span<const OtherAddresses> CopyFinder::other_addresses(SubflowId subflow) const
{
    const auto found = other_addresses_.find(subflow);
    if (found == other_addresses_.end())
        return {};
    return found->second;
}

} // namespace mptcp
