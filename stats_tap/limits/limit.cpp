// SPDX-License-Identifier: GPL-2.0-or-later
#include "limits/limit.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace mptcp {
namespace {

using SubflowIndex = std::optional<std::uint32_t>;

template <class SubflowOf>
std::vector<LimitTotal> totals_of(const std::vector<LimitInterval> &intervals, SubflowOf subflow_of)
{
    std::map<std::pair<LimitKind, SubflowIndex>, LimitTotal> by_limit;
    Time whole = 0;
    for (const LimitInterval &interval : intervals) {
        const Limit limit{interval.limit.kind, subflow_of(interval.limit)};
        LimitTotal &total = by_limit[{limit.kind, limit.subflow}];
        total.limit = limit;
        total.time += interval.end - interval.begin;
        total.bytes += interval.bytes;
        ++total.intervals;
        whole += interval.end - interval.begin;
    }
    std::vector<LimitTotal> totals;
    for (auto &[limit, total] : by_limit) {
        total.share = whole > 0 ? static_cast<double>(total.time) / static_cast<double>(whole) : 0;
        totals.push_back(total);
    }
    std::ranges::stable_sort(totals, std::ranges::greater{}, &LimitTotal::time);
    return totals;
}

} // namespace

std::string_view name(LimitKind kind)
{
    constexpr std::array<std::string_view, kLimitKinds> kNames{
        "handshake",    "application", "receive_window", "path",   "loss_recovery",
        "head_of_line", "closing",     "not_seen",       "unknown"};
    return kNames[static_cast<std::size_t>(kind)];
}

std::vector<LimitTotal> totals_by_kind(const std::vector<LimitInterval> &intervals)
{
    return totals_of(intervals, [](const Limit &) { return std::nullopt; });
}

std::vector<LimitTotal> totals_by_subflow(const std::vector<LimitInterval> &intervals)
{
    return totals_of(intervals, [](const Limit &limit) { return limit.subflow; });
}

} // namespace mptcp
