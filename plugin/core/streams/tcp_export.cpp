// SPDX-License-Identifier: GPL-2.0-or-later
#include "streams/tcp_export.h"

#include <algorithm>
#include <array>
#include <utility>

#include "streams/ip_packet.h"

namespace mptcp {
namespace {

constexpr std::uint16_t kWindow = 65535;
// A maximum segment size of kMostPayload (RFC 9293 3.2), and a window scale of 7 (RFC 7323 2.2):
// windows of 8 MiB.
constexpr std::array<std::uint8_t, 8> kSynOptions{
    2, 4, kMostPayload >> 8U, kMostPayload & 0xffU, 1, 3, 3, 7};

std::string synthetic(const std::string &why)
{
    return "Synthetic: made by the MPTCP plugin " + why;
}

// A part of a part: `length` bytes from `begin` on.
DataPart cut(const DataPart &part, std::uint64_t begin, std::uint64_t length)
{
    const auto place = std::min<std::uint64_t>(begin, part.bytes.size());
    const auto captured = std::min<std::uint64_t>(length, part.bytes.size() - place);
    DataPart piece = part;
    piece.dsns = {part.dsns.begin + begin, part.dsns.begin + begin + length};
    piece.bytes =
        part.bytes.subspan(static_cast<std::size_t>(place), static_cast<std::size_t>(captured));
    return piece;
}

} // namespace

void TcpExport::apply(const Tracker &tracker, const Segment &segment,
                      const Observation &observation, Seen seen, const Write &write)
{
    if (observation.is_copy())
        return;
    const Subflow &subflow = tracker.registry()[observation.subflow];
    const Role sender = subflow.role(observation.sender);
    connection_ = subflow.connection;
    frame_ = segment.frame;
    time_ = segment.time;
    if (!open_)
        note_handshake(segment, sender);
    followed_.apply(tracker, segment, observation, seen,
                    [&](Role of, const DataPart &part) { add(tracker, of, part, write); });
    note_ends(tracker.registry()[connection_], segment, followed_.at_first(sender));
    add_fins(tracker, write);
}

void TcpExport::finish(const Tracker &tracker, const Write &write)
{
    if (!syn_) // no packet
        return;
    frame_ = 0;
    followed_.finish(tracker,
                     [&](Role sender, const DataPart &part) { add(tracker, sender, part, write); });
    add_fins(tracker, write);
    if (!open_)
        return;
    for (const Role receiver : {Role::Client, Role::Server})
        if (unacknowledged_[other(receiver)] > 0)
            acknowledge(receiver, write);
    add_reset(tracker, write);
}

void TcpExport::note_handshake(const Segment &segment, Role sender)
{
    if (!syn_)
        syn_ = segment.time;
    if (!syn_ack_ && segment.syn_ack())
        syn_ack_ = segment.time;
    else if (syn_ack_ && !third_ack_ && sender == Role::Client && !segment.any_syn())
        third_ack_ = segment.time;
}

// A connection that fell back has no DATA_FIN and no MP_FASTCLOSE (RFC 8684 3.7).
void TcpExport::note_ends(const Connection &connection, const Segment &segment, Role sender)
{
    const End end{nullptr, segment.frame, segment.time, sender};
    End &fin = fins_[sender];
    if (fin.what == nullptr && (segment.options.data_fin() != nullptr ||
                                (connection.fallback.has_value() && segment.fin()))) {
        fin = end;
        fin.what = segment.options.data_fin() != nullptr ? "DATA_FIN" : "FIN";
    }
    const bool fastclose = segment.options.has<MpFastclose>();
    if (reset_.what == nullptr && (fastclose || (connection.fallback && segment.rst()))) {
        reset_ = end;
        reset_.what = fastclose ? "MP_FASTCLOSE" : "RST";
    }
}

void TcpExport::open(const Tracker &tracker, const Write &write)
{
    const PerRole<Endpoint> ends = tracker.registry().endpoints_of(tracker.registry()[connection_]);
    for (const Role role : {Role::Client, Role::Server})
        endpoints_[followed_.at_first(role)] = ends[role];
    open_ = true;
    const Time now = time_;
    const std::string comment = synthetic("to open the connection");
    sent_ = syn_.value_or(now);
    time_ = sent_;
    send(Role::Client, kSyn, {}, comment, write);
    time_ = std::min(now, syn_ack_.value_or(sent_));
    send(Role::Server, kSyn | kAck, {}, comment, write);
    time_ = std::min(now, third_ack_.value_or(sent_));
    send(Role::Client, kAck, {}, comment, write);
    time_ = now;
}

void TcpExport::add(const Tracker &tracker, Role sender, const DataPart &part, const Write &write)
{
    if (!open_)
        open(tracker, write);
    if (part.frame == 0) { // a hole
        next_[sender] += static_cast<std::uint32_t>(part.dsns.size());
        return;
    }
    const std::string comment = comment_on(tracker, part);
    for (std::uint64_t begin = 0; begin < part.dsns.size(); begin += kMostPayload) {
        const auto length = std::min<std::uint64_t>(kMostPayload, part.dsns.size() - begin);
        send(sender, kAck, cut(part, begin, length), comment, write);
        if (unacknowledged_[sender] >= kAcknowledgeEvery)
            acknowledge(other(sender), write);
    }
}

std::string TcpExport::comment_on(const Tracker &tracker, const DataPart &part) const
{
    std::string comment = "Frame " + std::to_string(part.frame) + ", subflow " +
                          std::to_string(tracker.registry().index_of(part.subflow));
    if (part.frame != frame_ && frame_ != 0)
        comment += ", in order since frame " + std::to_string(frame_);
    return comment;
}

void TcpExport::add_fins(const Tracker &tracker, const Write &write)
{
    for (const Role sender : {Role::Client, Role::Server}) {
        const End &fin = fins_[sender];
        if (!open_ || fin.what == nullptr || finished_[sender] || !followed_.ended(tracker, sender))
            continue;
        finished_[sender] = true;
        send(sender, kFin | kAck, {},
             synthetic(std::string{"for the "} + fin.what + " in frame " +
                       std::to_string(fin.frame)),
             write);
    }
}

// Data that was under way may have arrived later, so the RST is the last packet.
void TcpExport::add_reset(const Tracker &tracker, const Write &write)
{
    const Connection &connection = tracker.registry()[connection_];
    if (reset_.what == nullptr || !(connection.fastclosed || connection.fallback))
        return;
    time_ = reset_.time;
    send(reset_.sender, kRst | kAck, {},
         synthetic(std::string{"for the "} + reset_.what + " in frame " +
                   std::to_string(reset_.frame)),
         write);
}

void TcpExport::acknowledge(Role receiver, const Write &write)
{
    send(receiver, kAck, {}, synthetic("to acknowledge data"), write);
}

// Times do not run backwards, even if those of the capture do.
void TcpExport::send(Role sender, std::uint8_t flags, const DataPart &part, std::string comment,
                     const Write &write)
{
    const Role receiver = other(sender);
    Segment segment;
    segment.source = endpoints_[sender];
    segment.destination = endpoints_[receiver];
    segment.seq = {next_[sender]};
    segment.flags = flags;
    segment.window = kWindow;
    segment.payload = static_cast<std::uint32_t>(part.dsns.size());
    segment.payload_bytes = part.bytes;
    if (segment.has_ack()) {
        segment.ack = {next_[receiver]};
        unacknowledged_[receiver] = 0;
    }
    const std::uint32_t length =
        segment.payload + (segment.any_syn() ? 1 : 0) + (segment.fin() ? 1 : 0);
    next_[sender] += length;
    unacknowledged_[sender] += length;
    sent_ = std::max(sent_, time_);
    const auto packet =
        make_packet(segment, segment.any_syn() ? ByteView{kSynOptions} : ByteView{});
    const auto missing = segment.payload - segment.payload_bytes.size();
    write({packet, static_cast<std::uint32_t>(packet.size() + missing), sent_, std::move(comment)});
}

} // namespace mptcp
