// SPDX-License-Identifier: GPL-2.0-or-later
//
// A fixture for the tests of the data level: a connection with two subflows
// whose client sends data. Data is given by its offset from the first byte of
// the stream:
//
//     const auto frame = see(data(initial, 0, 100)); // bytes 0 to 99, mapped
//     EXPECT_EQ(kinds(frame), unique(100));
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <ostream>
#include <stdexcept>

#include <gtest/gtest.h>

#include "analysis/data_report.h"
#include "data/data_level.h"
#include "segments.h"

namespace mptcp {

inline void PrintTo(const ByteKinds &kinds,
                    std::ostream *out) // NOLINT(readability-identifier-naming)
{
    *out << kinds.unique << " unique, " << kinds.reinjected << " reinjected, "
         << kinds.retransmitted << " retransmitted, " << kinds.unmapped << " unmapped";
}

} // namespace mptcp

namespace mptcp::test {

using Kinds = ByteKinds;
inline Kinds unique(std::uint64_t bytes) { return {bytes, 0, 0, 0}; }
inline Kinds reinjected(std::uint64_t bytes) { return {0, bytes, 0, 0}; }
inline Kinds retransmitted(std::uint64_t bytes) { return {0, 0, bytes, 0}; }
inline Kinds unmapped(std::uint64_t bytes) { return {0, 0, 0, bytes}; }

class DataTrace : public testing::Test {
protected:
    void open() { trace.see_handshake(initial, peers); }
    void open_both()
    {
        open();
        trace.see_join(second, join);
    }
    // Returns the frame number.
    std::uint32_t see(const Packet &packet)
    {
        trace.see(packet);
        return trace.frames();
    }

    // The client sends `length` bytes from `begin` on, with their mapping.
    // bare(): without a mapping.
    Packet data(TcpFlow &flow, std::uint64_t begin, std::uint16_t length)
    {
        const Bytes map = mapping(flow, begin, length);
        return flow.initiator().data(length).with(map);
    }
    static Packet bare(TcpFlow &flow, std::uint32_t length)
    {
        return flow.initiator().data(length);
    }
    // Like data(), but the mapping has the length `mapped`.
    Packet data_under(TcpFlow &flow, std::uint64_t begin, std::uint16_t mapped,
                      std::uint32_t length)
    {
        const Bytes map = mapping(flow, begin, mapped);
        return flow.initiator().data(length).with(map);
    }
    // A mapping of the next bytes that the client sends, with a DSN of 8 bytes.
    Bytes mapping(TcpFlow &flow, std::uint64_t begin, std::uint16_t length) const
    {
        return mapping_at(flow.initiator().relative(), begin, length);
    }
    Bytes mapping_at(std::uint32_t relative, std::uint64_t begin, std::uint16_t length) const
    {
        return dss_map(dsn(begin), relative, length);
    }
    DataSeq dsn(std::uint64_t offset) const { return peers.first_data(Role::Client) + offset; }
    // The server acknowledges all data before `end`.
    Packet ack(TcpFlow &flow, std::uint64_t end) const
    {
        return flow.acceptor().ack().with(dss_ack(dsn(end)));
    }

    const DataLevel &level() const { return trace.tracker().data(); }
    const DataStream &stream(Role sender = Role::Client) const
    {
        const DataStream *found = level().stream(ConnectionId{0}, sender);
        if (found == nullptr)
            throw std::out_of_range{"no such stream"};
        return *found;
    }
    const DataPacket &packet(std::uint32_t frame) const
    {
        const auto &all = level().packets();
        const auto found = std::ranges::lower_bound(all, frame, {}, &DataPacket::frame);
        if (found == all.end() || found->frame != frame)
            throw std::out_of_range{"no such packet"};
        return *found;
    }
    DataExtras extras(std::uint32_t frame) const
    {
        const DataExtras *extras = level().extras(packet(frame));
        return extras != nullptr ? *extras : DataExtras{};
    }
    Kinds kinds(std::uint32_t frame) const
    {
        return kinds_of(packet(frame), level().extras(packet(frame)));
    }
    // The DSN of the first byte; empty if unknown.
    std::optional<DataSeq> first_dsn(std::uint32_t frame) const
    {
        const DataPacket &found = packet(frame);
        return level().data_seq(found, trace.tracker().registry()[found.subflow]);
    }

    Peers peers;
    Join join{peers};
    TcpFlow initial{at("10.0.0.1", 4000), at("10.0.0.2", 80)};
    TcpFlow second{at("10.0.9.1", 4001), at("10.0.0.2", 80)};
    Trace trace;
};

} // namespace mptcp::test
