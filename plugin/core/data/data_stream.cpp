// SPDX-License-Identifier: GPL-2.0-or-later
#include "data/data_stream.h"

#include "base/seq.h"

namespace mptcp {

void DataStream::learn_idsn(DataSeq idsn)
{
    const DataSeq first = idsn + 1;
    if (!placed_) {
        placed_ = whole_ = from_start_ = true;
        origin_ = first.value - kStart;
        acked_ = kStart;
    } else if (!whole_) {
        origin_ = first.value - extended(first.value);
        whole_ = true;
    }
}

DataStream::Key DataStream::key_of(const WireDataSeq &seq)
{
    if (!placed_) {
        placed_ = true;
        whole_ = seq.whole;
        origin_ = seq.value - kStart;
        return kStart;
    }
    if (!seq.whole)
        return extended(seq.value);
    if (!whole_) { // so far only lower halves
        origin_ = seq.value - extended(seq.value);
        whole_ = true;
    }
    return seq.value - origin_;
}

DataStream::Key DataStream::extended(std::uint64_t low) const
{
    return extend(static_cast<std::uint32_t>(low - origin_), DataSeq{expected_}).value;
}

std::optional<DataSeq> DataStream::dsn_of(Key key) const
{
    return whole_ ? std::optional{DataSeq{key + origin_}} : std::nullopt;
}

// A jump by half the space of four octets, or more, is nothing to go by.
void DataStream::follow(Key key)
{
    if (key > expected_ && key - expected_ < kHalf)
        expected_ = key;
}

bool DataStream::pass_in_order(const Range &keys, std::uint32_t carried)
{
    if (keys.begin != next_ || keys.begin != seen_.end() || keys.empty() || blocked_since_)
        return false;
    seen_.add(keys);
    first_senders_.add(keys, carried);
    next_ = data_end_ = keys.end;
    follow(keys.end);
    return true;
}

DataStream::Passed DataStream::pass_anywhere(const Range &keys, std::uint32_t carried, Time now)
{
    Passed passed;
    if (seen_.empty() && !from_start_)
        next_ = keys.begin; // what came before was not captured
    const Key before = next_;
    Key known = keys.begin;  // all of the range before it was looked at
    std::uint64_t ahead = 0; // of the fresh octets: behind what was there without a hole
    seen_.add(keys, [&](const Range &fresh) {
        if (known < fresh.begin && !passed.repeated)
            passed.repeated = known;
        known = fresh.end;
        passed.fresh += fresh.size();
        if (fresh.end > before)
            ahead += fresh.end - std::max(fresh.begin, before);
        first_senders_.add(fresh, carried);
    });
    if (known < keys.end && !passed.repeated)
        passed.repeated = known;
    follow(keys.end);
    if (passed.fresh == 0)
        return passed;
    data_end_ = std::max(data_end_, keys.end);
    next_ = seen_.end_of(before);
    passed.early = keys.begin > before;
    if (!passed.early)
        release(before, ahead, now, passed);
    if (data_end_ <= next_)
        blocked_since_.reset();
    else if (!blocked_since_)
        blocked_since_ = now;
    return passed;
}

// The packet has filled a hole, or a part of one: what was there from `before`
// on, without its own octets and a DATA_FIN, had waited for it.
void DataStream::release(Key before, std::uint64_t own, Time now, Passed &passed)
{
    const bool fin_waited = before < fin_end_ && fin_end_ <= next_;
    const std::uint64_t come_free = next_ - before - own;
    passed.released = come_free - (fin_waited && come_free > 0 ? 1 : 0);
    if (passed.released > 0 && blocked_since_) {
        passed.blocked = now - *blocked_since_;
        blocked_since_.reset();
    }
}

void DataStream::pass_fin(Key key)
{
    seen_.add({key, key + 1});
    fin_end_ = key + 1;
    next_ = seen_.end_of(next_);
    follow(key + 1);
}

// What this DATA_ACK is the first to acknowledge.
std::optional<Range> DataStream::advance(Key ack)
{
    if (!acked_) {
        if (ack > expected_ && ack - expected_ >= kHalf)
            return std::nullopt;
        acked_ = ack;
        follow(ack);
        return std::nullopt; // when the data before it passed, nobody knows
    }
    if (ack <= *acked_ || ack - *acked_ >= kHalf)
        return std::nullopt;
    const Range range{*acked_, ack};
    acked_ = ack;
    follow(ack);
    return range;
}

void DataStream::note_window(std::uint32_t octets)
{
    if (!window_)
        window_.emplace();
    window_->last = octets;
    window_->least = std::min(window_->least, octets);
    window_->most = std::max(window_->most, octets);
    if (octets == 0)
        ++window_->zeros;
}

std::optional<std::uint64_t> DataStream::in_flight() const
{
    if (!acked_)
        return std::nullopt;
    const Key end = seen_.end();
    return end > *acked_ ? end - *acked_ : 0;
}

std::optional<std::uint64_t> DataStream::note_in_flight()
{
    const auto octets = in_flight();
    if (octets)
        most_in_flight_ = std::max(most_in_flight_.value_or(0), *octets);
    return octets;
}

DataStream::Gaps DataStream::gaps() const
{
    Gaps gaps;
    const Key acked = acked_.value_or(0);
    const Key first = from_start_ ? kStart : seen_.span().begin;
    const auto add = [&](const Range &gap) {
        if (gap.empty())
            return;
        ++gaps.count;
        gaps.octets += gap.size();
        if (gap.begin < acked)
            gaps.acknowledged += common(gap, {0, acked}).size();
    };
    Key next = first;
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
