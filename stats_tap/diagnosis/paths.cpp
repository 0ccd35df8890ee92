// SPDX-License-Identifier: GPL-2.0-or-later
//
// Paths that were ready and carried nothing, and data that was sent again in vain.
#include <algorithm>

#include "base/format.h"
#include "diagnosis/rules.h"
#include "diagnosis/words.h"

namespace mptcp {
namespace {

constexpr double kMuchUseless = 0.05; // of the unique bytes

// RFC 8684 3.2, 3.3.8: flag B of MP_JOIN, and of each MP_PRIO after it.
bool asks_for_backup(const Evidence &evidence, const SubflowRow &row, Role host)
{
    const auto &priorities = evidence.history(row).priorities;
    const auto is_other = [&](const PriorityChange &change) {
        return change.from == host && !change.backup;
    };
    return row.subflow->end(host).backup.value_or(false) &&
           std::ranges::none_of(priorities, is_other);
}

std::optional<Role> backup_by(const Evidence &evidence, const SubflowRow &row)
{
    for (const Role host : kBothRoles.each)
        if (asks_for_backup(evidence, row, host))
            return host;
    return std::nullopt;
}

// The time and the frame from which the subflow could carry data.
const TimelineEntry *ready_since(const Evidence &evidence, const SubflowRow &row)
{
    return evidence.first(row.subflow->kind == SubflowKind::Initial ? EventType::Established
                                                                    : EventType::JoinEstablished,
                          row);
}

void add_unused(const Evidence &evidence, const SubflowRow &row, Statements &to)
{
    const TimelineEntry *ready = ready_since(evidence, row);
    if (ready == nullptr)
        return;
    const Role sender = evidence.main_sender();
    const Time after = evidence.last_data() - ready->event.time;
    if (after <= row.subflow->handshake_rtt.value_or(0))
        return;
    const auto backup = backup_by(evidence, row);
    const bool is_short = evidence.row().data[sender].packets < kLeastPacketsOfRate;
    const bool is_important = evidence.used().size() == 1 && !is_short;
    Statement statement = begin(evidence, backup ? Code::BackupOnly : Code::PathUnused,
                                is_important ? Severity::Note : Severity::Chat);
    statement.subflow = row.index;
    statement.sender = sender;
    statement.frames = {ready->event.frame};
    statement.text = at_start(subflow_words(row)) + " was ready (" +
                     frame_words(ready->event.frame) +
                     "), but carried no data; the last data of the connection came " +
                     time_words(after) + " later";
    if (backup) {
        statement.text +=
            ". " + at_start(host_words(*backup)) + " asked to use it as a backup (flag B, " +
            frame_words(row.subflow->first_frame) + "), and another path was available.";
        statement.frames.push_back(row.subflow->first_frame);
    } else if (is_short) {
        statement.text += ". There was little to send.";
    } else {
        statement.text += ". The scheduler of " + host_words(sender) +
                          " had no need of it, or the receive window was full. Look at the "
                          "round-trip times of the paths and at the window.";
    }
    statement.figures = {{"seconds", after}};
    to.push_back(std::move(statement));
}

void add_useless(const Evidence &evidence, Role sender, Statements &to)
{
    const DataCount &data = evidence.row().data[sender];
    const double part = static_cast<double>(data.useless) /
                        static_cast<double>(std::max<std::uint64_t>(data.unique, 1));
    if (data.packets < kLeastPacketsOfRate || data.reinjected == 0 || part < kMuchUseless)
        return;
    Statement statement = begin(evidence, Code::ReinjectionsUseless, Severity::Note);
    statement.sender = sender;
    statement.text =
        at_start(host_words(sender)) + " sent " + byte_words(data.useless) +
        " again that the peer had acknowledged before, as the capture saw it: " + to_percent(part) +
        " of its data. It reinjected " + byte_words(data.reinjected) + " and retransmitted " +
        byte_words(data.retransmitted) +
        ". A path that fails, paths of very different delay, or a small receive window cause this.";
    statement.figures = {{"useless", data.useless},
                         {"reinjected", data.reinjected},
                         {"retransmitted", data.retransmitted},
                         {"share", part}};
    to.push_back(std::move(statement));
}

} // namespace

void add_paths(const Evidence &evidence, Statements &to)
{
    if (evidence.connection().fallback)
        return;
    if (evidence.is_whole() && !evidence.used().empty())
        for (const SubflowRow *row : evidence.ready())
            if (payload_of(row->sent) == 0)
                add_unused(evidence, *row, to);
    if (!evidence.missing_sender())
        for (const Role sender : kBothRoles.each)
            add_useless(evidence, sender, to);
}

} // namespace mptcp
