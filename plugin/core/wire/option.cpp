// SPDX-License-Identifier: GPL-2.0-or-later
#include "wire/option.h"

#include <algorithm>

#include "wire/dss_parser.h"

namespace mptcp {
namespace {

// What stands before an option's own fields: the octets after kind and length.
struct Body {
    std::size_t option_length; // kind and length octets included
    std::uint8_t low_nibble;   // beside the subtype: version, flags or reserved
    Cursor fields;             // from the fourth octet on
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

// RFC 8684 3.1: 4 octets in a v1 SYN; 12 in a SYN/ACK and in a v0 SYN; 20 in
// the third ACK; 22 or 24 with the first data, in v1 only.
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
    option.no_joins_to_this_address = version != kV0 && bit(flags, 5);
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

// RFC 8684 3.2: the length tells a SYN's MP_JOIN from a SYN/ACK's and an ACK's.
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
        return malformed(Subtype::MpJoin, "MP_JOIN is 12, 16 or 24 octets long");
    }
}

Option parse_dss(ByteView option)
{
    Dss dss;
    const bool well_formed = read_dss(
        option, [&](bool data_fin, const WireDataSeq *data_ack, const DssMapping *mapping) {
            dss.data_fin = data_fin;
            if (data_ack != nullptr)
                dss.data_ack = *data_ack;
            if (mapping != nullptr)
                dss.mapping = *mapping;
        });
    if (!well_formed)
        return malformed(Subtype::Dss, "the length of the DSS contradicts its flags");
    return dss;
}

Address take_address(Cursor &fields, Family family)
{
    Address address;
    address.family = family;
    std::ranges::copy(fields.take(family == Family::IPv4 ? 4 : 16), address.octets.begin());
    return address;
}

// RFC 8684 3.4.1: v1 has an HMAC exactly where the E flag (echo) is not set.
// RFC 6824 3.4.1: v0 has the IP version, 4 or 6, in the place of the flags.
// The lengths of v0 and of a v1 echo are the same: the nibble tells them apart.
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
    return RemoveAddr{body.fields.take(body.fields.remaining())};
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
        return malformed(Subtype::MpPrio, "MP_PRIO is 3 or 4 octets long");
    }
}

Option parse_mp_fail(Body body)
{
    if (body.option_length != 12)
        return malformed(Subtype::MpFail, "MP_FAIL is 12 octets long");
    body.fields.u8(); // reserved
    return MpFail{DataSeq{body.fields.u64()}};
}

Option parse_mp_fastclose(Body body)
{
    if (body.option_length != 12)
        return malformed(Subtype::MpFastclose, "MP_FASTCLOSE is 12 octets long");
    body.fields.u8(); // reserved
    return MpFastclose{Key{body.fields.u64()}};
}

Option parse_mp_tcprst(Body body)
{
    if (body.option_length != 4)
        return malformed(Subtype::MpTcpRst, "MP_TCPRST is 4 octets long");
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
        return parse_dss(option);
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

std::optional<Option> OptionReader::next()
{
    const bool ended_before = ended_;
    const ByteView option = next_octets();
    if (!option.empty())
        return parse_option(option);
    if (ended_before || !ends_malformed())
        return std::nullopt;
    return Malformed{std::nullopt, walk_.why() == TcpOptionWalk::Stop::TooShort
                                       ? "option 30 shorter than two octets"
                                       : "option 30 is longer than the header has room"};
}

} // namespace mptcp
