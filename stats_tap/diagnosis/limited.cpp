// SPDX-License-Identifier: GPL-2.0-or-later
//
// What limited the data of each host, for a large part of the transfer.
#include <algorithm>
#include <map>
#include <utility>

#include "base/format.h"
#include "base/readable.h"
#include "diagnosis/rules.h"
#include "diagnosis/words.h"

namespace mptcp {
namespace {

constexpr double kLargePart = 0.25;    // of the time of the transfer
constexpr double kMostUnknown = 0.5;   // more, and nothing is said
constexpr double kOneSubflow = 0.8;    // of the time of a kind, to name the subflow
constexpr double kSmallerSender = 0.1; // of all data, to say something of that host

// The time that one kind of limit took.
struct LimitedTime {
    Time time = 0;
    std::map<std::optional<std::uint32_t>, Time> by_subflow;
    const LimitInterval *longest = nullptr;

    void add(const LimitInterval &interval)
    {
        const Time duration = interval.end - interval.begin;
        time += duration;
        by_subflow[interval.limit.subflow] += duration;
        if (longest == nullptr || longest->end - longest->begin < duration)
            longest = &interval;
    }
    // The subflow that nearly all of it is about.
    std::optional<std::uint32_t> subflow() const
    {
        const auto most =
            std::ranges::max_element(by_subflow, {}, [](const auto &each) { return each.second; });
        const bool is_one =
            static_cast<double>(most->second) >= kOneSubflow * static_cast<double>(time);
        return is_one ? most->first : std::nullopt;
    }
};

struct LimitWords {
    LimitKind kind;
    Code code;
    Severity severity;
    // Behind the share of the time: "@" is the peer, and "#" the subflow, if it is one, behind
    // `of_subflow`; else it is `of_several`.
    std::string_view why;
    std::string_view of_subflow, of_several;
    std::string_view advice; // with the space before; may be empty
};
constexpr LimitWords kWords[] = {
    {LimitKind::Application, Code::LimitedByApplication, Severity::Chat,
     "its application gave it nothing to send", "", "", ""},
    {LimitKind::ReceiveWindow, Code::LimitedByReceiveWindow, Severity::Note,
     "the receive window of @ was full or zero", "", "",
     " Look at how fast the application of @ reads, and at the receive buffer there (`sysctl "
     "net.ipv4.tcp_rmem`)."},
    {LimitKind::Path, Code::LimitedByPath, Severity::Chat,
     "all that the acknowledgments allowed was in flight#", " on ", "", ""},
    {LimitKind::LossRecovery, Code::LimitedByLoss, Severity::Note,
     "it repaired losses#, and no other path went on", " of ", "",
     " Look at what that path loses."},
    {LimitKind::HeadOfLine, Code::HeadOfLineBlocked, Severity::Note,
     "@ waited for data of#, and the other paths had to wait, too", " ", " one path",
     " Look at the round-trip times and losses of the paths; a much slower path is better a backup "
     "(`ip mptcp endpoint change … backup`)."},
};

void replace_all(std::string &words, char mark, const std::string &by)
{
    for (std::size_t at = words.find(mark); at != std::string::npos; at = words.find(mark, at))
        words.replace(at, 1, by);
}

std::string filled_in(std::string_view words, Role peer, const std::string &subflow)
{
    std::string filled{words};
    replace_all(filled, '@', host_words(peer));
    replace_all(filled, '#', subflow);
    return filled;
}

// Nothing to tell apart if the connection has one subflow.
std::string subflow_in(const Evidence &evidence, const LimitWords &words,
                       const std::optional<std::uint32_t> &subflow)
{
    const std::vector<SubflowRow> &rows = evidence.row().subflows;
    const auto row = std::ranges::find(
        rows, subflow, [](const SubflowRow &each) { return std::optional{each.index}; });
    if (rows.size() < 2 || row == rows.end())
        return std::string{words.of_several};
    return std::string{words.of_subflow} + subflow_words(*row);
}

Statement statement_of(const Evidence &evidence, Role sender, const LimitWords &words,
                       const LimitedTime &limited, double share)
{
    Statement statement = begin(evidence, words.code, words.severity);
    statement.sender = sender;
    statement.subflow = limited.subflow();
    const LimitInterval &longest = *limited.longest;
    statement.frames = {longest.begin_frame, longest.end_frame};
    statement.text =
        "For " + to_percent(share) + " of the transfer of " + host_words(sender) + " (" +
        time_words(limited.time) + "), " +
        filled_in(words.why, other(sender), subflow_in(evidence, words, statement.subflow)) +
        ". The longest time was " + time_words(longest.end - longest.begin) + ", from " +
        frame_words(longest.begin_frame) + " to " + frame_words(longest.end_frame) + "." +
        filled_in(words.advice, other(sender), "");
    statement.figures = {{"share", share}, {"seconds", limited.time}};
    return statement;
}

// The times of the transfer by kind.
struct Transfer {
    std::map<LimitKind, LimitedTime> times;
    Time whole = 0;

