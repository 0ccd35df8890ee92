// SPDX-License-Identifier: GPL-2.0-or-later
//
// Relative DSNs (RFC 8684 3.3.1), data acknowledgments (3.3.2) and head-of-line blocking of one
// direction of a connection.
#include "data/data_stream.h"

#include <algorithm>
#include <utility>

#include "base/seq.h"

namespace mptcp {

void DataStream::learn_idsn(DataSeq idsn)
{
    const DataSeq first = idsn + 1;
    if (!placed_) {
        placed_ = is_64_bit_ = from_start_ = true;
        origin_ = first.value - kStart;
        acked_ = kStart;
    } else if (!is_64_bit_) {
        origin_ = first.value - extended(first.value);
        is_64_bit_ = true;
    }
}

RelativeDsn DataStream::relative_dsn(const WireDataSeq &seq)
{
    if (!placed_) {
        placed_ = true;
        is_64_bit_ = seq.is_64_bit;
        origin_ = seq.value - kStart;
        return {kStart};
    }
    if (!seq.is_64_bit)
        return {extended(seq.value)};
    if (!is_64_bit_) { // only lower 32 bits were known so far
        origin_ = seq.value - extended(seq.value);
        is_64_bit_ = true;
    }
    const std::uint64_t dsn = seq.value - origin_;
    if (dsn > expected_ && dsn - expected_ < kMaxJump)
        expected_ = dsn;
    return {dsn};
}

std::optional<RelativeDsn> DataStream::place_of(const WireDataSeq &seq,
                                                const std::optional<RelativeDsn> &near) const
{
    if (!placed_)
        return std::nullopt;
    if (seq.is_64_bit && is_64_bit_)
        return RelativeDsn{seq.value - origin_};
    const std::uint64_t reference = near ? near->value : kStart;
    return RelativeDsn{
        extend(static_cast<std::uint32_t>(seq.value - origin_), DataSeq{reference}).value};
}

RelativeDsn DataStream::unmapped_dsn()
{
    if (placed_ && !from_start_)
        return {expected_};
    placed_ = true;
    from_start_ = true;
    return {kStart};
}

std::optional<std::uint64_t> DataStream::offset_from(const DataStream &part) const
{
    if (!placed_ || !part.placed_)
        return std::nullopt;
    if (is_64_bit_ && part.is_64_bit_)
        return part.origin_ - origin_;
    // The same DSN in both; its lower half is known.
    const std::uint64_t low = part.expected_ + part.origin_;
    return extended(low) - part.expected_;
}

std::uint64_t DataStream::extended(std::uint64_t low) const
{
    return extend(static_cast<std::uint32_t>(low - origin_), DataSeq{expected_}).value;
}

std::optional<DataSeq> DataStream::dsn_of(RelativeDsn dsn) const
{
    return is_64_bit_ ? std::optional{DataSeq{dsn.value + origin_}} : std::nullopt;
}

// A jump of 2^31 or more is ignored, because the extension of 4-byte DSNs would be ambiguous.
// relative_dsn() has followed an 8-byte DSN already.
void DataStream::follow(std::uint64_t dsn)
{
    if (dsn > expected_ && dsn - expected_ < kHalf)
        expected_ = dsn;
}

bool DataStream::pass_in_order(const Range &dsns, std::uint32_t packet)
{
    if (dsns.begin != next_ || dsns.begin != seen_.end() || dsns.empty() || blocked_since_)
        return false;
    seen_.add(dsns);
    first_senders_.add(dsns, packet);
    next_ = data_end_ = dsns.end;
    follow(dsns.end);
    return true;
}

DataStream::Passed DataStream::pass_anywhere(const Range &dsns, std::uint32_t packet, Time now)
{
    Passed passed;
    if (seen_.empty() && !from_start_)
        next_ = std::max(dsns.begin, acked_.value_or(0)); // earlier data was not captured
    const std::uint64_t before = next_;
    std::uint64_t known = dsns.begin; // the range before it was processed
    std::uint64_t ahead = 0;          // new bytes at or after `before`
    seen_.add(dsns, [&](const Range &fresh) {
        if (known < fresh.begin && !passed.repeated)
            passed.repeated = RelativeDsn{known};
        known = fresh.end;
        passed.fresh += fresh.size();
        if (fresh.end > before)
            ahead += fresh.end - std::max(fresh.begin, before);
        if (rare_)
            fill(fresh);
        first_senders_.add(fresh, packet);
    });
    if (known < dsns.end && !passed.repeated)
        passed.repeated = RelativeDsn{known};
    follow(dsns.end);
    if (passed.fresh == 0)
        return passed;
    data_end_ = std::max(data_end_, dsns.end);
    next_ = seen_.end_of(before);
    passed.out_of_order = dsns.begin > before;
    if (rare_)
        confirm_order(dsns);
    if (!passed.out_of_order)
        note_unblocked(before, ahead, now, passed);
    if (data_end_ <= next_)
        blocked_since_.reset();
    else if (!blocked_since_)
        blocked_since_ = now;
    return passed;
}

// The packet filled a hole, or the first part of it. The bytes from `before` to next_ were
// blocked, except those of the packet itself (`own`) and the DATA_FIN.
void DataStream::note_unblocked(std::uint64_t before, std::uint64_t own, Time now, Passed &passed)
{
    const bool fin_blocked = before < fin_end_ && fin_end_ <= next_;
    const std::uint64_t unblocked = next_ - before - own;
    passed.blocked_bytes = unblocked - (fin_blocked && unblocked > 0 ? 1 : 0);
    if (passed.blocked_bytes > 0 && blocked_since_) {
        passed.blocked_time = now - *blocked_since_;
        blocked_since_.reset();
    }
}

void DataStream::pass_fin(RelativeDsn dsn)
{
    seen_.add(range_from(dsn, 1));
    fin_end_ = dsn.value + 1;
    next_ = seen_.end_of(next_);
    follow(fin_end_);
}

// The range that this DATA_ACK is the first to acknowledge. The receiver has all data before it,
// whether or not that data was captured.
std::optional<Range> DataStream::advance(std::uint64_t ack)
{
    if (ack > expected_ && ack - expected_ >= kHalf)
        return std::nullopt;
    if (!acked_) {
        acked_ = ack;
        follow(ack);
        return std::nullopt; // the start of the acknowledged data is unknown
    }
    if (ack <= *acked_)
        return std::nullopt;
    const Range range{*acked_, ack};
    acked_ = ack;
    follow(ack);
    if (ack > next_) {
        next_ = seen_.end_of(ack);
        if (data_end_ <= next_)
            blocked_since_.reset();
    }
    return range;
}

void DataStream::note_out_of_order(RelativeDsn dsn, std::uint32_t packet)
{
    auto &unconfirmed = rare().unconfirmed;
    if (unconfirmed.size() < kMaxUnconfirmed)
        unconfirmed.emplace_back(dsn.value, packet);
}

// Data was captured after packets that carry later data: these were out of order.
void DataStream::confirm_order(const Range &fresh)
{
    std::erase_if(rare_->unconfirmed,
                  [&](const auto &packet) { return packet.first > fresh.begin; });
}

std::vector<std::uint32_t> DataStream::take_unconfirmed(RelativeDsn before)
{
    std::vector<std::uint32_t> packets;
    if (!rare_)
        return packets;
    std::erase_if(rare_->unconfirmed, [&](const auto &packet) {
        const bool taken = packet.first < before.value;
        if (taken)
            packets.push_back(packet.second);
        return taken;
    });
    return packets;
}

DataStream::Unseen DataStream::note_unseen(const Range &dsns, const Unseen &unseen, bool lost)
{
    RareState &state = rare();
    if (!lost && state.other_path) {
        state.other_path->dsns.end = dsns.end;
        state.other_path->unseen.bytes += unseen.bytes;
        return state.other_path->unseen;
    }
    if (!lost) {
        state.other_path = Gap{dsns, unseen};
        return unseen;
    }
    if (state.gaps.size() == kMaxGaps)
        state.gaps.erase(state.gaps.begin());
    state.gaps.push_back({dsns, unseen});
    return unseen;
}

bool DataStream::take_tcp_unseen(std::uint64_t bytes)
{
    if (!rare_ || rare_->tcp_unseen == 0)
        return false;
    rare_->tcp_unseen -= std::min(bytes, rare_->tcp_unseen);
    return true;
}

void DataStream::fill(const Range &fresh)
{
    const auto fill_gap = [&](Gap &gap) {
        const Range filled = common(gap.dsns, fresh);
        if (filled.empty() || gap.unseen.bytes == 0)
            return;
        gap.unseen.bytes -= std::min(filled.size(), gap.unseen.bytes);
        rare_->filled.push_back(gap.unseen);
    };
    std::ranges::for_each(rare_->gaps, fill_gap);
    std::erase_if(rare_->gaps, [](const Gap &gap) { return gap.unseen.bytes == 0; });
    if (rare_->other_path)
        fill_gap(*rare_->other_path);
}

std::vector<DataStream::Unseen> DataStream::take_filled()
{
    return rare_ ? std::exchange(rare_->filled, {}) : std::vector<Unseen>{};
}

void DataStream::absorb_state(const DataStream &part, std::uint64_t offset)
{
    if (!is_64_bit_ && part.is_64_bit_) {
        origin_ = part.origin_ - offset;
        is_64_bit_ = true;
    }
    expected_ = std::max(expected_, part.expected_ + offset);
    data_end_ = std::max(data_end_, part.data_end_ == 0 ? 0 : part.data_end_ + offset);
    fin_end_ = std::max(fin_end_, part.fin_end_ == 0 ? 0 : part.fin_end_ + offset);
    if (part.acked_)
        acked_ = std::max(acked_.value_or(0), *part.acked_ + offset);
    next_ = seen_.end_of(std::max(next_, acked_.value_or(0)));
    blocked_since_.reset();
    if (part.window_) {
        if (!window_)
            window_.emplace();
        window_->last = part.window_->last;
        window_->least = std::min(window_->least, part.window_->least);
        window_->most = std::max(window_->most, part.window_->most);
        window_->zeros += part.window_->zeros;
    }
    if (part.most_in_flight_)
        most_in_flight_ = std::max(most_in_flight_.value_or(0), *part.most_in_flight_);
}

std::optional<DataStream::Burst> DataStream::note_reinjection(std::uint32_t frame,
                                                              std::uint32_t subflow,
                                                              std::uint64_t bytes, Time time)
{
    Burst &burst = rare().burst;
    if (burst.packets == 0 || time - burst.last > kBurstPause)
        burst = {.since_frame = frame};
    ++burst.packets;
    burst.bytes += bytes;
    burst.last = time;
    if (burst.packets == kBurst) {
        burst.frame = frame;
        burst.subflow = subflow;
    }
    return burst.frame != 0 ? std::optional{burst} : std::nullopt;
}

std::optional<Interval> DataStream::note_window(std::uint32_t bytes, std::uint32_t frame, Time time)
{
    if (!window_)
        window_.emplace();
    std::optional<Interval> closed;
    if (frame != 0 && bytes == 0 && window_->closed_frame == 0) {
        window_->closed_frame = frame;
        window_->closed_since = time;
    } else if (frame != 0 && bytes > 0 && window_->closed_frame != 0) {
        closed = Interval{window_->closed_frame, time - window_->closed_since};
        window_->closed_frame = 0;
    }
    window_->last = bytes;
    window_->least = std::min(window_->least, bytes);
    window_->most = std::max(window_->most, bytes);
    if (bytes == 0)
        ++window_->zeros;
    return closed;
}

std::optional<std::uint64_t> DataStream::in_flight() const
{
    if (!acked_)
        return std::nullopt;
    const std::uint64_t end = seen_.end();
    return end > *acked_ ? end - *acked_ : 0;
}

std::optional<std::uint64_t> DataStream::note_in_flight()
{
    const auto bytes = in_flight();
    if (bytes)
        most_in_flight_ = std::max(most_in_flight_.value_or(0), *bytes);
    return bytes;
}

DataStream::Gaps DataStream::gaps() const
{
    Gaps gaps;
    const std::uint64_t acked = acked_.value_or(0);
    const std::uint64_t first = from_start_ ? kStart : seen_.span().begin;
    const auto add = [&](const Range &gap) {
        if (gap.empty())
            return;
        ++gaps.count;
        gaps.bytes += gap.size();
        if (gap.begin < acked)
            gaps.acknowledged += common(gap, {0, acked}).size();
    };
    std::uint64_t next = first;
    const Range all{first, std::max(seen_.span().end, acked)};
    seen_.visit(all, [&](const Range &part) {
        add({next, part.begin});
        next = part.end;
    });
    if (!seen_.empty() || from_start_)
        add({next, all.end});
    return gaps;
}

} // namespace mptcp
