// SPDX-License-Identifier: GPL-2.0-or-later
//
// Round-trip times of one sender's data, and how long it took until a DATA_ACK covered it.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "series/drawn_connection.h"

namespace mptcp {

enum class RoundTripKind : std::uint8_t {
    Tcp,       // from a segment to the TCP ACK; retransmitted segments give no sample
    Handshake, // of the subflow: from the SYN to the third ACK
    DataAck,   // from a segment to the DATA_ACK that covers its last byte, on any subflow
};
inline constexpr std::size_t kRoundTripKinds = static_cast<std::size_t>(RoundTripKind::DataAck) + 1;

std::string_view name(RoundTripKind kind); // "tcp", "data_ack"

struct RoundTrip {
    Time time = 0; // when the packet was sent, since the start of the connection
    std::uint32_t frame = 0;
    std::uint32_t subflow = 0; // index
    Time duration = 0;
    RoundTripKind kind{};
};

// In capture order of the packets. The handshakes of all subflows are in the series of both
// senders.
std::vector<RoundTrip> make_round_trips(const DrawnConnection &drawn, Role sender);

// What the axis of a graph shows. Times that differ by orders of magnitude are drawn on a
// logarithmic axis.
struct RoundTripScale {
    Time least = 0, most = 0;
    bool is_logarithmic = false;
};
RoundTripScale scale_of(const std::vector<RoundTrip> &samples);

} // namespace mptcp
