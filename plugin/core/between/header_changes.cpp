// SPDX-License-Identifier: GPL-2.0-or-later
#include "between/header_changes.h"

#include <algorithm>
#include <bitset>
#include <vector>

#include "wire/tcp_options.h"

namespace mptcp {
namespace {

struct Options {
    std::bitset<256> kinds;
    std::vector<std::uint8_t> mptcp; // the bytes of all options of kind 30
    std::uint16_t mss = 0;           // 0: none
};

Options options_of(const Sighting &sighting)
{
    constexpr std::uint8_t kMssKind = 2;
    constexpr std::size_t kMssLength = 4; // bytes
    Options options;
    TcpOptionWalk walk{sighting.options()};
    for (ByteView option = walk.next(); !option.empty(); option = walk.next()) {
        const std::uint8_t kind = option.front();
        options.kinds.set(kind);
        if (kind == kMssKind && option.size() == kMssLength)
            options.mss = Cursor{option.subspan(2)}.u16();
        if (kind == kMptcpOptionKind)
            options.mptcp.insert(options.mptcp.end(), option.begin(), option.end());
    }
    return options;
}

void add_options(std::vector<Difference> &changes, const std::bitset<256> &kinds, const char *what)
{
    for (unsigned kind = 0; kind < kinds.size(); ++kind)
        if (kinds.test(kind))
            changes.push_back({"option " + std::to_string(kind) + what, std::nullopt});
}

void add_option_changes(std::vector<Difference> &changes, const Sighting &first,
                        const Sighting &second)
{
    if (std::ranges::equal(first.options(), second.options())) // nearly always
        return;
    const Options before = options_of(first), then = options_of(second);
    if (!first.options_truncated && !second.options_truncated) {
        std::bitset<256> removed = before.kinds & ~then.kinds;
        if (removed.test(kMptcpOptionKind))
            changes.push_back({"option 30 removed", EventType::OptionRemoved});
        add_options(changes, removed.reset(kMptcpOptionKind), " removed");
        add_options(changes, then.kinds & ~before.kinds, " added");
        if (!before.mptcp.empty() && !then.mptcp.empty() && before.mptcp != then.mptcp)
            changes.push_back({"option 30 altered", EventType::OptionAltered});
    }
    if (before.mss != 0 && then.mss != 0 && before.mss != then.mss)
        changes.push_back(
            {"MSS changed from " + std::to_string(before.mss) + " to " + std::to_string(then.mss),
             std::nullopt});
}

} // namespace

std::vector<Difference> header_changes(const Sighting &first, std::uint8_t ttl,
                                       const Sighting &second, std::uint8_t ttl_then)
{
    std::vector<Difference> changes;
    if (first.addresses != second.addresses)
        changes.push_back({"addresses or ports changed", std::nullopt});
    if (first.seq_shift != second.seq_shift)
        changes.push_back({"sequence numbers shifted", std::nullopt});
    if (ttl > ttl_then && ttl_then != 0)
        changes.push_back({"TTL reduced by " + std::to_string(ttl - ttl_then), std::nullopt});
    add_option_changes(changes, first, second);
    if (first.window != second.window)
        changes.push_back({"window changed", std::nullopt});
    if (first.data != 0 && second.data != 0 && first.captured == second.captured &&
        first.data != second.data)
        changes.push_back({"payload altered", EventType::PayloadAltered});
    return changes;
}

} // namespace mptcp
