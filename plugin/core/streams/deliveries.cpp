// SPDX-License-Identifier: GPL-2.0-or-later
#include "streams/deliveries.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <utility>

namespace mptcp {
namespace {

std::uint64_t key_of(const Delivery &delivery)
{
    return segment_key(delivery.frame, delivery.layer);
}

bool is_within(ByteView part, ByteView whole)
{
    const std::less_equal<> before;
    return !part.empty() && before(whole.data(), part.data()) &&
           before(part.data() + part.size(), whole.data() + whole.size());
}

} // namespace

// Data of a connection that fell back before its first data is plain TCP, on the one subflow that
// there is.
Deliveries::Stream *Deliveries::stream_of(const Tracker &tracker, const Segment &segment,
                                          ConnectionId id)
{
    auto &stream = streams_[id];
    if (stream == nullptr) {
        if (segment.payload == 0)
            return nullptr;
        stream = std::make_unique<Stream>();
        stream->takes = !tracker.registry()[id].fallback;
    }
    return stream->takes ? stream.get() : nullptr;
}

bool Deliveries::leave_to_tcp(ConnectionId id)
{
    auto &stream = streams_[id];
    if (stream != nullptr && (!stream->waiting.empty() || stream->followed.keeps_data()))
        return false;
    stream = std::make_unique<Stream>();
    return true;
}

bool Deliveries::is_left_to_tcp(ConnectionId id) const
{
    const auto found = streams_.find(id);
    return found != streams_.end() && found->second != nullptr && !found->second->takes;
}

bool Deliveries::apply(const Tracker &tracker, const Segment &segment, std::uint32_t layer,
                       const Observation &observation)
{
    forget_unkept();
    if (observation.is_copy()) {
        const bool taken = segment.payload > 0 && took(observation.copy_of, 0);
        if (taken)
            note_taken(segment.frame, layer);
        return taken;
    }
    const Subflow &subflow = tracker.registry()[observation.subflow];
    Stream *stream = stream_of(tracker, segment, subflow.connection);
    if (stream == nullptr)
        return false;
    stream->behind_hole = {{false, false}};
    const auto deliver = [&](Role sender, const DataPart &part) {
        add(*stream, segment, sender, part);
    };
    stream->followed.apply(tracker, segment, observation, FollowedConnection::Seen::UpToThisPacket,
                           std::cref(deliver)); // a copy would be allocated
    add_ends(*stream, tracker);
    Delivery delivery;
    delivery.frame = segment.frame;
    delivery.layer = layer;
    delivery.connection = subflow.connection;
    if (own_)
        deliveries_.push_back(deliver_own(*std::exchange(own_, std::nullopt), *stream, delivery));
    for (std::size_t runs = 0; runs < kMostRuns && !stream->waiting.empty(); ++runs)
        deliveries_.push_back(deliver_waiting(*stream, delivery));
    const Role sender = stream->followed.at_first(subflow.role(observation.sender));
    const bool taken = segment.payload > 0 && !segment.rst() &&
                       (segment.syn() || stream->followed.next(sender).has_value());
    if (taken)
        note_taken(segment.frame, layer);
    return taken;
}

// Data of the packet itself need not be copied if all before it was delivered.
void Deliveries::add(Stream &stream, const Segment &segment, Role sender, const DataPart &part)
{
    const auto length = part.dsns.size();
    if (stream.waiting.empty() && part.frame == segment.frame &&
        is_within(part.bytes, segment.payload_bytes)) {
        const auto place =
            static_cast<std::uint32_t>(part.bytes.data() - segment.payload_bytes.data());
        const bool complete = part.bytes.size() == length;
        if (!own_) {
            own_ = {sender, place, static_cast<std::uint32_t>(length), complete};
            return;
        }
        if (own_->complete && own_->sender == sender && place == own_->place + own_->length) {
            own_->length += static_cast<std::uint32_t>(length);
            own_->complete = complete;
            return;
        }
    }
    queue_own(stream, segment);
    stream.behind_hole[sender] = stream.behind_hole[sender] || part.frame == 0;
    stream.waiting.push_back({sender,
                              part.frame,
                              length,
                              stream.behind_hole[sender],
                              {part.bytes.begin(), part.bytes.end()}});
}

void Deliveries::queue_own(Stream &stream, const Segment &segment)
{
    if (!own_)
        return;
    const Own own = *std::exchange(own_, std::nullopt);
    const ByteView bytes = segment.payload_bytes.subspan(own.place);
    const ByteView captured = bytes.first(std::min<std::size_t>(own.length, bytes.size()));
    stream.waiting.push_back(
        {own.sender, segment.frame, own.length, false, {captured.begin(), captured.end()}});
}

void Deliveries::add_ends(Stream &stream, const Tracker &tracker)
{
    for (const Role sender : {Role::Client, Role::Server}) {
        if (stream.ended[sender] || !stream.followed.next(sender) ||
            !stream.followed.ended(tracker, sender))
            continue;
        stream.ended[sender] = true;
        stream.waiting.push_back({sender, 0, 0, false, {}});
    }
}

Delivery Deliveries::deliver_own(const Own &own, Stream &stream, Delivery delivery)
{
    delivery.sender = own.sender;
    delivery.place = own.place;
    delivery.length = own.length;
    delivery.seq = stream.next_seq[own.sender];
    stream.next_seq[own.sender] += own.length;
    return delivery;
}

Delivery Deliveries::deliver_waiting(Stream &stream, Delivery delivery)
{
    auto &waiting = stream.waiting;
    const Role sender = waiting.front().sender;
    std::uint32_t &seq = stream.next_seq[sender];
    delivery.sender = sender;
    if (waiting.front().frame == 0 && waiting.front().length == 0) {
        waiting.pop_front();
        delivery.seq = seq;
        delivery.ends = true;
        return delivery;
    }
    DeliveredRun run;
    for (; !waiting.empty() && waiting.front().frame == 0 && waiting.front().length > 0;
         waiting.pop_front()) {
        run.missing += waiting.front().length;
        seq += static_cast<std::uint32_t>(waiting.front().length);
    }
    delivery.seq = seq;
    bool complete = false;
    while (!waiting.empty() && waiting.front().sender == sender && waiting.front().frame != 0 &&
           !complete) {
        const Waiting &next = waiting.front();
        const auto length = static_cast<std::uint32_t>(next.length);
        run.parts.push_back({next.frame, length});
        run.bytes.insert(run.bytes.end(), next.bytes.begin(), next.bytes.end());
        delivery.length += length;
        complete =
            next.behind_hole || next.bytes.size() < length || run.bytes.size() >= kMostAtOnce;
        if (next.frame != delivery.frame)
            delivered_in_.try_emplace(next.frame, delivery.frame);
        waiting.pop_front();
    }
    seq += delivery.length;
    memory_ += run.bytes.size();
    run.kept = memory_ <= kMostKept;
    runs_.push_back(std::move(run));
    delivery.run = static_cast<std::uint32_t>(runs_.size());
    return delivery;
}

// The runs of the last packet may be beyond the limit. Their bytes were needed until now.
void Deliveries::forget_unkept()
{
    for (auto run = runs_.rbegin(); run != runs_.rend() && !run->kept && !run->bytes.empty();
         ++run) {
        memory_ -= run->bytes.size();
        std::vector<std::uint8_t>{}.swap(run->bytes);
    }
}

void Deliveries::note_taken(std::uint32_t frame, std::uint32_t layer)
{
    if (layer > 0) {
        taken_inner_.insert(segment_key(frame, layer));
        return;
    }
    if (taken_.size() <= frame)
        taken_.resize(std::size_t{frame} + 1);
    taken_[frame] = true;
}

bool Deliveries::took(std::uint32_t frame, std::uint32_t layer) const
{
    if (layer > 0)
        return taken_inner_.contains(segment_key(frame, layer));
    return frame < taken_.size() && taken_[frame];
}

Deliveries::Found Deliveries::find(std::uint32_t frame, std::uint32_t layer) const
{
    const std::uint64_t key = segment_key(frame, layer);
    if (deliveries_.empty() || key_of(deliveries_.back()) < key) // often on the first pass
        return {};
    const bool is_last = key_of(deliveries_.back()) == key;
    auto end = is_last ? deliveries_.end() : std::ranges::upper_bound(deliveries_, key, {}, key_of);
    auto begin = end;
    while (begin != deliveries_.begin() && key_of(*std::prev(begin)) == key)
        --begin;
    const auto index_of = [&](auto place) {
        return static_cast<std::size_t>(place - deliveries_.begin());
    };
    return {index_of(begin), index_of(end)};
}

std::optional<std::uint32_t> Deliveries::delivered_in(std::uint32_t frame) const
{
    const auto found = delivered_in_.find(frame);
    return found == delivered_in_.end() ? std::nullopt : std::optional{found->second};
}

} // namespace mptcp
