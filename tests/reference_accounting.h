// SPDX-License-Identifier: GPL-2.0-or-later
//
// The books about one direction of a connection's data, octet by byte and in
// the simplest way: what captures/generator/data_books.py is to the captures, for
// unit tests and fuzzers.
// Data is told by its distance from a number that its user chooses, bytes of a
// subflow by their distance from its ISN.
//
//   unmapped       no mapping covers the byte, or none did in time
//   retransmitted  else, if its subflow has sent it before
//   reinjected     else, if the connection has
//   unique         else
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

    // Of an byte with several mappings the first one counts: true if this one
    // says otherwise. Bytes that have passed and waited get theirs now.
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

    // The payload of that frame's packet, the next one. `waits` is false after a
    // fallback: then no mapping will come.
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
    // RFC 9293 3.5.3: the bytes of an RST are none of the stream's.
    void pass_lost(std::uint32_t frame, Flow flow, std::uint32_t length)
    {
        bytes_.insert(bytes_.end(), length, Byte{begin_packet(frame, flow)});
    }

    // DATA_ACKs of the other host: the furthest counts.
    void acknowledge(std::uint32_t data)
    {
        if (!acknowledged_ || *acknowledged_ < data)
            acknowledged_ = data;
    }

    std::size_t waiting() const { return waiting_.size(); }
    // Has a mapping come behind its data?
    bool late() const { return late_; }

    struct Packet {
        std::uint32_t frame = 0;
        Flow flow = 0;
        ByteKinds kinds;
        // Of the reinjected bytes: an earlier packet of the same subflow was the
        // first to carry so many; the first frame that carried any.
        std::uint64_t same = 0;
        std::uint32_t reinjection_of = 0;        // 0: none
        std::optional<std::uint32_t> first_data; // where its first byte stands
    };
    // In the order of the capture, by all that is known now.
    std::vector<Packet> packets() const
    {
        std::vector<Packet> packets;
        for (const Begun &begun : packets_)
            packets.push_back({begun.frame, begun.flow, {}, 0, 0, {}});
        std::map<std::uint32_t, std::size_t> carriers; // the packet that was the first
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

    // Numbers that never passed, up to the last one that did or was
    // acknowledged; `from_start`: from 0 on, else from the first one that did.
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
    using Place = std::pair<Flow, std::uint32_t>; // an offset

    struct Begun {
        std::uint32_t frame = 0;
        Flow flow = 0;
        std::size_t first_byte = 0; // its place in bytes_
    };
    struct Byte {
        std::size_t packet = 0; // its place in packets_
        bool repeated = false;
        std::optional<std::uint32_t> data;
    };

    // Gives its place.
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

    std::vector<Begun> packets_; // in the order of the capture
    std::vector<Byte> bytes_;
    std::map<Place, std::uint32_t> mapped_;
    std::multimap<Place, std::size_t> waiting_; // for a mapping: places in bytes_
    std::set<Place> sent_;
    std::set<std::uint32_t> fins_;
    std::optional<std::uint32_t> acknowledged_;
    bool late_ = false;
};

} // namespace mptcp::test
