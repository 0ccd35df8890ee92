// SPDX-License-Identifier: GPL-2.0-or-later
//
// Comparison of streams: two streams are the same if their positions are nearer than the data that
// can be in flight.
#include "data/data_grouping.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "connections/roles.h"

namespace mptcp {
namespace {

constexpr std::uint64_t kNear = std::uint64_t{1} << 30;        // bytes, of 64-bit numbers
constexpr std::uint32_t kNearInLower = std::uint32_t{1} << 24; // bytes, of 32-bit numbers
constexpr int kUpper = 32;

// The attempts for one connection, and again after a 64-bit DSN or DATA_ACK gave the position of
// another direction. Each takes a segment with a DSS option.
constexpr std::uint8_t kMaxAttempts = 64;

std::optional<std::uint64_t> position(const DataStream *stream)
{
    if (stream == nullptr || !stream->placed())
        return std::nullopt;
    const auto dsn = stream->dsn_of(stream->expected());
    return dsn ? std::optional{dsn->value} : std::nullopt;
}

std::uint8_t known_positions(const DataLevel &data, ConnectionId id)
{
    std::uint8_t known = 0;
    for (const Role role : {Role::Client, Role::Server})
        if (position(data.stream(id, role)))
            ++known;
    return known;
}

enum class Comparison : std::uint8_t { Unknown, Near, Far };

Comparison compare(const DataStream *a, const DataStream *b)
{
    const auto first = position(a);
    const auto second = position(b);
    if (!first || !second)
        return Comparison::Unknown;
    return std::min(*first - *second, *second - *first) < kNear ? Comparison::Near
                                                                : Comparison::Far;
}

bool near_in_lower(const DataStream *a, const DataStream *b)
{
    if (a == nullptr || b == nullptr || !a->placed() || !b->placed())
        return false;
    const std::uint32_t difference = a->lower_expected() - b->lower_expected();
    return std::min(difference, 0U - difference) < kNearInLower;
}

bool may_be_grouped(const Connection &connection)
{
    return connection.partial() && !connection.fallback;
}

// Keys and tokens that are known of both must agree.
bool agree(const Connection &a, const Connection &b, Role role_of_server_in_b)
{
    for (const Role role : {Role::Client, Role::Server}) {
        const Host &one = a.hosts[role];
        const Host &two = b.hosts[convert(role, role_of_server_in_b)];
        if ((one.key && two.key && *one.key != *two.key) ||
            (one.token && two.token && *one.token != *two.token))
            return false;
    }
    return true;
}

auto known_of(const Connection &connection)
{
    return std::tuple{connection.keys_known(), !connection.partial(), connection.roles_seen};
}

// The connection of which more is known remains.
std::vector<Regrouping> merge(Registry &registry, ConnectionId own, ConnectionId match,
                              Role role_of_server)
{
    const bool own_remains = known_of(registry[own]) > known_of(registry[match]);
    const ConnectionId remaining = own_remains ? own : match;
    const ConnectionId merged = own_remains ? match : own;
    std::vector<Regrouping> changes{registry.merge(remaining, merged, role_of_server)};
    registry[remaining].grouped_by_data = true;
    if (!registry[remaining].roles_seen && roles_look_swapped(registry, registry[remaining]))
        changes.emplace_back(registry.swap_roles(remaining));
    return changes;
}

} // namespace

std::vector<Regrouping> DataGrouping::apply(Registry &registry, const DataLevel &data,
                                            const Attribution &attribution, const Segment &segment)
{
    if (!segment.options.has<Dss>())
        return {};
    Subflow &subflow = registry[attribution.subflow];
    const ConnectionId id = subflow.connection;
    const bool wanted = may_be_grouped(registry[id]);
    if (!active_ && !wanted)
        return {};
    if (!std::exchange(active_, true))
        index_all(registry, data);
    if (wanted && may_try(progress_of(id), known_positions(data, id))) {
        if (!std::exchange(progress_of(id).addresses_indexed, true))
            index_addresses(subflow);
        const auto match = find(registry, data, id);
        if (match || progress_of(id).positions > 0)
            subflow.unresolved = false;
        if (match)
            return merge(registry, id, match->connection, match->role_of_server);
    }
    index(registry, data, id);
    return {};
}

bool DataGrouping::may_try(Progress &progress, std::uint8_t positions)
{
    if (progress.positions < positions) {
        progress.positions = positions;
        progress.attempts = 0;
    }
    if (progress.attempts == kMaxAttempts)
        return false;
    ++progress.attempts;
    return true;
}

DataGrouping::Progress &DataGrouping::progress_of(ConnectionId id)
{
    const auto at = static_cast<std::size_t>(id);
    if (progress_.size() <= at)
        progress_.resize(at + 1);
    return progress_[at];
}

void DataGrouping::index_all(const Registry &registry, const DataLevel &data)
{
    for (std::size_t i = 0; i < registry.connection_records(); ++i) {
        const ConnectionId id{static_cast<std::uint32_t>(i)};
        if (!registry[id].merged_into)
            index(registry, data, id);
    }
}

// Adds the positions of the streams, if they moved on since the last call.
void DataGrouping::index(const Registry &registry, const DataLevel &data, ConnectionId id)
{
    Progress &progress = progress_of(id);
    for (const Role role : {Role::Client, Role::Server}) {
        const auto dsn = position(data.stream(id, role));
        if (!dsn)
            continue;
        const auto upper = static_cast<std::uint32_t>(*dsn >> kUpper);
        // The roles may have been swapped since the record was created.
        const Role original = registry[id].roles_swapped ? other(role) : role;
        if (progress.indexed[original] == upper)
            continue;
        progress.indexed[original] = upper;
        by_position_[upper].add({id, original});
    }
}

void DataGrouping::index_addresses(const Subflow &subflow)
{
    for (const SubflowEnd &end : subflow.ends.each)
        by_address_[end.endpoint.address].add(subflow.connection);
}

std::optional<DataGrouping::Match> DataGrouping::find(Registry &registry, const DataLevel &data,
                                                      ConnectionId id)
{
    for (const Role role : {Role::Client, Role::Server})
        if (const auto match = find_by_position(registry, data, id, role))
            return match;
    return find_by_address(registry, data, id);
}

std::optional<DataGrouping::Match> DataGrouping::find_by_position(Registry &registry,
                                                                  const DataLevel &data,
                                                                  ConnectionId id, Role sender)
{
    const DataStream *own = data.stream(id, sender);
    const auto dsn = position(own);
    if (!dsn)
        return std::nullopt;
    const auto upper = static_cast<std::uint32_t>(*dsn >> kUpper);
    for (const std::uint32_t near : {upper, upper - 1, upper + 1}) {
        const auto found = by_position_.find(near);
        if (found == by_position_.end())
            continue;
        for (const Direction &direction : found->second) {
            const auto [connection, role] =
                registry.current(direction.connection, direction.sender);
            if (connection == id ||
                compare(own, data.stream(connection, role)) != Comparison::Near ||
                compare(data.stream(id, other(sender)), data.stream(connection, other(role))) ==
                    Comparison::Far)
                continue;
            const Role role_of_server = convert(sender, role);
            if (agree(registry[id], registry[connection], role_of_server))
                return Match{connection, role_of_server};
        }
    }
    return std::nullopt;
}

std::optional<DataGrouping::Match>
DataGrouping::find_by_address(Registry &registry, const DataLevel &data, ConnectionId id)
{
    const PerRole<const DataStream *> own{
        {data.stream(id, Role::Client), data.stream(id, Role::Server)}};
    if (own[Role::Client] == nullptr || own[Role::Server] == nullptr)
        return std::nullopt;
    const Subflow &subflow = registry.first_subflow_of(registry[id]);
    for (const SubflowEnd &end : subflow.ends.each) {
        const auto found = by_address_.find(end.endpoint.address);
        if (found == by_address_.end())
            continue;
        for (const ConnectionId record : found->second) {
            const ConnectionId connection = registry.current(record, Role::Server).connection;
            if (connection == id)
                continue;
            for (const Role role_of_server : {Role::Client, Role::Server}) {
                const DataStream *server = data.stream(connection, role_of_server);
                const DataStream *client = data.stream(connection, other(role_of_server));
                if (near_in_lower(own[Role::Server], server) &&
                    near_in_lower(own[Role::Client], client) &&
                    compare(own[Role::Server], server) != Comparison::Far &&
                    compare(own[Role::Client], client) != Comparison::Far &&
                    agree(registry[id], registry[connection], role_of_server))
                    return Match{connection, role_of_server};
            }
        }
    }
    return std::nullopt;
}

} // namespace mptcp
