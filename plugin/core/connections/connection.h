// SPDX-License-Identifier: GPL-2.0-or-later
//
// What is known of one MPTCP connection and of each of its subflows: plain
// facts, every one of them seen on the wire or computed from what was seen.
// How segments become facts is tracker.h's business.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/types.h"
#include "connections/subflow_list.h"
#include "crypto/crypto.h"
#include "wire/segment.h"
#include "wire/window_scale.h"

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

enum class HmacVerdict : std::uint8_t {
    Absent,     // no such HMAC was seen
    Unverified, // a key or a nonce was not captured
    Bad,
    Good,
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
std::string_view name(HmacVerdict verdict);
std::string_view name(Role role);
std::string_view describe(FallbackReason reason); // in words

struct Host {
    std::optional<Key> key;
    std::optional<Token> token; // also known without the key, from a join's SYN
    std::optional<DataSeq> idsn;
    std::uint32_t data_fin_end = 0; // the DSN behind its DATA_FIN, lower half
    bool data_fin = false;          // it has sent a DATA_FIN
    bool data_fin_acked = false;    // and the other host has acknowledged it
    bool failed = false;            // it has sent an MP_FAIL
    bool takes_no_joins = false;    // at its first address: flag C
};

// A subflow's end, at one host.
struct SubflowEnd {
    Endpoint endpoint;
    std::optional<TcpSeq> isn;
    std::optional<Nonce> nonce;
    std::optional<std::uint8_t> address_id;
    std::optional<bool> backup; // the B flag of its MP_JOIN
    // What it has sent as data: where its mappings end, and where that ends
    // which no mapping or other option accompanied after them.
    TcpSeq mapped_end;
    std::optional<TcpSeq> plain_end;
    std::uint32_t syn_payload = 0;           // octets in its SYN: TCP Fast Open
    std::optional<WindowScale> window_scale; // none: its SYN was not captured
    bool fin = false;
    bool mapped_data = false; // it has sent a mapping
};

// The HMACs of an MP_JOIN handshake, as sent, and what became of them.
struct JoinHmacs {
    std::array<std::uint8_t, 8> syn_ack{};
    Hmac ack{};
    HmacVerdict syn_ack_verdict = HmacVerdict::Absent;
    HmacVerdict ack_verdict = HmacVerdict::Absent;
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
    bool syn_without_option = false; // the SYN was repeated as plain TCP's
    bool syn_ack_seen = false;
    bool ack_seen = false;  // the third ACK, with the option that belongs there
    bool plain_ack = false; // the third ACK, without it
    bool confirmed = false; // the acceptor sent something after it
    bool reset = false;
    // It may yet turn out to belong to another connection: its token is not
    // known yet, or several connections have it and no HMAC has decided.
    bool undecided = false;
    std::optional<Side> opener; // who sent the SYN
    PerSide<SubflowEnd> ends;
    JoinHmacs hmacs;

    Role role(Side side) const
    {
        return static_cast<Role>(static_cast<std::uint8_t>(role_of_a) ^
                                 static_cast<std::uint8_t>(side)); // A's, or the other one
    }
    Side side(Role role) const { return role == role_of_a ? Side::A : Side::B; }
    const SubflowEnd &end(Role role) const { return ends[side(role)]; }
    // Of one of its two endpoints: nearly always the ports tell.
    Side side_of(const Endpoint &endpoint) const
    {
        const Endpoint &a = ends[Side::A].endpoint;
        const bool is_a =
            a.port != ends[Side::B].endpoint.port ? endpoint.port == a.port : endpoint == a;
        return is_a ? Side::A : Side::B;
    }
    bool ended() const { return reset || (ends[Side::A].fin && ends[Side::B].fin); }
    SubflowState state() const;
};

struct Connection {
    std::uint32_t ordinal = 0; // in the order of first packets; see Numbering
    std::uint32_t first_frame = 0;
    PerRole<Host> hosts;
    std::optional<Version> version; // negotiated; while only a SYN is known, offered
    bool syn_seen = false;          // each with MP_CAPABLE
    bool syn_ack_seen = false;
    bool ack_seen = false;
    bool checksum_required = false; // by either host: the A flag
    bool fastclosed = false;
    // Of a partial connection made by joins: the first frame after a join's
    // handshake. From then on no reordering can have put its keys later.
    std::optional<std::uint32_t> settled_frame;
    std::optional<SubflowId> proof; // and the first of them whose SYN/ACK was seen, with its HMAC
    std::optional<ConnectionId> merged_into; // it was part of that one
    std::optional<Fallback> fallback;
    std::uint32_t living_subflows = 0;
    SubflowList subflows;

    bool partial() const { return !syn_seen; }
    // Are DSS checksums in use? Not known if no MP_CAPABLE was captured.
    std::optional<bool> checksums() const
    {
        if (!syn_seen && !syn_ack_seen && !ack_seen)
            return std::nullopt;
        return checksum_required;
    }
    // Is the version the one that both agreed on, or the one the SYN offered?
    bool negotiated() const { return syn_ack_seen || ack_seen || fallback; }
    bool keys_known() const { return hosts[Role::Client].key && hosts[Role::Server].key; }
    Handshake handshake() const;
};

} // namespace mptcp
