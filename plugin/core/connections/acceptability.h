// SPDX-License-Identifier: GPL-2.0-or-later
//
// Whether the receiver of a segment acts on it: TCP's acceptability test (RFC 9293 3.10.7.4), the
// stricter one for RST (RFC 5961 3.2), and segments after the end of a subflow. The receiver's
// state is inferred from the acknowledgments that it sent.
#pragma once

#include <cstdint>
#include <string_view>

#include "connections/connection.h"
#include "wire/segment.h"

namespace mptcp {

// Why the receiver ignores a segment or an option.
enum class Ignored : std::uint8_t {
    No,
    OutsideWindow,   // RFC 9293 3.10.7.4: beyond the receive window
    AlreadyReceived, // behind the sequence number that the receiver expects
    NotNext,         // RFC 5961 3.2: an RST that is not at that sequence number
    NoAnswerToSyn, // RFC 9293 3.10.7.3: an RST before the SYN/ACK that does not acknowledge the SYN
    BothFinsSent,  // the receiver accepts the RST, but the subflow had ended
    SubflowClosed, // the receiver's FIN was acknowledged as well
    InvalidOption, // RFC 8684 3.1: MP_CAPABLE with flag B, without flag H, of another version
};

std::string_view describe(Ignored why); // for users; empty for No

// RFC 9293 3.5, 3.10.7.3: a SYN/ACK, and an RST in place of it, is acceptable if it acknowledges
// the SYN. RFC 7413: it may also acknowledge some or all of the data in the SYN. Requires that the
// ISN of the initiator is known.
bool acknowledges_syn(const Segment &segment, const SubflowEnd &initiator);

// Requires that the segment was not noted yet. An RST that its receiver may or may not ignore, as
// it lies behind all captured segments of its sender, is acceptable but doubtful.
Ignored judge(const Subflow &subflow, Side sender, const Segment &segment);
bool is_doubtful_reset(const Subflow &subflow, Side sender, const Segment &segment);
// Whether an RST has the sequence number of its sender's FIN. Hosts that abort after their FIN send
// it. RFC 5961 3.2 does not accept it, but Linux does (tcp_reset_check), if only that host has sent
// a FIN.
bool is_reset_at_fin(const Subflow &subflow, Side sender, const Segment &segment);

// True if the segment shows that an earlier RST was ignored: a challenge ACK after a doubtful one,
// or an acknowledgment of what followed. Without segments of the RST's receiver, new data of its
// sender is the evidence.
bool outlives_reset(const Subflow &subflow, Side sender, const Segment &segment);

// Records sequence number, acknowledgment number and window for the functions above.
void note_sequence_numbers(Subflow &subflow, Side sender, const Segment &segment);

} // namespace mptcp
