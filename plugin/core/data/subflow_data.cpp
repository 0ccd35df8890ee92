// SPDX-License-Identifier: GPL-2.0-or-later
#include "data/subflow_data.h"

#include <algorithm>

#include "base/seq.h"

namespace mptcp {
namespace {

// Where offsets begin: numbers before the first one that was seen have some, too.
constexpr std::uint64_t kZero = std::uint64_t{1} << 40;

// What waits for something that may never come is kept as long as there is not
// too much of it.
constexpr std::size_t kMostWaiting = 128;
constexpr std::size_t kMostPieces = 256; // that mappings may cut it into
constexpr std::size_t kMostEarly = 32;
constexpr int kMostCompared = 64; // mappings that a new one overlaps with
constexpr std::size_t kMostUnacknowledged = 4096;

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
    // The mapping covers the payload, or the payload the mapping.
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
    if (early.size() == kMostEarly)
        early.erase(early.begin());
    early.push_back(mapping);
}

std::vector<EarlyMapping> SubflowData::take_early()
{
    return any_early() ? std::exchange(rare_->early, {}) : std::vector<EarlyMapping>{};
}

void SubflowData::keep(const Run &part)
{
    // A mapping that goes on where the last one ends is one with it.
    if (!runs_.empty()) {
        Run &last = runs_.back();
        if (last.end == part.begin && last.key_of(part.begin) == part.key) {
            last.end = part.end;
            return;
        }
    }
    runs_.add(part);
    runs_.shed([this](const Run &run) { return run.end <= acked_; });
}

bool SubflowData::contradicted(const Run &run) const
{
    int left = kMostCompared;
    bool differs = false;
    runs_.visit_from(run.begin, [&](const Run &known) {
        const Range both = common(known.offsets(), run.offsets());
        differs = !both.empty() && known.key_of(both.begin) != run.key_of(both.begin);
        return !differs && known.begin < run.end && --left > 0;
    });
    return differs;
}

const Run *SubflowData::find(std::uint64_t offset) const
{
    const Run *run = runs_.find(offset);
    return run != nullptr && offset < run->end ? run : nullptr;
}

void SubflowData::wait(const Pending &pending)
{
    std::vector<Pending> &waiting = rare().waiting;
    if (waiting.size() >= kMostWaiting)
        waiting.erase(waiting.begin(), waiting.end() - (kMostWaiting - 1));
    waiting.push_back(pending);
}

// Those that the mapping covers, or covers a part of; the rest waits on.
std::vector<Pending> SubflowData::take_waiting(const Range &mapped)
{
    if (!any_waits())
        return {};
    std::vector<Pending> taken;
    std::vector<Pending> rest;
    rest.reserve(rare_->waiting.size() + 1);
    for (const Pending &pending : rare_->waiting) {
        const Range part = common(pending.offsets, mapped);
        if (part.empty()) {
            rest.push_back(pending);
            continue;
        }
        const auto cut = [&](const Range &offsets) {
            Pending piece = pending;
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
    if (rest.size() > kMostPieces)
        rest.erase(rest.begin(), rest.end() - kMostPieces);
    rare_->waiting = std::move(rest);
    return taken;
}

void SubflowData::sent(const Unacknowledged &segment)
{
    if (unacknowledged_.size() < kMostUnacknowledged)
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
    runs_.clear();
    if (rare_)
        rare_ = std::make_unique<RareState>(RareState{rare_->isn_candidates, {}, {}, {}});
}

} // namespace mptcp
