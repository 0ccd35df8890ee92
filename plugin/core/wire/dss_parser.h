// SPDX-License-Identifier: GPL-2.0-or-later
//
// Reads a DSS (RFC 8684 3.3.1), which most options are: in a header, to become
// part of what takes it apart. As a function it would cost as much again, since
// what it gives is larger than what it reads.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "wire/option.h"

namespace mptcp {

constexpr bool bit(std::uint8_t octet, unsigned place) { return (octet >> place & 1) != 0; }

[[gnu::always_inline]] inline WireDataSeq take_data_seq(Cursor &fields, bool whole)
{
    return {whole ? fields.u64() : fields.u32(), whole};
}

inline constexpr std::size_t kDssFixed = 4; // octets: kind, length, subtype, flags

// RFC 8684 3.3: the flags tell which fields follow, and so the length; only
// the checksum has no flag, since its use is negotiated at the handshake.
// By the flags A, a, M and m, in octets: 'a' and 'm' count only beside 'A' and 'M'.
constexpr std::array<std::uint8_t, 16> dss_lengths()
{
    std::array<std::uint8_t, 16> lengths{};
    for (std::size_t i = 0; i < lengths.size(); ++i) {
        const auto flags = static_cast<std::uint8_t>(i);
        const std::size_t ack = !bit(flags, 0) ? 0 : bit(flags, 1) ? 8 : 4;
        const std::size_t mapping = !bit(flags, 2) ? 0 : (bit(flags, 3) ? 8 : 4) + 6;
        lengths[i] = static_cast<std::uint8_t>(kDssFixed + ack + mapping);
    }
    return lengths;
}
inline constexpr auto kDssLengths = dss_lengths();

// Calls take(data_fin, data_ack, mapping), the latter two nullptr where there is
// none. `option` holds all of it, kind and length octets included. False if it is
// not a DSS, or malformed.
template <class Take> [[gnu::always_inline]] inline bool read_dss(ByteView option, Take take)
{
    if (option.size() < kDssFixed || option[2] >> 4 != static_cast<int>(Subtype::Dss))
        return false;
    const std::uint8_t flags = option[3];
    const bool has_data_ack = bit(flags, 0);
    const bool has_mapping = bit(flags, 2);
    const std::size_t plain_length = kDssLengths[flags & 0xf];
    const bool has_checksum = has_mapping && option.size() == plain_length + 2;
    if (option.size() != plain_length && !has_checksum)
        return false;

    Cursor fields{option.subspan(kDssFixed)};
    WireDataSeq data_ack;
    DssMapping mapping;
    if (has_data_ack)
        data_ack = take_data_seq(fields, bit(flags, 1));
    if (has_mapping) {
        mapping.data_seq = take_data_seq(fields, bit(flags, 3));
        mapping.subflow_offset = fields.u32();
        mapping.length = fields.u16();
        if (has_checksum)
            mapping.checksum = fields.u16();
    }
    take(bit(flags, 4), has_data_ack ? &data_ack : nullptr, has_mapping ? &mapping : nullptr);
    return true;
}

} // namespace mptcp
