// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a capture shows of one connection, for the rules of the diagnosis; and how much of the
// connection the capture has, so that the rules can abstain.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "analysis/analysis.h"
#include "analysis/report.h"
#include "between/passages.h"
#include "limits/limit.h"
#include "path_use/path_use.h"

namespace mptcp {

inline constexpr PerRole<Role> kBothRoles{{Role::Client, Role::Server}};

// A host that did not answer a SYN for so long may have lost it. RFC 6298 2.1: the first
// retransmission timeout.
inline constexpr Time kLeastWait = kSecond;
// A host that did nothing for a shorter time may have had no time.
inline constexpr Time kLeastPause = kSecond / 10;

// What the times of the packets tell of one sender.
struct SenderTimes {
    std::vector<LimitInterval> limits; // empty if nothing is known
    PathUse use;
    bool is_seen_at_receiver = false; // so that the order of the data is known
};

// What is known of all connections. All must outlive it.
struct CaptureFacts {
    const Analysis &analysis;
    const PointsReport &points;
    Time end = 0; // the time of the last packet
    // Of each sender of a connection; may be empty. Called once for each connection at most.
    std::function<PerRole<SenderTimes>(const Connection &connection)> times = {};
};

// Entries of the timeline. Ignored packets are left out.
using Entries = std::vector<const TimelineEntry *>;

class Evidence {
public:
    // `entries` are those of the connection, in the order of frames. `row` counts all packets. All
    // must outlive it.
    Evidence(const ConnectionRow &row, const Entries &entries, const CaptureFacts &capture);

    const ConnectionRow &row() const { return row_; }
    const Connection &connection() const { return *row_.connection; }
    const Entries &entries() const { return entries_; }
    std::span<const TimelineEntry *const> entries_of(const SubflowRow &subflow) const;
    // The first of a type, or nullptr.
    const TimelineEntry *first(EventType type) const;
    const TimelineEntry *first(EventType type, const SubflowRow &subflow) const;

    const AddressTable &addresses(Role host) const;
    const SubflowHistory &history(const SubflowRow &subflow) const;
    // With that index in the connection; nullptr if there is none.
    const SubflowRow *subflow(std::uint32_t index) const;
    std::optional<Role> host_at(std::uint32_t point) const;
    // Whether one of several points is at this host.
    bool is_seen_at(Role host) const;

    // The host whose packets are not in the capture, although the other one acknowledged them.
    std::optional<Role> missing_sender() const;
    // Bytes of a host that were acknowledged and not captured.
    std::uint64_t bytes_not_captured(Role sender) const;
    // The capture has the handshake, both directions, and all data that was acknowledged.
    bool is_whole() const;

    // Whether the host sent enough to say something of its transfer.
    bool is_transfer(Role sender) const;
    // The host that sent more data.
    Role main_sender() const;
    // Subflows that carried mapped data, and those that did or whose handshake is complete.
    const std::vector<const SubflowRow *> &used() const { return used_; }
    const std::vector<const SubflowRow *> &ready() const { return ready_; }
    bool is_ready(const SubflowRow &subflow) const;
    // The time of the last packet with payload.
    Time last_data() const;
    // Computed by the first call, as few connections need it.
    const SenderTimes &times(Role sender) const;
    // A few round trips on the subflow: data in flight has arrived, and hosts have reacted.
    Time pause_on(const SubflowRow &subflow) const;
    // The capture goes on long enough after the first SYN of the subflow to tell that no answer
    // came.
    bool had_time_to_answer(const SubflowRow &subflow) const;

private:
    const ConnectionRow &row_;
    const Entries &entries_;
    Entries by_subflow_; // by subflow, and then by frame
    const CaptureFacts &capture_;
    std::vector<const SubflowRow *> used_, ready_;
    mutable std::optional<PerRole<SenderTimes>> times_;
};

} // namespace mptcp
