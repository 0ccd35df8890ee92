// SPDX-License-Identifier: GPL-2.0-or-later
#include "between/vantage.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>
#include <utility>

#include "base/parse.h"

namespace mptcp {
namespace {

using PointSet = std::set<std::uint32_t>;
using PointByFlow = std::vector<std::optional<std::uint32_t>>; // by packed attribution

// The points that recorded a flow.
struct FlowPoints {
    PointSet all;
    // Of flows with packets that several points recorded.
    std::optional<std::uint32_t> near_sender, near_receiver;
    bool is_order_known = true;

    bool is_shared() const { return near_sender.has_value(); }
    std::optional<std::uint32_t> nearest(bool to_sender) const
    {
        return to_sender ? near_sender : near_receiver;
    }
};

// Finds the points that are nearest to the hosts.
class NearestPoints {
public:
    NearestPoints(const Tracker &tracker, const Sightings &sightings, const PointsReport &report)
        : registry_(tracker.registry()),
          points_(tracker.points()),
          all_noted_since_(sightings.all_noted_since()),
          flows_(2 * registry_.subflow_count())
    {
        const std::vector<const Connection *> connections = registry_.connections();
        for (const Passage &passage : report.passages)
            note(passage, connections[passage.connection]->subflows[passage.subflow]);
        for (const ClockOfPoints &clock : report.clocks)
            note(clock);
        for (const Sighting &sighting : sightings.all())
            if (const auto point = points_.point_of(sighting.marks))
                flows_[pack(sighting.attribution())].all.insert(*point);
    }

    // Whether several points recorded packets of the connection, and all of them were noted.
    bool are_known(const Connection &connection) const
    {
        bool is_shared = false;
        visit(connection, [&](const FlowPoints &flow, auto...) { is_shared |= flow.is_shared(); });
        return is_shared && all_noted_since_ <= connection.first_frame;
    }

    // The points nearest to the host, one for each flow of the connection, added to `to`. None,
    // without effect, if it is not known which ones they are, or if their clocks differ.
    PointSet choose(const Connection &connection, Role host, PointByFlow &to) const
    {
        std::vector<std::pair<std::uint32_t, std::uint32_t>> chosen; // flows and points
        PointSet nearest;
        bool is_known = true;
        visit(connection, [&](const FlowPoints &flow, std::uint32_t number, Role sender) {
            if (!flow.is_shared())
                return;
            chosen.emplace_back(number, *flow.nearest(sender == host));
            nearest.insert(chosen.back().second);
            is_known = is_known && flow.is_order_known;
        });
        visit(connection, [&](const FlowPoints &flow, std::uint32_t number, Role) {
            if (flow.is_shared() || flow.all.empty())
                return;
            chosen.emplace_back(number, *flow.all.begin());
            is_known = is_known && flow.all.size() == 1 && is_at_one_of(nearest, *flow.all.begin());
        });
        if (!is_known || !have_one_clock(nearest))
            return {};
        for (const auto &[number, point] : chosen) {
            to[number] = point;
            nearest.insert(point);
        }
        return nearest;
    }

private:
    void note(const Passage &passage, SubflowId id)
    {
        FlowPoints &flow = flows_[pack({id, registry_[id].side(passage.sender)})];
        if (!flow.near_sender) // passages are in the order of the way
            flow.near_sender = passage.from;
        flow.near_receiver = passage.to;
        flow.is_order_known = flow.is_order_known && passage.is_order_known;
    }

    // Calls see(flow, its number, its sender).
    template <class See> void visit(const Connection &connection, See see) const
    {
        for (const SubflowId id : connection.subflows)
            for (const Side side : {Side::A, Side::B}) {
                const std::uint32_t number = pack({id, side});
                see(flows_[number], number, registry_[id].role(side));
            }
    }

    // A flow that one point recorded says nothing of the host that this point is near to.
    bool is_at_one_of(const PointSet &nearest, std::uint32_t point) const
    {
        return std::ranges::any_of(nearest, [&](std::uint32_t known) {
            return known == point || clock_of(points_, known) == clock_of(points_, point);
        });
    }

    void note(const ClockOfPoints &clock)
    {
        if (!clock.difference.offset)
            return;
        const Time offset = *clock.difference.offset;
        clocks_[clock.from].emplace_back(clock.to, offset);
        clocks_[clock.to].emplace_back(clock.from, saturated_difference(0, offset));
    }

    // False if the clocks of some are known to differ, so that their times cannot be compared.
    bool have_one_clock(const PointSet &nearest) const
    {
        if (nearest.size() < 2)
            return true;
        const std::map<std::uint32_t, Time> offsets = offsets_from(*nearest.begin());
        return std::ranges::all_of(nearest, [&](std::uint32_t point) {
            const auto offset = offsets.find(point);
            return offset == offsets.end() || std::abs(offset->second) <= kOneHost;
        });
    }

