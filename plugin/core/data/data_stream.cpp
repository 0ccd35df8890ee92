// SPDX-License-Identifier: GPL-2.0-or-later
//
// Relative DSNs (RFC 8684 3.3.1), data acknowledgments (3.3.2) and head-of-line blocking of one
// direction of a connection.
#include "data/data_stream.h"

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
    return {seq.value - origin_};
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
        next_ = dsns.begin; // earlier data was not captured
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

// The range that this DATA_ACK is the first to acknowledge.
std::optional<Range> DataStream::advance(std::uint64_t ack)
{
    if (!acked_) {
        if (ack > expected_ && ack - expected_ >= kHalf)
            return std::nullopt;
        acked_ = ack;
        follow(ack);
        return std::nullopt; // the start of the acknowledged data is unknown
    }
    if (ack <= *acked_ || ack - *acked_ >= kHalf)
        return std::nullopt;
    const Range range{*acked_, ack};
    acked_ = ack;
    follow(ack);
    return range;
}

void DataStream::note_window(std::uint32_t bytes)
{
    if (!window_)
        window_.emplace();
    window_->last = bytes;
    window_->least = std::min(window_->least, bytes);
    window_->most = std::max(window_->most, bytes);
    if (bytes == 0)
        ++window_->zeros;
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
