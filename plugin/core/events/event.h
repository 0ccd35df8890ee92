// SPDX-License-Identifier: GPL-2.0-or-later
//
// The events of a connection: handshakes, joins, addresses announced and removed, priority
// changes, fallback and closing (RFC 8684 3.1 to 3.7), with their names, titles and severities.
// An event holds the option that the packet carried. event_verdict.h verifies an HMAC or key in
// it on request, because the keys may be captured later. event_words.h describes it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

#include "base/types.h"
#include "connections/acceptability.h"
#include "connections/connection.h"
#include "wire/option.h"

namespace mptcp {

enum class EventType : std::uint8_t {
    CapableSyn, // MP_CAPABLE in the SYN, the SYN/ACK, an ACK
    CapableSynAck,
    CapableAck,
    Established,      // the handshake is complete
    Refused,          // RST during the handshake
    Unanswered,       // no SYN/ACK by the end of the capture
    VersionDowngrade, // SYN/ACK with a lower version than offered
    VersionMismatch,  // a version that was not offered or not negotiated
    OddFlags,         // MP_CAPABLE with flag B, or without flag H
    OddForm,          // MP_CAPABLE with other keys than this segment must carry
    KeyMismatch,      // a key that differs from the one sent before
    IdsnMismatch,     // the DSN of the first data is not IDSN + 1
    JoinSyn,          // MP_JOIN in the SYN, the SYN/ACK, the third ACK
    JoinSynAck,
    JoinAck,
    JoinEstablished, // RFC 8684 3.2: the fourth packet of a join
    JoinRefused,     // RST during the handshake
    JoinStripped,    // the response to MP_JOIN has no MPTCP option
    JoinUnanswered,  // no SYN/ACK by the end of the capture
    JoinForbidden,   // MP_JOIN to an address excluded by the C flag
    AddAddr,
    AddAddrEcho,
    EchoUnmatched, // an echo of an address that was not announced
    RemoveAddr,
    Prio,
    Fail,
    Fastclose,
    Fallback,
    DataUnmapped,       // data without a mapping on a subflow, while others are open
    MappingMismatch,    // a mapping that contradicts an earlier one
    MappingInvalid,     // a mapping that begins before the first byte of the subflow
    ChecksumBad,        // bad DSS checksum of a mapping that this packet completes
    ChecksumMissing,    // a mapping without a checksum, although checksums were negotiated
    ChecksumUnexpected, // a mapping with a checksum, although they were not negotiated
    DataUnseen,         // a DATA_ACK of data that was not captured
    ReinjectionBurst,   // many reinjections in a short time
    WindowZero,         // RFC 8684 3.3.4: the receive window of the connection is closed
    WindowOpen,         // and open again
    PathSilent,         // no answer on this subflow, while the host sends on others
    OptionRemoved,      // between two capture points (between/): an option of kind 30
    OptionAltered,      // the same
    PayloadAltered,     // between two capture points, with the same length
    DataFin,
    DataFinAcked,
    Closed, // both DATA_FINs are acknowledged
    SubflowFin,
    SubflowClosed, // both ends have sent a FIN
    SubflowReset,
};
inline constexpr std::size_t kEventTypes = static_cast<std::size_t>(EventType::SubflowReset) + 1;

enum class Severity : std::uint8_t { Chat, Note, Warn, Error };

// name() returns the identifier used in JSON and in filters, such as "join_refused". title()
// returns the text for users.
std::string_view name(EventType type);
std::string_view name(Severity severity); // "chat", "note", "warn", "error"
std::string_view title(EventType type);
Severity severity(EventType type);

// The result of opening or closing a subflow.
struct SubflowOutcome {
    Time after = 0;              // since the first packet of the subflow
    std::optional<MpTcpRst> rst; // RFC 8684 3.6: the reason, if the RST carries it
    bool active = false;         // the RST has the ACK flag, so no stray segment caused it
};

struct ByteCount {
    std::uint64_t count = 0;
};

struct BurstCount {
    std::uint32_t since_frame = 0;
    std::uint64_t packets = 0;
    std::uint64_t bytes = 0;
};

// What happened on the way from one capture point to another.
struct WayBetween {
    std::uint32_t from = 0, to = 0; // points
    std::uint32_t frame_before = 0; // of the packet at `from`; the event has the one at `to`
    std::uint64_t packets = 0;      // that this happened to, on this way
};

using EventDetail =
    std::variant<std::monostate, ByteCount, BurstCount, Interval, MpCapable, MpJoinSyn,
                 MpJoinSynAck, MpJoinAck, mptcp::AddAddr, RemoveAddr, MpPrio, MpFail, MpFastclose,
                 SubflowOutcome, FallbackReason, WireDataSeq, WayBetween>;

struct Event {
    std::uint32_t frame = 0;
    EventType type{};
    Side sender{};
    bool repeated = false; // a retransmission or a duplicate
    // A later packet has shown that the event did not occur. Views leave it out.
    bool withdrawn = false;
    Ignored ignored = Ignored::No; // why the receiver ignores it
    SubflowId subflow{};
    Time time = 0;
    EventDetail detail;
};

} // namespace mptcp
