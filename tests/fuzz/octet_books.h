// SPDX-License-Identifier: GPL-2.0-or-later
//
// The books about one direction of a connection's data, octet by octet and in
// the simplest way: what captures/generator/data_books.py is to the captures.
// Data is told by its distance from a number that its user chooses, octets of a
// subflow by their distance from its ISN.
//
//   unmapped       no mapping covers the octet, or none did in time
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

#include "data_report.h"

namespace mptcp::fuzz {

class OctetBooks {
public:
    using Flow = std::size_t;

    // Of an octet with several mappings the first one counts. Octets that have
    // passed and waited get theirs now.
    void map(Flow flow, std::uint32_t offset, std::uint32_t data, std::uint32_t length)
    {
        for (std::uint32_t i = 0; i < length; ++i) {
            const Place place{flow, offset + i};
            if (!mapped_.try_emplace(place, data + i).second)
                continue;
            const auto [first, end] = waiting_.equal_range(place);
            for (auto it = first; it != end; ++it) {
                octets_[it->second].data = data + i;
                late_ = true;
            }
            waiting_.erase(first, end);
        }
    }

    void pass_fin(std::uint32_t data) { fins_.insert(data); }

    // The payload of the next packet. `waits` is false after a fallback: then
    // no mapping will come.
    void pass(Flow flow, std::uint32_t offset, std::uint32_t length, bool waits)
    {
        for (std::uint32_t i = 0; i < length; ++i) {
            const Place place{flow, offset + i};
            Octet octet{packets_, flow};
            octet.repeated = !sent_.insert(place).second;
            if (const auto found = mapped_.find(place); found != mapped_.end())
                octet.data = found->second;
            else if (waits)
                waiting_.emplace(place, octets_.size());
            octets_.push_back(octet);
        }
        first_octets_.push_back(octets_.size() - length);
        ++packets_;
    }
    // RFC 9293 3.5.3: the octets of an RST are none of the stream's.
    void pass_lost(Flow flow, std::uint32_t length)
    {
        octets_.insert(octets_.end(), length, Octet{packets_, flow});
        first_octets_.push_back(octets_.size() - length);
        ++packets_;
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

    // By packet. `same` is of the reinjected octets: an earlier packet of the
    // same subflow was the first to carry them.
    struct Kinds : OctetKinds {
        std::uint64_t same = 0;
        Flow flow = 0;
        std::optional<std::uint32_t> first_data; // where its first octet stands
    };
    std::vector<Kinds> kinds() const
    {
        std::vector<Kinds> kinds(packets_);
        std::map<std::uint32_t, const Octet *> carriers;
        for (const Octet &octet : octets_) {
            Kinds &packet = kinds[octet.packet];
            packet.flow = octet.flow;
            if (!octet.data) {
                ++packet.unmapped;
            } else if (octet.repeated) {
                ++packet.retransmitted;
            } else if (const auto [first, fresh] = carriers.try_emplace(*octet.data, &octet);
                       fresh) {
                ++packet.unique;
            } else {
                ++packet.reinjected;
                const Octet &earlier = *first->second;
                packet.same += earlier.flow == octet.flow && earlier.packet != octet.packet;
            }
        }
        for (std::size_t i = 0; i < packets_; ++i)
            if (first_octets_[i] < octets_.size())
                kinds[i].first_data = octets_[first_octets_[i]].data;
        return kinds;
    }

    // Numbers that never passed, up to the last one that did or was
    // acknowledged; `from_start`: from 0 on, else from the first one that did.
    DataStream::Gaps gaps(bool from_start) const
    {
        std::set<std::uint32_t> seen = fins_;
        for (const Octet &octet : octets_)
            if (octet.data && !octet.repeated)
                seen.insert(*octet.data);
        DataStream::Gaps gaps;
        if (seen.empty() && !from_start)
            return gaps;
        const std::uint32_t acknowledged = acknowledged_.value_or(0);
        const std::uint32_t end = std::max(seen.empty() ? 0 : *seen.rbegin() + 1, acknowledged);
        bool in_gap = false;
        for (std::uint32_t i = from_start ? 0 : *seen.begin(); i < end; ++i) {
            const bool missing = !seen.contains(i);
            gaps.count += missing && !in_gap ? 1 : 0;
            gaps.octets += missing ? 1 : 0;
            gaps.acknowledged += missing && i < acknowledged ? 1 : 0;
            in_gap = missing;
        }
        return gaps;
    }

private:
    using Place = std::pair<Flow, std::uint32_t>; // an offset

    struct Octet {
        std::size_t packet = 0;
        Flow flow = 0;
        bool repeated = false;
        std::optional<std::uint32_t> data;
    };

    std::size_t packets_ = 0;
    std::vector<Octet> octets_;             // in the order of the capture
    std::vector<std::size_t> first_octets_; // by packet
    std::map<Place, std::uint32_t> mapped_;
    std::multimap<Place, std::size_t> waiting_; // for a mapping: places in octets_
    std::set<Place> sent_;
    std::set<std::uint32_t> fins_;
    std::optional<std::uint32_t> acknowledged_;
    bool late_ = false;
};

} // namespace mptcp::fuzz
