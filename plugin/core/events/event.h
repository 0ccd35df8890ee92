// SPDX-License-Identifier: GPL-2.0-or-later
//
// What happened to a connection, one event for each thing that a person would
// tell of it: the steps of handshakes and joins, addresses announced and
// removed, priorities, fallback, the end (RFC 8684 3.1 to 3.7). An event keeps
// what the packet carried; whether an HMAC or a key in it is right is judged
// when it is told, since the capture may hold the keys later.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

#include "base/types.h"
#include "connections/connection.h"
#include "wire/option.h"

namespace mptcp {

enum class EventType : std::uint8_t {
    CapableSyn, // MP_CAPABLE in the SYN, the SYN/ACK, an ACK
    CapableSynAck,
    CapableAck,
    Established,      // the handshake is complete
    Refused,          // RST in the place of a handshake
    Unanswered,       // by the end of the capture
    VersionDowngrade, // an answer in a lower version than was offered
    VersionMismatch,  // one in a version that was not offered or not agreed on
    OddFlags,         // of MP_CAPABLE: B set, or no algorithm offered
    OddForm,          // of MP_CAPABLE: other keys than belong into this packet
    KeyMismatch,      // a key that is not the one this host sent before
    IdsnMismatch,     // the first data does not stand where the key says
    JoinSyn,          // MP_JOIN in the SYN, the SYN/ACK, the third ACK
    JoinSynAck,
    JoinAck,
    JoinEstablished, // and the fourth packet, RFC 8684 3.2
    JoinRefused,
    JoinStripped,   // the answer to MP_JOIN is plain TCP's
    JoinUnanswered, // by the end of the capture
    JoinForbidden,  // to an address that MP_CAPABLE's flag C excludes
    AddAddr,
    AddAddrEcho,
    RemoveAddr,
    Prio,
    Fail,
    Fastclose,
    Fallback,
    MappingMismatch, // of bytes that an earlier mapping has put elsewhere
    ChecksumBad,     // of a DSS; the packet completes its mapping
    DataUnseen,      // a DATA_ACK of data that was not captured
    DataFin,
    DataFinAcked,
    Closed, // both DATA_FINs are acknowledged
    SubflowFin,
    SubflowClosed, // both FINs were sent
    SubflowReset,
};
inline constexpr std::size_t kEventTypes = static_cast<std::size_t>(EventType::SubflowReset) + 1;

enum class Severity : std::uint8_t { Chat, Note, Warn, Error };

// The name in JSON and in filters, "join_refused"; and the title for people.
std::string_view name(EventType type);
std::string_view name(Severity severity); // "chat", "note", "warn", "error"
std::string_view title(EventType type);
Severity severity(EventType type);

// The end of a subflow, or of the attempt to open one.
struct SubflowOutcome {
    Time after = 0;              // since its first packet
    std::optional<MpTcpRst> rst; // why, if its RST says so
    bool active = false;         // an RST of its own accord, not the answer to a stray segment
};

struct ByteCount {
    std::uint64_t count = 0;
};

using EventDetail = std::variant<std::monostate, ByteCount, MpCapable, MpJoinSyn, MpJoinSynAck,
                                 MpJoinAck, mptcp::AddAddr, RemoveAddr, MpPrio, MpFail, MpFastclose,
                                 SubflowOutcome, FallbackReason, WireDataSeq>;

struct Event {
    std::uint32_t frame = 0;
    EventType type{};
    Side sender{};
    bool repeated = false; // the packet was sent, or captured, before
    SubflowId subflow{};
    Time time = 0;
    EventDetail detail;
};

} // namespace mptcp
