// SPDX-License-Identifier: GPL-2.0-or-later
#include "between/header_changes.h"

namespace mptcp {
namespace {

void add_options(std::vector<std::string> &changes, std::uint64_t kinds, const char *what)
{
    for (unsigned kind = 0; kind <= Sighting::kOtherKinds; ++kind)
        if ((kinds >> kind & 1) != 0)
            changes.push_back((kind == Sighting::kOtherKinds ? "an option above 62"
                                                             : "option " + std::to_string(kind)) +
                              std::string{what});
}

} // namespace

std::vector<std::string> header_changes(const Sighting &first, std::uint8_t ttl,
                                        const Sighting &second, std::uint8_t ttl_then)
{
    std::vector<std::string> changes;
    if (first.addresses != second.addresses)
        changes.emplace_back("addresses or ports changed");
    if (ttl > ttl_then && ttl_then != 0)
        changes.push_back("TTL reduced by " + std::to_string(ttl - ttl_then));
    if (!first.options_truncated && !second.options_truncated) {
        add_options(changes, first.option_kinds & ~second.option_kinds, " removed");
        add_options(changes, second.option_kinds & ~first.option_kinds, " added");
        if (((first.option_kinds & second.option_kinds) >> kMptcpOptionKind & 1) != 0 &&
            first.mptcp_hash != second.mptcp_hash)
            changes.emplace_back("option 30 altered");
    }
    if (first.mss != 0 && second.mss != 0 && first.mss != second.mss)
        changes.push_back("MSS changed from " + std::to_string(first.mss) + " to " +
                          std::to_string(second.mss));
    if (first.window != second.window)
        changes.emplace_back("window changed");
    return changes;
}

} // namespace mptcp
