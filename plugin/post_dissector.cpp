// SPDX-License-Identifier: GPL-2.0-or-later
//
// The post-dissector. It runs after all other dissectors of a frame, when the capture knows all
// that the frame changed. tree/ adds the protocol tree and the Info column;
// conversations/ adds conversation tables and filters.
#include "post_dissector.h"

#include <wireshark.h>

#include <epan/packet.h>
#include <epan/tap.h>

#include "capture/session.h"
#include "capture/tap.h"
#include "conversations/builtin_tables.h"
#include "conversations/conversation_filters.h"
#include "sdk/frame_time.h"
#include "sdk/handle.h"
#include "tcp_hook.h"
#include "tree/annotation.h"
#include "tree/fields.h"
#include "tree/info_column.h"
#include "upper/followers.h"
#include "upper/upper_protocols.h"

namespace mptcp {
namespace {

void on_segment(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, Capture &capture,
                const Segment &segment, const Observation &observation)
{
    if (!observation.is_copy())
        feed_builtin_tables(pinfo, observation);
    write_info(pinfo, capture, segment, observation);
    const PostDissector &own = session().post_dissector;
    pinfo->current_proto = own.protocol_name; // used by expert infos; epan restores it
    if (tree != nullptr || have_tap_listener(own.expert_tap)) // tshark -z expert has no tree
        annotate(tvb, pinfo, tree, capture, segment, observation);
}

int dissect_mptcp_conn(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *)
{
    begin_frame_of_builtin_tables();
    if (session().capture != nullptr && !pinfo->fd->visited)
        session().capture->note_frame(to_time(pinfo->abs_ts));
    const int tap = session().post_dissector.tap;
    for (RecordedSegment &recorded : take_recorded_segments(pinfo)) {
        Capture &capture = *session().capture; // exists while segments are recorded
        if (recorded.is_first_visit)
            capture.count_segment();
        if (have_tap_listener(tap))
            tap_queue_packet(tap, pinfo, &recorded);
        if (recorded.observation)
            on_segment(tvb, pinfo, tree, capture, recorded.segment, *recorded.observation);
    }
    return static_cast<int>(tvb_captured_length(tvb));
}

// Wireshark redissects all packets when the user enables or disables the protocol.
void begin_capture()
{
    if (!proto_is_protocol_enabled(find_protocol_by_id(fields().protocol)))
        return;
    open_capture();
    begin_upper_protocols();
    record_segments(true);
}

void end_capture()
{
    record_segments(false);
    close_capture();
}

} // namespace

void register_post_dissector()
{
    register_fields();
    register_upper_protocols();
    register_preferences(fields().protocol, session().preferences);
    register_conversation_filters();
    PostDissector &own = session().post_dissector;
    own.tap = register_tap(kTapName);
    register_init_routine(begin_capture);
    // Wireshark registers this tap when it opens the first capture.
    register_init_routine([] { session().post_dissector.expert_tap = find_tap_id("expert"); });
    register_cleanup_routine(end_capture);
    own.protocol_name = proto_get_protocol_short_name(find_protocol_by_id(fields().protocol));
    register_postdissector(
        make_handle(dissect_mptcp_conn, "mptcp_conn_frame", "MPTCP connections of a frame"));
}

void hook_post_dissector()
{
    hook_tcp();
    extend_followers();
    replace_builtin_tables(fields().protocol);
}

} // namespace mptcp
