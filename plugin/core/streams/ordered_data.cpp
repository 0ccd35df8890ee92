// SPDX-License-Identifier: GPL-2.0-or-later
#include "streams/ordered_data.h"

#include <algorithm>
#include <iterator>

namespace mptcp {

// The part from a DSN on, which it contains.
DataPart OrderedData::from(const DataPart &part, std::uint64_t begin)
{
    DataPart rest = part;
    if (begin <= part.dsns.begin)
        return rest;
    rest.dsns.begin = begin;
    const std::uint64_t skipped = begin - part.dsns.begin;
    rest.bytes = rest.bytes.subspan(
        static_cast<std::size_t>(std::min<std::uint64_t>(skipped, rest.bytes.size())));
    return rest;
}

// Keeps what no earlier packet carried.
void OrderedData::keep(const DataPart &part)
{
    DataPart rest = part;
    auto known = kept_.upper_bound(part.dsns.begin);
    if (known != kept_.begin())
        --known;
    for (; known != kept_.end() && known->first < part.dsns.end; ++known) {
        const Range other = known->second.dsns;
        if (other.end <= rest.dsns.begin)
            continue;
        if (rest.dsns.begin < other.begin) {
            DataPart before = rest;
            before.dsns.end = other.begin;
            keep_part(before);
        }
        if (part.dsns.end <= other.end)
            return;
        rest = from(rest, other.end);
    }
    keep_part(rest);
}

void OrderedData::keep_part(const DataPart &part)
{
    const auto bytes = part.bytes.first(
        static_cast<std::size_t>(std::min<std::uint64_t>(part.dsns.size(), part.bytes.size())));
    memory_ += bytes.size() + kOverhead;
    kept_.emplace(
        part.dsns.begin,
        Kept{part.dsns, part.frame, part.time, {bytes.begin(), bytes.end()}, part.subflow});
}

} // namespace mptcp
