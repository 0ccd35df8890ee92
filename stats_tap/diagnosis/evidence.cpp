// SPDX-License-Identifier: GPL-2.0-or-later
#include "diagnosis/evidence.h"

#include <algorithm>

namespace mptcp {
namespace {

bool is_used(const SubflowRow &row)
{
    return row.data[Role::Client].unique + row.data[Role::Server].unique > 0;
}

constexpr auto kSubflow = [](const TimelineEntry *entry) { return entry->subflow; };

template <class List> const TimelineEntry *first_in(const List &entries, EventType type)
{
    const auto found = std::ranges::find(
        entries, type, [](const TimelineEntry *entry) { return entry->event.type; });
    return found == entries.end() ? nullptr : *found;
}

} // namespace

Evidence::Evidence(const ConnectionRow &row, const Entries &entries, const CaptureFacts &capture)
    : row_(row), entries_(entries), by_subflow_(entries), capture_(capture)
{
    std::ranges::stable_sort(by_subflow_, {}, kSubflow);
    for (const SubflowRow &subflow : row.subflows) {
        if (is_used(subflow))
            used_.push_back(&subflow);
        if (is_ready(subflow))
            ready_.push_back(&subflow);
    }
}

std::span<const TimelineEntry *const> Evidence::entries_of(const SubflowRow &subflow) const
{
    return {std::ranges::lower_bound(by_subflow_, subflow.index, {}, kSubflow),
            std::ranges::upper_bound(by_subflow_, subflow.index, {}, kSubflow)};
}

const TimelineEntry *Evidence::first(EventType type) const { return first_in(entries_, type); }

const TimelineEntry *Evidence::first(EventType type, const SubflowRow &subflow) const
{
    return first_in(entries_of(subflow), type);
}

const AddressTable &Evidence::addresses(Role host) const
{
    return capture_.analysis.addresses[row_.index][host];
}

const SubflowHistory &Evidence::history(const SubflowRow &subflow) const
{
    return capture_.analysis.subflows[static_cast<std::size_t>(subflow.id)];
}

const SubflowRow *Evidence::subflow(std::uint32_t index) const
{
    const auto row = std::ranges::find(row_.subflows, index, &SubflowRow::index);
    return row == row_.subflows.end() ? nullptr : &*row;
}

std::optional<Role> Evidence::host_at(std::uint32_t point) const
{
    const auto &sides = capture_.points.sides;
    return point < sides.size() ? sides[point] : std::nullopt;
}

bool Evidence::is_seen_at(Role host) const
{
    return std::ranges::find(capture_.points.sides, std::optional{host}) !=
           capture_.points.sides.end();
}

std::optional<Role> Evidence::missing_sender() const
{
    for (const Role role : kBothRoles.each) {
        const auto acknowledged = [&](const SubflowRow &subflow) {
            return subflow.subflow->end(other(role)).acknowledged;
        };
        if (row_.sent[role].packets == 0 && std::ranges::any_of(row_.subflows, acknowledged))
            return role;
    }
    return std::nullopt;
}

std::uint64_t Evidence::bytes_not_captured(Role sender) const
{
    return row_.streams[sender] == nullptr ? 0 : row_.streams[sender]->gaps().acknowledged;
}

bool Evidence::is_whole() const
{
    return !connection().partial() && !missing_sender() && bytes_not_captured(Role::Client) == 0 &&
           bytes_not_captured(Role::Server) == 0;
}

bool Evidence::is_transfer(Role sender) const
{
    constexpr double kSmallerSender = 0.1; // of all data
    const PerRole<DataCount> &data = row_.data;
    const std::uint64_t all = data[Role::Client].unique + data[Role::Server].unique;
    return data[sender].packets >= kLeastPacketsOfRate &&
           static_cast<double>(data[sender].unique) >= kSmallerSender * static_cast<double>(all);
}

Role Evidence::main_sender() const
{
    return row_.data[Role::Client].unique > row_.data[Role::Server].unique ? Role::Client
                                                                           : Role::Server;
}

bool Evidence::is_ready(const SubflowRow &row) const
{
    const Subflow &subflow = *row.subflow;
    return is_used(row) || subflow.seen.has(SubflowSeen::Confirmation) ||
           (subflow.kind == SubflowKind::Initial &&
            connection().handshake() == Handshake::Complete);
}

Time Evidence::pause_on(const SubflowRow &subflow) const
{
    constexpr int kRounds = 2;
    return std::max(kLeastPause, kRounds * subflow.subflow->handshake_rtt.value_or(0));
}

bool Evidence::had_time_to_answer(const SubflowRow &subflow) const
{
    return capture_.end - subflow.subflow->opened >= kLeastWait;
}

const SenderTimes &Evidence::times(Role sender) const
{
    if (!times_)
        times_ = capture_.times ? capture_.times(connection()) : PerRole<SenderTimes>{};
    return (*times_)[sender];
}

Time Evidence::last_data() const
{
    const auto end_of = [&](Role role) {
        const Span &span = row_.data[role].span;
        return span.empty() ? -kLatestTime : span.end;
    };
    return std::max(end_of(Role::Client), end_of(Role::Server));
}

} // namespace mptcp
