// SPDX-License-Identifier: GPL-2.0-or-later
#include "flight/moment.h"

#include <algorithm>
#include <set>
#include <utility>

#include "analysis/data_report.h"
#include "flight/data_flight.h"
#include "flight/path_flight.h"
#include "flight/reaction.h"
#include "series/sequence.h"

namespace mptcp {
namespace {

// The only use of the tracker's data level here.
const DataLevel &data_level(const DrawnConnection &drawn) { return drawn.data(); }

// The frame with the sender's first DATA_FIN or MP_FASTCLOSE; of the latter, either host's. Which
// one is first depends on where they are seen.
std::optional<std::uint32_t> frame_of_end(const DrawnConnection &drawn, Role sender)
{
    std::optional<std::uint32_t> first;
    for (const Event *event : drawn.events()) {
        const bool is_fin = event->type == EventType::DataFin &&
                            drawn.registry()[event->subflow].role(event->sender) == sender;
        if (event->ignored != Ignored::No || !(is_fin || event->type == EventType::Fastclose))
            continue;
        if (const auto frame = drawn.frame_here(event->frame, event->subflow))
            first = std::min(first.value_or(*frame), *frame);
    }
    return first;
}

// RFC 8684 3.7: a connection that falls back has one subflow.
std::optional<std::uint32_t> frame_of_fallback(const DrawnConnection &drawn)
{
    const auto &fallback = drawn.connection().fallback;
    return fallback ? drawn.frame_here(fallback->frame, drawn.connection().subflows.front())
                    : std::nullopt;
}

class MomentMaker {
public:
    MomentMaker(const DrawnConnection &drawn, Role sender, CapturePlace place)
        : drawn_(drawn),
          sender_(sender),
          at_sender_(place.at_sender),
          paths_(drawn.connection().subflows.size()),
          recoveries_(paths_.size()),
          handovers_(paths_.size()),
          stream_(drawn.stream(sender)),
          acks_(acknowledgments_of(drawn, sender)),
          frame_of_end_(frame_of_end(drawn, sender)),
          frame_of_fallback_(frame_of_fallback(drawn))
    {
        for (std::size_t i = 0; i < paths_.size(); ++i)
            paths_[i].learn_round_trip(place.round_trips[i].value_or(0));
        moments_.place = std::move(place);
    }

    Moments make()
    {
        moments_.all.reserve(drawn_.notes().size());
        for (const SegmentNote &note : drawn_.notes())
            add(note);
        moments_.recoveries = recoveries_.take(now_);
        moments_.handovers = handovers_.take();
        for (Handover &each : moments_.handovers) {
            moments_.recoveries.push_back({each.lost, each.recovered.value_or(now_), each.from});
            each.lost_frame = frame_at(each.lost, each.from);
        }
        return std::move(moments_);
    }

private:
    PathFlight &path(std::uint32_t subflow) { return paths_[subflow]; }

    void add(const SegmentNote &note)
    {
        now_ = std::max(now_, drawn_.since_start(note.time));
        Moment moment;
        moment.time = now_;
        moment.frame = note.frame;
        moment.subflow = drawn_.index_of(note.subflow);
        fallen_back_ = fallen_back_ || (frame_of_fallback_ && note.frame >= *frame_of_fallback_);
        count(path(moment.subflow), -1);
        if (drawn_.sender_of(note) == sender_)
            send(note, moment);
        else
            receive(note, moment);
        if (note.has(kRst))
            path(moment.subflow).end();
        count(path(moment.subflow), 1);
        note_phase(note);
        note_state(moment);
        moments_.all.push_back(moment);
    }

    void send(const SegmentNote &note, Moment &moment)
    {
        PathFlight &own = path(moment.subflow);
        const auto next = own.next();
        const Time silent_since = std::max(own.last_sent(), own.last_ack());
        const PathFlight::Order order = own.send(note, now_);
        if (fallen_back_)
            tcp_level_.send({0, tcp_place(*own.next())});
        if (note.payload == 0)
            return;
        moment.sends = order != PathFlight::Order::Repeated;
        moment.is_full = note.payload == own.largest() && note.payload <= kSegment;
        const bool is_loss =
            order == (at_sender_ ? PathFlight::Order::Repeated : PathFlight::Order::BehindHole);
        if (is_loss && next) {
            const bool by_timer = now_ - own.last_ack() > patience(own.round_trip());
            recoveries_.begin(moment.subflow, at_sender_ && by_timer ? silent_since : now_,
                              at_sender_ ? *next : *own.next());
        }
        if (const DataPacket *packet = data_level(drawn_).find(note.frame, note.subflow))
            send_data(note, *packet, moment);
        last_data_ = now_;
    }

