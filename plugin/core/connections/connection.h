// SPDX-License-Identifier: GPL-2.0-or-later
//
// The state of an MPTCP connection and of its subflows (RFC 8684 3.1 to 3.7). Each field was
// seen on the wire or computed from what was seen. connection_rules.h, join_rules.h and
// fallback.h change the state; registry.h stores it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/enum_set.h"
#include "base/types.h"
#include "base/verdict.h"
#include "connections/subflow_list.h"
#include "crypto/crypto.h"
#include "wire/segment.h"

namespace mptcp {

// The position of a connection in the registry. Never reused.
enum class ConnectionId : std::uint32_t {};

// The subflow of a segment, and the end that sent it.
struct Attribution {
    SubflowId subflow{};
    Side sender = Side::A;

    friend bool operator==(const Attribution &, const Attribution &) = default;
};

// The part of the MP_CAPABLE handshake that was captured (RFC 8684 3.1).
enum class Handshake : std::uint8_t {
    Unseen,   // MP_CAPABLE in the SYN was not captured
    SynOnly,  // MP_CAPABLE in the SYN only
    Half,     // a SYN/ACK with MP_CAPABLE, but no ACK with both keys
    Complete, // a SYN, and an ACK with both keys, which proves that there was a SYN/ACK
};

// The state of a connection at the end of the capture. See state_of().
enum class ConnectionState : std::uint8_t { Open, Closed, Fastclosed, Reset, Fallback, Refused };

enum class SubflowState : std::uint8_t {
    Unanswered, // SYN seen, but no SYN/ACK
    HalfOpen,   // SYN/ACK seen, but no third ACK
    Open,
    HalfClosed, // one side has sent a FIN
    Closed,     // both sides have sent a FIN
    Refused,    // RST of the listener before the handshake was complete
    Reset,
};

enum class SubflowKind : std::uint8_t {
    Initial, // opened by MP_CAPABLE
    Join,    // opened by MP_JOIN
    Unknown, // the handshake was not captured
};

// The evidence of a fallback to regular TCP (RFC 8684 3.7).
enum class FallbackReason : std::uint8_t {
    SynRepeatedWithoutMpCapable,
    SynAckWithoutMpCapable,
    SynAckInvalid,
    ThirdAckWithoutMpCapable,
    ThirdAckInvalid,
    FirstDataWithoutOption,
    OptionsVanished,
    InfiniteMapping,
    InfiniteMappingAfterMpFail,
};

struct Fallback {
    std::uint32_t frame = 0; // the frame that shows the fallback
    FallbackReason reason{};
};

std::string_view name(Handshake handshake);
std::string_view name(ConnectionState state);
std::string_view name(SubflowState state);
std::string_view name(SubflowKind kind);
std::string_view name(Role role);
std::string_view describe(FallbackReason reason); // for users

// RFC 8684 3.1: the segments of a handshake that carried MP_CAPABLE.
enum class CapableIn : std::uint8_t { Syn, SynAck, Ack };

// The segments seen of a subflow's handshake, other than its SYN.
enum class SubflowSeen : std::uint8_t {
    SynAck,
    ThirdAck,      // with MP_CAPABLE or MP_JOIN
    PlainThirdAck, // without an MPTCP option
    Confirmation,  // RFC 8684 3.2: a segment that shows that the third ACK arrived
};

// RFC 8684 3.3.3: the state of the DATA_FIN that one host sends.
enum class DataFin : std::uint8_t { NotSent, Sent, Acknowledged };

// How one end closed the subflow. An RST from either end closes the subflow.
enum class EndClosed : std::uint8_t { No, Fin, Reset };

struct Host {
    std::optional<Key> key;
    std::optional<Token> token; // from the key, or from the SYN of a join
    std::optional<DataSeq> idsn;
    std::uint32_t data_fin_end = 0; // the DSN after its DATA_FIN, lower 32 bits
    DataFin data_fin = DataFin::NotSent;
    bool mp_fail_sent = false;
    bool fastclose_sent = false;   // with the key of its receiver, as far as that is known
    bool join_denied = false;      // flag C: no joins to its initial address and port
    Time last_sent = -kLatestTime; // the time of its last packet on any subflow
};

// One end of a subflow.
struct SubflowEnd {
    Endpoint endpoint;
    std::optional<TcpSeq> isn;
    std::optional<Nonce> nonce;
    std::optional<std::uint8_t> address_id;
    std::optional<bool> backup;       // the B flag of its MP_JOIN
    std::optional<TcpSeq> mapped_end; // the end of its highest mapping; none: no mapping sent
    std::optional<TcpSeq> plain_end;  // the end of later data without any MPTCP option
    std::uint32_t syn_payload = 0;    // bytes; RFC 7413, TCP Fast Open
    std::optional<WindowScale> window_scale; // none: the SYN was not captured
    // For silence.h: the first data of the peer since the last packet of this end.
    Time waiting_since = 0;
    std::uint32_t waiting_frame = 0; // 0: none
    // For acceptability.h:
    TcpSeq sent_end;          // the highest sequence number after its segments; see `sent`
    TcpSeq acked;             // its highest acknowledgment number; see `acknowledged`
    std::uint32_t window = 0; // bytes after `acked`; kUnknownWindow: the scale is unknown
    bool sent = false;
    bool acknowledged = false;
    EndClosed closed = EndClosed::No;
    bool unmapped_told = false; // Change::UnmappedOnJoin occurred

