// SPDX-License-Identifier: GPL-2.0-or-later
#include "capture/marks_reader.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <epan/proto.h>
#include <wiretap/wtap.h>

#include "base/format.h"
#include "containers/keyed_hash.h"
#include "sdk/interface_name.h"

namespace mptcp {
namespace {

// The packet type of Linux cooked captures (sll.h): of packets to this host, to all hosts, to a
// group, to another host, and from this host.
constexpr std::uint8_t kMostIncoming = 3;
constexpr std::uint8_t kOutgoing = 4;

std::uint64_t link_address(const address &from)
{
    constexpr int kLength = 6;
    if (from.type != AT_ETHER || from.len != kLength)
        return 0;
    const auto *bytes = static_cast<const std::uint8_t *>(from.data);
    std::uint64_t number = 0;
    for (int i = 0; i < kLength; ++i)
        number = number << 8 | bytes[i];
    return number;
}

CaptureDirection direction_of_type(std::uint8_t packet_type)
{
    if (packet_type <= kMostIncoming)
        return CaptureDirection::Incoming;
    return packet_type == kOutgoing ? CaptureDirection::Outgoing : CaptureDirection::Unknown;
}

// The header of a Linux cooked capture. Wireshark does not tell the direction of packets to another
// host, as a bridge captures them, nor the interface index.
void read_cooked(const packet_info *pinfo, int encapsulation, Marks &marks)
{
    constexpr int kTypeOfV1 = 1, kTypeOfV2 = 10, kIndexOfV2 = 4, kNeeded = 11; // offsets
    if (pinfo->data_src == nullptr)
        return;
    tvbuff_t *frame = get_data_source_tvb(static_cast<data_source *>(pinfo->data_src->data));
    if (tvb_captured_length(frame) < kNeeded)
        return;
    const auto *bytes = tvb_get_ptr(frame, 0, kNeeded);
    const bool is_v2 = encapsulation == WTAP_ENCAP_SLL2;
    marks.direction = direction_of_type(bytes[is_v2 ? kTypeOfV2 : kTypeOfV1]);
    if (is_v2)
        marks.interface_index = std::uint32_t{bytes[kIndexOfV2]} << 24 |
                                std::uint32_t{bytes[kIndexOfV2 + 1]} << 16 |
                                std::uint32_t{bytes[kIndexOfV2 + 2]} << 8 | bytes[kIndexOfV2 + 3];
}

void read_interface(const packet_info *pinfo, Marks &marks)
{
    const wtap_rec *record = pinfo->rec;
    if (pinfo->p2p_dir == P2P_DIR_RECV)
        marks.direction = CaptureDirection::Incoming;
    else if (pinfo->p2p_dir == P2P_DIR_SENT)
        marks.direction = CaptureDirection::Outgoing;
    if (record == nullptr || record->rec_type != REC_TYPE_PACKET)
        return;
    if ((record->presence_flags & WTAP_HAS_INTERFACE_ID) != 0)
        marks.interface = record->rec_header.packet_header.interface_id + 1;
    if ((record->presence_flags & WTAP_HAS_SECTION_NUMBER) != 0)
        marks.section = record->section_number;
    const int encapsulation = record->rec_header.packet_header.pkt_encap;
    if (encapsulation == WTAP_ENCAP_SLL || encapsulation == WTAP_ENCAP_SLL2)
        read_cooked(pinfo, encapsulation, marks);
}

// Calls each(protocol) for the protocols of the frame from its first IP header on, up to the one
// before its last IP header. A packet without a tunnel has none.
template <class Each> void each_tunnel_protocol(const packet_info *pinfo, Each each)
{
    static const int ip = proto_get_id_by_filter_name("ip");
    static const int ipv6 = proto_get_id_by_filter_name("ipv6");
    const auto protocol = [](wmem_list_frame_t *layer) {
        return GPOINTER_TO_INT(wmem_list_frame_data(layer));
    };
    const auto is_ip = [&](wmem_list_frame_t *layer) {
        return protocol(layer) == ip || protocol(layer) == ipv6;
    };
    wmem_list_frame_t *last = wmem_list_tail(pinfo->layers);
    while (last != nullptr && !is_ip(last))
        last = wmem_list_frame_prev(last);
    wmem_list_frame_t *layer = wmem_list_head(pinfo->layers);
    while (layer != nullptr && layer != last && !is_ip(layer))
        layer = wmem_list_frame_next(layer);
    for (; layer != nullptr && layer != last; layer = wmem_list_frame_next(layer))
        each(protocol(layer));
}

std::uint64_t tunnel_of(const packet_info *pinfo)
{
    KeyedHash hash;
    bool any = false;
    each_tunnel_protocol(pinfo, [&](int protocol) {
        hash.add(static_cast<std::uint64_t>(protocol));
        any = true;
    });
    return any ? hash.finish() | 1 : 0;
}

// "in GRE", "in IP": without the protocols that every tunnel may have.
std::string tunnel_in_words(const packet_info *pinfo)
{
    std::vector<std::string> names;
    each_tunnel_protocol(pinfo, [&](int protocol) {
        const std::string name = proto_get_protocol_filter_name(protocol);
        const bool is_common = name == "ip" || name == "ipv6" || name == "udp" || name == "eth" ||
                               name == "ethertype" || name == "vlan";
        if (!is_common)
            names.emplace_back(proto_get_protocol_short_name(find_protocol_by_id(protocol)));
    });
    if (names.empty())
        return "in IP";
    std::string words;
    std::ranges::reverse(names);
    for (const std::string &name : names)
        words += (words.empty() ? "in " : " in ") + name;
    return words;
}

std::string describe(const packet_info *pinfo, const Marks &marks)
{
    std::string words;
    const auto add = [&](const std::string &more) { words += (words.empty() ? "" : ", ") + more; };
    if (marks.interface != 0) {
        const std::uint32_t id = marks.interface - 1;
        const std::string name = interface_name(pinfo->epan, id, marks.section);
        add(name.empty() ? "interface " + to_text(std::uint64_t{id}) : name);
    }
    if (marks.section != 0)
        add("section " + to_text(std::uint64_t{marks.section}));
    if (marks.interface_index != 0)
        add((marks.interface != 0 ? "index " : "interface index ") +
            to_text(std::uint64_t{marks.interface_index}));
    if (marks.direction != CaptureDirection::Unknown)
        add(marks.direction == CaptureDirection::Incoming ? "incoming" : "outgoing");
    if (marks.tunnel != 0)
        add(tunnel_in_words(pinfo));
    return words;
}

} // namespace

std::uint32_t read_marks(const packet_info *pinfo, std::uint8_t ttl, PointTable &points)
{
    Marks marks;
    read_interface(pinfo, marks);
    marks.tunnel = tunnel_of(pinfo);
    std::tie(marks.link_low, marks.link_high) =
        std::minmax({link_address(pinfo->dl_src), link_address(pinfo->dl_dst)});
    marks.vlan = pinfo->vlan_id;
    marks.ttl = ttl;
    if (const auto known = points.find(marks))
        return *known;
    return points.add(marks, describe(pinfo, marks));
}

} // namespace mptcp
