// SPDX-License-Identifier: GPL-2.0-or-later
//
// Why a connection fell back to regular TCP (RFC 8684 3.7), who began it, and, if several points
// recorded the packets, between which of them the option was lost.
#include <algorithm>

#include "base/format.h"
#include "diagnosis/rules.h"
#include "diagnosis/words.h"

namespace mptcp {
namespace {

// "the SYN with MP_CAPABLE (frame 1)"
std::string offer_words(const Evidence &evidence, Statement &statement)
{
    return "the SYN with MP_CAPABLE" + shown_in(evidence.first(EventType::CapableSyn), statement);
}

// The title of a flaw of the segment, such as "MPTCP version that was not offered".
std::string flaw_words(const Evidence &evidence, std::uint32_t frame)
{
    for (const TimelineEntry *entry : evidence.entries())
        for (const EventType flaw : {EventType::VersionDowngrade, EventType::VersionMismatch,
                                     EventType::OddFlags, EventType::OddForm})
            if (entry->event.frame == frame && entry->event.type == flaw)
                return ": " + std::string{title(flaw)};
    return {};
}

// RFC 7413: data of the SYN that the SYN/ACK did not accept is sent again without a mapping.
bool is_refused_syn_data(const Evidence &evidence, const TimelineEntry &fallback)
{
    return std::ranges::any_of(evidence.row().subflows, [&](const SubflowRow &row) {
        const Subflow &subflow = *row.subflow;
        return row.index == fallback.subflow && subflow.end(fallback.from).syn_payload > 0 &&
               subflow.accepted_syn_payload == 0;
    });
}

struct Cause {
    std::string text;
    std::string otherwise; // if no point shows where the option was removed
    Severity severity = Severity::Warn;
};

class FallbackCause {
public:
    FallbackCause(const Evidence &evidence, const Fallback &fallback, const TimelineEntry *entry,
                  Statement &statement)
        : evidence_(evidence),
          fallback_(fallback),
          entry_(entry),
          statement_(statement),
          here_(" (" + frame_words(fallback.frame) + ")")
    {
    }

    Cause make()
    {
        switch (fallback_.reason) {
        case FallbackReason::SynRepeatedWithoutMpCapable:
            return syn_repeated();
        case FallbackReason::SynAckWithoutMpCapable:
            return plain_syn_ack();
        case FallbackReason::SynAckInvalid:
            return {"MPTCP was not in use: the MP_CAPABLE in the SYN/ACK" + here_ +
                        " is one that the client must ignore" +
                        flaw_words(evidence_, fallback_.frame) + ".",
                    " The server's MPTCP is at fault, or a middlebox."};
        case FallbackReason::ThirdAckWithoutMpCapable:
            return not_confirmed();
        case FallbackReason::ThirdAckInvalid:
            return {"The server agreed to MPTCP, but the MP_CAPABLE in the third ACK" + here_ +
                        " is one that it must ignore" + flaw_words(evidence_, fallback_.frame) +
                        ".",
                    " The client's MPTCP is at fault, or a middlebox."};
        case FallbackReason::FirstDataWithoutOption:
            return first_data();
        case FallbackReason::OptionsVanished:
            return options_vanished();
        case FallbackReason::InfiniteMapping:
            return {who() + " fell back to regular TCP by an infinite mapping" + here_ +
                        ", without an MP_FAIL before it.",
                    ""};
        case FallbackReason::InfiniteMappingAfterMpFail:
            return after_fail();
        }
        return {};
    }

private:
    std::string who() const { return entry_ != nullptr ? at_start(host()) : "A host"; }
    std::string host() const { return entry_ != nullptr ? host_words(entry_->from) : "a host"; }

    Cause syn_repeated()
    {
        return {
            "MPTCP was not in use: " + offer_words(evidence_, statement_) +
                " got no answer, and only the SYN that the client repeated without it was "
                "answered" +
                here_ + ".",
            " SYNs with the option are dropped on the way, or they were lost. Look at firewalls, "
            "and whether it happens each time."};
    }

