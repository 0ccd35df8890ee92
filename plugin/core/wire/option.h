// SPDX-License-Identifier: GPL-2.0-or-later
//
// The parser of TCP option 30, Multipath TCP: RFC 8684 section 3 (version 1) and RFC 6824 section
// 3 (version 0). Each subtype has a struct; MP_JOIN has one for each of its lengths. The parser
// is stateless: the subtype, the length and the flags determine the form. connections/ and data/
// interpret the options.
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

// RFC 8684 7.2: the MPTCP option subtypes.
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

// RFC 8684 3.1, RFC 6824 3.1. The segment determines the optional fields: none in the SYN of
// version 1; the sender's key in the SYN of version 0 and in the SYN/ACK; both keys in the third
// ACK; also a length, and optionally a checksum, with the first data of version 1.
struct MpCapable {
    Version version = 0;
    bool checksum_required = false; // A
    bool extensibility = false;     // B: must be zero
    bool join_denied = false;       // C, v1 only
    bool hmac = false;              // H: HMAC-SHA1 (v0), HMAC-SHA256 (v1)
    std::optional<Key> sender_key;
    std::optional<Key> receiver_key;
    std::optional<std::uint16_t> data_length; // bytes
    std::optional<std::uint16_t> checksum;

    // A receiver ignores the option with other flags: B must be 0, and H is the only algorithm.
    bool has_valid_flags() const { return !extensibility && hmac; }
};

// RFC 8684 3.2: MP_JOIN in the SYN.
struct MpJoinSyn {
    bool backup = false;
    std::uint8_t address_id = 0;
    Token receiver_token;
    Nonce sender_nonce;
};

// RFC 8684 3.2: MP_JOIN in the SYN/ACK.
struct MpJoinSynAck {
    bool backup = false;
    std::uint8_t address_id = 0;
    std::array<std::uint8_t, 8> sender_hmac{}; // leftmost 64 bits
    Nonce sender_nonce;
};

// RFC 8684 3.2: MP_JOIN in the third ACK.
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

// RFC 8684 3.4.1, RFC 6824 3.4.1. `echo` and `hmac` exist in version 1 only.
struct AddAddr {
    bool echo = false;
    std::uint8_t address_id = 0;
    Address address;
    std::optional<std::uint16_t> port;
    std::optional<std::array<std::uint8_t, 8>> hmac;
};

// RFC 8684 3.4.2: one or more address IDs. The maximum option length, 40 bytes, limits them to 37.
struct RemoveAddr {
    std::array<std::uint8_t, 37> ids{};
    std::uint8_t count = 0;

    ByteView address_ids() const { return ByteView{ids}.first(count); }
};

// RFC 8684 3.3.8. RFC 6824 3.3.8: only version 0 has an address ID.
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

// A subtype that RFC 8684 7.2 does not define: 0x9 to 0xe are unassigned, 0xf is for private use.
struct UnknownSubtype {
    std::uint8_t subtype = 0;
};

// An option whose length or flags are not valid for its subtype.
struct Malformed {
    std::optional<std::uint8_t> subtype; // none: the option is too short for a subtype
    std::string_view reason;
};

using Option = std::variant<MpCapable, MpJoinSyn, MpJoinSynAck, MpJoinAck, Dss, AddAddr, RemoveAddr,
                            MpPrio, MpFail, MpFastclose, MpTcpRst, UnknownSubtype, Malformed>;

// Parses one option of kind 30. `option` holds the whole option, including the kind and length
// bytes. Returns Malformed or UnknownSubtype for an invalid option. Never throws.
Option parse_option(ByteView option);

} // namespace mptcp
