// SPDX-License-Identifier: GPL-2.0-or-later
#include "tree/annotation_data.h"

#include "tree/fields.h"

namespace mptcp {
namespace {

// The DSN of the packet's data, as far as it is known.
void add_dsn(const Annotation &to, const DataPacket &packet)
{
    const auto dsn = to.tracker().data().data_seq(packet, to.subflow);
    // If the listener did not accept MPTCP, there are no DSNs, although a SYN of version 0 has a
    // key.
    if (!dsn || (to.connection.fallback && to.connection.handshake() == Handshake::SynOnly))
        return;
    to.add_number64(fields().data_seq, dsn->value);
    if (const auto idsn = to.connection.hosts[to.sender()].idsn)
        to.add_number64(fields().data_rel, dsn->value - idsn->value - 1);
}

void add_if_any(const Annotation &to, int field, std::uint32_t value)
{
    if (value > 0)
        to.add_number(field, value);
}

void add_reinjection(const Annotation &to, const DataExtras &extras)
{
    add_if_any(to, fields().reinjected_in, extras.reinjected_in);
    if (extras.reinjected == 0)
        return;
    proto_item *item = to.add_number(fields().reinjection, extras.reinjected);
    add_if_any(to, fields().reinjection_of, extras.reinjection_of);
    to.add_flag(fields().same_subflow, extras.reinjected_same_subflow == extras.reinjected);
    expert_add_info(to.pinfo, item, &fields().reinjected);
}

void add_extras(const Annotation &to, const DataExtras &extras)
{
    add_reinjection(to, extras);
    add_if_any(to, fields().retransmission, extras.retransmitted);
    add_if_any(to, fields().useless, extras.useless);
    if (extras.unmapped > 0) {
        proto_item *item = to.add_number(fields().unmapped, extras.unmapped);
        if (!to.connection.fallback && !to.segment.syn())
            expert_add_info(to.pinfo, item, &fields().not_mapped);
    }
}

void add_checksum(const Annotation &to, Verdict status)
{
    if (status != Verdict::Absent)
        to.add_number(fields().checksum_status, checksum_status(status));
}

// The packet at the data level, as it was seen somewhere. nullptr: it was not.
struct SeenData {
    const DataLevel &level;
    const DataPacket *packet;
};

SeenData find_in(const Annotation &to, const DataLevel &level)
{
    return {level, level.find(to.segment.frame, to.attribution.subflow)};
}

// Near that host, as a later dissection knows it.
SeenData seen_near(const Annotation &to, Role host, const SeenData &by_tracker)
{
    if (!to.pinfo->fd->visited)
        return by_tracker;
    const std::uint32_t connection = to.tracker().registry().index_of(to.connection);
    const Vantage *vantage = to.capture.recently_between().vantages.view(connection, host).vantage;
    return vantage == nullptr ? by_tracker : find_in(to, vantage->data());
}

void add_order(const Annotation &to, const SeenData &at_receiver)
{
    if (at_receiver.packet == nullptr)
        return;
    const DataExtras *extras = at_receiver.level.extras(*at_receiver.packet);
    if (at_receiver.packet->out_of_order)
        add_if_any(to, fields().out_of_order, unique_bytes(*at_receiver.packet, extras));
    if (extras != nullptr && extras->blocked_bytes > 0) {
        to.add_time(fields().blocked, extras->blocked_time);
        to.add_number(fields().blocked_bytes, extras->blocked_bytes);
    }
}

void add_flight(const Annotation &to, const DataPacket *at_sender)
{
    if (at_sender == nullptr)
        return;
    if (at_sender->in_flight_known)
        to.add_number(fields().in_flight, at_sender->in_flight);
    if (at_sender->acknowledged)
        to.add_time(fields().ack_latency, to_time(at_sender->latency));
}

void add_payload(const Annotation &to)
{
    const SeenData by_tracker = find_in(to, to.tracker().data());
    const DataPacket *packet = by_tracker.packet;
    if (packet != nullptr) {
        add_dsn(to, *packet);
        if (const DataExtras *extras = by_tracker.level.extras(*packet))
            add_extras(to, *extras);
    }
    add_order(to, seen_near(to, to.receiver(), by_tracker));
    add_flight(to, seen_near(to, to.sender(), by_tracker).packet);
    if (packet != nullptr)
        add_checksum(to, packet->checksum);
}

} // namespace

void add_data(const Annotation &to)
{
    if (to.segment.payload > 0)
        add_payload(to);
    else
        add_checksum(to,
                     to.tracker().data().fin_checksum(to.segment.frame, to.attribution.subflow));
}

void add_window(const Annotation &to)
{
    if (const auto window = DataLevel::window_of(to.subflow, to.attribution.sender, to.segment))
        to.add_number(fields().window, *window);
}

} // namespace mptcp