    // Most servers do not support MPTCP: no defect unless the option was removed.
    Cause plain_syn_ack()
    {
        return {"MPTCP was not in use: " + offer_words(evidence_, statement_) +
                    " was answered by a SYN/ACK without it" + here_ + ".",
                " The server does not support MPTCP or has it off, or a middlebox removed the "
                "option from the SYN or from the SYN/ACK. Look at `sysctl net.mptcp.enabled` and "
                "at the listening socket of the server, or capture at both ends.",
                Severity::Note};
    }

    Cause not_confirmed()
    {
        const TimelineEntry *syn_ack = evidence_.first(EventType::CapableSynAck);
        const std::string begin = "The server agreed to MPTCP" + shown_in(syn_ack, statement_) +
                                  ", but the client did not confirm it: its next packet" + here_ +
                                  " has no MPTCP option.";
        if (evidence_.first(EventType::VersionDowngrade) != nullptr)
            return {begin + " The server chose a lower version than offered, which the client does "
                            "not support.",
                    ""};
        return {begin,
                " The client did not get the MP_CAPABLE of the SYN/ACK, or a middlebox removed the "
                "option behind the client. Capture at both ends to see where."};
    }

    Cause first_data()
    {
        const std::string begin = "MPTCP was agreed, but " + host() + " sent its first data" +
                                  here_ +
                                  " without a mapping, so the connection went on as regular TCP.";
        if (entry_ != nullptr && is_refused_syn_data(evidence_, *entry_))
            return {begin + " Its SYN carried data (TCP Fast Open), which the SYN/ACK did not "
                            "acknowledge, and which it sent again.",
                    " This SYN was lost, or the server does not take data on it."};
        return {begin,
                " A middlebox removed the option, or that host did not get the option of the "
                "handshake. Capture at both ends to see where."};
    }

    Cause options_vanished()
    {
        return {
            "The connection fell back to regular TCP" + here_ +
                ": data and its acknowledgments have no MPTCP option from there on.",
            " A middlebox removes the option since then, or both hosts gave up. Capture at both "
            "ends to see where."};
    }

    Cause after_fail()
    {
        std::string text = "The connection fell back to regular TCP: ";
        const TimelineEntry *bad = evidence_.first(EventType::ChecksumBad);
        const TimelineEntry *fail = evidence_.first(EventType::Fail);
        if (bad != nullptr) {
            text += "data of " + host_words(bad->from) + " had a wrong checksum" +
                    shown_in(bad, statement_) + ", ";
        }
        if (fail != nullptr) {
            text += host_words(fail->from) + " reported " +
                    (bad != nullptr ? "it" : "a wrong checksum") + " by MP_FAIL" +
                    shown_in(fail, statement_) + ", and ";
        }
        return {text + host() + " went on with an infinite mapping" + here_ + ".",
                " Something on the way changes payload, such as an application-layer gateway."};
    }

    const Evidence &evidence_;
    const Fallback &fallback_;
    const TimelineEntry *entry_; // the event, or nullptr
    Statement &statement_;
    std::string here_;
};

} // namespace

void add_fallback(const Evidence &evidence, Statements &to)
{
    const Fallback &fallback = *evidence.connection().fallback;
    const TimelineEntry *entry = evidence.first(EventType::Fallback);
    Statement statement = begin(evidence, Code::Fallback, Severity::Warn);
    if (entry != nullptr) {
        statement.subflow = entry->subflow;
        statement.sender = entry->from;
    }
    Cause cause = FallbackCause{evidence, fallback, entry, statement}.make();
    statement.severity = cause.severity;
    statement.text = std::move(cause.text);
    statement.frames.push_back(fallback.frame);
    const bool is_payload = fallback.reason == FallbackReason::InfiniteMappingAfterMpFail;
    const EventType change = is_payload ? EventType::PayloadAltered : EventType::OptionRemoved;
    if (const TimelineEntry *where = evidence.first(change)) {
        statement.severity = Severity::Warn;
        add_way(evidence, *where,
                is_payload ? " The payload was changed" : " The option was removed", statement);
    } else {
        statement.text += cause.otherwise;
    }
    to.push_back(std::move(statement));
}

} // namespace mptcp
