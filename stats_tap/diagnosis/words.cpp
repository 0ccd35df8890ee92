// SPDX-License-Identifier: GPL-2.0-or-later
#include "diagnosis/words.h"

#include <algorithm>

#include "base/format.h"
#include "base/private_address.h"
#include "base/readable.h"
#include "events/event_words.h"

namespace mptcp {

std::string frame_words(std::uint32_t frame) { return "frame " + std::to_string(frame); }

std::string frame_words(const std::vector<std::uint32_t> &frames)
{
    if (frames.size() < 2)
        return frames.empty() ? std::string{} : frame_words(frames.front());
    const std::string begin = "frames " + std::to_string(frames[0]);
    if (frames.size() == 2)
        return begin + " and " + std::to_string(frames[1]);
    return begin + ", " + std::to_string(frames[1]) + " and " + std::to_string(frames.size() - 2) +
           " more";
}

std::string shown_in(const TimelineEntry *entry, Statement &to)
{
    if (entry == nullptr)
        return {};
    to.frames.push_back(entry->event.frame);
    return " (" + frame_words(entry->event.frame) + ")";
}

std::string byte_words(std::uint64_t bytes) { return counted(bytes, "byte"); }

std::string time_words(Time time)
{
    std::string words;
    append_time_with_unit(words, time);
    return words;
}

std::string rate_words(const AckedData &acked)
{
    std::string words;
    append_rate_with_unit(words, acked.bytes_per_second());
    return words;
}

std::string host_words(Role role) { return "the " + std::string{name(role)}; }

std::string seen_at_words(Role role) { return "Seen at " + host_words(role); }

std::string at_start(std::string words)
{
    if (!words.empty() && words[0] >= 'a' && words[0] <= 'z')
        words[0] = static_cast<char>(words[0] - 'a' + 'A');
    return words;
}

std::string path_words(const SubflowRow &row)
{
    return to_text(row.subflow->end(Role::Client).endpoint.address) + " to " +
           to_text(row.subflow->end(Role::Server).endpoint.address);
}

std::string subflow_words(const SubflowRow &row)
{
    return "subflow " + std::to_string(row.index) + " (" + path_words(row) + ")";
}

std::string initial_words(const Evidence &evidence, Role host)
{
    return to_text(evidence.row().endpoints[host]);
}

std::string private_words(const Evidence &evidence, const Address &address, Role host)
{
    const Address &own = evidence.row().endpoints[host].address;
    if (!is_private(address) || is_private(own))
        return {};
    return " " + to_text(address) + " is a private address, and " + to_text(own) + " of " +
           host_words(host) + " is not: it may not be reachable from there.";
}

std::string reason_words(const std::optional<MpTcpRst> &rst)
{
    if (!rst)
        return {};
    return ", " + std::string{reason_in_words(rst->reason)} + " (reason " +
           std::to_string(rst->reason) + ")";
}

void add_way(const Evidence &evidence, const TimelineEntry &entry, std::string_view before,
             Statement &to)
{
    const auto *way = std::get_if<WayBetween>(&entry.event.detail);
    if (way == nullptr)
        return;
    const auto point = [&](std::uint32_t index) {
        const auto host = evidence.host_at(index);
        return "point " + std::to_string(index) +
               (host ? " (at " + host_words(*host) + ")" : std::string{});
    };
    to.text += std::string{before} + ": " + counted(way->packets, "packet") + " of " +
               host_words(entry.from) + " between " + point(way->from) + " and " + point(way->to) +
               (way->packets > 1 ? ", first in " : ", ") + frame_words(entry.event.frame) + " (" +
               frame_words(way->frame_before) + " at point " + std::to_string(way->from) + ").";
    for (const std::uint32_t frame : {way->frame_before, entry.event.frame})
        if (std::ranges::find(to.frames, frame) == to.frames.end())
            to.frames.push_back(frame);
    to.figures.emplace_back("packets", way->packets);
    to.figures.emplace_back("from_point", std::uint64_t{way->from});
    to.figures.emplace_back("to_point", std::uint64_t{way->to});
}

} // namespace mptcp
