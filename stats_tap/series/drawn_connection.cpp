// SPDX-License-Identifier: GPL-2.0-or-later
#include "series/drawn_connection.h"

#include <algorithm>
#include <utility>

namespace mptcp {
namespace {

PerRole<std::uint64_t> counted_payload(const Registry &registry, const Summary &counted,
                                       const Connection &connection)
{
    PerRole<std::uint64_t> payload{{0, 0}};
    for (const SubflowId id : connection.subflows)
        if (const SubflowCount *count = counted.find(id))
            for (const Role role : {Role::Client, Role::Server})
                payload[role] += count->sent[registry[id].side(role)].payload;
    return payload;
}

} // namespace

const Connection *choose_connection(const Tracker &tracker, const Summary &counted,
                                    const std::optional<std::uint32_t> &index)
{
    const std::vector<const Connection *> connections = tracker.registry().connections();
    if (index)
        return *index < connections.size() ? connections[*index] : nullptr;
    const auto most = std::ranges::max_element(connections, {}, [&](const Connection *connection) {
        const auto payload = counted_payload(tracker.registry(), counted, *connection);
        return payload[Role::Client] + payload[Role::Server];
    });
    return most == connections.end() ? nullptr : *most;
}

Role main_sender(const Registry &registry, const Summary &counted, const Connection &connection)
{
    const auto payload = counted_payload(registry, counted, connection);
    return payload[Role::Server] > payload[Role::Client] ? Role::Server : Role::Client;
}

DrawnConnection::DrawnConnection(const Tracker &tracker, const Summary &counted,
                                 const Connection &connection, std::vector<SegmentNote> notes,
                                 PointsReport points)
    : tracker_(tracker),
      counted_(counted),
      connection_(connection),
      notes_(std::move(notes)),
      points_(std::move(points))
{
    if (notes_.empty())
        return;
    const auto [first, last] = std::ranges::minmax_element(notes_, {}, &SegmentNote::time);
    start_ = first->time;
    end_ = last->time;
}

const DataStream *DrawnConnection::stream(Role sender) const
{
    const ConnectionId id = registry().first_subflow_of(connection_).connection;
    return tracker_.data().stream(id, sender);
}

} // namespace mptcp