    static constexpr std::uint32_t kUnknownWindow = UINT32_MAX;
};

// The last RST of a subflow that its receiver may have accepted.
struct SubflowReset {
    std::uint32_t frame = 0; // 0: none
    TcpSeq seq;              // an acknowledgment above it shows that the RST was ignored
    Side sender = Side::A;
    bool doubtful = false;                   // see acceptability.h
    bool fastclosed = false;                 // it carried the connection's first MP_FASTCLOSE
    EndClosed closed_before = EndClosed::No; // the sender's end, before the RST
};

// RFC 8684 3.2: the HMACs of an MP_JOIN handshake, as sent, and their verdicts.
struct JoinHmacs {
    std::array<std::uint8_t, 8> syn_ack{};
    Hmac ack{};
    Verdict syn_ack_verdict = Verdict::Absent;
    Verdict ack_verdict = Verdict::Absent;
};

struct Subflow {
    ConnectionId connection{};
    std::uint32_t first_frame = 0;
    std::uint32_t join_syn_frame = 0;     // the first SYN with MP_JOIN; 0: none
    std::uint32_t join_syn_ack_frame = 0; // the first SYN/ACK with MP_JOIN; 0: none
    Time opened = 0;                      // time of the first packet
    std::optional<Time> syn_time;         // time of the last SYN before the SYN/ACK
    std::optional<Time> handshake_rtt;    // from that SYN to the third ACK
    SubflowKind kind = SubflowKind::Unknown;
    Role role_of_a = Role::Client;
    bool syn_without_option = false;        // the SYN was retransmitted without MPTCP options
    bool syn_repeated = false;              // before the SYN/ACK: the round-trip time is ambiguous
    bool counted_open = false;              // in Connection::open_subflows
    std::uint32_t accepted_syn_payload = 0; // bytes; RFC 7413: acknowledged by the SYN/ACK
    // The connection of this subflow may still change. A join: no key matches the token, or several
    // connections have the token and no HMAC has selected one. A subflow without handshake: its
    // data was not yet compared with that of other connections.
    bool unresolved = false;
    EnumSet<SubflowSeen> seen;
    std::optional<Side> initiator; // the sender of the SYN
    PerSide<SubflowEnd> ends;
    JoinHmacs hmacs;
    SubflowReset last_reset;

    Role role(Side side) const { return side == Side::A ? role_of_a : other(role_of_a); }
    Side side(Role role) const { return role == role_of_a ? Side::A : Side::B; }
    const SubflowEnd &end(Role role) const { return ends[side(role)]; }
    // `endpoint` is one of the two endpoints of the subflow.
    Side side_of(const Endpoint &endpoint) const
    {
        return endpoint == ends[Side::A].endpoint ? Side::A : Side::B;
    }
    bool reset() const
    {
        return ends[Side::A].closed == EndClosed::Reset || ends[Side::B].closed == EndClosed::Reset;
    }
    bool ended() const
    {
        return reset() ||
               (ends[Side::A].closed == EndClosed::Fin && ends[Side::B].closed == EndClosed::Fin);
    }
    // RFC 7413: the bytes of the SYN that precede the other data of the initiator.
    std::uint32_t syn_payload_before_data() const
    {
        return seen.has(SubflowSeen::SynAck) || !initiator ? accepted_syn_payload
                                                           : ends[*initiator].syn_payload;
    }
    // RFC 8684 3.2: a join counts once the listener has answered.
    bool is_open() const
    {
        const bool answered = kind == SubflowKind::Unknown || !initiator || !seen.empty();
        return answered && !ended();
    }
    SubflowState state() const;
};

struct Connection {
    std::uint32_t ordinal = 0; // see Numbering
    std::uint32_t first_frame = 0;
    PerRole<Host> hosts;
    std::optional<Version> version; // see negotiated()
    EnumSet<CapableIn> capable;
    bool checksum_required = false; // flag A of either host
    bool fastclosed = false;
    // For a partial connection that joins created: the first frame in which one of its joins was
    // resolved. Keys captured after that frame are not attributed to reordering.
    std::optional<std::uint32_t> resolved_frame;
    std::optional<SubflowId> evidence;       // the first join whose SYN/ACK with an HMAC was seen
    std::optional<ConnectionId> merged_into; // this record is no longer in use
    // The roles were swapped since this record was created or, once it was merged, they differ
    // from those with which `merged_into` was created. See Registry::current().
    bool roles_swapped = false;
    std::optional<Fallback> fallback;
    EnumSet<Role> dss_after_fallback; // the hosts that sent a DSS option after it
    std::uint32_t open_subflows = 0;
    bool grouped_by_data = false; // at least one subflow was assigned by its data
    bool roles_seen = false;      // from a SYN, a SYN/ACK or a third ACK; else guessed
    SubflowList subflows;

    // No SYN with MP_CAPABLE was captured.
    bool partial() const { return !capable.has(CapableIn::Syn); }
    // RFC 8684 3.1: whether DSS checksums are in use. None if no MP_CAPABLE was captured.
    std::optional<bool> checksums() const
    {
        return capable.empty() ? std::nullopt : std::optional{checksum_required};
    }
    // True if `version` was negotiated; false if only the SYN's offer is known.
    bool negotiated() const
    {
        return capable.has(CapableIn::SynAck) || capable.has(CapableIn::Ack) || fallback;
    }
    bool keys_known() const { return hosts[Role::Client].key && hosts[Role::Server].key; }
    Handshake handshake() const;
};

} // namespace mptcp
