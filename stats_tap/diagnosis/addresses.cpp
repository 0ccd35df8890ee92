// SPDX-License-Identifier: GPL-2.0-or-later
//
// Why no host tried a second path: flag C (RFC 8684 3.1), announced addresses that were not tried
// or whose HMAC is wrong (3.4.1), or no attempt at all.
#include <algorithm>

#include "base/format.h"
#include "base/readable.h"
#include "diagnosis/rules.h"
#include "diagnosis/words.h"

namespace mptcp {
namespace {

bool has_one_path(const Evidence &evidence) { return evidence.used().size() == 1; }

const TimelineEntry *announcement(const Evidence &evidence, std::uint32_t frame)
{
    for (const TimelineEntry *entry : evidence.entries())
        if (entry->event.frame == frame && entry->event.type == EventType::AddAddr)
            return entry;
    return nullptr;
}

std::vector<Address> addresses_in_use(const Evidence &evidence, Role host)
{
    std::vector<Address> used;
    for (const SubflowRow &row : evidence.row().subflows)
        used.push_back(row.subflow->end(host).endpoint.address);
    std::ranges::sort(used);
    return used;
}

// Announced by `host`, and not tried by the peer while it had time.
std::vector<const AddressEntry *> untried(const Evidence &evidence, Role host)
{
    const std::vector<Address> used = addresses_in_use(evidence, host);
    std::vector<const AddressEntry *> entries;
    for (const AddressEntry &entry : evidence.addresses(host))
        if (entry.announced && !std::ranges::binary_search(used, entry.address))
            entries.push_back(&entry);
    return entries;
}

void add_untried(const Evidence &evidence, Role host, Statements &to)
{
    const auto entries = untried(evidence, host);
    if (entries.empty())
        return;
    const AddressEntry &first = *entries.front();
    const TimelineEntry *announced = announcement(evidence, *first.announced);
    if (announced == nullptr)
        return;
    const Time after = evidence.row().span.end - announced->event.time;
    if (after < evidence.pause_on(evidence.row().subflows.front()))
        return;
    const Severity severity = has_one_path(evidence) ? Severity::Note : Severity::Chat;
    Statement statement = begin(evidence, Code::AddressNotTried, severity);
    statement.sender = host;
    const std::string peer = host_words(other(host));
    const std::string address =
        first.port ? to_text(Endpoint{first.address, *first.port}) : to_text(first.address);
    statement.text = at_start(host_words(host)) + " announced " + address + " (ID " +
                     std::to_string(first.id) + ", " + frame_words(*first.announced) + ")";
    if (entries.size() > 1)
        statement.text += " and " + counted(entries.size() - 1, "other");
    statement.text += ", and " + peer + " did not try " + (entries.size() > 1 ? "them" : "it") +
                      " in the " + time_words(after) + " that followed";
    statement.frames = {*first.announced};
    if (first.removed) {
        statement.text += "; it was removed in " + frame_words(*first.removed);
        statement.frames.push_back(*first.removed);
    } else if (!first.echoed && evidence.connection().version == kV1) {
        statement.text += "; nor did it echo the ADD_ADDR, which was lost or ignored";
    }
    statement.text += ". Look at `ip mptcp limits` (add_addr_accepted) of " + peer +
                      ", at its path manager, and whether it has a route to that address." +
                      (evidence.is_seen_at(other(host))
                           ? ""
                           : " Unless this was captured at " + peer +
                                 ", its SYN may also have been lost before it got here.") +
                      private_words(evidence, first.address, other(host));
    statement.figures = {{"addresses", std::uint64_t{entries.size()}}, {"seconds", after}};
    to.push_back(std::move(statement));
}

// RFC 8684 3.4.1: the receiver ignores an ADD_ADDR whose HMAC is wrong.
void add_wrong_hmac(const Evidence &evidence, Statements &to)
{
    const auto has_flaw = [](const TimelineEntry *entry) {
        return entry->event.type == EventType::AddAddr &&
               (entry->verdict == Verdict::Bad || entry->verdict == Verdict::Leftmost);
    };
    const auto found = std::ranges::find_if(evidence.entries(), has_flaw);
    if (found == evidence.entries().end())
        return;
    const TimelineEntry &first = **found;
    const bool is_bad = first.verdict == Verdict::Bad;
    Statement statement =
        begin(evidence, Code::AddressHmac, is_bad ? Severity::Error : Severity::Warn);
    statement.subflow = first.subflow;
    statement.sender = first.from;
    statement.frames = {first.event.frame};
    const auto *option = std::get_if<AddAddr>(&first.event.detail);
    statement.text = "The HMAC of the ADD_ADDR of " + host_words(first.from) + " for " +
                     (option != nullptr ? to_text(option->address) : std::string{}) + " (" +
                     frame_words(first.event.frame) + ")" +
                     (is_bad ? " is wrong, so the peer must ignore the address. The host has other "
                               "keys, or a middlebox changed the option."
                             : " has the leftmost instead of the rightmost 64 bits, as RFC 8684 "
                               "3.4.1 does not allow: many hosts ignore the address.");
    to.push_back(std::move(statement));
}

// RFC 8684 3.1: with flag C, the peer must not open subflows to this host's initial address.
bool add_joins_denied(const Evidence &evidence, Role host, Statements &to)
{
    if (!evidence.connection().hosts[host].join_denied)
        return false;
    const auto announced = static_cast<std::uint64_t>(
        std::ranges::count_if(evidence.addresses(host), [](const AddressEntry &entry) {
            return entry.announced.has_value();
        }));
    Statement statement = begin(evidence, Code::JoinsDenied, Severity::Note);
    statement.sender = host;
    const TimelineEntry *flag =
        evidence.first(host == Role::Server ? EventType::CapableSynAck : EventType::CapableSyn);
    statement.text = at_start(host_words(host)) + " set flag C in MP_CAPABLE" +
                     shown_in(flag, statement) + ": " + host_words(other(host)) +
                     " must not open subflows to " + initial_words(evidence, host) +
                     ", only to addresses that are announced";
    if (const TimelineEntry *forbidden = evidence.first(EventType::JoinForbidden))
        statement.text +=
            ", yet " + host_words(forbidden->from) + " tried" + shown_in(forbidden, statement);
    statement.text += announced == 0
                          ? ". It announced none. Servers behind load balancers set the flag: let "
                            "them announce an address (`ip mptcp endpoint add ADDRESS signal`)."
                          : ".";
    statement.figures = {{"addresses", announced}};
    to.push_back(std::move(statement));
    return true;
}

void add_nothing_offered(const Evidence &evidence, Statements &to)
{
    const Time duration = evidence.row().span.duration();
    Statement statement = begin(evidence, Code::NoSecondPathOffered,
                                duration < kLeastPause ? Severity::Chat : Severity::Note);
    statement.text =
        "No host offered a second path: there is no MP_JOIN and no ADD_ADDR in the " +
        time_words(duration) +
        " of the connection. Look at `ip mptcp endpoint` and `ip mptcp limits` of both "
        "hosts.";
    statement.figures = {{"seconds", duration}};
    to.push_back(std::move(statement));
}

} // namespace

void add_addresses(const Evidence &evidence, Statements &to)
{
    if (evidence.connection().fallback)
        return;
    add_wrong_hmac(evidence, to);
    if (!evidence.is_whole())
        return;
    for (const Role host : kBothRoles.each)
        add_untried(evidence, host, to);
    if (!has_one_path(evidence) || evidence.ready().size() > 1)
        return;
    bool is_denied = false;
    for (const Role host : kBothRoles.each)
        is_denied = add_joins_denied(evidence, host, to) || is_denied;
    if (!is_denied && evidence.first(EventType::JoinSyn) == nullptr &&
        evidence.first(EventType::AddAddr) == nullptr)
        add_nothing_offered(evidence, to);
}

} // namespace mptcp