    // By how much the clocks of other points are ahead of that of `first`, as far as it is known.
    std::map<std::uint32_t, Time> offsets_from(std::uint32_t first) const
    {
        std::map<std::uint32_t, Time> offsets{{first, 0}};
        std::vector<std::uint32_t> reached{first};
        for (std::size_t place = 0; place < reached.size(); ++place) {
            const auto neighbours = clocks_.find(reached[place]);
            if (neighbours == clocks_.end())
                continue;
            const Time here = offsets.at(reached[place]);
            for (const auto &[point, offset] : neighbours->second)
                if (offsets.try_emplace(point, saturated_sum(here, offset)).second)
                    reached.push_back(point);
        }
        return offsets;
    }

    const Registry &registry_;
    const PointTable &points_;
    std::uint32_t all_noted_since_; // frame
    std::vector<FlowPoints> flows_; // by packed attribution
    // By point: others, and by how much their clocks are ahead.
    std::map<std::uint32_t, std::vector<std::pair<std::uint32_t, Time>>> clocks_;
};

} // namespace

Vantage::Vantage(const Tracker &tracker, const Sightings &sightings, HasPoint has_point)
    : has_point_(std::move(has_point))
{
    visit(tracker.points(), sightings, [&](const Sighting &sighting) {
        data_.apply(tracker.registry(), sighting.attribution(), sighting.segment());
        if (originals_.size() < data_.packets().size())
            originals_.push_back(sighting.original);
    });
}

std::optional<VantageChoice> parse_vantage_choice(std::string_view text)
{
    if (text.empty())
        return VantageChoice{};
    for (const Role role : {Role::Client, Role::Server})
        if (text == name(role))
            return VantageChoice{role};
    std::vector<std::uint32_t> points;
    for (std::size_t begin = 0, end = 0; end < text.size(); begin = end + 1) {
        end = std::min(text.find('+', begin), text.size());
        const auto point = number_from<std::uint32_t>(text.substr(begin, end - begin));
        if (!point)
            return std::nullopt;
        points.push_back(*point);
    }
    return VantageChoice{std::move(points)};
}

Vantages::Vantages(const Tracker &tracker, const Sightings &sightings, const PointsReport &report,
                   const VantageChoice &choice)
{
    if (tracker.points().size() < 2)
        return;
    if (const auto *points = std::get_if<std::vector<std::uint32_t>>(&choice))
        look_at_points(tracker, sightings, report, *points);
    else if (const Role *host = std::get_if<Role>(&choice))
        look_near_hosts(tracker, sightings, report, *host);
    else
        look_near_hosts(tracker, sightings, report, std::nullopt);
}

// With `only`, both hosts have the view near that one.
void Vantages::look_near_hosts(const Tracker &tracker, const Sightings &sightings,
                               const PointsReport &report, const std::optional<Role> &only)
{
    const NearestPoints nearest{tracker, sightings, report};
    const std::size_t flows = 2 * tracker.registry().subflow_count();
    PerRole<PointByFlow> points{{PointByFlow(flows), PointByFlow(flows)}};
    std::vector<PerRole<PointSet>> chosen; // by connection index
    for (const Connection *connection : tracker.registry().connections()) {
        PerRole<PointSet> &near_hosts = chosen.emplace_back();
        if (!nearest.are_known(*connection))
            continue;
        for (const Role host : {Role::Client, Role::Server})
            if (!only || host == *only)
                near_hosts[host] = nearest.choose(*connection, host, points[host]);
    }
    PerRole<const Vantage *> vantages;
    for (const Role host : {Role::Client, Role::Server})
        vantages[host] = &vantages_.emplace_back(
            tracker, sightings,
            [near_host = std::move(points[host])](std::uint32_t flow, std::uint32_t point) {
                return flow < near_host.size() && near_host[flow] == point;
            });
    for (const PerRole<PointSet> &near_hosts : chosen) {
        PerRole<View> &views = views_.emplace_back();
        for (const Role host : {Role::Client, Role::Server}) {
            // Better all figures from the other host than a mix.
            const Role seen_near = near_hosts[host].empty() ? other(host) : host;
            if (const PointSet &found = near_hosts[seen_near]; !found.empty())
                views[host] = {vantages[seen_near], {found.begin(), found.end()}};
        }
    }
}

void Vantages::look_at_points(const Tracker &tracker, const Sightings &sightings,
                              const PointsReport &report, std::vector<std::uint32_t> points)
{
    std::ranges::sort(points);
    const NearestPoints nearest{tracker, sightings, report};
    const Vantage &vantage =
        vantages_.emplace_back(tracker, sightings, [points](std::uint32_t, std::uint32_t point) {
            return std::ranges::binary_search(points, point);
        });
    for (const Connection *connection : tracker.registry().connections()) {
        PerRole<View> &views = views_.emplace_back();
        if (nearest.are_known(*connection))
            views = {{View{&vantage, points}, View{&vantage, points}}};
    }
}

const Vantages::View &Vantages::view(std::uint32_t connection, Role host) const
{
    static const View nothing;
    return connection < views_.size() ? views_[connection][host] : nothing;
}

} // namespace mptcp
