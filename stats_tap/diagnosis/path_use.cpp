// SPDX-License-Identifier: GPL-2.0-or-later
//
// What several paths were good for: data that was handed over when one failed, how much of the time
// several were in use, and whether that was faster than one.
#include <algorithm>

#include "base/format.h"
#include "base/readable.h"
#include "diagnosis/rules.h"
#include "diagnosis/words.h"

namespace mptcp {
namespace {

constexpr Time kLongHandover = kSecond;
constexpr Time kLeastTime = kSecond; // to compare one path with several
constexpr double kSlower = 0.8;      // of the rate of one path

// From the last progress of the path to the end of its hand-over.
Time time_of(const Handover &handover)
{
    return handover.recovered.value_or(handover.reinjected) - handover.lost;
}

// A hand-over that takes longest; one that did not end is longer than any other.
bool is_shorter(const Handover &a, const Handover &b)
{
    return a.recovered && (!b.recovered || time_of(a) < time_of(b));
}

// "it made its last progress in frame 5. 4,000 bytes in flight there were reinjected on subflow 0
// (…), first in frame 9 (300.0 ms later), and …"
std::string handover_words(const Handover &handover, const SubflowRow &to, Statement &statement)
{
    statement.frames = {handover.lost_frame, handover.reinjected_frame};
    const std::string words = "it made its last progress in " + frame_words(handover.lost_frame) +
                              ". " + byte_words(handover.bytes) +
                              " in flight there were reinjected on " + subflow_words(to) +
                              ", first in " + frame_words(handover.reinjected_frame) + " (" +
                              time_words(handover.reinjected - handover.lost) + " later), and ";
    if (!handover.recovered)
        return words + "no DATA_ACK in the capture covers all of them.";
    statement.frames.push_back(handover.recovered_frame);
    return words + "covered by the DATA_ACK in " + frame_words(handover.recovered_frame) + " (" +
           time_words(*handover.recovered - handover.lost) + " after the last progress).";
}

// `handovers` are those of one path.
void add_handovers(const Evidence &evidence, Role sender, const std::vector<Handover> &handovers,
                   Statements &to)
{
    const Handover &longest = *std::ranges::max_element(handovers, is_shorter);
    const SubflowRow *from = evidence.subflow(longest.from);
    const SubflowRow *path = evidence.subflow(longest.to);
    if (from == nullptr || path == nullptr)
        return;
    const bool is_long = !longest.recovered || time_of(longest) >= kLongHandover;
    Statement statement =
        begin(evidence, Code::Handover, is_long ? Severity::Note : Severity::Chat);
    statement.subflow = longest.from;
    statement.sender = sender;
    statement.text =
        seen_at_words(sender) + ": data moved from " + subflow_words(*from) + " to another subflow";
    statement.text += handovers.size() == 1 ? ". "
                                            : " " + std::to_string(handovers.size()) +
                                                  " times. Before the longest of these, ";
    const std::string words = handover_words(longest, *path, statement);
    statement.text += handovers.size() == 1 ? at_start(words) : words;
    statement.figures = {{"times", std::uint64_t{handovers.size()}},
                         {"to_subflow", std::uint64_t{longest.to}},
                         {"bytes", longest.bytes},
                         {"until_reinjection", longest.reinjected - longest.lost}};
    if (longest.recovered)
        statement.figures.emplace_back("seconds", *longest.recovered - longest.lost);
    to.push_back(std::move(statement));
}

void add_all_handovers(const Evidence &evidence, Role sender, Statements &to)
{
    std::vector<Handover> handovers = evidence.times(sender).use.handovers;
    std::ranges::stable_sort(handovers, {}, &Handover::from);
    for (auto begin = handovers.begin(); begin != handovers.end();) {
        const auto end =
            std::ranges::upper_bound(begin, handovers.end(), begin->from, {}, &Handover::from);
        add_handovers(evidence, sender, {begin, end}, to);
        begin = end;
    }
}

// The subflow that was the fastest while it alone had data in flight; none if no one was alone, or
// several together, for long enough.
const SubflowRow *best_alone(const Evidence &evidence, const PathUse &use)
{
    const SubflowRow *best = nullptr;
    std::uint64_t rate = 0;
    for (std::uint32_t subflow = 0; subflow < use.alone.size(); ++subflow) {
        const AckedData &alone = use.alone[subflow];
        if (alone.time < kLeastTime || alone.bytes_per_second() <= rate)
            continue;
        rate = alone.bytes_per_second();
        best = evidence.subflow(subflow);
    }
    return use.together.time >= kLeastTime ? best : nullptr;
}

// Adds the figures and returns the words: "DATA_ACKs covered 14.20 Mbit/s with data in flight on
// several subflows, and 8.100 Mbit/s with data in flight on subflow 0 (…) alone"
std::string rates_in_words(const PathUse &use, const SubflowRow &best, Statement &to)
{
    const AckedData &alone = use.alone[best.index];
    to.figures.emplace_back("together", use.together.bytes_per_second());
    to.figures.emplace_back("alone", alone.bytes_per_second());
    return "DATA_ACKs covered " + rate_words(use.together) +
           " with data in flight on several subflows, and " + rate_words(alone) +
           " with data in flight on " + subflow_words(best) + " alone";
}

bool is_slower(const PathUse &use, const SubflowRow &best)
{
    return static_cast<double>(use.together.bytes_per_second()) <
           kSlower * static_cast<double>(use.alone[best.index].bytes_per_second());
}

void add_slower(const Evidence &evidence, Role sender, Statements &to)
{
    const PathUse &use = evidence.times(sender).use;
    const SubflowRow *best = best_alone(evidence, use);
    if (best == nullptr || !is_slower(use, *best))
        return;
    Statement statement = begin(evidence, Code::SlowerThanOnePath, Severity::Note);
    statement.subflow = best->index;
    statement.sender = sender;
    statement.text =
        seen_at_words(sender) + ": to use several paths at once was slower than to use one. " +
        rates_in_words(use, *best, statement) +
        ". Look at head-of-line blocking, at the receive window, and at what the other "
        "paths lose.";
    to.push_back(std::move(statement));
}

} // namespace

void describe_use(const Evidence &evidence, Role sender, Statement &to)
{
    if (!evidence.is_transfer(sender))
        return;
    const PathUse &use = evidence.times(sender).use;
    if (!use.is_known || use.in_flight <= 0)
        return;
    const double share =
        static_cast<double>(use.in_flight_on_several) / static_cast<double>(use.in_flight);
    to.text += " " + seen_at_words(sender) + ": ";
    if (use.in_flight_on_several == 0)
        to.text += "several subflows never had data in flight at once";
    else
        to.text += "for " + to_percent(share) +
                   " of the time with data in flight, more than one subflow had data in flight";
    to.text +=
        "; new data moved from one subflow to another " + counted(use.switches, "time") + ".";
    to.figures.emplace_back("concurrent", share);
    to.figures.emplace_back("switches", use.switches);
    const SubflowRow *best = best_alone(evidence, use);
    if (best != nullptr && !is_slower(use, *best))
        to.text += " " + rates_in_words(use, *best, to) + ".";
}

void add_path_use(const Evidence &evidence, Statements &to)
{
    if (evidence.connection().fallback || evidence.used().size() < 2)
        return;
    for (const Role sender : kBothRoles.each) {
        if (evidence.row().data[sender].reinjected > 0)
            add_all_handovers(evidence, sender, to);
        if (evidence.is_transfer(sender))
            add_slower(evidence, sender, to);
    }
}

} // namespace mptcp
