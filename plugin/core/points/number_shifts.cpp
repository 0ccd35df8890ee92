// SPDX-License-Identifier: GPL-2.0-or-later
#include "points/number_shifts.h"

#include <algorithm>
#include <utility>

#include "connections/acceptability.h"
#include "wire/tcp_options.h"

namespace mptcp {
namespace {

// A key or a nonce, which no other subflow has.
bool has_secret(const SegmentOptions &options)
{
    const auto *capable = options.find<MpCapable>();
    return (capable != nullptr && capable->sender_key) || options.has<MpJoinSyn>() ||
           options.has<MpJoinSynAck>();
}

// What the MPTCP options of a SYN or SYN/ACK say, and in the lowest bit whether there is a secret
// among it. 0: there is no option.
std::uint32_t signature_of(const Segment &opening)
{
    if (!opening.options.any())
        return 0;
    KeyedHash hash;
    TcpOptionWalk walk{opening.options.bytes};
    for (ByteView option = walk.next(); !option.empty(); option = walk.next())
        if (option.front() == kMptcpOptionKind)
            for (const std::uint8_t byte : option)
                hash.add(byte);
    const auto rest = static_cast<std::uint32_t>(hash.finish()) & ~1U;
    return std::max(rest, 2U) | (has_secret(opening.options) ? 1U : 0U);
}

bool has_timestamp(const SegmentOptions &options)
{
    return options.timestamps && options.timestamps->value != 0;
}

// All that a firewall leaves as it is. The options may be without those of MPTCP.
std::uint64_t hash_of(const Segment &opening)
{
    constexpr unsigned kWindowAt = 8, kIdAt = 24;
    constexpr std::uint8_t kMssKind = 2;
    KeyedHash hash;
    hash.add(std::uint64_t{opening.flags} | std::uint64_t{opening.window} << kWindowAt |
             std::uint64_t{opening.ip_id} << kIdAt);
    hash.add(opening.payload);
    TcpOptionWalk walk{opening.options.bytes};
    for (ByteView option = walk.next(); !option.empty(); option = walk.next())
        if (option.front() != kMssKind && option.front() != kMptcpOptionKind)
            for (const std::uint8_t byte : option)
                hash.add(byte);
    return hash.finish();
}

std::uint64_t key_with_addresses(std::uint64_t hash, const Endpoint &source,
                                 const Endpoint &destination)
{
    return KeyedHash{}.add(hash).add(source).add(destination).finish();
}

std::uint64_t key_without_addresses(std::uint64_t hash, std::uint32_t signature)
{
    return KeyedHash{}.add(hash).add((signature & 1U) != 0 ? signature : 0).finish();
}

std::uint64_t place_key(const Endpoint &source, const Endpoint &destination, std::uint32_t marks)
{
    return KeyedHash{}.add(source).add(destination).add(marks).finish();
}

// How far a number is from the next one of its sender, as far as that is known.
std::uint64_t distance_from_next(TcpSeq number, const SubflowEnd &end)
{
    if (!end.sent && !end.isn)
        return 0;
    const TcpSeq next = end.sent ? end.sent_end : *end.isn + 1;
    return std::min(distance(next, number), distance(number, next));
}

} // namespace

NumberShifts::NumberShifts(const Registry &registry, std::size_t most)
    : registry_(registry), most_(most), openings_(2 * most), places_(most)
{
}

void NumberShifts::add(const Segment &opening, const Attribution &sender, const NumberShift &shift)
{
    const Opening added{hash_of(opening), signature_of(opening), pack(sender), opening.marks,
                        opening.seq};
    if (!has_index_) {
        if (waiting_.size() == most_)
            waiting_.pop_front();
        waiting_.push_back(added);
        return;
    }
    index(added, shift);
    if (numberings_.contains(sender.subflow) && misfit(opening, sender, {}))
        add_numbering(opening, sender, shift);
    set_place(opening, sender, shift);
}

void NumberShifts::make_index()
{
    has_index_ = true;
    for (const Opening &opening : std::exchange(waiting_, {}))
        index(opening, {});
}

void NumberShifts::index(const Opening &opening, const NumberShift &shift)
{
    const auto [subflow, side] = unpack(opening.sender);
    const auto &ends = registry_[subflow].ends;
    const KnownOpening known{opening, shift};
    openings_.insert(
        key_with_addresses(opening.hash, ends[side].endpoint, ends[other(side)].endpoint), known);
    openings_.insert(key_without_addresses(opening.hash, opening.signature), known);
}

bool NumberShifts::has_same_addresses(const Segment &segment, SubflowId id,
                                      const std::optional<Attribution> &current) const
{
    const auto &ends = registry_[id].ends;
    return (current && current->subflow == id) ||
           (ends[Side::A].endpoint == segment.source &&
            ends[Side::B].endpoint == segment.destination) ||
           (ends[Side::B].endpoint == segment.source &&
            ends[Side::A].endpoint == segment.destination);
}

// The ACK number of the SYN/ACK or RST that answered the SYN.
std::optional<TcpSeq> NumberShifts::acknowledged_by(const Attribution &sender) const
{
    const Subflow &subflow = registry_[sender.subflow];
    const auto &isn = subflow.ends[other(sender.sender)].isn;
    return isn ? std::optional{*isn + 1 + subflow.accepted_syn_payload} : std::nullopt;
}

bool NumberShifts::is_shifted(const Segment &opening, const Opening &original,
                              bool same_addresses) const
{
    const Attribution sender = unpack(original.sender);
    const std::uint32_t signature = signature_of(opening);
    // One that was not acceptable has another ISN.
    if (registry_[sender.subflow].ends[sender.sender].isn != original.seq ||
        (signature != 0 && original.signature != 0 && signature != original.signature))
        return false;
    const bool has_id = opening.ip_id != 0, timestamp = has_timestamp(opening.options);
    if (has_secret(opening.options) && signature == original.signature)
        return same_addresses || has_id || timestamp;
    return timestamp && (same_addresses || has_id);
}

// An RST has no options. It is the same if it refuses the same SYN.
bool NumberShifts::is_shifted_refusal(const Segment &rst, const KnownOpening &original) const
{
    const Attribution sender = unpack(original.sender);
    const auto refused = acknowledged_by(sender);
    const auto found = numberings_.find(sender.subflow);
    if (!refused || registry_[sender.subflow].ends[sender.sender].isn || found == numberings_.end())
        return false;
    const std::uint32_t shift = distance(*refused, rst.ack);
    return shift != original.shift.ack &&
           std::ranges::any_of(found->second, [&](const Numbering &known) {
               return known[other(sender.sender)] == shift;
           });
}

const NumberShifts::KnownOpening *NumberShifts::find(const Segment &opening,
                                                     const std::optional<Attribution> &current)
{
    const std::uint64_t hash = hash_of(opening);
    Endpoint source = opening.source, destination = opening.destination;
    if (current) { // which may have other addresses at the first point
        const auto &ends = registry_[current->subflow].ends;
        source = ends[current->sender].endpoint;
        destination = ends[other(current->sender)].endpoint;
    }
    for (const std::uint64_t key : {key_with_addresses(hash, source, destination),
                                    key_without_addresses(hash, signature_of(opening))}) {
        const KnownOpening *found = openings_.find(key);
        if (found == nullptr || found->marks == opening.marks)
            continue;
        const bool same = has_same_addresses(opening, unpack(found->sender).subflow, current);
        if (!same && current && !opening.syn())
            continue;
        if (opening.rst() ? is_shifted_refusal(opening, *found) : is_shifted(opening, *found, same))
            return found;
    }
    return nullptr;
}

std::optional<NumberShifts::Candidate>
NumberShifts::recognize(const Segment &opening, const std::optional<Attribution> &current)
{
    const KnownOpening *original = find(opening, current);
    if (original == nullptr)
        return std::nullopt;
    const Attribution sender = unpack(original->sender);
    NumberShift shift{distance(original->seq, opening.seq), 0};
    if (opening.has_ack()) {
        const auto acknowledged = acknowledged_by(sender);
        if (!acknowledged)
            return std::nullopt;
        shift.ack = distance(*acknowledged, opening.ack);
    }
    if (!shift.any() || !add_numbering(opening, sender, original->shift) ||
        !add_numbering(opening, sender, shift))
        return std::nullopt;
    return Candidate{sender, shift};
}

// Returns false if the subflow has too many.
bool NumberShifts::add_numbering(const Segment &opening, const Attribution &sender,
                                 const NumberShift &shift)
{
    Numbering added;
    added[sender.sender] = shift.seq;
    if (opening.has_ack())
        added[other(sender.sender)] = shift.ack;
    Numberings &numberings = numberings_[sender.subflow];
    for (Numbering &known : numberings) {
        const auto agrees = [&](Side side) {
            return !known[side] || !added[side] || known[side] == added[side];
        };
        if (!agrees(Side::A) || !agrees(Side::B))
            continue;
        for (const Side side : {Side::A, Side::B})
            if (added[side])
                known[side] = added[side];
        return true;
    }
    if (numberings.size() == kMostNumberings)
        return false;
    numberings.push_back(added);
    return true;
}

void NumberShifts::set_place(const Segment &segment, const Attribution &sender,
                             const NumberShift &shift)
{
    const std::uint64_t key = place_key(segment.source, segment.destination, segment.marks);
    if (places_.find(key) != nullptr || numberings_.contains(sender.subflow))
        places_.insert(key, {sender, shift, segment.has_ack()});
}

void NumberShifts::add_candidates(const Attribution &sender, const Place *place,
                                  Candidates &candidates) const
{
    const auto found = numberings_.find(sender.subflow);
    if (found == numberings_.end()) {
        candidates.push_back({sender, place != nullptr ? place->shift : NumberShift{}});
        return;
    }
    for (const Numbering &numbering : found->second) {
        const NumberShift shift{numbering[sender.sender].value_or(0),
                                numbering[other(sender.sender)].value_or(0)};
        if (place == nullptr || place->shift.seq == shift.seq)
            candidates.push_back({sender, shift});
    }
}

NumberShifts::Candidates NumberShifts::candidates(const Segment &segment,
                                                  const std::optional<Attribution> &current)
{
    if (!any())
        return {{current, {}}};
    Candidates candidates;
    const Place *place =
        places_.find(place_key(segment.source, segment.destination, segment.marks));
    if (place != nullptr && place->is_ack_known)
        candidates.push_back({place->sender, place->shift});
    else if (place != nullptr)
        add_candidates(place->sender, place, candidates);
    // After a SYN that did not replace the subflow.
    if (current && (place == nullptr || place->sender.subflow != current->subflow))
        add_candidates(*current, nullptr, candidates);
    if (candidates.empty())
        candidates.push_back({current, {}});
    return candidates;
}

void NumberShifts::confirm(const Segment &segment, const Attribution &sender,
                           const NumberShift &shift)
{
    if (!any())
        return;
    const Place *place =
        places_.find(place_key(segment.source, segment.destination, segment.marks));
    if (place != nullptr && place->is_ack_known && place->sender == sender && place->shift == shift)
        return;
    if (segment.any_syn() && numberings_.contains(sender.subflow))
        add_numbering(segment, sender, shift);
    set_place(segment, sender, shift);
}

// None: the segment does not belong to the handshake of the subflow.
std::optional<std::uint64_t> NumberShifts::misfit(const Segment &segment, const Attribution &sender,
                                                  const NumberShift &shift) const
{
    const Subflow &subflow = registry_[sender.subflow];
    const SubflowEnd &from = subflow.ends[sender.sender];
    const SubflowEnd &to = subflow.ends[other(sender.sender)];
    const TcpSeq seq = shift.seq_of(segment), ack = shift.ack_of(segment);
    if (!segment.any_syn())
        return distance_from_next(seq, from) +
               (segment.has_ack() ? distance_from_next(ack, to) : 0);
    const bool acknowledges =
        !segment.has_ack() || !to.isn || within(ack, *to.isn + 1, to.syn_payload);
    if (from.isn.value_or(seq) != seq || !acknowledges)
        return std::nullopt;
    return 0;
}

NumberShift NumberShifts::best(const Segment &segment, const Attribution &current)
{
    Candidates candidates;
    if (segment.any_syn())
        add_candidates(current, nullptr, candidates);
    else
        candidates = this->candidates(segment, current);
    NumberShift best;
    std::optional<std::uint64_t> least;
    for (const auto &[sender, shift] : candidates) {
        if (sender != current)
            continue;
        const auto misfit = this->misfit(segment, current, shift);
        if (misfit && (!least || *misfit < *least)) {
            least = misfit;
            best = shift;
        }
    }
    return best;
}

} // namespace mptcp
