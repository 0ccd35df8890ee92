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

// The table of one host while it is made, with its entries that were not
// withdrawn so far by ID and address: hosts may announce without end.
class Book {
public:
    // An ID that was withdrawn may be given again, to the same address or another.
    AddressEntry &entry(std::uint8_t id, const Address &address)
    {
        const auto [place, is_new] = living_.try_emplace({id, address}, table_.size());
        if (is_new) {
            table_.emplace_back().id = id;
            table_.back().address = address;
        }
        return table_[place->second];
    }

    void remove(std::uint8_t id, std::uint32_t frame)
    {
        const auto first = living_.lower_bound({id, Address{}});
        auto last = first;
        for (; last != living_.end() && last->first.first == id; ++last)
            table_[last->second].removed = frame;
        living_.erase(first, last);
    }

    AddressTable take() { return std::move(table_); }

private:
    AddressTable table_;
    std::map<std::pair<std::uint8_t, Address>, std::size_t> living_;
};

// RFC 8684 3.4.1: an announcement whose HMAC is wrong is ignored. One that is
// cut to the wrong end is taken by the hosts that cut it so.
bool is_taken(const Tracker &tracker, const Event &event)
{
    return verdict(tracker.context(), event) != Verdict::Bad;
}

void add_event(const Tracker &tracker, PerRole<Book> &books, const Event &event)
{
    const Role from = tracker.registry()[event.subflow].role(event.sender);
    const auto *option = std::get_if<AddAddr>(&event.detail);
    if (option != nullptr && is_taken(tracker, event)) {
        // An echo speaks of the other host's address.
        Book &book = books[option->echo ? other(from) : from];
        AddressEntry &entry = book.entry(option->address_id, option->address);
        note(option->echo ? entry.echoed : entry.announced, event.frame);
        if (!entry.port)
            entry.port = option->port;
    }
    if (const auto *gone = std::get_if<RemoveAddr>(&event.detail))
        for (const std::uint8_t id : gone->address_ids())
            books[from].remove(id, event.frame);
}

void add_use(PerRole<Book> &books, const Subflow &subflow)
{
    for (const Role role : {Role::Client, Role::Server}) {
        const SubflowEnd &end = subflow.end(role);
        if (end.address_id)
            note(books[role].entry(*end.address_id, end.endpoint.address).used,
                 subflow.first_frame);
    }
}

} // namespace

std::vector<PerRole<AddressTable>> make_address_tables(const Tracker &tracker)
{
    const auto connections = tracker.registry().connections();
    std::vector<PerRole<Book>> books(connections.size());
    const auto books_of = [&](SubflowId id) -> PerRole<Book> & {
        return books[tracker.registry().index_of(tracker.registry().connection_of(id))];
    };
    // Subflows and events by their frames: an ID may be withdrawn and used anew.
    std::vector<SubflowId> subflows;
    for (const Connection *connection : connections)
        subflows.insert(subflows.end(), connection->subflows.begin(), connection->subflows.end());
    const auto first_frame = [&](SubflowId id) { return tracker.registry()[id].first_frame; };
    std::ranges::stable_sort(subflows, {}, first_frame);

    auto next = subflows.begin();
    const auto use_until = [&](std::uint32_t frame) {
        for (; next != subflows.end() && first_frame(*next) <= frame; ++next)
            add_use(books_of(*next), tracker.registry()[*next]);
    };
    for (const Event &event : tracker.events().all()) {
        use_until(event.frame);
        add_event(tracker, books_of(event.subflow), event);
    }
    use_until(UINT32_MAX);

    std::vector<PerRole<AddressTable>> tables(books.size());
    for (std::size_t i = 0; i < books.size(); ++i)
        for (const Role role : {Role::Client, Role::Server})
            tables[i][role] = books[i][role].take();
    return tables;
}

} // namespace mptcp
