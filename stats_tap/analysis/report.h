// SPDX-License-Identifier: GPL-2.0-or-later
//
// The rows that every view shows: the connections of a capture, their subflows
// and the totals, made from the tracker and from what a summary counted. Layout
// is left to the views.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "analysis/data_report.h"
#include "analysis/summary.h"
#include "tracker.h"

namespace mptcp {

// What shows that the subflows of a connection belong together: keys, the unknown token that the
// joins share, or the DSNs of subflows without a captured handshake.
enum class GroupedBy : std::uint8_t { Handshake, JoinToken, Data };

std::string_view name(GroupedBy grouped_by);

// A subflow's addresses and ports behind NAT, as another point recorded them.
struct OtherEndpoints {
    std::uint32_t point = 0;
    PerRole<Endpoint> endpoints;
};

struct SubflowRow {
    SubflowId id{};
    std::uint32_t index = 0;             // within its connection
    const Subflow *subflow = nullptr;    // lives as long as the tracker
    std::optional<std::uint32_t> stream; // tcp.stream
    PerRole<Volume> sent;
    PerRole<std::uint64_t> copies;
    PerRole<DataCount> data;
    Span span;
};

struct ConnectionRow {
    const Connection *connection = nullptr; // lives as long as the tracker
    std::uint32_t index = 0;
    ConnectionState state{};
    GroupedBy grouped_by{};
    PerRole<Endpoint> endpoints; // of its first subflow
    PerRole<Volume> sent;
    PerRole<std::uint64_t> copies;
    PerRole<DataCount> data;
    PerRole<const DataStream *> streams{};                // nullptr: nothing is known of it
    PerRole<std::optional<std::uint64_t>> most_in_flight; // bytes
    // The points nearest to the host, if its figures are taken from there: in flight, latencies
    // and round-trip times of what it sends, and the order of what it receives. Empty: each packet
    // counts where it was recorded first.
    PerRole<std::vector<std::uint32_t>> seen_at;
    Span span;
    std::optional<Time> capture_end; // the time of the capture's last packet, of any protocol
    std::vector<SubflowRow> subflows;
};

struct Totals {
    std::uint64_t connections = 0;
    std::uint64_t established = 0; // with a complete handshake
    std::uint64_t subflows = 0;
    std::uint64_t payload = 0; // bytes
    std::uint64_t copies = 0;  // packets
};

// Where packets were recorded.
struct PointRow {
    std::uint32_t point = 0;
    std::string_view name;     // lives as long as the tracker
    std::uint64_t packets = 0; // of subflows, copies included
};

struct Report {
    Time origin = 0;                        // the time of the capture's first packet
    std::uint64_t packets = 0;              // TCP packets offered
    std::vector<ConnectionRow> connections; // by index
    Totals totals;
};

// tcp.stream by SubflowId; shorter where later ones are not known.
using Streams = std::vector<std::optional<std::uint32_t>>;

// A row with what the tracker knows, before anything is counted.
ConnectionRow uncounted_row(const Tracker &tracker, const Connection &connection);
SubflowRow uncounted_row(const Tracker &tracker, const Streams &streams, SubflowId id,
                         std::uint32_t index);

// The rows of a report one after another, for views that write each row and drop
// it: memory does not grow with the connections. All arguments must outlive it.
class ReportRows {
public:
    // For `vantages`, see DataCounts.
    ReportRows(const Tracker &tracker, const Summary &summary, const Streams &streams,
               const Vantages *vantages = nullptr);

    std::uint64_t packets() const { return summary_.packets(); } // TCP packets offered

    // All points, by index; empty if there is only one.
    std::vector<PointRow> points() const;
    std::vector<OtherEndpoints> other_endpoints(const SubflowRow &row) const;

    // Calls each(row) for each connection with a counted packet, by index.
    Totals visit(Samples samples, const std::function<void(ConnectionRow &&row)> &each) const;

private:
    ConnectionRow make_row(const Connection &connection, Samples samples) const;
    void add_seen_near(ConnectionRow &row, Role host) const;
    SubflowRow make_row(SubflowId id, std::uint32_t index, const SubflowCount &count,
                        Samples samples) const;

    const Tracker &tracker_;
    const Summary &summary_;
    const Streams &streams_;
    const Vantages *vantages_;
    DataCounts data_;
};

// Bytes sent by both sides.
std::uint64_t payload_of(const PerRole<Volume> &sent);

// The part of the connection's unique bytes by `sender` that the subflow carried, 0 to 1;
// std::nullopt if there are none.
std::optional<double> share(const ConnectionRow &connection, const SubflowRow &row, Role sender);

// Connections and subflows without a counted packet are left out.
Report make_report(const Tracker &tracker, const Summary &summary, const Streams &streams);

// Notes the times of the capture's first and last packet, of any protocol.
void note_extent(Report &report, Time origin, Time end);

} // namespace mptcp
