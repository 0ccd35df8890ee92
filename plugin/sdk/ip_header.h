// SPDX-License-Identifier: GPL-2.0-or-later
//
// The fields of the IP header that Wireshark's IP dissectors pass to the dissector of the payload.
#pragma once

#include <cstdint>

#include <wireshark.h>

#include <epan/packet.h>

extern "C" {
#include <epan/dissectors/packet-ip.h>
}

namespace mptcp {

struct IpHeader {
    std::uint16_t id = 0; // of IPv4
    std::uint8_t ttl = 0; // or hop limit
};

// `data` is the argument of the payload's dissector. Some dissectors pass nullptr.
inline IpHeader read_ip_header(const packet_info *pinfo, const void *data)
{
    if (data == nullptr)
        return {};
    if (pinfo->src.type == AT_IPv4) {
        const auto *header = static_cast<const ws_ip4 *>(data);
        if (header->ip_ver == 4)
            return {header->ip_id, header->ip_ttl};
    } else if (pinfo->src.type == AT_IPv6) {
        const auto *header = static_cast<const ws_ip6 *>(data);
        if (header->ip6_ver == 6)
            return {0, header->ip6_hop};
    }
    return {};
}

} // namespace mptcp
