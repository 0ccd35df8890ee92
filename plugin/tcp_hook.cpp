// SPDX-License-Identifier: GPL-2.0-or-later
#include "tcp_hook.h"

#include <wireshark.h>

#include <epan/dissectors/packet-tcp.h>
#include <epan/ipproto.h>
#include <epan/packet.h>

#include "capture/session.h"
#include "sdk/handle.h"
#include "sdk/tcp_conversation.h"
#include "upper/upper_protocols.h"

namespace mptcp {
namespace {

// noexcept, because a C++ exception must not leave a C callback. The only possible exception is
// std::bad_alloc, and Wireshark also aborts when it is out of memory.
void observe(Capture &capture, RecordedSegment &recorded) noexcept
{
    Segment &segment = recorded.segment;
    const std::uint32_t layer = recorded.layer;
    auto &observation = recorded.observation;
    observation.reset();
    recorded.taken = false;
    if (!recorded.readable)
        return;
    // The first pass dissects frames in capture order.
    observation = recorded.is_first_visit ? capture.observe(segment, layer)
                                          : capture.observe_again(segment, layer);
    if (observation)
        observation->shift.remove_from(segment);
    if (!observation || !upper_protocols_are_wanted())
        return;
    recorded.taken = recorded.is_first_visit ? capture.deliver(segment, layer, *observation)
                                             : capture.deliveries().took(segment.frame, layer);
}

// Records the tcp.stream of the subflow, from the conversation of the TCP dissector, if there is
// one.
void note_stream(Capture &capture, packet_info *pinfo, const RecordedSegment &recorded) noexcept
{
    const SubflowId id = recorded.observation->subflow;
    if (!recorded.is_first_visit || capture.has_stream(id))
        return;
    conversation_t *conversation = find_tcp_conversation(pinfo, recorded.segment);
    if (conversation == nullptr)
        return;
    if (const tcp_analysis *analysis = get_tcp_conversation_data(conversation, pinfo))
        capture.note_stream(id, analysis->stream);
}

int dissect_around_tcp(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    Recorder &recorder = session().recorder;
    if (!recorder.is_recording || pinfo->flags.in_error_pkt)
        return call_dissector_only(recorder.tcp, tvb, pinfo, tree, data);
    // TCP may be in TCP: references into the vector do not last.
    const std::size_t place = record_segment(tvb, pinfo, data);
    observe(*session().capture, recorder.segments[place]);
    const TcpPreparation preparation = prepare_tcp(pinfo, recorder.segments[place]);
    const int length = call_dissector_only(recorder.tcp, tvb, pinfo, tree, data);
    finish_tcp(preparation, recorder.segments[place]);
    if (recorder.segments[place].observation) {
        note_stream(*session().capture, pinfo, recorder.segments[place]);
        dissect_delivery(tvb, pinfo, tree, place);
    }
    return length;
}

} // namespace

void hook_tcp()
{
    dissector_handle_t &tcp = session().recorder.tcp;
    tcp = dissector_get_uint_handle(find_dissector_table("ip.proto"), IP_PROTO_TCP);
    if (tcp == nullptr)
        return; // TCP was removed from the table: there is nothing to record
    dissector_add_uint(
        "ip.proto", IP_PROTO_TCP,
        make_handle(dissect_around_tcp, "mptcp_conn_tcp", "TCP with MPTCP connections"));
}

} // namespace mptcp
