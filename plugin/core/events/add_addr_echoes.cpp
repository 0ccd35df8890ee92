// SPDX-License-Identifier: GPL-2.0-or-later
//
// Matching of ADD_ADDR and echoes (RFC 8684 3.4.1) by connection, host, address ID and address.
#include "events/add_addr_echoes.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace mptcp {

std::size_t AddAddrEchoes::Hash::operator()(const HostAddress &address) const
{
    const std::uint64_t id =
        std::uint64_t{address.address_id} << 8 | static_cast<std::uint64_t>(address.host);
    return KeyedHash{}
        .add(std::uint64_t{static_cast<std::uint32_t>(address.connection)} << 16 | id)
        .add(address.address)
        .finish();
}

bool AddAddrEchoes::announce(const HostAddress &announced, std::uint32_t frame)
{
    Exchanges &exchanges = exchanges_[announced];
    const bool repeats = has_open(exchanges);
    append(exchanges, {frame, 0});
    return repeats;
}

void AddAddrEchoes::echo(const HostAddress &echoed, std::uint32_t frame)
{
    append(exchanges_[echoed], {0, frame});
}

// Adds an exchange that does not start before those in the list. An echo completes the last
// announcement; a repeated echo has no effect.
void AddAddrEchoes::append(Exchanges &to, const Exchange &exchange)
{
    if (has_open(to))
        to.back().echoed = exchange.echoed;
    else if (exchange.announced != 0 || to.empty())
        to.push_back(exchange);
}

void AddAddrEchoes::note_partial(const HostAddress &address)
{
    std::vector<HostAddress> &known = partial_[address.connection];
    if (!exchanges_.contains(address))
        known.push_back(address);
}

void AddAddrEchoes::regroup(const Regrouping &regrouping)
{
    if (const auto *swapped = std::get_if<RolesSwapped>(&regrouping))
        move(swapped->connection, swapped->connection, true);
    else if (const auto *merged = std::get_if<ConnectionsMerged>(&regrouping))
        move(merged->merged, merged->remaining, merged->role_of_server == Role::Client);
}

void AddAddrEchoes::move(ConnectionId from, ConnectionId to, bool swap_hosts)
{
    const auto addresses = partial_.extract(from);
    if (addresses.empty())
        return;
    std::vector<std::pair<HostAddress, Exchanges>> moved;
    for (const HostAddress &address : addresses.mapped()) {
        auto found = exchanges_.extract(address);
        if (found.empty())
            continue;
        HostAddress renamed = address;
        renamed.connection = to;
        renamed.host = swap_hosts ? other(address.host) : address.host;
        moved.emplace_back(renamed, std::move(found.mapped()));
    }
    for (auto &[address, added] : moved) {
        // The remaining connection may be partial, too, and be merged later.
        note_partial(address);
        Exchanges &exchanges = exchanges_[address];
        Exchanges both;
        std::ranges::merge(exchanges, added, std::back_inserter(both), {}, &Exchange::first_frame,
                           &Exchange::first_frame);
        exchanges.clear();
        for (const Exchange &exchange : both)
            append(exchanges, exchange);
    }
}

const AddAddrEchoes::Exchange *AddAddrEchoes::exchange_at(const HostAddress &address,
                                                          std::uint32_t frame) const
{
    const auto found = exchanges_.find(address);
    if (found == exchanges_.end())
        return nullptr;
    const auto later = std::ranges::upper_bound(found->second, frame, {}, &Exchange::first_frame);
    return later == found->second.begin() ? nullptr : &*std::prev(later);
}

std::optional<std::uint32_t> AddAddrEchoes::echo_to(const HostAddress &announced,
                                                    std::uint32_t frame) const
{
    const Exchange *exchange = exchange_at(announced, frame);
    if (exchange == nullptr || exchange->echoed == 0)
        return std::nullopt;
    return exchange->echoed;
}

std::optional<std::uint32_t> AddAddrEchoes::announcement_of(const HostAddress &echoed,
                                                            std::uint32_t frame) const
{
    const Exchange *exchange = exchange_at(echoed, frame);
    if (exchange == nullptr || exchange->announced == 0)
        return std::nullopt;
    return exchange->announced;
}

AddAddrEchoes::HostAddress host_address(const Registry &registry, const Attribution &attribution,
                                        const AddAddr &option)
{
    const Subflow &subflow = registry[attribution.subflow];
    const Role from = subflow.role(attribution.sender);
    return {subflow.connection, option.echo ? other(from) : from, option.address_id,
            option.address};
}

} // namespace mptcp