    void send_data(const SegmentNote &note, const DataPacket &packet, Moment &moment)
    {
        const DataExtras *extras = data_level(drawn_).extras(packet);
        if (drawn_.is_counted(note))
            moment.bytes = unique_bytes(packet, extras);
        data_level(drawn_).visit_parts(packet, [&](const MappedPart &part) {
            const Range dsns = range_from(part.dsn, part.length);
            if (extras != nullptr && extras->reinjected > 0)
                reinject(moment, dsns, extras->reinjected);
            data_.send(dsns);
            open_data_.erase({path(moment.subflow).data_end(), moment.subflow});
            path(moment.subflow).add_part(dsns);
            open_data_.insert({path(moment.subflow).data_end(), moment.subflow});
        });
    }

    // A subflow whose data is sent on another one, although nothing shows that it was lost there.
    void reinject(const Moment &moment, const Range &dsns, std::uint64_t bytes)
    {
        const auto carrier = first_sender_of(dsns.begin);
        if (!carrier || *carrier == moment.subflow || dsns.end <= data_.acked())
            return;
        const PathFlight &stalled = path(*carrier);
        if (stalled.ended() || now_ - stalled.progress() >= kLeastTimeout)
            handovers_.reinject(
                *carrier, stalled.progress(),
                {moment.subflow, now_, moment.frame, dsns, std::min(bytes, dsns.end - dsns.begin)});
    }

    // The DATA_ACK comes first: what it covers is not behind a hole.
    void receive(const SegmentNote &note, Moment &moment)
    {
        if (next_ack_ < acks_.size() && acks_[next_ack_].note == &note)
            acknowledge_data(acks_[next_ack_++], moment);
        if (note.has(kAck)) {
            moment.acknowledges |=
                path(moment.subflow).acknowledge(note.ack, now_, [this](const Range &dsns) {
                    data_.arrive(dsns);
                });
            recoveries_.acknowledge(moment.subflow, note.ack, now_);
        }
        if (fallen_back_ && note.has(kAck) && !note.has(kRst)) {
            const auto window = window_of(drawn_.registry(), note);
            moment.acknowledges |= tcp_level_.acknowledge({tcp_place(note.ack)}, window);
        }
    }

    void acknowledge_data(const Acknowledgment &ack, Moment &moment)
    {
        if (data_.sent_end() > 0 && ack.dsn.value > data_.sent_end() &&
            !is_captured({std::max(data_.sent_end(), data_.acked()), ack.dsn.value})) {
            moments_.not_seen.push_back({last_data_, now_, moment.subflow});
            last_data_ = now_;
        }
        const std::uint64_t acked = data_.is_known() ? data_.acked() : data_.sent_begin();
        moment.acknowledges |= data_.acknowledge(ack.dsn, ack.window);
        moment.data_acked = data_.acked() - std::min(acked, data_.acked());
        handovers_.acknowledge_data(ack.dsn.value, now_, moment.frame);
        for (; !open_data_.empty() && open_data_.begin()->first <= data_.acked();
             open_data_.erase(open_data_.begin()))
            moments_.covered.push_back({moments_.all.size(), open_data_.begin()->second});
    }
    bool is_covered(const PathFlight &path) const
    {
        return !fallen_back_ && path.data_end() > 0 && path.data_end() <= data_.acked();
    }

    // Before the DATA_ACK, or later: a file may hold the DATA_ACK first. A DATA_FIN has one DSN.
    bool is_captured(const Range &dsns) const
    {
        std::uint64_t next = dsns.begin;
        stream_->first_senders().visit(dsns, [&](const FirstSenderIndex::Entry &entry) {
            next = entry.begin <= next ? std::max(next, entry.end()) : next;
            return entry.begin <= next;
        });
        const auto end = stream_->end();
        return next >= dsns.end || (end && next >= end->value);
    }

    std::optional<std::uint32_t> first_sender_of(std::uint64_t dsn) const
    {
        const auto packet = stream_ != nullptr ? stream_->first_senders().find(dsn) : std::nullopt;
        if (!packet)
            return std::nullopt;
        const SubflowId id = data_level(drawn_).packets()[*packet].subflow;
        if (&drawn_.registry().connection_of(id) != &drawn_.connection())
            return std::nullopt;
        return drawn_.index_of(id);
    }

