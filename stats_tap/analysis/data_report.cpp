// SPDX-License-Identifier: GPL-2.0-or-later
#include "analysis/data_report.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <numeric>

namespace mptcp {
namespace {

// Neither is negative. The sum saturates.
void add_time(Time &total, Time more)
{
    total += std::min(more, std::numeric_limits<Time>::max() - total);
}

void append(std::vector<Micros> &all, const std::vector<Micros> &more)
{
    all.insert(all.end(), more.begin(), more.end());
}

void add(DataCount &count, Verdict status)
{
    switch (status) {
    case Verdict::Absent:
        return;
    case Verdict::Good:
        ++count.checksums.good;
        return;
    case Verdict::Bad:
    case Verdict::Leftmost: // no checksum is
        ++count.checksums.bad;
        return;
    case Verdict::Unverified:
        ++count.checksums.unverified;
        return;
    }
}

void add(DataCount &count, const DataExtras &extras)
{
    count.reinjected += extras.reinjected;
    count.reinjected_same_subflow += extras.reinjected_same_subflow;
    count.retransmitted += extras.retransmitted;
    count.retransmissions += extras.retransmitted > 0 ? 1 : 0;
    count.unmapped += extras.unmapped;
    count.useless += extras.useless;
    count.checksums.missing += extras.missing_checksums;
    count.checksums.unexpected += extras.unexpected_checksums;
    count.checksums.good += extras.good_checksums;
    count.checksums.bad += extras.bad_checksums;
    count.checksums.unverified += extras.unverified_checksums;
}

void add(DataCount &count, const DataLevel &data, const DataPacket &packet)
{
    ++count.packets;
    if (packet.extras == 0 && packet.checksum == Verdict::Absent) { // nearly always
        count.unique += packet.payload;
        return;
    }
    const DataExtras *extras = data.extras(packet);
    count.unique += unique_bytes(packet, extras);
    add(count, packet.checksum);
    if (extras != nullptr)
        add(count, *extras);
}

void add_blocked(DataCount &count, const DataExtras &extras)
{
    ++count.head_of_line_blocked.times;
    add_time(count.head_of_line_blocked.total, extras.blocked_time);
    count.head_of_line_blocked.longest =
        std::max(count.head_of_line_blocked.longest, extras.blocked_time);
    count.head_of_line_blocked.bytes += extras.blocked_bytes;
}

// As the receiver gets the packets.
void add_order(DataCount &count, const DataLevel &data, const DataPacket &packet)
{
    if (packet.extras == 0 && !packet.out_of_order)
        return;
    const DataExtras *extras = data.extras(packet);
    if (packet.out_of_order) {
        ++count.out_of_order.packets;
        count.out_of_order.bytes += unique_bytes(packet, extras);
    }
    if (extras != nullptr && extras->blocked_bytes > 0)
        add_blocked(count, *extras);
}

// As the sender gets the answers.
void add_samples(DataCount &count, const DataPacket &packet)
{
    if (packet.acknowledged)
        count.latencies.push_back(packet.latency);
    if (packet.round_trip != kNoMicros)
        count.round_trips.push_back(packet.round_trip);
}

// Mappings whose data was never complete.
void add_open(DataCount &count, const DataLevel &data, const Summary &summary,
              const SubflowData *subflow)
{
    if (subflow == nullptr)
        return;
    for (const SubflowData::OpenChecksum &open : subflow->checksums())
        if (open.packet < data.packets().size() &&
            summary.counted(data.packets()[open.packet].frame))
            ++count.checksums.unverified;
}

} // namespace

ByteKinds &ByteKinds::operator+=(const ByteKinds &more)
{
    unique += more.unique;
    reinjected += more.reinjected;
    retransmitted += more.retransmitted;
    unmapped += more.unmapped;
    return *this;
}

ByteKinds kinds_of(const DataPacket &packet, const DataExtras *extras)
{
    if (extras == nullptr)
        return {packet.payload, 0, 0, 0};
    return {unique_bytes(packet, extras), extras->reinjected, extras->retransmitted,
            extras->unmapped};
}

DataCount &DataCount::operator+=(const DataCount &more)
{
    ByteKinds::operator+=(more);
    packets += more.packets;
    reinjected_same_subflow += more.reinjected_same_subflow;
    retransmissions += more.retransmissions;
    useless += more.useless;
    accepted_syn_payload += more.accepted_syn_payload;
    out_of_order.packets += more.out_of_order.packets;
    out_of_order.bytes += more.out_of_order.bytes;
    head_of_line_blocked.times += more.head_of_line_blocked.times;
    add_time(head_of_line_blocked.total, more.head_of_line_blocked.total);
    head_of_line_blocked.longest =
        std::max(head_of_line_blocked.longest, more.head_of_line_blocked.longest);
    head_of_line_blocked.bytes += more.head_of_line_blocked.bytes;
    checksums.good += more.checksums.good;
    checksums.bad += more.checksums.bad;
    checksums.unverified += more.checksums.unverified;
    checksums.missing += more.checksums.missing;
    checksums.unexpected += more.checksums.unexpected;
    span += more.span;
    append(latencies, more.latencies);
    append(round_trips, more.round_trips);
    return *this;
}

std::optional<std::uint64_t> rate(std::uint64_t bytes, const DataCount &active)
{
    if (active.packets < kLeastPacketsOfRate || active.span.duration() <= 0)
        return std::nullopt;
    const double seconds =
        static_cast<double>(active.span.duration()) / static_cast<double>(kSecond);
    return static_cast<std::uint64_t>(std::llround(static_cast<double>(bytes) / seconds));
}

PacketsBySubflow::PacketsBySubflow(const DataLevel &data, std::size_t subflows,
                                   const std::function<bool(std::uint32_t)> &is_counted)
    : data_(data), ends_(subflows + 1)
{
    const auto each_counted = [&](auto see) {
        std::uint32_t number = 0;
        for (const DataPacket &packet : data.packets()) {
            if (is_counted(number))
                see(number, static_cast<std::size_t>(packet.subflow));
            ++number;
        }
    };
    // A counting sort: the number of packets of each subflow gives their places.
    each_counted([&](std::uint32_t, std::size_t subflow) { ++ends_[subflow + 1]; });
    std::partial_sum(ends_.begin(), ends_.end(), ends_.begin());
    packets_.resize(ends_.back());
    each_counted(
        [&](std::uint32_t number, std::size_t subflow) { packets_[ends_[subflow]++] = number; });
}

DataCounts::DataCounts(const Tracker &tracker, const Summary &summary, const Vantages *vantages)
    : tracker_(tracker),
      summary_(summary),
      vantages_(vantages),
      packets_(tracker.data(), tracker.registry().subflow_count(), [&](std::uint32_t number) {
          return summary.counted(tracker.data().packets()[number].frame);
      })
{
    std::ranges::copy_if(tracker.data().fin_checksums(), std::back_inserter(fins_),
                         [&](const FinChecksum &fin) { return summary.counted(fin.frame); });
    std::ranges::stable_sort(fins_, {}, &FinChecksum::subflow);
    if (vantages == nullptr)
        return;
    for (const Vantage &vantage : vantages->all())
        seen_.try_emplace(
            &vantage, vantage.data(), tracker.registry().subflow_count(),
            [&](std::uint32_t number) { return summary.counted(vantage.original(number)); });
}

const PacketsBySubflow &DataCounts::seen_near(const Subflow &subflow, Side host) const
{
    if (seen_.empty()) // nearly always
        return packets_;
    const Registry &registry = tracker_.registry();
    const std::uint32_t connection = registry.index_of(registry[subflow.connection]);
    const Vantage *vantage = vantages_->view(connection, subflow.role(host)).vantage;
    return vantage == nullptr ? packets_ : seen_.at(vantage);
}

PerSide<DataCount> DataCounts::of(SubflowId id, Samples samples) const
{
    const DataLevel &data = tracker_.data();
    const Subflow &subflow = tracker_.registry()[id];
    PerSide<DataCount> counts;
    packets_.visit(id, [&](const DataPacket &packet) { add(counts[packet.sender], data, packet); });
    for (const Side host : {Side::A, Side::B}) { // what it receives, and the answers that it gets
        const PacketsBySubflow &seen = seen_near(subflow, host);
        seen.visit(id, [&](const DataPacket &packet) {
            if (packet.sender != host)
                add_order(counts[packet.sender], seen.data(), packet);
            else if (samples == Samples::With)
                add_samples(counts[host], packet);
        });
    }
    for (auto fin = std::ranges::lower_bound(fins_, id, {}, &FinChecksum::subflow);
         fin != fins_.end() && fin->subflow == id; ++fin)
        add(counts[fin->sender], fin->status);
    if (subflow.kind == SubflowKind::Initial && subflow.initiator &&
        subflow.accepted_syn_payload > 0 && summary_.counted(subflow.first_frame))
        counts[*subflow.initiator].accepted_syn_payload = subflow.accepted_syn_payload;
    const SubflowCount *counted = summary_.find(id);
    for (const Side side : {Side::A, Side::B}) {
        if (data.any_open_checksums())
            add_open(counts[side], data, summary_, data.subflow_data(id, side));
        if (counted != nullptr)
            counts[side].span = counted->data[side];
    }
    return counts;
}

} // namespace mptcp
