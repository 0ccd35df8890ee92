// SPDX-License-Identifier: GPL-2.0-or-later
#include "analysis/address_table.h"

#include <algorithm>
#include <map>
#include <utility>

#include "events/event.h"

namespace mptcp {
namespace {

void note(std::optional<std::uint32_t> &first, std::uint32_t frame)
{
    first = std::min(first.value_or(frame), frame);
}

// The table of one host while it is made. It indexes the entries that were not
// removed so far by ID and address: a host may announce any number of them.
class AddressHistory {
public:
    // A removed ID may be given again, to the same address or to another.
    AddressEntry &entry(std::uint8_t id, const Address &address)
    {
        const auto [place, is_new] = current_.try_emplace({id, address}, table_.size());
        if (is_new) {
            table_.emplace_back().id = id;
            table_.back().address = address;
        }
        return table_[place->second];
    }

    void remove(std::uint8_t id, std::uint32_t frame)
    {
        const auto first = current_.lower_bound({id, Address{}});
        auto last = first;
        for (; last != current_.end() && last->first.first == id; ++last)
            table_[last->second].removed = frame;
        current_.erase(first, last);
    }

    AddressTable take() { return std::move(table_); }

private:
    AddressTable table_;
    std::map<std::pair<std::uint8_t, Address>, std::size_t> current_;
};

// RFC 8684 3.4.1: an announcement whose HMAC is wrong is ignored. Hosts that
// truncate the HMAC to the leftmost bits accept such HMACs.
bool is_accepted(const Tracker &tracker, const Event &event)
{
    return verdict(tracker.context(), event) != Verdict::Bad;
}

// RFC 8684 3.4.1: the receiver returns the address that was announced. An echo of another address
// tells nothing, unless the announcement may precede the capture.
bool confirms(const Tracker &tracker, const Event &event)
{
    if (event.type == EventType::EchoUnmatched)
        return false;
    return event.type != EventType::AddAddrEcho ||
           tracker.registry().connection_of(event.subflow).partial() ||
           tracker.events().echo_to(tracker.registry(), event);
}

void add_event(const Tracker &tracker, PerRole<AddressHistory> &histories, const Event &event)
{
    const Role from = tracker.registry()[event.subflow].role(event.sender);
    const auto *option = std::get_if<AddAddr>(&event.detail);
    if (option != nullptr && is_accepted(tracker, event) && confirms(tracker, event)) {
        // An echo is about the other host's address.
        AddressHistory &history = histories[option->echo ? other(from) : from];
        AddressEntry &entry = history.entry(option->address_id, option->address);
        note(option->echo ? entry.echoed : entry.announced, event.frame);
        if (!entry.port)
            entry.port = option->port;
    }
    if (const auto *gone = std::get_if<RemoveAddr>(&event.detail))
        for (const std::uint8_t id : gone->address_ids())
            histories[from].remove(id, event.frame);
}

void add_use(PerRole<AddressHistory> &histories, const Subflow &subflow)
{
    for (const Role role : {Role::Client, Role::Server}) {
        const SubflowEnd &end = subflow.end(role);
        if (end.address_id)
            note(histories[role].entry(*end.address_id, end.endpoint.address).used,
                 subflow.first_frame);
    }
}

} // namespace

std::vector<PerRole<AddressTable>> make_address_tables(const Tracker &tracker)
{
    const auto connections = tracker.registry().connections();
    std::vector<PerRole<AddressHistory>> histories(connections.size());
    const auto histories_of = [&](SubflowId id) -> PerRole<AddressHistory> & {
        return histories[tracker.registry().index_of(tracker.registry().connection_of(id))];
    };
    // Subflows and events in the order of frames: an ID may be removed and used again.
    std::vector<SubflowId> subflows;
    for (const Connection *connection : connections)
        subflows.insert(subflows.end(), connection->subflows.begin(), connection->subflows.end());
    const auto first_frame = [&](SubflowId id) { return tracker.registry()[id].first_frame; };
    std::ranges::stable_sort(subflows, {}, first_frame);

    auto next = subflows.begin();
    const auto use_until = [&](std::uint32_t frame) {
        for (; next != subflows.end() && first_frame(*next) <= frame; ++next)
            add_use(histories_of(*next), tracker.registry()[*next]);
    };
    for (const Event &event : tracker.events().all()) {
        use_until(event.frame);
        add_event(tracker, histories_of(event.subflow), event);
    }
    use_until(UINT32_MAX);

    std::vector<PerRole<AddressTable>> tables(histories.size());
    for (std::size_t i = 0; i < histories.size(); ++i)
        for (const Role role : {Role::Client, Role::Server})
            tables[i][role] = histories[i][role].take();
    return tables;
}

} // namespace mptcp