    // The last packet of the subflow at that time.
    std::uint32_t frame_at(Time time, std::uint32_t subflow) const
    {
        std::uint32_t frame = 0;
        for (auto at = std::ranges::lower_bound(moments_.all, time, {}, &Moment::time);
             at != moments_.all.end() && at->time == time; ++at)
            frame = at->subflow == subflow ? at->frame : frame;
        return frame;
    }

    // TCP's numbers as 64 bits, so that they do not wrap.
    std::uint64_t tcp_place(TcpSeq seq)
    {
        tcp_near_ = extend(seq.value, tcp_near_);
        return tcp_near_.value;
    }

    void note_phase(const SegmentNote &note)
    {
        if (phase_ == Phase::Handshake && !note.has(kSyn))
            phase_ = Phase::Transfer;
        const bool by_option = frame_of_end_ && note.frame >= *frame_of_end_;
        if (phase_ == Phase::Transfer && (by_option || (known_ > 0 && unfinished_ == 0)))
            phase_ = Phase::Ending;
        const bool nothing_left =
            open_ == 0 || (level().is_known() ? is_all_acked() : in_flight_ == 0);
        if (phase_ == Phase::Ending && known_ > 0 && nothing_left)
            phase_ = Phase::Closing;
    }
    // Also of data that was not captured so far, once the DATA_FIN tells where the data ends.
    bool is_all_acked() const
    {
        const auto end = fallen_back_ || stream_ == nullptr ? std::nullopt : stream_->end();
        return level().all_acked() && (!end || level().acked() >= end->value);
    }
    // Adds a subflow to the counts, or takes it away.
    void count(const PathFlight &path, int sign)
    {
        known_ += path.is_known() ? sign : 0;
        open_ += path.is_known() && !path.ended() ? sign : 0;
        unfinished_ += path.is_known() && !path.ended() && !path.fin_sent() ? sign : 0;
        in_flight_ += path.in_flight() ? sign : 0;
    }

    const DataFlight &level() const { return fallen_back_ ? tcp_level_ : data_; }

    void note_state(Moment &moment)
    {
        const PathFlight &own = path(moment.subflow);
        moment.round_trip = own.round_trip();
        moment.in_flight = own.in_flight();
        moment.carries = own.in_flight() && own.any_data() && !is_covered(own);
        moment.is_known = own.ended() || own.is_known() || !own.any_data();
        moment.all_acked = level().is_known() && level().all_acked();
        moment.phase = phase_;
        moment.window = window();
        if (fallen_back_ || data_.all_acked())
            return;
        if (data_.held() > 0)
            moment.held = data_.held() * 2 >= data_.outstanding() ? HeldData::Most : HeldData::Some;
        if (hole_at_ != data_.acked()) {
            hole_at_ = data_.acked();
            hole_ = first_sender_of(hole_at_);
        }
        moment.hole = hole_;
        moment.is_hole_lost = hole_ && path(*hole_).ended();
    }

    WindowState window() const
    {
        const auto room = level().room();
        if (!room)
            return WindowState::Open;
        if (level().is_closed())
            return WindowState::Zero;
        return *room < kSegment ? WindowState::Full : WindowState::Open;
    }

    static constexpr Time kLeastTimeout = kSecond / 5;
    // Without jumbo frames. A large segment of a capture (TSO) consists of several.
    static constexpr std::uint64_t kSegment = 1460;

    const DrawnConnection &drawn_;
    Role sender_;
    bool at_sender_;
    std::vector<PathFlight> paths_; // by subflow index
    Recoveries recoveries_;
    Handovers handovers_;
    const DataStream *stream_;
    std::vector<Acknowledgment> acks_;
    std::optional<std::uint32_t> frame_of_end_, frame_of_fallback_;

    Moments moments_;
    DataFlight data_, tcp_level_;
    DataSeq tcp_near_{std::uint64_t{1} << 63};
    std::size_t next_ack_ = 0;
    Phase phase_ = Phase::Handshake;
    Time now_ = 0, last_data_ = 0;
    bool fallen_back_ = false;
    int known_ = 0, open_ = 0, unfinished_ = 0, in_flight_ = 0; // subflows
    // Data that no DATA_ACK covers: its end, and the subflow.
    std::set<std::pair<std::uint64_t, std::uint32_t>> open_data_;
    std::uint64_t hole_at_ = 0;
    std::optional<std::uint32_t> hole_; // at hole_at_
};

} // namespace

Moments make_moments(const DrawnConnection &drawn, Role sender)
{
    return MomentMaker{drawn, sender, capture_place_of(drawn, sender)}.make();
}

} // namespace mptcp
