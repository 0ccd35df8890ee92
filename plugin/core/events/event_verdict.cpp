// SPDX-License-Identifier: GPL-2.0-or-later
//
// Selection of the verification function for the option in an event.
#include "events/event_verdict.h"

#include <algorithm>

#include "connections/verification.h"

namespace mptcp {
namespace {

struct VerifyDetail {
    const EventContext &context;
    const Event &event;

    Verdict operator()(const MpJoinSynAck &option) const
    {
        return verify(context.crypto, connection(), subflow(), option);
    }
    Verdict operator()(const MpJoinAck &option) const
    {
        return verify(context.crypto, connection(), subflow(), option);
    }
    Verdict operator()(const AddAddr &option) const
    {
        return verify(context.crypto, connection(), subflow().role(event.sender), option);
    }
    Verdict operator()(const MpFastclose &option) const
    {
        return verify(connection(), subflow().role(event.sender), option);
    }
    template <class Other> Verdict operator()(const Other &) const { return Verdict::Absent; }

private:
    const Subflow &subflow() const { return context.registry[event.subflow]; }
    const Connection &connection() const { return context.registry.connection_of(event.subflow); }
};

} // namespace

Verdict verdict(const EventContext &context, const Event &event)
{
    return std::visit(VerifyDetail{context, event}, event.detail);
}

bool has_hmac(const Event &event)
{
    const auto *add_addr = std::get_if<AddAddr>(&event.detail);
    return std::holds_alternative<MpJoinSynAck>(event.detail) ||
           std::holds_alternative<MpJoinAck>(event.detail) ||
           (add_addr != nullptr && add_addr->hmac);
}

Severity severity(const Event &event, Verdict verdict)
{
    const Severity own = severity(event.type);
    if (event.ignored != Ignored::No)
        return event.type == EventType::OddFlags ? own : Severity::Chat;
    if (verdict == Verdict::Bad)
        return std::max(own, has_hmac(event) ? Severity::Error : Severity::Warn);
    return verdict == Verdict::Leftmost ? std::max(own, Severity::Warn) : own;
}

} // namespace mptcp
