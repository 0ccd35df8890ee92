// SPDX-License-Identifier: GPL-2.0-or-later
//
// Offsets, mappings and payload of one direction of a subflow (RFC 8684 3.3.1).
#include "data/subflow_data.h"

#include <algorithm>
#include <iterator>

#include "base/seq.h"

namespace mptcp {
namespace {

// The offset of zero_. It is not 0, so that earlier sequence numbers have offsets, too.
constexpr std::uint64_t kZero = std::uint64_t{1} << 40;

// Limits on state that may never be resolved. Beyond them, the oldest entries are discarded, or
// further segments are not recorded (kMaxUnacknowledged).
constexpr std::size_t kMaxUnmapped = 128; // packets without a mapping
constexpr std::size_t kMaxPieces = 256;   // pieces of these that mappings leave
constexpr std::size_t kMaxEarly = 32;     // mappings before the ISN is known
constexpr int kMaxCompared = 64;          // earlier mappings that a new one is compared with
constexpr std::size_t kMaxUnacknowledged = 4096;

// The offset with those lower 32 bits that is nearest to `near`.
std::uint64_t nearest(std::uint32_t low, std::uint64_t near)
{
    return extend(low, DataSeq{near}).value;
}

} // namespace

SubflowData::SubflowData(TcpSeq seq, std::optional<TcpSeq> isn)
    : zero_(isn.value_or(seq)), last_(kZero)
{
    if (isn) {
        isn_offset_ = kZero;
        last_ = offset_of(seq);
    }
}

std::uint64_t SubflowData::offset_of(TcpSeq seq) const
{
    return nearest(distance(zero_, seq), last_);
}

std::optional<std::uint64_t> SubflowData::offset_of_relative(std::uint32_t relative,
                                                             std::uint64_t near) const
{
    if (!isn_known())
        return std::nullopt;
    return nearest(static_cast<std::uint32_t>(isn_offset_) + relative + not_counted_, near);
}

void SubflowData::choose_numbering(std::uint32_t relative, std::uint64_t length,
                                   const Range &payload, std::uint32_t syn_payload)
{
    if (numbering_chosen_ || !isn_known() || payload.empty() || syn_payload == 0)
        return;
    const auto begin_of = [&](std::uint32_t not_counted) {
        return nearest(static_cast<std::uint32_t>(isn_offset_) + relative + not_counted,
                       payload.begin);
    };
    const std::uint64_t counted = begin_of(0);
    const std::uint64_t not_counted = begin_of(syn_payload);
    const auto covers = [&](std::uint64_t begin) {
        return begin <= payload.begin && payload.begin < begin + length;
    };
    // A mapping usually begins with the payload that it comes with.
    if (counted != payload.begin && not_counted != payload.begin &&
        covers(counted) == covers(not_counted))
        return; // both readings are possible, or none
    const bool leaves_out =
        not_counted == payload.begin || (counted != payload.begin && covers(not_counted));
    not_counted_ = leaves_out ? syn_payload : 0;
    numbering_chosen_ = true;
}

bool SubflowData::infer_isn(std::uint32_t relative, std::uint64_t length, const Range &payload)
{
    // Either the mapping covers the payload, or the payload covers the mapping.
    const std::uint64_t from_begin = payload.begin - relative;
    const std::uint64_t from_end = payload.end - relative - length;
    const Range now{std::min(from_begin, from_end), std::max(from_begin, from_end)};
    std::optional<Range> &candidates = rare().isn_candidates;
    const Range both = common(candidates.value_or(now), now);
    candidates = both.begin <= both.end ? both : now;
    if (candidates->begin == candidates->end)
        isn_offset_ = candidates->begin;
    return isn_known();
}

void SubflowData::keep_early(const EarlyMapping &mapping)
{
    std::vector<EarlyMapping> &early = rare().early;
    if (early.size() == kMaxEarly)
        early.erase(early.begin());
    early.push_back(mapping);
}

std::vector<EarlyMapping> SubflowData::take_early()
{
    return any_early() ? std::exchange(rare_->early, {}) : std::vector<EarlyMapping>{};
}

void SubflowData::keep(const Mapping &part)
{
    // A mapping that continues the highest one extends it.
    if (!mappings_.empty()) {
        Mapping &last = mappings_.back();
        if (last.end == part.begin && last.relative_dsn(part.begin) == part.dsn) {
            last.end = part.end;
            return;
        }
    }
    mappings_.add(part);
    mappings_.shed([this](const Mapping &mapping) { return mapping.end <= acked_; });
}

bool SubflowData::contradicted(const Mapping &mapping) const
{
    int left = kMaxCompared;
    bool differs = false;
    mappings_.visit_from(mapping.begin, [&](const Mapping &known) {
        const Range both = common(known.offsets(), mapping.offsets());
        differs =
            !both.empty() && known.relative_dsn(both.begin) != mapping.relative_dsn(both.begin);
        return !differs && known.begin < mapping.end && --left > 0;
    });
    return differs;
}

const Mapping *SubflowData::find(std::uint64_t offset) const
{
    const Mapping *found = mappings_.find(offset);
    return found != nullptr && offset < found->end ? found : nullptr;
}

void SubflowData::add_unmapped(const UnmappedPayload &payload)
{
    std::vector<UnmappedPayload> &unmapped = rare().unmapped;
    if (unmapped.size() >= kMaxUnmapped)
        unmapped.erase(unmapped.begin(), unmapped.end() - (kMaxUnmapped - 1));
    unmapped.push_back(payload);
}

std::vector<Range> SubflowData::unmapped() const
{
    std::vector<Range> offsets;
    if (rare_)
        for (const UnmappedPayload &payload : rare_->unmapped)
            offsets.push_back(payload.offsets);
    return offsets;
}

// Splits entries that are only partly mapped.
std::vector<UnmappedPayload> SubflowData::take_unmapped(const Range &mapped)
{
    if (!any_unmapped())
        return {};
    std::vector<UnmappedPayload> taken;
    std::vector<UnmappedPayload> rest;
    rest.reserve(rare_->unmapped.size() + 1);
    for (const UnmappedPayload &pending : rare_->unmapped) {
        const Range part = common(pending.offsets, mapped);
        if (part.empty()) {
            rest.push_back(pending);
            continue;
        }
        const auto cut = [&](const Range &offsets) {
            UnmappedPayload piece = pending;
            piece.offsets = offsets;
            piece.place += static_cast<std::uint32_t>(offsets.begin - pending.offsets.begin);
            return piece;
        };
        taken.push_back(cut(part));
        if (pending.offsets.begin < part.begin)
            rest.push_back(cut({pending.offsets.begin, part.begin}));
        if (part.end < pending.offsets.end)
            rest.push_back(cut({part.end, pending.offsets.end}));
    }
    if (rest.size() > kMaxPieces)
        rest.erase(rest.begin(), rest.end() - kMaxPieces);
    rare_->unmapped = std::move(rest);
    return taken;
}

void SubflowData::sent(const Unacknowledged &segment)
{
    if (unacknowledged_.size() < kMaxUnacknowledged)
        unacknowledged_.push_back(segment);
}

SubflowData::Acknowledged SubflowData::acknowledge(std::uint64_t offset)
{
    Acknowledged result;
    if (acked_ != 0 && acked_ < offset) {
        const std::uint64_t unseen = offset - acked_ - passed_.count({acked_, offset});
        result.unseen = unseen > 1 ? unseen : 0; // a FIN occupies one sequence number
    }
    acked_ = std::max(acked_, offset);
    for (; !unacknowledged_.empty() && unacknowledged_.front().end <= offset;
         unacknowledged_.pop_front())
        result.newest = unacknowledged_.front();
    return result;
}

void SubflowData::rebase(std::uint64_t offset, std::uint32_t since)
{
    ChunkedSortedVector<Mapping> mappings;
    mappings_.visit_from(0, [&](Mapping mapping) {
        mapping.dsn = mapping.dsn + offset;
        mappings.add(mapping);
        return true;
    });
    mappings_ = std::move(mappings);
    for (EarlyMapping &mapping : rare().early)
        mapping.dsn = mapping.dsn + offset;
    rare().rebased.emplace_back(since, offset);
}

std::uint64_t SubflowData::rebased_by(std::uint32_t frame) const
{
    std::uint64_t sum = 0;
    if (rare_)
        for (const auto &[since, offset] : rare_->rebased)
            sum += frame < since ? offset : 0;
    return sum;
}

void SubflowData::discard_mappings(std::uint32_t since)
{
    moved_ = since;
    mapped_ = IntervalSet{};
    mappings_.clear();
    if (rare_)
        rare_ = std::make_unique<RareState>(RareState{rare_->isn_candidates, {}, {}, {}, {}});
}

} // namespace mptcp
