// SPDX-License-Identifier: GPL-2.0-or-later
//
// The data level as it was seen near a host. If the packets of a path were recorded at several
// points, what is in flight, and how long acknowledgments take, is true at the point that is
// nearest to the data's sender, and the order of the data at the one nearest to its receiver. The
// tracker counts each packet where it was recorded first, which mixes the points.
//
// Memory: 92 bytes for each packet with payload, at each host.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include <boost/unordered/unordered_flat_set.hpp>

#include "between/passages.h"
#include "between/sightings.h"
#include "containers/keyed_hash.h"
#include "data/data_level.h"
#include "tracker.h"

namespace mptcp {

// The data level of the packets that some points recorded, each packet once.
class Vantage {
public:
    // Tells whether a point is one of those of a flow, which is given by its packed attribution.
    using HasPoint = std::function<bool(std::uint32_t flow, std::uint32_t point)>;

    Vantage(const Tracker &tracker, const Sightings &sightings, HasPoint has_point);

    const DataLevel &data() const { return data_; } // its frames are those at the points
    // The frame at the point that recorded the packet first, by which it is counted. `number` is
    // the place of a packet in data().packets().
    std::uint32_t original(std::size_t number) const { return originals_[number]; }
    // Calls see(sighting) for each of these packets, in capture order.
    template <class See>
    void visit(const PointTable &points, const Sightings &sightings, See see) const
    {
        boost::unordered_flat_set<std::uint64_t, NumberHash> seen; // packets by flow
        for (const Sighting &sighting : sightings.all()) {
            const std::uint32_t flow = pack(sighting.attribution());
            const auto point = points.point_of(sighting.marks);
            if (point && has_point_(flow, *point) &&
                seen.insert(segment_key(sighting.original, flow)).second)
                see(sighting);
        }
    }

private:
    HasPoint has_point_;
    DataLevel data_;
    std::vector<std::uint32_t> originals_;
};

// Where figures are to be taken from: each where it is true, near one host, or at some points.
using VantageChoice = std::variant<std::monostate, Role, std::vector<std::uint32_t>>;

// "", "client", "server", or indexes of points, as in "0+3". None if it is something else.
std::optional<VantageChoice> parse_vantage_choice(std::string_view text);

class Vantages {
public:
    Vantages() = default; // of a capture with one point
    // `report` is that of all packets.
    Vantages(const Tracker &tracker, const Sightings &sightings, const PointsReport &report,
             const VantageChoice &choice = {});

    // Where figures are taken that are true near this host of the connection with that index.
    struct View {
        // nullptr: they are the tracker's. Each packet was recorded once, or it is not known which
        // points are near the host, or not all packets of the connection were noted.
        const Vantage *vantage = nullptr;
        std::vector<std::uint32_t> points; // of the vantage, in ascending order
    };
    const View &view(std::uint32_t connection, Role host) const;
    const std::deque<Vantage> &all() const { return vantages_; }

private:
    void look_near_hosts(const Tracker &tracker, const Sightings &sightings,
                         const PointsReport &report, const std::optional<Role> &only);
    void look_at_points(const Tracker &tracker, const Sightings &sightings,
                        const PointsReport &report, std::vector<std::uint32_t> points);

    std::deque<Vantage> vantages_;     // views point to them, also after a move
    std::vector<PerRole<View>> views_; // by connection index
};

} // namespace mptcp
