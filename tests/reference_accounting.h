// SPDX-License-Identifier: GPL-2.0-or-later
//
// Reference accounting for one direction of a connection's data, one byte at a
// time. Unit tests and fuzzers compare the core with it. For captures,
// captures/generator/accounting/ does the same.
// Data is given by its offset from a number that the caller chooses, bytes of a
// subflow by their offset from its ISN.
//
//   unmapped       no mapping covers the byte, or none did in time
//   retransmitted  otherwise, if its subflow has sent it before
//   reinjected     otherwise, if another packet of the connection has sent it before
//   unique         otherwise
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "analysis/data_report.h"

namespace mptcp::test {

class ReferenceAccounting {
public:
    using Flow = std::size_t;

    // If a byte has several mappings, the first one counts. Returns true if this
    // mapping contradicts an earlier one. Bytes that wait for a mapping get it now.
    bool map(Flow flow, std::uint32_t offset, std::uint32_t data, std::uint32_t length)
    {
        bool contradicts = false;
        for (std::uint32_t i = 0; i < length; ++i) {
            const Place place{flow, offset + i};
            const auto [known, fresh] = mapped_.try_emplace(place, data + i);
            contradicts |= known->second != data + i;
            if (!fresh)
                continue;
            const auto [first, end] = waiting_.equal_range(place);
            for (auto it = first; it != end; ++it) {
                bytes_[it->second].data = data + i;
                late_ = true;
            }
            waiting_.erase(first, end);
        }
        return contradicts;
    }

    void pass_fin(std::uint32_t data) { fins_.insert(data); }

    // Adds the payload of the next packet. `waits` is false after a fallback,
    // when no mapping can follow.
    void pass(std::uint32_t frame, Flow flow, std::uint32_t offset, std::uint32_t length,
              bool waits = true)
    {
        const std::size_t packet = begin_packet(frame, flow);
        for (std::uint32_t i = 0; i < length; ++i) {
            const Place place{flow, offset + i};
            Byte byte{packet};
            byte.repeated = !sent_.insert(place).second;
            if (const auto found = mapped_.find(place); found != mapped_.end())
                byte.data = found->second;
            else if (waits)
                waiting_.emplace(place, bytes_.size());
            bytes_.push_back(byte);
        }
    }
    // RFC 9293 3.5.3: the payload of an RST is not part of the stream.
    void pass_lost(std::uint32_t frame, Flow flow, std::uint32_t length)
    {
        bytes_.insert(bytes_.end(), length, Byte{begin_packet(frame, flow)});
    }

    // Adds a DATA_ACK of the other host; the highest one counts.
    void acknowledge(std::uint32_t data)
    {
        if (!acknowledged_ || *acknowledged_ < data)
            acknowledged_ = data;
    }

    std::size_t waiting() const { return waiting_.size(); }
    // True if a mapping came after its data.
    bool late() const { return late_; }

    struct Packet {
        std::uint32_t frame = 0;
        Flow flow = 0;
        ByteKinds kinds;
        // How many of the reinjected bytes were first sent on the same subflow,
        // and the earliest frame that first sent any of them.
        std::uint64_t same = 0;
        std::uint32_t reinjection_of = 0;        // 0: none
        std::optional<std::uint32_t> first_data; // the data offset of its first byte
    };
    // In capture order, based on all mappings so far.
    std::vector<Packet> packets() const
    {
        std::vector<Packet> packets;
        for (const Begun &begun : packets_)
            packets.push_back({begun.frame, begun.flow, {}, 0, 0, {}});
        std::map<std::uint32_t, std::size_t> carriers; // the packet that sent it first
        for (const Byte &byte : bytes_) {
            Packet &packet = packets[byte.packet];
            if (!byte.data) {
                ++packet.kinds.unmapped;
            } else if (byte.repeated) {
                ++packet.kinds.retransmitted;
            } else if (const auto [first, fresh] = carriers.try_emplace(*byte.data, byte.packet);
                       fresh) {
                ++packet.kinds.unique;
            } else {
                ++packet.kinds.reinjected;
                if (first->second != byte.packet)
                    note_reinjection(packet, packets[first->second]);
            }
        }
        for (std::size_t i = 0; i < packets.size(); ++i)
            if (packets_[i].first_byte < bytes_.size())
                packets[i].first_data = bytes_[packets_[i].first_byte].data;
        return packets;
    }

    // Data that was never seen, up to the last byte that was seen or acknowledged.
    // It is counted from 0 if `from_start`, otherwise from the first byte seen.
    DataStream::Gaps gaps(bool from_start) const
    {
        std::set<std::uint32_t> seen = fins_;
        for (const Byte &byte : bytes_)
            if (byte.data && !byte.repeated)
                seen.insert(*byte.data);
        DataStream::Gaps gaps;
        if (seen.empty() && !from_start)
            return gaps;
        const std::uint32_t acknowledged = acknowledged_.value_or(0);
        const std::uint32_t end = std::max(seen.empty() ? 0 : *seen.rbegin() + 1, acknowledged);
        bool in_gap = false;
        for (std::uint32_t i = from_start ? 0 : *seen.begin(); i < end; ++i) {
            const bool missing = !seen.contains(i);
            gaps.count += missing && !in_gap ? 1 : 0;
            gaps.bytes += missing ? 1 : 0;
            gaps.acknowledged += missing && i < acknowledged ? 1 : 0;
            in_gap = missing;
        }
        return gaps;
    }

private:
    using Place = std::pair<Flow, std::uint32_t>; // and an offset

    struct Begun {
        std::uint32_t frame = 0;
        Flow flow = 0;
        std::size_t first_byte = 0; // index in bytes_
    };
    struct Byte {
        std::size_t packet = 0; // index in packets_
        bool repeated = false;
        std::optional<std::uint32_t> data;
    };

    // Returns its index.
    std::size_t begin_packet(std::uint32_t frame, Flow flow)
    {
        packets_.push_back({frame, flow, bytes_.size()});
        return packets_.size() - 1;
    }
    static void note_reinjection(Packet &packet, const Packet &earlier)
    {
        packet.same += earlier.flow == packet.flow ? 1 : 0;
        if (packet.reinjection_of == 0 || earlier.frame < packet.reinjection_of)
            packet.reinjection_of = earlier.frame;
    }

    std::vector<Begun> packets_; // in capture order
    std::vector<Byte> bytes_;
    std::map<Place, std::uint32_t> mapped_;
    std::multimap<Place, std::size_t> waiting_; // bytes without a mapping: indexes in bytes_
    std::set<Place> sent_;
    std::set<std::uint32_t> fins_;
    std::optional<std::uint32_t> acknowledged_;
    bool late_ = false;
};

} // namespace mptcp::test
