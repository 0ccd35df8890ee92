// SPDX-License-Identifier: GPL-2.0-or-later
#include "points/number_shifts.h"

#include <cstdlib>

#include "connections/acceptability.h"
#include "wire/tcp_options.h"

namespace mptcp {
namespace {

// What the MPTCP options of a SYN or SYN/ACK say; 0: there is none.
std::uint64_t signature_of(const Segment &opening)
{
    if (!opening.options.any())
        return 0;
    KeyedHash hash;
    TcpOptionWalk walk{opening.options.bytes};
    for (ByteView option = walk.next(); !option.empty(); option = walk.next())
        if (option.front() == kMptcpOptionKind)
            for (const std::uint8_t byte : option)
                hash.add(byte);
    return hash.finish();
}

// A key or a nonce, which no other subflow has.
bool has_secret(const SegmentOptions &options)
{
    const auto *capable = options.find<MpCapable>();
    return (capable != nullptr && capable->sender_key) || options.has<MpJoinSyn>() ||
           options.has<MpJoinSynAck>();
}

bool has_timestamp(const SegmentOptions &options)
{
    return options.timestamps && options.timestamps->value != 0;
}

// All that a firewall leaves as it is. The options may be without those of MPTCP.
KeyedHash hash_of(const Segment &opening)
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
    return hash;
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

NumberShifts::Keys NumberShifts::keys_of(const Segment &opening, const Endpoint &source,
                                         const Endpoint &destination)
{
    const KeyedHash hash = hash_of(opening);
    const std::uint64_t secret = has_secret(opening.options) ? signature_of(opening) : 0;
    return {KeyedHash{hash}.add(source).add(destination).finish(),
            KeyedHash{hash}.add(secret).finish()};
}

void NumberShifts::add(const Segment &opening, const Attribution &sender, const NumberShift &shift)
{
    const Subflow &subflow = registry_[sender.subflow];
    const Keys keys = keys_of(opening, subflow.ends[sender.sender].endpoint,
                              subflow.ends[other(sender.sender)].endpoint);
    const Opening added{sender,      shift,       opening.marks,
                        opening.seq, opening.ack, signature_of(opening)};
    if (!has_index_) {
        if (waiting_.size() == most_)
            waiting_.pop_front();
        waiting_.emplace_back(keys, added);
        return;
    }
    openings_.insert(keys.same_addresses, added);
    openings_.insert(keys.any_addresses, added);
    if (numberings_.contains(sender.subflow) && misfit(opening, sender, {}))
        add_numbering(opening, sender, shift);
    set_place(opening, sender, shift);
}

void NumberShifts::make_index()
{
    has_index_ = true;
    for (const auto &[keys, opening] : std::exchange(waiting_, {})) {
        openings_.insert(keys.same_addresses, opening);
        openings_.insert(keys.any_addresses, opening);
    }
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

bool NumberShifts::is_shifted(const Segment &opening, const Opening &original,
                              bool same_addresses) const
{
    const auto &isn = registry_[original.sender.subflow].ends[original.sender.sender].isn;
    const std::uint64_t signature = signature_of(opening);
    if (original.marks == opening.marks || isn != original.seq || // e.g. not acceptable
        (signature != 0 && signature != original.signature))
        return false;
    const bool has_id = opening.ip_id != 0, timestamp = has_timestamp(opening.options);
    if (has_secret(opening.options))
        return same_addresses || has_id || timestamp;
    return timestamp && (same_addresses || has_id);
}

const NumberShifts::Opening *NumberShifts::find(const Segment &opening,
                                                const std::optional<Attribution> &current)
{
    Keys keys = keys_of(opening, opening.source, opening.destination);
    if (current) { // which may have other addresses at the first point
        const auto &ends = registry_[current->subflow].ends;
        keys =
            keys_of(opening, ends[current->sender].endpoint, ends[other(current->sender)].endpoint);
    }
    for (const std::uint64_t key : {keys.same_addresses, keys.any_addresses}) {
        const Opening *found = openings_.find(key);
        if (found == nullptr)
            continue;
        const bool same = has_same_addresses(opening, found->sender.subflow, current);
        if ((same || !current || opening.syn()) && is_shifted(opening, *found, same))
            return found;
    }
    return nullptr;
}

std::optional<NumberShifts::Candidate>
NumberShifts::recognize(const Segment &opening, const std::optional<Attribution> &current)
{
    const Opening *original = find(opening, current);
    if (original == nullptr)
        return std::nullopt;
    const Attribution sender = original->sender;
    const NumberShift shift{distance(original->seq, opening.seq),
                            opening.has_ack() ? distance(original->ack, opening.ack) : 0};
    if (!add_numbering(opening, sender, original->shift) || !add_numbering(opening, sender, shift))
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

NumberShifts::Candidates NumberShifts::by_numberings(const Attribution &sender,
                                                     const Place *place) const
{
    Candidates candidates;
    const auto found = numberings_.find(sender.subflow);
    if (found == numberings_.end())
        return candidates;
    for (const Numbering &numbering : found->second) {
        const NumberShift shift{numbering[sender.sender].value_or(0),
                                numbering[other(sender.sender)].value_or(0)};
        if (place == nullptr || place->shift.seq == shift.seq)
            candidates.push_back({sender, shift});
    }
    return candidates;
}

NumberShifts::Candidates NumberShifts::candidates(const Segment &segment,
                                                  const std::optional<Attribution> &current)
{
    if (!any())
        return {{current, {}}};
    const Place *place =
        places_.find(place_key(segment.source, segment.destination, segment.marks));
    if (place != nullptr && place->is_ack_known)
        return {{place->sender, place->shift}};
    const auto sender = place != nullptr ? place->sender : current;
    if (sender)
        if (auto candidates = by_numberings(*sender, place); !candidates.empty())
            return candidates;
    return {{sender, place != nullptr ? place->shift : NumberShift{}}};
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
    const Candidates candidates =
        segment.any_syn() ? by_numberings(current, nullptr) : this->candidates(segment, current);
    if (!segment.any_syn() && candidates.size() == 1)
        return candidates.front().shift;
    NumberShift best;
    std::optional<std::uint64_t> least;
    for (const auto &[sender, shift] : candidates) {
        const auto misfit = this->misfit(segment, *sender, shift);
        if (misfit && (!least || *misfit < *least)) {
            least = misfit;
            best = shift;
        }
    }
    return best;
}

} // namespace mptcp
