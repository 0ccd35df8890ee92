// SPDX-License-Identifier: GPL-2.0-or-later
//
// Matching of ADD_ADDR and echoes (RFC 8684 3.4.1) by connection, host, address ID and address.
#include "events/add_addr_echoes.h"

#include <algorithm>
#include <array>
#include <bit>
#include <iterator>

namespace mptcp {

std::size_t AddAddrEchoes::Hash::operator()(const Place &place) const
{
    const auto address = std::bit_cast<std::array<std::uint64_t, 2>>(place.address.bytes);
    const std::uint64_t id = std::uint64_t{place.address_id} << 8 |
                             static_cast<std::uint64_t>(place.address.family) << 1 |
                             static_cast<std::uint64_t>(place.host);
    return KeyedHash{}
        .add(std::uint64_t{static_cast<std::uint32_t>(place.connection)} << 16 | id)
        .add(address[0])
        .add(address[1])
        .finish();
}

void AddAddrEchoes::announce(const Place &place, std::uint32_t frame)
{
    std::vector<Exchange> &exchanges = exchanges_[place];
    if (exchanges.empty() || exchanges.back().echoed != 0)
        exchanges.push_back({frame, 0});
}

void AddAddrEchoes::echo(const Place &place, std::uint32_t frame)
{
    const auto found = exchanges_.find(place);
    if (found != exchanges_.end() && found->second.back().echoed == 0)
        found->second.back().echoed = frame;
}

const AddAddrEchoes::Exchange *AddAddrEchoes::exchange_at(const Place &place,
                                                          std::uint32_t frame) const
{
    const auto found = exchanges_.find(place);
    if (found == exchanges_.end())
        return nullptr;
    const auto later = std::ranges::upper_bound(found->second, frame, {}, &Exchange::announced);
    return later == found->second.begin() ? nullptr : &*std::prev(later);
}

std::optional<std::uint32_t> AddAddrEchoes::echo_to(const Place &place, std::uint32_t frame) const
{
    const Exchange *exchange = exchange_at(place, frame);
    if (exchange == nullptr || exchange->echoed == 0)
        return std::nullopt;
    return exchange->echoed;
}

std::optional<std::uint32_t> AddAddrEchoes::announcement_of(const Place &place,
                                                            std::uint32_t frame) const
{
    const Exchange *exchange = exchange_at(place, frame);
    if (exchange == nullptr)
        return std::nullopt;
    return exchange->announced;
}

} // namespace mptcp
