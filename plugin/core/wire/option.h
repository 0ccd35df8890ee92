// SPDX-License-Identifier: GPL-2.0-or-later
//
// TCP option 30, Multipath TCP: one struct for each subtype and, where the
// length decides, for each form of it. RFC 8684 section 3 (v1) and RFC 6824
// section 3 (v0). The parser needs no state: every form is told by its subtype,
// its length and its own flags. What an option means for a connection is the
// tracker's business.
//
// Views inside the structs point into the parsed bytes and live as long.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

#include "base/types.h"
#include "wire/bytes.h"
#include "wire/segment.h"
#include "wire/tcp_options.h"

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
    bool checksum_required = false;        // A
    bool extensibility = false;            // B: zero, or the option is ignored
    bool no_joins_to_this_address = false; // C, v1 only
    bool hmac = false;                     // H: HMAC-SHA1 (v0), HMAC-SHA256 (v1)
    std::optional<Key> sender_key;
    std::optional<Key> receiver_key;
    std::optional<std::uint16_t> data_length; // octets
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
    std::uint16_t length = 0;         // octets, DATA_FIN included
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

// RFC 8684 3.4.2.
struct RemoveAddr {
    ByteView address_ids; // at least one, an octet each
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

// Reads one option 30. `option` holds all of it, kind and length octets
// included. Never fails: what cannot be read is Malformed or UnknownSubtype.
Option parse_option(ByteView option);

// Gives each option 30 of a TCP header in turn. An option whose length cannot
// be ends the walk: it is given as Malformed if its kind is 30. An option that
// the snaplen cut is not given; truncated() tells of it.
class OptionReader {
public:
    // `whole` is false if the capture does not hold all of the header.
    OptionReader(ByteView options, bool whole) : walk_(options), cut_(!whole) {}
    explicit OptionReader(const Segment &segment)
        : OptionReader(segment.options, segment.options_whole)
    {
    }

    std::optional<Option> next();

    // As it stands there, not parsed; empty if none follows that can be read.
    ByteView next_octets()
    {
        ByteView option;
        do {
            option = ended_ ? ByteView{} : walk_.next();
            ended_ = option.empty();
        } while (!ended_ && option.front() != kMptcpOptionKind);
        return option;
    }

    // Once there are no more: was anything cut that may have been an option 30?
    // What the capture lacks may be what was to be read next.
    bool truncated() const
    {
        return cut_ && (walk_.why() == TcpOptionWalk::Stop::TooLong || walk_.at_last_octet());
    }

    // Once there are no more: is the last one an option 30 that cannot be read?
    bool ends_malformed() const
    {
        return walk_.kind() == kMptcpOptionKind && walk_.why() != TcpOptionWalk::Stop::End &&
               !truncated();
    }

private:
    TcpOptionWalk walk_;
    bool cut_; // octets follow that were not captured
    bool ended_ = false;
};

} // namespace mptcp
