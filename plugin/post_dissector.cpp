// SPDX-License-Identifier: GPL-2.0-or-later
#include "post_dissector.h"

#include <vector>

#include <wireshark.h>

#include <epan/conversation.h>
#include <epan/dissectors/packet-tcp.h>
#include <epan/packet.h>
#include <epan/tap.h>

#include "annotation.h"
#include "builtin_tables.h"
#include "capture.h"
#include "compat.h"
#include "conversation_filters.h"
#include "epan_address.h"
#include "fields.h"
#include "info_column.h"
#include "preferences.h"
#include "segment.h"
#include "tap.h"

namespace mptcp {
namespace {

int tap_id = -1;
int expert_tap_id = 0; // 0: there is no such tap
const char *protocol_name = nullptr;

// Of one frame: Wireshark hands them to the listeners before it dissects the next one. Until
// then they must not move. Those behind are from earlier frames.
std::vector<TapRecord> tap_records;

// tcp.stream of the segment, from the conversation that the TCP dissector has
// just found or made for it; none if that dissector gave up before.
[[gnu::cold, gnu::noinline]] void note_stream(Capture &capture, packet_info *pinfo,
                                              const Segment &segment, SubflowId id)
{
    const address source = to_epan(segment.source.address);
    const address destination = to_epan(segment.destination.address);
    conversation_t *conversation =
        find_conversation(pinfo->num, &source, &destination, kTcpConversation, segment.source.port,
                          segment.destination.port, 0);
    if (conversation == nullptr)
        return;
    if (const tcp_analysis *analysis = get_tcp_conversation_data(conversation, pinfo))
        capture.note_stream(id, analysis->stream);
}

// The first dissection of a packet, in the order of the capture.
std::optional<Attribution> observe(Capture &capture, packet_info *pinfo, const Segment &segment,
                                   std::uint32_t layer)
{
    const auto attribution = capture.observe(segment, layer);
    if (attribution && !capture.has_stream(attribution->subflow))
        note_stream(capture, pinfo, segment, attribution->subflow);
    return attribution;
}

// No C++ exception may go through Wireshark's C: there, only memory can run
// out, and then Wireshark itself would give up.
std::optional<Attribution> attribution_of(Capture &capture, packet_info *pinfo,
                                          const Segment &segment, std::uint32_t layer) noexcept
{
    if (pinfo->fd->visited)
        return capture.observed(pinfo->num, layer);
    return observe(capture, pinfo, segment, layer);
}

void queue_tap_record(packet_info *pinfo, TapRecord &record, const Segment &segment,
                      const std::optional<Attribution> &attribution)
{
    if (!have_tap_listener(tap_id))
        return;
    record = {attribution, segment.payload, segment.time};
    tap_queue_packet(tap_id, pinfo, &record);
}

void on_segment(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, Capture &capture,
                const Segment &segment, const std::optional<Attribution> &attribution,
                TapRecord &record)
{
    queue_tap_record(pinfo, record, segment, attribution);
    if (!attribution)
        return;
    feed_builtin_tables(pinfo, *attribution);
    write_info(pinfo, capture, segment, *attribution);
    pinfo->current_proto = protocol_name; // whose the expert infos are; epan puts it back
    if (tree != nullptr || have_tap_listener(expert_tap_id)) // as in -z expert
        annotate(tvb, pinfo, tree, capture, segment, *attribution);
}

int dissect_mptcp_conn(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *)
{
    Capture *capture = Capture::current_for_dissection();
    begin_frame_of_builtin_tables();
    const auto segments = take_recorded_segments(pinfo);
    if (tap_records.size() < segments.size())
        tap_records.resize(segments.size());
    std::uint32_t layer = 0;
    TapRecord *record = tap_records.data();
    for (const RecordedSegment &recorded : segments) {
        if (capture == nullptr)
            break;
        if (!pinfo->fd->visited)
            capture->count_segment();
        const std::optional<Attribution> attribution =
            recorded.readable ? attribution_of(*capture, pinfo, recorded.segment, layer++)
                              : std::nullopt;
        on_segment(tvb, pinfo, tree, *capture, recorded.segment, attribution, *record++);
    }
    return static_cast<int>(tvb_captured_length(tvb));
}

} // namespace

void register_post_dissector()
{
    register_fields();
    register_preferences(fields.protocol);
    register_conversation_filters();
    tap_id = register_tap(kTapName);
    register_segment_recorder(fields.protocol);
    register_init_routine(Capture::open);
    // Wireshark registers this tap when it opens the first capture.
    register_init_routine([] { expert_tap_id = find_tap_id("expert"); });
    register_cleanup_routine(Capture::close);
    protocol_name = proto_get_protocol_short_name(find_protocol_by_id(fields.protocol));
    // A shadow of our protocol: enabled as it is, and no layer to note for every packet. To epan
    // it has no name of its own, so whatever shows a name gets ours.
    const int shadow =
        proto_register_protocol_in_name_only("MPTCP connections of a frame", "MPTCP frame",
                                             "mptcp_conn_frame", fields.protocol, FT_PROTOCOL);
    register_postdissector(create_dissector_handle(dissect_mptcp_conn, shadow));
}

void hook_post_dissector()
{
    hook_segment_recorder();
    mend_builtin_tables(fields.protocol);
}

} // namespace mptcp