    explicit Transfer(const std::vector<LimitInterval> &intervals)
    {
        for (const LimitInterval &interval : intervals) {
            const LimitKind kind = interval.limit.kind;
            if (kind == LimitKind::Handshake || kind == LimitKind::Closing)
                continue;
            times[kind].add(interval);
            whole += interval.end - interval.begin;
        }
    }
    double share(Time time) const
    {
        return whole > 0 ? static_cast<double>(time) / static_cast<double>(whole) : 0;
    }
    double share(LimitKind kind) const
    {
        const auto found = times.find(kind);
        return found == times.end() ? 0 : share(found->second.time);
    }
};

// RFC 8684 3.3.1: the receiver delivers the data in order, so that data on one path
// waits for that on another one. Where the receiver is near, this is seen even if it
// stopped nobody.
void add_waiting(const Evidence &evidence, Role sender, const Transfer &transfer, Statements &to)
{
    const auto &blocked = evidence.row().data[sender].head_of_line_blocked;
    const double share = transfer.share(blocked.total);
    if (share < kLargePart || evidence.used().size() < 2)
        return;
    Statement statement = begin(evidence, Code::HeadOfLineBlocked, Severity::Note);
    statement.sender = sender;
    statement.text = "For " + to_percent(share) + " of the transfer of " + host_words(sender) +
                     " (" + time_words(blocked.total) + "), data waited at " +
                     host_words(other(sender)) +
                     " for earlier data on another path: " + counted(blocked.times, "time") +
                     ", the longest " + time_words(blocked.longest) +
                     ". The paths differ in delay, or one loses packets. Look at the packets "
                     "with "
                     "mptcp.data.blocked.";
    statement.figures = {{"share", share},
                         {"seconds", blocked.total},
                         {"times", blocked.times},
                         {"longest", blocked.longest}};
    to.push_back(std::move(statement));
}

void add_limits_of(const Evidence &evidence, Role sender, const TransferLimits &limits,
                   Statements &to)
{
    const Transfer transfer{limits.intervals};
    if (transfer.whole < kLeastPause)
        return;
    const bool is_blocking_a_limit = transfer.share(LimitKind::HeadOfLine) >= kLargePart;
    if (limits.is_seen_at_receiver && !is_blocking_a_limit)
        add_waiting(evidence, sender, transfer, to);
    if (transfer.share(LimitKind::Unknown) + transfer.share(LimitKind::NotSeen) > kMostUnknown)
        return;
    for (const LimitWords &words : kWords)
        if (const double share = transfer.share(words.kind); share >= kLargePart)
            to.push_back(
                statement_of(evidence, sender, words, transfer.times.at(words.kind), share));
}

} // namespace

void add_limits(const Evidence &evidence, Statements &to)
{
    const PerRole<TransferLimits> limits = evidence.limits();
    const auto &data = evidence.row().data;
    const std::uint64_t all = data[Role::Client].unique + data[Role::Server].unique;
    for (const Role sender : kBothRoles.each) {
        const bool is_small =
            static_cast<double>(data[sender].unique) < kSmallerSender * static_cast<double>(all);
        if (data[sender].packets >= kLeastPacketsOfRate && !is_small)
            add_limits_of(evidence, sender, limits[sender], to);
    }
}

} // namespace mptcp
