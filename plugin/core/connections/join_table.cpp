// SPDX-License-Identifier: GPL-2.0-or-later
//
// Lookup of partial connections by token and address.
#include "connections/join_table.h"

namespace mptcp {

std::optional<ConnectionId> JoinTable::partial(Token token, const Segment &syn) const
{
    const auto target = partial_by_target_.find({token, syn.destination.address});
    if (target != partial_by_target_.end())
        return target->second;
    const auto initiator = partial_by_initiator_.find({token, syn.source.address});
    if (initiator != partial_by_initiator_.end())
        return initiator->second;
    return std::nullopt;
}

void JoinTable::remove_owner(Token token, const Owner &owner)
{
    const auto found = owners_.find(token);
    if (found == owners_.end())
        return;
    found->second.remove(owner);
    if (found->second.empty())
        owners_.erase(found);
}

void JoinTable::add_partial(Token token, const Segment &syn, ConnectionId connection)
{
    partials_[token].add(connection);
    set_partial_at(token, syn, connection);
}

void JoinTable::set_partial_at(Token token, const Segment &syn, ConnectionId connection)
{
    partial_by_target_.insert_or_assign({token, syn.destination.address}, connection);
    partial_by_initiator_.insert_or_assign({token, syn.source.address}, connection);
}

} // namespace mptcp
