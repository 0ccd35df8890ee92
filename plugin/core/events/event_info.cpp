// SPDX-License-Identifier: GPL-2.0-or-later
//
// The short text of each event.
#include "events/event_info.h"

#include "base/format.h"
#include "events/event_words.h"

namespace mptcp {
namespace {

// Empty if the HMAC is good or absent.
std::string hmac_words(Verdict hmac)
{
    return hmac == Verdict::Good || hmac == Verdict::Absent ? ""
                                                            : ", HMAC " + std::string{name(hmac)};
}

enum class Details : std::uint8_t { Included, Apart };

struct InfoWords {
    const EventContext &context;
    const Event &event;
    Details details;

    std::string operator()(const MpCapable &option) const
    {
        if (event.type == EventType::CapableSyn)
            return "MPTCP version " + std::to_string(option.version) + again();
        if (event.type == EventType::CapableSynAck)
            return "MPTCP version " + std::to_string(option.version) + " accepted" + again();
        if (event.type == EventType::CapableAck)
            return ""; // covered by "Connection 0 established"
        return title_and_details();
    }
    std::string operator()(const MpJoinSyn &option) const
    {
        if (event.type == EventType::JoinForbidden)
            return title_and_details();
        return "Join of " + connection() + (option.backup ? " as backup" : "") + again();
    }
    std::string operator()(const MpJoinSynAck &option) const
    {
        return "Join of " + connection() + " accepted" + (option.backup ? " as backup" : "") +
               hmac_words(verdict(context, event)) + again();
    }
    std::string operator()(const MpJoinAck &) const
    {
        return "Join of " + connection() + " confirmed" + hmac_words(verdict(context, event)) +
               again();
    }
    std::string operator()(const AddAddr &option) const
    {
        if (event.type == EventType::EchoUnmatched)
            return title_and_details();
        const std::string address =
            option.port ? to_text(Endpoint{option.address, *option.port}) : to_text(option.address);
        return "Address " + address + (option.echo ? " echoed" : " announced") + ", ID " +
               std::to_string(option.address_id) + hmac_words(verdict(context, event));
    }
    std::string operator()(const RemoveAddr &) const { return title_and_details(); }
    std::string operator()(const MpPrio &option) const
    {
        const std::string on_off = option.backup ? "Backup now on" : "Backup now off";
        return option.address_id ? on_off + ", address ID " + std::to_string(*option.address_id)
                                 : on_off;
    }
    std::string operator()(const SubflowOutcome &outcome) const
    {
        const std::string why =
            outcome.rst ? ": " + std::string{reason_in_words(outcome.rst->reason)} : "";
        switch (event.type) {
        case EventType::JoinEstablished:
            return subflow() + " has joined " + connection();
        case EventType::JoinRefused:
            return "Join of " + connection() + " refused" + why;
        case EventType::JoinUnanswered:
            return "Join of " + connection() + " not answered";
        case EventType::SubflowReset:
            return subflow() + " of " + connection() + " reset" + why;
        default:
            return title_and_details();
        }
    }
    std::string operator()(FallbackReason) const { return title_and_details(); }
    template <class Other> std::string operator()(const Other &) const
    {
        switch (event.type) {
        case EventType::Established:
            return capital(connection()) + " established";
        case EventType::Closed:
            return capital(connection()) + " closed";
        case EventType::DataFin:
            return "DATA_FIN";
        case EventType::DataFinAcked:
            return "DATA_FIN acknowledged";
        case EventType::SubflowFin:
        case EventType::SubflowClosed:
            return ""; // the TCP dissector shows FIN
        default:
            return title_and_details();
        }
    }

private:
    std::string title_and_details() const
    {
        return details == Details::Included ? sentence(context, event)
                                            : std::string{title(event.type)};
    }
    std::string connection() const
    {
        return "connection " + std::to_string(context.registry.index_of(
                                   context.registry.connection_of(event.subflow)));
    }
    std::string subflow() const
    {
        return "Subflow " + std::to_string(context.registry.index_of(event.subflow));
    }
    static std::string capital(std::string words)
    {
        words[0] = 'C';
        return words;
    }
    std::string again() const { return event.repeated ? " (again)" : ""; }
};

} // namespace

std::string info_words(const EventContext &context, const Event &event)
{
    return std::visit(InfoWords{context, event, Details::Included}, event.detail);
}

std::string table_words(const EventContext &context, const Event &event)
{
    std::string words = std::visit(InfoWords{context, event, Details::Apart}, event.detail);
    return words.empty() ? std::string{title(event.type)} : words;
}

} // namespace mptcp
