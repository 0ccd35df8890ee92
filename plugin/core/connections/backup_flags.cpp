// SPDX-License-Identifier: GPL-2.0-or-later
#include "connections/backup_flags.h"

#include <algorithm>
#include <iterator>

#include "containers/keyed_hash.h"

namespace mptcp {

std::size_t BackupFlags::Hash::operator()(const Scope &scope) const
{
    const unsigned kind = scope.by_address ? 1 : 0;
    return KeyedHash{}
        .add(scope.id)
        .add(std::uint64_t{scope.end} << 16 | kind << 8 | scope.address_id)
        .finish();
}

BackupFlags::Scope BackupFlags::of_subflow(SubflowId id, Side end)
{
    return {static_cast<std::size_t>(id), static_cast<std::uint8_t>(end)};
}

BackupFlags::Scope BackupFlags::of_address(const Subflow &subflow, Role host,
                                           std::uint8_t address_id)
{
    return {static_cast<std::size_t>(subflow.connection), static_cast<std::uint8_t>(host), true,
            address_id};
}

void BackupFlags::note(const Registry &registry, const Attribution &attribution,
                       const Segment &segment, const ConnectionChange &change)
{
    const auto [id, sender] = attribution;
    const bool ignored =
        change.ignored != Ignored::No && change.ignored != Ignored::AlreadyReceived;
    for (const Option &option : segment.options.mptcp) {
        if (const auto *join = std::get_if<MpJoinSyn>(&option); join != nullptr && join->backup)
            set(of_subflow(id, sender), segment.frame, true);
        if (const auto *join = std::get_if<MpJoinSynAck>(&option); join != nullptr && join->backup)
            set(of_subflow(id, sender), segment.frame, true);
        if (const auto *prio = std::get_if<MpPrio>(&option); prio != nullptr && !ignored)
            note_prio(registry, attribution, segment.frame, *prio);
    }
}

void BackupFlags::note_prio(const Registry &registry, const Attribution &attribution,
                            std::uint32_t frame, const MpPrio &prio)
{
    const Subflow &subflow = registry[attribution.subflow];
    if (!is_valid(prio, registry[subflow.connection]))
        return;
    const Scope scope =
        prio.address_id ? of_address(subflow, subflow.role(attribution.sender), *prio.address_id)
                        : of_subflow(attribution.subflow, attribution.sender);
    set(scope, frame, prio.backup);
}

void BackupFlags::set(const Scope &scope, std::uint32_t frame, bool backup)
{
    History &history = histories_[scope];
    if (history.empty() || history.back().backup != backup)
        history.push_back({frame, backup});
}

// The last change at or before this frame. Frame 0: none.
BackupFlags::Change BackupFlags::at(const Scope &scope, std::uint32_t frame) const
{
    const auto found = histories_.find(scope);
    if (found == histories_.end())
        return {};
    const History &history = found->second;
    const auto next = std::ranges::upper_bound(history, frame, {}, &Change::frame);
    return next == history.begin() ? Change{} : *std::prev(next);
}

EnumSet<Role> BackupFlags::of(const Registry &registry, SubflowId id, std::uint32_t frame) const
{
    EnumSet<Role> hosts;
    if (histories_.empty())
        return hosts;
    const Subflow &subflow = registry[id];
    for (const Side end : {Side::A, Side::B}) {
        const Role role = subflow.role(end);
        Change last = at(of_subflow(id, end), frame);
        if (const auto address_id = subflow.ends[end].address_id) {
            const Change by_address = at(of_address(subflow, role, *address_id), frame);
            if (by_address.frame > std::max(last.frame, subflow.first_frame))
                last = by_address;
        }
        if (last.backup)
            hosts.add(role);
    }
    return hosts;
}

} // namespace mptcp
