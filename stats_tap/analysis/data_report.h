// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the counted packets carried at the data level, by direction, for subflows
// and for connections. The tracker knows it for each packet.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "analysis/summary.h"
#include "between/vantage.h"
#include "tracker.h"

namespace mptcp {

// Bytes of payload by their kind at the data level. Each byte has one kind.
struct ByteKinds {
    std::uint64_t unique = 0;
    std::uint64_t reinjected = 0;
    std::uint64_t retransmitted = 0;
    std::uint64_t unmapped = 0;

    std::uint64_t payload() const { return unique + reinjected + retransmitted + unmapped; }
    ByteKinds &operator+=(const ByteKinds &more);
    friend bool operator==(const ByteKinds &, const ByteKinds &) = default;
};

ByteKinds kinds_of(const DataPacket &packet, const DataExtras *extras); // may be nullptr

// One direction.
struct DataCount : ByteKinds {
    std::uint64_t packets = 0;                 // with payload
    std::uint64_t reinjected_same_subflow = 0; // of the reinjected
    std::uint64_t retransmissions = 0;         // packets
    std::uint64_t useless = 0; // of the repeated ones, those that were acknowledged before
    struct {
        std::uint64_t packets = 0; // sent before data that precedes theirs
        std::uint64_t bytes = 0;
    } out_of_order;
    struct {
        std::uint64_t times = 0;
        Time total = 0;
        Time longest = 0;
        std::uint64_t bytes = 0;
    } head_of_line_blocked;
    struct {
        std::uint64_t good = 0, bad = 0, unverified = 0; // mappings
        std::uint64_t missing = 0, unexpected = 0;       // mappings against the negotiation
    } checksums;
    std::uint64_t accepted_syn_payload = 0; // bytes; RFC 7413
    Span span;                              // of the packets with payload

    // What the application gets, as far as it was captured.
    std::uint64_t application() const { return unique + accepted_syn_payload; }
    std::vector<Micros> latencies, round_trips;

    DataCount &operator+=(const DataCount &more);
};

// A rate over fewer packets tells more about their distance than about the path.
inline constexpr std::uint64_t kLeastPacketsOfRate = 10;

// Bytes a second, over the time from the first to the last data that `active` counted. Pass the
// count of the connection for its subflows too: then their rates add up. std::nullopt for less than
// kLeastPacketsOfRate packets, or if they have the same time.
std::optional<std::uint64_t> rate(std::uint64_t bytes, const DataCount &active);

// Whether latencies and round trips are listed. Most views do not need them.
enum class Samples { Without, With };

// Counted packets with payload by subflow, in capture order. Memory: 4 bytes for
// each, and for each subflow.
class PacketsBySubflow {
public:
    // is_counted(number) tells which packets of `data` are counted, by their place.
    PacketsBySubflow(const DataLevel &data, std::size_t subflows,
                     const std::function<bool(std::uint32_t number)> &is_counted);

    const DataLevel &data() const { return data_; }
    template <class See> void visit(SubflowId id, See see) const
    {
        const auto place = static_cast<std::size_t>(id);
        for (std::size_t i = place == 0 ? 0 : ends_[place - 1]; i < ends_[place]; ++i)
            see(data_.packets()[packets_[i]]);
    }

private:
    const DataLevel &data_;
    std::vector<std::uint32_t> ends_;    // by SubflowId: where its packets end in packets_
    std::vector<std::uint32_t> packets_; // by subflow: places in data_.packets()
};

// Of the packets that `summary` counted, by subflow. All arguments must outlive
// it. Latencies, round-trip times and the order of the data are those of the
// vantages; nullptr: of the tracker.
class DataCounts {
public:
    DataCounts(const Tracker &tracker, const Summary &summary, const Vantages *vantages = nullptr);

    // Cost: the packets of that subflow.
    PerSide<DataCount> of(SubflowId id, Samples samples) const;

private:
    // Near that host of the subflow's connection.
    const PacketsBySubflow &seen_near(const Subflow &subflow, Side host) const;

    const Tracker &tracker_;
    const Summary &summary_;
    const Vantages *vantages_;
    PacketsBySubflow packets_;
    std::map<const Vantage *, PacketsBySubflow> seen_;
    std::vector<FinChecksum> fins_; // by subflow
};

} // namespace mptcp
