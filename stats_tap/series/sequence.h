// SPDX-License-Identifier: GPL-2.0-or-later
//
// The data sequence of one sender over time: its segments, the DATA_ACKs of its peer, and the right
// edge of the receive window, which all subflows share (RFC 8684 3.3.1, 3.3.2).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "series/drawn_connection.h"
#include "series/thinning.h"

namespace mptcp {

enum class SequenceKind : std::uint8_t {
    Unique,
    Reinjected,
    Retransmitted,
    Unmapped,
    DataAck,
    Window,
    DataFin,
};
inline constexpr std::size_t kSequenceKinds = static_cast<std::size_t>(SequenceKind::DataFin) + 1;

std::string_view name(SequenceKind kind); // "unique", "data_ack"
constexpr bool is_data(SequenceKind kind) { return kind < SequenceKind::DataAck; }
// False for what all subflows share.
constexpr bool is_of_subflow(SequenceKind kind)
{
    return is_data(kind) || kind == SequenceKind::DataFin;
}

struct SequencePoint {
    Time time = 0; // since the start of the connection
    std::uint32_t frame = 0;
    std::uint32_t subflow = 0;         // index
    std::optional<std::int64_t> place; // of the first byte, see Sequence::zero; none: unknown
    std::uint64_t bytes = 0;           // 0 for DATA_ACKs, windows and DATA_FINs
    SequenceKind kind{};
};

// Where places count from.
enum class SequenceZero : std::uint8_t {
    FirstByte,     // of the sender's data, as in mptcp.data.rel
    FirstCaptured, // the IDSN is unknown: the lowest place of a captured packet
};

struct Sequence {
    SequenceZero zero{};
    // In capture order. A packet whose data is of several kinds has a point for each, at the place
    // of the first byte of that kind.
    std::vector<SequencePoint> points;
    // The DATA_FINs, repeated ones as well, at the end of the data (RFC 8684 3.3.3). They are marks
    // of graphs, and no lines of `-z mptcp,series`.
    std::vector<SequencePoint> data_fins;
};

Sequence make_sequence(const DrawnConnection &drawn, Role sender);

// For a plot: joins segments that follow each other in the same column of pixels, and that are at
// most `row` bytes apart, so that a burst is a line and thinning does not leave only its ends. All
// points have a place.
std::vector<SequencePoint> join_segments(const std::vector<SequencePoint> &points,
                                         const Columns &columns, std::int64_t row);

// What graphs draw, by kind and, of data and DATA_FINs, by subflow: points with a place; of
// DATA_ACKs and windows, those that advance.
using SequenceByKind = std::map<std::pair<SequenceKind, std::uint32_t>, std::vector<SequencePoint>>;
SequenceByKind visible_points(const Sequence &sequence);

// The first and the highest right edge of the window; 0 if none is known.
std::pair<std::int64_t, std::int64_t> window_edges(const Sequence &sequence);
// The highest place of data, of a DATA_ACK or of a DATA_FIN, at least 1.
std::int64_t end_of_data(const Sequence &sequence);
// The highest place that a graph shows: a window that is far above the data does not squeeze it.
double top_of(const Sequence &sequence);
// Whether any of the window's right edge is below that.
bool is_window_shown(const Sequence &sequence);

// RFC 8684 3.3.4: a DATA_ACK of the sender's data on any subflow, and the receive window that
// starts there.
struct Acknowledgment {
    const SegmentNote *note = nullptr;
    RelativeDsn dsn;
    std::optional<std::uint32_t> window; // bytes; none: the scale is unknown, or an RST
};

// The receive window that the packet advertises, in bytes. None if the scale is unknown, or in an
// RST.
std::optional<std::uint32_t> window_of(const Registry &registry, const SegmentNote &note);

// All of them, counted or not, in capture order.
std::vector<Acknowledgment> acknowledgments_of(const DrawnConnection &drawn, Role sender);

} // namespace mptcp
