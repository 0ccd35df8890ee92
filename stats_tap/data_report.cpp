// SPDX-License-Identifier: GPL-2.0-or-later
#include "data_report.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace mptcp {
namespace {

constexpr Time kMicrosecond = 1'000;
constexpr Time kSecond = 1'000'000'000;

Time to_time(Micros micros) { return Time{micros} * kMicrosecond; }

// Neither is negative. Absurd ones come to no more than fits.
void add_time(Time &total, Time more)
{
    total += std::min(more, std::numeric_limits<Time>::max() - total);
}

void append(std::vector<Micros> &all, const std::vector<Micros> &more)
{
    all.insert(all.end(), more.begin(), more.end());
}

void add(DataCount &count, ChecksumStatus status)
{
    count.checksums.good += status == ChecksumStatus::Good ? 1 : 0;
    count.checksums.bad += status == ChecksumStatus::Bad ? 1 : 0;
    count.checksums.unverified += status == ChecksumStatus::Unverified ? 1 : 0;
}

void add(DataCount &count, const DataExtras &extras)
{
    count.reinjected_same_subflow += extras.reinjected_same_subflow;
    count.retransmissions += extras.retransmitted > 0 ? 1 : 0;
    count.checksums.good += extras.good_checksums;
    count.checksums.bad += extras.bad_checksums;
    count.checksums.unverified += extras.unverified_checksums;
    if (extras.released > 0) {
        ++count.blocked.times;
        add_time(count.blocked.total, extras.blocked);
        count.blocked.longest = std::max(count.blocked.longest, extras.blocked);
        count.blocked.octets += extras.released;
    }
}

void add(DataCount &count, const DataPacket &packet, const DataExtras *extras)
{
    if (extras != nullptr)
        add(count, *extras);
    const OctetKinds kinds = kinds_of(packet, extras);
    static_cast<OctetKinds &>(count) += kinds;
    if (packet.early) {
        ++count.early;
        count.early_octets += kinds.unique;
    }
    add(count, packet.checksum);
    if (packet.acknowledged)
        count.latencies.push_back(packet.latency);
    if (packet.round_trip != kNoMicros)
        count.round_trips.push_back(packet.round_trip);
}

// Mappings whose data never was complete.
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

std::optional<Distribution> distribution_of(std::vector<Micros> &samples)
{
    if (samples.empty())
        return std::nullopt;
    // Partly sorted, each time what is behind the last one that was asked for.
    auto sorted = samples.begin();
    const auto at = [&](double part) {
        const double rank = std::ceil(part * static_cast<double>(samples.size()));
        const auto place = samples.begin() + static_cast<std::ptrdiff_t>(rank) - 1;
        std::nth_element(sorted, place, samples.end());
        sorted = place;
        return to_time(*place);
    };
    Distribution distribution;
    distribution.samples = samples.size();
    distribution.least = to_time(std::ranges::min(samples));
    distribution.most = to_time(std::ranges::max(samples));
    distribution.median = at(0.5);
    distribution.p95 = at(0.95);
    return distribution;
}

OctetKinds &OctetKinds::operator+=(const OctetKinds &more)
{
    unique += more.unique;
    reinjected += more.reinjected;
    retransmitted += more.retransmitted;
    unmapped += more.unmapped;
    return *this;
}

OctetKinds kinds_of(const DataPacket &packet, const DataExtras *extras)
{
    if (extras == nullptr)
        return {packet.payload, 0, 0, 0};
    return {fresh_octets(packet, extras), extras->reinjected, extras->retransmitted,
            extras->unmapped};
}

DataCount &DataCount::operator+=(const DataCount &more)
{
    OctetKinds::operator+=(more);
    reinjected_same_subflow += more.reinjected_same_subflow;
    retransmissions += more.retransmissions;
    early += more.early;
    early_octets += more.early_octets;
    blocked.times += more.blocked.times;
    add_time(blocked.total, more.blocked.total);
    blocked.longest = std::max(blocked.longest, more.blocked.longest);
    blocked.octets += more.blocked.octets;
    checksums.good += more.checksums.good;
    checksums.bad += more.checksums.bad;
    checksums.unverified += more.checksums.unverified;
    span += more.span;
    append(latencies, more.latencies);
    append(round_trips, more.round_trips);
    return *this;
}

std::optional<std::uint64_t> rate(std::uint64_t octets, Time duration)
{
    if (duration <= 0)
        return std::nullopt;
    const double seconds = static_cast<double>(duration) / static_cast<double>(kSecond);
    return static_cast<std::uint64_t>(std::llround(static_cast<double>(octets) / seconds));
}

std::vector<PerSide<DataCount>> count_data(const Tracker &tracker, const Summary &summary)
{
    const DataLevel &data = tracker.data();
    std::vector<PerSide<DataCount>> counts(tracker.subflow_count());
    for (std::size_t i = 0; i < data.packets().size(); ++i) {
        const DataPacket &packet = data.packets()[i];
        if (summary.counted(packet.frame))
            add(counts[static_cast<std::size_t>(packet.subflow)][packet.sender], packet,
                data.extras(packet));
    }
    for (const FinChecksum &fin : data.fin_checksums())
        if (summary.counted(fin.frame))
            add(counts[static_cast<std::size_t>(fin.subflow)][fin.sender], fin.status);
    for (std::size_t i = 0; i < counts.size(); ++i) {
        const SubflowId id{static_cast<std::uint32_t>(i)};
        const SubflowCount *counted = summary.find(id);
        for (const Side side : {Side::A, Side::B}) {
            add_open(counts[i][side], data, summary, data.subflow_data(id, side));
            if (counted != nullptr)
                counts[i][side].span = counted->data[side];
        }
    }
    return counts;
}

} // namespace mptcp
