// SPDX-License-Identifier: GPL-2.0-or-later
//
// A fixture for tests of what is made of a whole connection: its packets are noted as a tap
// listener notes them.
#pragma once

#include <cstdint>

#include "data_trace.h"
#include "series/drawn_connection.h"
#include "series/segment_notes.h"

namespace mptcp::test {

// Notes the packets of a trace, as a tap listener does.
class NotedTrace : public DataTrace {
protected:
    std::uint32_t see(const Packet &packet)
    {
        const auto observation = trace.see(packet);
        Packet applied = packet;
        applied.segment.frame = trace.frames();
        applied.segment.time = trace.now();
        if (observation) {
            notes.add(trace.tracker(), applied.as_segment(), *observation, false);
            summary.add(observation, applied.segment.payload, applied.segment.frame,
                        applied.segment.time);
        }
        return trace.frames();
    }
    void open()
    {
        see(initial.initiator().syn().with(peers.syn()));
        see(initial.acceptor().syn_ack().with(peers.syn_ack()));
        see(initial.initiator().ack().with(peers.ack()));
    }
    void open_both()
    {
        open();
        see(second.initiator().syn().with(join.syn()));
        see(second.acceptor().syn_ack().with(join.syn_ack()));
        see(second.initiator().ack().with(join.ack()));
        see(second.acceptor().ack());
    }

    // A DATA_FIN of the client behind so many bytes, without data.
    Packet fin(TcpFlow &flow, std::uint64_t bytes = 100) const
    {
        return flow.initiator().ack().with(dss_fin(static_cast<std::uint32_t>(dsn(bytes).value)));
    }

    const Connection &connection(std::uint32_t index = 0) const
    {
        return *trace.tracker().registry().connections().at(index);
    }
    DrawnConnection drawn() const { return drawn(summary); }
    DrawnConnection drawn(const Summary &counted) const
    {
        return {trace.tracker(), counted, connection(),
                notes.of(trace.tracker().registry(), connection())};
    }

    SegmentNotes notes{std::nullopt};
    Summary summary;
};

} // namespace mptcp::test
