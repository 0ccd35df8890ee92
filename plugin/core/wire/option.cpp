// SPDX-License-Identifier: GPL-2.0-or-later
//
// One parser for each MPTCP option subtype (RFC 8684 3, RFC 6824 3). Each checks the option length
// before it reads a field.
#include "wire/option.h"

#include <algorithm>

namespace mptcp {
namespace {

constexpr bool bit(std::uint8_t byte, unsigned place) { return (byte >> place & 1) != 0; }

// An option without its kind and length bytes.
struct Body {
    std::size_t option_length; // bytes, kind and length included
    std::uint8_t low_nibble;   // lower half of the third byte: version, flags or reserved
    Cursor fields;             // from the fourth byte on
};

Malformed malformed(Subtype subtype, std::string_view reason)
{
    return {static_cast<std::uint8_t>(subtype), reason};
}

template <std::size_t N> std::array<std::uint8_t, N> take_array(Cursor &fields)
{
    std::array<std::uint8_t, N> result{};
    std::ranges::copy(fields.take(N), result.begin());
    return result;
}

// RFC 8684 3.1, RFC 6824 3.1: 4 bytes in the SYN of version 1; 12 in the SYN of version 0 and in
// the SYN/ACK; 20 in the third ACK; 22 or 24 with the first data of version 1.
bool mp_capable_length_is_legal(std::size_t length, Version version)
{
    switch (length) {
    case 12:
    case 20:
        return true;
    case 4:
    case 22:
    case 24:
        return version != kV0;
    default:
        return false;
    }
}

Option parse_mp_capable(Body body)
{
    const Version version = body.low_nibble;
    if (!mp_capable_length_is_legal(body.option_length, version))
        return malformed(Subtype::MpCapable, "no MP_CAPABLE of this version has this length");

    const std::uint8_t flags = body.fields.u8();
    MpCapable option;
    option.version = version;
    option.checksum_required = bit(flags, 7);
    option.extensibility = bit(flags, 6);
    option.join_denied = version != kV0 && bit(flags, 5);
    option.hmac = bit(flags, 0);
    if (body.option_length >= 12)
        option.sender_key = Key{body.fields.u64()};
    if (body.option_length >= 20)
        option.receiver_key = Key{body.fields.u64()};
    if (body.option_length >= 22)
        option.data_length = body.fields.u16();
    if (body.option_length >= 24)
        option.checksum = body.fields.u16();
    return option;
}

// RFC 8684 3.2: MP_JOIN is 12 bytes long in the SYN, 16 in the SYN/ACK and 24 in the third ACK.
Option parse_mp_join(Body body)
{
    const bool backup = bit(body.low_nibble, 0);
    const std::uint8_t address_id = body.fields.u8(); // reserved in the ACK
    switch (body.option_length) {
    case 12: {
        const Token token{body.fields.u32()};
        return MpJoinSyn{backup, address_id, token, Nonce{body.fields.u32()}};
    }
    case 16: {
        const auto hmac = take_array<8>(body.fields);
        return MpJoinSynAck{backup, address_id, hmac, Nonce{body.fields.u32()}};
    }
    case 24:
        return MpJoinAck{take_array<20>(body.fields)};
    default:
        return malformed(Subtype::MpJoin, "MP_JOIN is 12, 16 or 24 bytes long");
    }
}

WireDataSeq take_data_seq(Cursor &fields, bool is_64_bit)
{
    return {is_64_bit ? fields.u64() : fields.u32(), is_64_bit};
}

// RFC 8684 3.3: the flags determine the fields and the length of the option. The checksum has no
// flag, because the handshake negotiates it; the length shows whether it is present.
Option parse_dss(Body body)
{
    constexpr std::size_t kFixed = 4; // kind, length, subtype, flags
    constexpr std::size_t kChecksum = 2;
    const std::uint8_t flags = body.fields.u8();
    const bool has_data_ack = bit(flags, 0);
    const bool has_mapping = bit(flags, 2);
    // RFC 8684 3.3: the DATA_ACK is 8 bytes iff 'a' is set, and the DSN iff 'm' is set. Each flag
    // is valid only if its field is present.
    const bool ack_is_64_bit = bit(flags, 1);
    const bool dsn_is_64_bit = bit(flags, 3);
    const std::size_t without_checksum = kFixed + (has_data_ack ? ack_is_64_bit ? 8U : 4U : 0U) +
                                         (has_mapping ? (dsn_is_64_bit ? 8U : 4U) + 6U : 0U);
    const bool has_checksum = has_mapping && body.option_length == without_checksum + kChecksum;
    if (body.option_length != without_checksum && !has_checksum)
        return malformed(Subtype::Dss, "the length of the DSS contradicts its flags");

    Dss dss;
    dss.data_fin = bit(flags, 4);
    if (has_data_ack)
        dss.data_ack = take_data_seq(body.fields, ack_is_64_bit);
    if (has_mapping) {
        DssMapping &mapping = dss.mapping.emplace();
        mapping.data_seq = take_data_seq(body.fields, dsn_is_64_bit);
        mapping.subflow_offset = body.fields.u32();
        mapping.length = body.fields.u16();
        if (has_checksum)
            mapping.checksum = body.fields.u16();
    }
    return dss;
}

Address take_address(Cursor &fields, Family family)
{
    Address address;
    address.family = family;
    std::ranges::copy(fields.take(family == Family::IPv4 ? 4 : 16), address.bytes.begin());
    return address;
}

// RFC 8684 3.4.1: in version 1, the HMAC is present iff flag E (echo) is not set.
// RFC 6824 3.4.1: version 0 has the IP version, 4 or 6, instead of the flags, and no HMAC. Its
// length equals that of an echo of version 1; the nibble distinguishes them.
Option parse_add_addr(Body body)
{
    constexpr std::size_t kHmac = 8;
    constexpr std::size_t kPort = 2;
    const auto of_family = [&](Family family, std::size_t bare) -> std::optional<Option> {
        const std::size_t extra = body.option_length - bare;
        if (body.option_length < bare || (extra & ~(kHmac | kPort)) != 0)
            return std::nullopt;
        const bool has_hmac = (extra & kHmac) != 0;
        const bool echo = bit(body.low_nibble, 0);
        const bool is_v0 = body.low_nibble == (family == Family::IPv4 ? 4 : 6);
        if (has_hmac == echo && !is_v0)
            return malformed(Subtype::AddAddr, has_hmac ? "an echo of ADD_ADDR has no HMAC"
                                                        : "ADD_ADDR without echo flag or HMAC");
        AddAddr option;
        option.echo = echo;
        option.address_id = body.fields.u8();
        option.address = take_address(body.fields, family);
        if ((extra & kPort) != 0)
            option.port = body.fields.u16();
        if (has_hmac)
            option.hmac = take_array<8>(body.fields);
        return option;
    };
    if (const auto option = of_family(Family::IPv6, 20))
        return *option;
    if (const auto option = of_family(Family::IPv4, 8))
        return *option;
    return malformed(Subtype::AddAddr, "no ADD_ADDR has this length");
}

Option parse_remove_addr(Body body)
{
    if (body.option_length < 4)
        return malformed(Subtype::RemoveAddr, "REMOVE_ADDR without an address ID");
    RemoveAddr option;
    const std::size_t count = std::min(body.fields.remaining(), option.ids.size());
    std::ranges::copy(body.fields.take(count), option.ids.begin());
    option.count = static_cast<std::uint8_t>(count);
    return option;
}

Option parse_mp_prio(Body body)
{
    const bool backup = bit(body.low_nibble, 0);
    switch (body.option_length) {
    case 3:
        return MpPrio{backup, std::nullopt};
    case 4:
        return MpPrio{backup, body.fields.u8()};
    default:
        return malformed(Subtype::MpPrio, "MP_PRIO is 3 or 4 bytes long");
    }
}

Option parse_mp_fail(Body body)
{
    if (body.option_length != 12)
        return malformed(Subtype::MpFail, "MP_FAIL is 12 bytes long");
    body.fields.u8(); // reserved
    return MpFail{DataSeq{body.fields.u64()}};
}

Option parse_mp_fastclose(Body body)
{
    if (body.option_length != 12)
        return malformed(Subtype::MpFastclose, "MP_FASTCLOSE is 12 bytes long");
    body.fields.u8(); // reserved
    return MpFastclose{Key{body.fields.u64()}};
}

Option parse_mp_tcprst(Body body)
{
    if (body.option_length != 4)
        return malformed(Subtype::MpTcpRst, "MP_TCPRST is 4 bytes long");
    return MpTcpRst{bit(body.low_nibble, 0), body.fields.u8()};
}

} // namespace

Option parse_option(ByteView option)
{
    if (option.size() < 3)
        return Malformed{std::nullopt, "option 30 without a subtype"};

    Cursor fields{option};
    fields.take(2); // kind and length
    const std::uint8_t first = fields.u8();
    const Body body{option.size(), static_cast<std::uint8_t>(first & 0x0f), fields};
    const auto subtype = static_cast<std::uint8_t>(first >> 4);
    switch (static_cast<Subtype>(subtype)) {
    case Subtype::MpCapable:
        return parse_mp_capable(body);
    case Subtype::MpJoin:
        return parse_mp_join(body);
    case Subtype::Dss:
        return parse_dss(body);
    case Subtype::AddAddr:
        return parse_add_addr(body);
    case Subtype::RemoveAddr:
        return parse_remove_addr(body);
    case Subtype::MpPrio:
        return parse_mp_prio(body);
    case Subtype::MpFail:
        return parse_mp_fail(body);
    case Subtype::MpFastclose:
        return parse_mp_fastclose(body);
    case Subtype::MpTcpRst:
        return parse_mp_tcprst(body);
    }
    return UnknownSubtype{subtype};
}

} // namespace mptcp
