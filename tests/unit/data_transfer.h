// SPDX-License-Identifier: GPL-2.0-or-later
//
// A connection of two subflows whose client sends data, for tests of what the server receives.
#pragma once

#include <cstdint>
#include <string>

#include <gtest/gtest.h>

#include "segments.h"

namespace mptcp::test {

class DataTransfer : public testing::Test {
protected:
    void SetUp() override
    {
        see(initial.initiator().syn().with(peers.syn()));
        see(initial.acceptor().syn_ack().with(peers.syn_ack()));
        see(initial.initiator().ack().with(peers.ack()));
        trace.see_join(second, Join{peers});
    }

    // The tracker has applied the packet.
    virtual void apply(const Packet &packet, const Observation &observation) = 0;

    void see(const Packet &packet)
    {
        const auto observation = trace.see(packet);
        Packet applied = packet;
        applied.segment.frame = trace.frames();
        applied.segment.time = trace.now();
        apply(applied, *observation);
    }
    // Data of the client at a place in its stream, with a mapping.
    void send(TcpFlow &flow, std::uint32_t place, const std::string &words)
    {
        see(unmapped(flow, words).with(mapping(place, words)));
    }
    Packet unmapped(TcpFlow &flow, const std::string &words)
    {
        relative = flow.initiator().relative();
        const auto length = static_cast<std::uint32_t>(words.size());
        return flow.initiator().data(length).holding({words.begin(), words.end()});
    }
    // Of the data that unmapped() made last.
    Bytes mapping(std::uint32_t place, const std::string &words) const
    {
        return dss_map(DataSeq{peers.first_data(Role::Client).value + place}, relative,
                       static_cast<std::uint16_t>(words.size()));
    }
    // DATA_ACK of the server.
    void acknowledge(std::uint32_t place)
    {
        see(initial.acceptor().ack().with(
            dss_ack(DataSeq{peers.first_data(Role::Client).value + place})));
    }

    Peers peers;
    TcpFlow initial{at("10.0.0.1", 4000), at("10.0.0.2", 80)};
    TcpFlow second{at("10.0.9.1", 4001), at("10.0.0.2", 80)};
    Trace trace;
    std::uint32_t relative = 0;
};

} // namespace mptcp::test
