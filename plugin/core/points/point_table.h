// SPDX-License-Identifier: GPL-2.0-or-later
//
// The points at which the packets of a capture were recorded, from the marks of the packets.
//
// An interface, one direction of it, or a tunnel is a point (Marks). The packets of one such point
// are separated further, by link-layer addresses and VLAN or else by TTL, once a packet and its
// copy have the same interface, direction and tunnel. Points have indexes from 0, in the order of
// the first packets of MPTCP. A separation keeps the index of the packets recorded first.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "points/marks.h"

namespace mptcp {

class PointTable {
public:
    // Returns the index of the marks, or nothing if they are new. Cost: O(1).
    std::optional<std::uint32_t> find(const Marks &marks) const
    {
        if (last_ < records_.size() && records_[last_].marks == marks) // often
            return last_;
        return find_anywhere(marks);
    }
    // Adds new marks. `name` describes their interface, direction and tunnel; may be empty.
    std::uint32_t add(const Marks &marks, std::string name);

    // Marks are given by their index from here on.

    // To be called for each packet of MPTCP.
    void note(std::uint32_t marks)
    {
        if (marks < records_.size() && !records_[marks].point)
            assign(marks);
    }
    // A packet with marks `second` is a copy of one with marks `first`.
    void separate(std::uint32_t first, std::uint32_t second);

    // True if a packet with marks `second` may be a copy of one with marks `first`. Packets of
    // different hosts on one link differ in TTL alone, which is then not enough.
    bool may_be_apart(std::uint32_t first, std::uint32_t second) const;

    std::size_t size() const { return points_.size(); }
    // Whether the file has packets of several interfaces. Each is recorded by a thread or program
    // of its own, so that their packets may not be in order of time.
    bool several_interfaces() const { return several_interfaces_; }
    // Returns nothing if no packet of MPTCP has these marks.
    std::optional<std::uint32_t> point_of(std::uint32_t marks) const
    {
        return marks < records_.size() ? records_[marks].point : std::nullopt;
    }
    const std::string &name(std::uint32_t point) const { return points_[point].name; }
    // Of the first packet of the point.
    const Marks &marks_of(std::uint32_t point) const { return marks_at(points_[point].marks); }

    std::uint32_t marks_count() const { return static_cast<std::uint32_t>(records_.size()); }
    const Marks &marks_at(std::uint32_t index) const { return records_[index].marks; }

    // Further marks are taken for others of the same interface. Bounds memory.
    static constexpr std::size_t kMostMarks = 1 << 16;

private:
    struct Record {
        Marks marks;
        std::uint32_t group = 0;
        std::optional<std::uint32_t> point;
    };
    // The marks of one interface, direction and tunnel.
    struct Group {
        std::string name;
        bool by_link = false;
        bool by_ttl = false;
        std::vector<std::uint32_t> members; // indexes of records_
    };
    struct Point {
        std::uint32_t marks = 0; // of its first packet
        std::string name;
    };
    struct Hash {
        using is_avalanching = void; // NOLINT(readability-identifier-naming): Boost's name
        std::size_t operator()(const Marks &marks) const;
    };
    template <class Value> using ByMarks = boost::unordered_flat_map<Marks, Value, Hash>;

    std::optional<std::uint32_t> find_anywhere(const Marks &marks) const;
    bool differ_beyond_ttl(std::uint32_t first, std::uint32_t second) const;
    Marks separated(const Record &record) const; // without the marks that do not count
    std::string name_of(const Record &record) const;
    void assign(std::uint32_t marks);
    void assign_anew(const Group &group);

    std::vector<Record> records_;
    mutable std::uint32_t last_ = 0; // the record that was found last
    std::deque<Group> groups_;
    std::vector<Point> points_;
    ByMarks<std::uint32_t> indexes_;
    ByMarks<std::uint32_t> group_of_; // by marks without link-layer addresses, VLAN and TTL
    ByMarks<std::uint32_t> point_at_; // by separated marks
    bool several_interfaces_ = false;
};

} // namespace mptcp
