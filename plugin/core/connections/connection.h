// SPDX-License-Identifier: GPL-2.0-or-later
//
// What is known of one MPTCP connection and of each of its subflows: plain
// facts, every one of them seen on the wire or computed from what was seen.
// connection_rules.h and join_rules.h change them.
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

// The position of a connection in the tracker's table; valid for the tracker's life.
enum class ConnectionId : std::uint32_t {};

// Whose a segment is.
struct Attribution {
    SubflowId subflow{};
    Side sender = Side::A;

    friend bool operator==(const Attribution &, const Attribution &) = default;
};

// Of the MP_CAPABLE handshake, what the capture holds (RFC 8684 3.1).
enum class Handshake : std::uint8_t {
    Unseen,   // not even the SYN
    SynOnly,  // MP_CAPABLE in the SYN alone
    Half,     // the server agreed, but no ACK with the right keys was seen
    Complete, // SYN, SYN/ACK and an ACK with both keys
};

// What had become of a connection by the end of the capture.
enum class ConnectionState : std::uint8_t { Open, Closed, Fastclosed, Reset, Fallback, Refused };

enum class SubflowState : std::uint8_t {
    Unanswered, // a SYN, and nothing from the other side
    HalfOpen,   // a SYN/ACK, but the third ACK was not seen
    Open,
    HalfClosed, // one side has sent a FIN
    Closed,     // both have
    Refused,    // reset before it carried anything
    Reset,
};

enum class SubflowKind : std::uint8_t {
    Initial, // by MP_CAPABLE
    Join,    // by MP_JOIN
    Unknown, // its handshake is not in the capture
};

// Why a connection went on as plain TCP (RFC 8684 3.7).
enum class FallbackReason : std::uint8_t {
    SynRepeatedWithoutMpCapable,
    SynAckWithoutMpCapable,
    ThirdAckWithoutMpCapable,
    FirstDataWithoutOption,
    OptionsVanished,
    InfiniteMapping,
    InfiniteMappingAfterMpFail,
};

struct Fallback {
    std::uint32_t frame = 0; // that decides it
    FallbackReason reason{};
};

std::string_view name(Handshake handshake);
std::string_view name(ConnectionState state);
std::string_view name(SubflowState state);
std::string_view name(SubflowKind kind);
std::string_view name(Role role);
std::string_view describe(FallbackReason reason); // in words

// A segment of the MP_CAPABLE handshake (RFC 8684 3.1) that carried the option.
enum class CapableIn : std::uint8_t { Syn, SynAck, Ack };

// What was seen of a subflow's handshake, behind its SYN.
enum class SubflowSeen : std::uint8_t {
    SynAck,
    ThirdAck,      // with the option that belongs there: MP_CAPABLE or MP_JOIN
    PlainThirdAck, // without it
    Confirmation,  // RFC 8684 3.2: what follows the third ACK, and shows that it arrived
};

// RFC 8684 3.3.3, of one host.
enum class DataFin : std::uint8_t { NotSent, Sent, Acknowledged };

// How one end has ended its subflow. A RST ends the other end, too.
enum class EndClosed : std::uint8_t { No, Fin, Reset };

struct Host {
    std::optional<Key> key;
    std::optional<Token> token; // also known without the key, from a join's SYN
    std::optional<DataSeq> idsn;
    std::uint32_t data_fin_end = 0; // the DSN behind its DATA_FIN, lower half
    DataFin data_fin = DataFin::NotSent;
    bool mp_fail_sent = false;
    bool join_denied = false; // flag C: no joins to its first address
};

// A subflow's end, at one host.
struct SubflowEnd {
    Endpoint endpoint;
    std::optional<TcpSeq> isn;
    std::optional<Nonce> nonce;
    std::optional<std::uint8_t> address_id;
    std::optional<bool> backup;              // the B flag of its MP_JOIN
    std::optional<TcpSeq> mapped_end;        // where its mappings end; none: it sent no mapping
    std::optional<TcpSeq> plain_end;         // where data ends that came later, without any option
    std::uint32_t syn_payload = 0;           // bytes in its SYN: TCP Fast Open
    std::optional<WindowScale> window_scale; // none: its SYN was not captured
    EndClosed closed = EndClosed::No;
};

// The HMACs of an MP_JOIN handshake, and the verdicts on them.
struct JoinHmacs {
    std::array<std::uint8_t, 8> syn_ack{};
    Hmac ack{};
    Verdict syn_ack_verdict = Verdict::Absent;
    Verdict ack_verdict = Verdict::Absent;
};

struct Subflow {
    ConnectionId connection{};
    std::uint32_t first_frame = 0;
    std::uint32_t join_syn_frame = 0;     // the first SYN with MP_JOIN,
    std::uint32_t join_syn_ack_frame = 0; // and SYN/ACK; 0: none was seen
    Time opened = 0;                      // of the first packet
    std::optional<Time> syn_time;         // of the last SYN before it was answered
    std::optional<Time> handshake_rtt;    // from there to the third ACK
    SubflowKind kind = SubflowKind::Unknown;
    Role role_of_a = Role::Client;
    bool syn_without_option = false; // the SYN was repeated without MPTCP option
    // It may turn out to belong to another connection: its token is not known yet, or
    // several connections have it and no HMAC has told which one is meant.
    bool unresolved = false;
    EnumSet<SubflowSeen> seen;
    std::optional<Side> initiator; // the sender of the SYN
    PerSide<SubflowEnd> ends;
    JoinHmacs hmacs;

    Role role(Side side) const { return side == Side::A ? role_of_a : other(role_of_a); }
    Side side(Role role) const { return role == role_of_a ? Side::A : Side::B; }
    const SubflowEnd &end(Role role) const { return ends[side(role)]; }
    // Of one of its two endpoints.
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
    SubflowState state() const;
};

struct Connection {
    std::uint32_t ordinal = 0; // in the order of first packets; see Numbering
    std::uint32_t first_frame = 0;
    PerRole<Host> hosts;
    std::optional<Version> version; // negotiated; while only a SYN is known, offered
    EnumSet<CapableIn> capable;
    bool checksum_required = false; // by either host: the A flag
    bool fastclosed = false;
    // Of a partial connection made by joins: the first frame after a join's handshake. From
    // then on no reordering can have put its keys later.
    std::optional<std::uint32_t> resolved_frame;
    std::optional<SubflowId> evidence;       // the first join whose SYN/ACK was seen, with its HMAC
    std::optional<ConnectionId> merged_into; // it was part of that one
    std::optional<Fallback> fallback;
    std::uint32_t living_subflows = 0;
    SubflowList subflows;

    bool partial() const { return !capable.has(CapableIn::Syn); }
    // Are DSS checksums in use? Not known if no MP_CAPABLE was captured.
    std::optional<bool> checksums() const
    {
        return capable.empty() ? std::nullopt : std::optional{checksum_required};
    }
    // Is the version the one that both agreed on, or the one the SYN offered?
    bool negotiated() const
    {
        return capable.has(CapableIn::SynAck) || capable.has(CapableIn::Ack) || fallback;
    }
    bool keys_known() const { return hosts[Role::Client].key && hosts[Role::Server].key; }
    Handshake handshake() const;
};

} // namespace mptcp
