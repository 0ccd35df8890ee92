// SPDX-License-Identifier: GPL-2.0-or-later
//
// TCP option 30, Multipath TCP: one struct for each subtype and, where the
// length decides, for each form of it. RFC 8684 section 3 (v1) and RFC 6824
// section 3 (v0). The parser needs no state: every form is told by its subtype,
// its length and its own flags. What an option means for a connection is the
// tracker's business.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

#include "base/address.h"
#include "base/types.h"
#include "wire/bytes.h"

namespace mptcp {

inline constexpr std::uint8_t kMptcpOptionKind = 30;

// RFC 8684 8.1 and the registry that it opened.
enum class Subtype : std::uint8_t {
    MpCapable = 0,
    MpJoin = 1,
    Dss = 2,
    AddAddr = 3,
    RemoveAddr = 4,
    MpPrio = 5,
    MpFail = 6,
    MpFastclose = 7,
    MpTcpRst = 8,
};

// RFC 8684 3.1, RFC 6824 3.1. Which fields are there tells where it stands:
// none in a v1 SYN, the sender's key in a v0 SYN and in a SYN/ACK, both keys
// in the third ACK, and in v1 a length (and checksum) with the first data.
struct MpCapable {
    Version version = 0;
    bool checksum_required = false; // A
    bool extensibility = false;     // B: zero, or the option is ignored
    bool join_denied = false;       // C, v1 only
    bool hmac = false;              // H: HMAC-SHA1 (v0), HMAC-SHA256 (v1)
    std::optional<Key> sender_key;
    std::optional<Key> receiver_key;
    std::optional<std::uint16_t> data_length; // bytes
    std::optional<std::uint16_t> checksum;
};

// RFC 8684 3.2: the three forms of MP_JOIN.
struct MpJoinSyn {
    bool backup = false;
    std::uint8_t address_id = 0;
    Token receiver_token;
    Nonce sender_nonce;
};

struct MpJoinSynAck {
    bool backup = false;
    std::uint8_t address_id = 0;
    std::array<std::uint8_t, 8> sender_hmac{}; // leftmost 64 bits
    Nonce sender_nonce;
};

struct MpJoinAck {
    std::array<std::uint8_t, 20> sender_hmac{}; // leftmost 160 bits
};

// RFC 8684 3.3.1. A length of zero is an infinite mapping (3.7).
struct DssMapping {
    WireDataSeq data_seq;
    std::uint32_t subflow_offset = 0; // relative to the subflow's ISN
    std::uint16_t length = 0;         // bytes, DATA_FIN included
    std::optional<std::uint16_t> checksum;
};

// RFC 8684 3.3.
struct Dss {
    bool data_fin = false;
    std::optional<WireDataSeq> data_ack;
    std::optional<DssMapping> mapping;
};

// RFC 8684 3.4.1 (v1: `echo`, `hmac`), RFC 6824 3.4.1 (v0).
struct AddAddr {
    bool echo = false;
    std::uint8_t address_id = 0;
    Address address;
    std::optional<std::uint16_t> port;
    std::optional<std::array<std::uint8_t, 8>> hmac;
};

// RFC 8684 3.4.2: at least one address ID. An option has room for 37.
struct RemoveAddr {
    std::array<std::uint8_t, 37> ids{};
    std::uint8_t count = 0;

    ByteView address_ids() const { return ByteView{ids}.first(count); }
};

// RFC 8684 3.3.8; only v0 (RFC 6824 3.3.8) can name another address.
struct MpPrio {
    bool backup = false;
    std::optional<std::uint8_t> address_id;
};

// RFC 8684 3.7.
struct MpFail {
    DataSeq data_seq;
};

// RFC 8684 3.5.
struct MpFastclose {
    Key receiver_key;
};

// RFC 8684 3.6; v1 only.
struct MpTcpRst {
    bool transient = false; // T
    std::uint8_t reason = 0;
};

// A subtype that neither RFC defines (8.1: 0x9 to 0xe unassigned, 0xf private).
struct UnknownSubtype {
    std::uint8_t subtype = 0;
};

// Bytes that no form of their subtype has.
struct Malformed {
    std::optional<std::uint8_t> subtype; // none: not even a subtype
    std::string_view reason;
};

using Option = std::variant<MpCapable, MpJoinSyn, MpJoinSynAck, MpJoinAck, Dss, AddAddr, RemoveAddr,
                            MpPrio, MpFail, MpFastclose, MpTcpRst, UnknownSubtype, Malformed>;

// Reads one option 30. `option` holds all of it, kind and length bytes
// included. Never fails: what cannot be read is Malformed or UnknownSubtype.
Option parse_option(ByteView option);

} // namespace mptcp
