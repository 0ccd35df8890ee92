// SPDX-License-Identifier: GPL-2.0-or-later
//
// What limited the data of each host, for a large part of the transfer.
#include <algorithm>
#include <utility>

#include "base/format.h"
#include "base/readable.h"
#include "diagnosis/rules.h"
#include "diagnosis/words.h"

namespace mptcp {
namespace {

constexpr double kLargePart = 0.25;  // of the time of the transfer
constexpr double kMostUnknown = 0.5; // more, and nothing is said
constexpr double kOneSubflow = 0.8;  // of the time of a kind, to name the subflow

// What limited a sender without handshake and closing.
class Transfer {
public:
    explicit Transfer(std::vector<LimitInterval> intervals) : intervals_(std::move(intervals))
    {
        std::erase_if(intervals_, [](const LimitInterval &interval) {
            return interval.limit.kind == LimitKind::Handshake ||
                   interval.limit.kind == LimitKind::Closing;
        });
        kinds_ = totals_by_kind(intervals_);
        for (const LimitTotal &each : kinds_)
            time_ += each.time;
    }

    Time time() const { return time_; }
    double share(Time time) const
    {
        return time_ > 0 ? static_cast<double>(time) / static_cast<double>(time_) : 0;
    }
    // Of a kind that did not occur: 0.
    LimitTotal total(LimitKind kind) const
    {
        const auto found = std::ranges::find(kinds_, kind, kind_of);
        return found == kinds_.end() ? LimitTotal{} : *found;
    }
    // Of a kind that occurred:
    const LimitInterval &longest(LimitKind kind) const
    {
        return *std::ranges::max_element(intervals_, {}, [kind](const LimitInterval &interval) {
            return interval.limit.kind == kind ? interval.end - interval.begin : -1;
        });
    }
    // The subflow that nearly all of it is about.
    std::optional<std::uint32_t> subflow(LimitKind kind) const
    {
        const std::vector<LimitTotal> totals = totals_by_subflow(intervals_); // the longest first
        const LimitTotal &most = *std::ranges::find(totals, kind, kind_of);
        const bool is_one =
            static_cast<double>(most.time) >= kOneSubflow * static_cast<double>(total(kind).time);
        return is_one ? most.limit.subflow : std::nullopt;
    }

private:
    static LimitKind kind_of(const LimitTotal &total) { return total.limit.kind; }

    std::vector<LimitInterval> intervals_;
    std::vector<LimitTotal> kinds_;
    Time time_ = 0;
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
     "its congestion window or pacing limited what was in flight#, as the times of the "
     "acknowledgments show",
     " on ", "", ""},
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
    const SubflowRow *row = subflow ? evidence.subflow(*subflow) : nullptr;
    if (evidence.row().subflows.size() < 2 || row == nullptr)
        return std::string{words.of_several};
    return std::string{words.of_subflow} + subflow_words(*row);
}

Statement statement_of(const Evidence &evidence, Role sender, const LimitWords &words,
                       const Transfer &transfer)
{
    const LimitTotal total = transfer.total(words.kind);
    const LimitInterval &longest = transfer.longest(words.kind);
    Statement statement = begin(evidence, words.code, words.severity);
    statement.sender = sender;
    statement.subflow = transfer.subflow(words.kind);
    statement.frames = {longest.begin_frame, longest.end_frame};
    const bool is_at_sender = evidence.times(sender).use.is_known;
    statement.text =
        (is_at_sender ? seen_at_words(sender) + ": for " : "For ") + time_words(total.time) + " (" +
        to_percent(total.share) + ") of " +
        (is_at_sender ? "its transfer" : "the transfer of " + host_words(sender)) + ", " +
        filled_in(words.why, other(sender), subflow_in(evidence, words, statement.subflow)) +
        ". The longest time was " + time_words(longest.end - longest.begin) + ", from " +
        frame_words(longest.begin_frame) + " to " + frame_words(longest.end_frame) + "." +
        filled_in(words.advice, other(sender), "");
    statement.figures = {{"share", total.share}, {"seconds", total.time}};
    return statement;
}

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
    statement.text = seen_at_words(other(sender)) + ": for " + time_words(blocked.total) + " (" +
                     to_percent(share) + ") of the transfer of " + host_words(sender) +
                     ", data waited at " + host_words(other(sender)) +
                     " for earlier data on another path: " + counted(blocked.times, "time") +
                     ", the longest " + time_words(blocked.longest) +
                     ". The paths differ in delay, or one loses packets. Look at the packets with "
                     "mptcp.data.blocked.";
    statement.figures = {{"share", share},
                         {"seconds", blocked.total},
                         {"times", blocked.times},
                         {"longest", blocked.longest}};
    to.push_back(std::move(statement));
}

void add_limits_of(const Evidence &evidence, Role sender, Statements &to)
{
    const SenderTimes &times = evidence.times(sender);
    const Transfer transfer{times.limits};
    if (transfer.time() < kLeastPause)
        return;
    const auto share = [&](LimitKind kind) { return transfer.total(kind).share; };
    if (times.is_seen_at_receiver && share(LimitKind::HeadOfLine) < kLargePart)
        add_waiting(evidence, sender, transfer, to);
    if (share(LimitKind::Unknown) + share(LimitKind::NotSeen) > kMostUnknown)
        return;
    for (const LimitWords &words : kWords)
        if (share(words.kind) >= kLargePart)
            to.push_back(statement_of(evidence, sender, words, transfer));
}

} // namespace

void add_limits(const Evidence &evidence, Statements &to)
{
    for (const Role sender : kBothRoles.each)
        if (evidence.is_transfer(sender))
            add_limits_of(evidence, sender, to);
}

} // namespace mptcp
