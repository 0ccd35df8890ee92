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
constexpr std::size_t kMaxWaiting = 128; // packets without a mapping
constexpr std::size_t kMaxPieces = 256;  // pieces of these that mappings leave
constexpr std::size_t kMaxEarly = 32;    // mappings before the ISN is known
constexpr int kMaxCompared = 64;         // earlier mappings that a new one is compared with
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
    return nearest(static_cast<std::uint32_t>(isn_offset_) + relative, near);
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

void SubflowData::wait(const UnmappedPayload &pending)
{
    std::vector<UnmappedPayload> &waiting = rare().waiting;
    if (waiting.size() >= kMaxWaiting)
        waiting.erase(waiting.begin(), waiting.end() - (kMaxWaiting - 1));
    waiting.push_back(pending);
}

// Splits entries that are only partly mapped.
std::vector<UnmappedPayload> SubflowData::take_waiting(const Range &mapped)
{
    if (!any_waits())
        return {};
    std::vector<UnmappedPayload> taken;
    std::vector<UnmappedPayload> rest;
    rest.reserve(rare_->waiting.size() + 1);
    for (const UnmappedPayload &pending : rare_->waiting) {
        const Range part = common(pending.offsets, mapped);
        if (part.empty()) {
            rest.push_back(pending);
            continue;
        }
        const auto cut = [&](const Range &offsets) {
            UnmappedPayload piece = pending;
            piece.offsets = offsets;
            piece.first &= offsets.begin == pending.offsets.begin;
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
    rare_->waiting = std::move(rest);
    return taken;
}

void SubflowData::sent(const Unacknowledged &segment)
{
    if (unacknowledged_.size() < kMaxUnacknowledged)
        unacknowledged_.push_back(segment);
}

std::optional<Unacknowledged> SubflowData::acknowledge(std::uint64_t offset)
{
    acked_ = std::max(acked_, offset);
    std::optional<Unacknowledged> newest;
    for (; !unacknowledged_.empty() && unacknowledged_.front().end <= offset;
         unacknowledged_.pop_front())
        newest = unacknowledged_.front();
    return newest;
}

void SubflowData::forget_mappings(std::uint32_t frame)
{
    moved_ = frame;
    mapped_ = IntervalSet{};
    mappings_.clear();
    if (rare_)
        rare_ = std::make_unique<RareState>(RareState{rare_->isn_candidates, {}, {}, {}});
}

} // namespace mptcp
