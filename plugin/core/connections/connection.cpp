// SPDX-License-Identifier: GPL-2.0-or-later
//
// States derived from what was seen of a connection and a subflow, and the names of all states.
#include "connections/connection.h"

namespace mptcp {

Handshake Connection::handshake() const
{
    if (partial())
        return Handshake::Unseen;
    const bool syn_ack = capable.has(CapableIn::SynAck);
    const bool ack = capable.has(CapableIn::Ack);
    // An ACK with both keys proves that there was a SYN/ACK.
    if (ack)
        return Handshake::Complete;
    return syn_ack ? Handshake::Half : Handshake::SynOnly;
}

SubflowState Subflow::state() const
{
    const bool acknowledged = seen.has(SubflowSeen::ThirdAck);
    // A subflow whose handshake was not captured was open before the capture started.
    const bool was_open = kind == SubflowKind::Unknown || !initiator ||
                          seen.has(SubflowSeen::Confirmation) ||
                          (kind == SubflowKind::Initial && acknowledged);
    // Only the listener refuses a subflow.
    if (reset())
        return was_open || last_reset.sender == initiator ? SubflowState::Reset
                                                          : SubflowState::Refused;
    if (ended())
        return SubflowState::Closed;
    if (ends[Side::A].closed != ends[Side::B].closed)
        return SubflowState::HalfClosed;
    if (was_open || acknowledged)
        return SubflowState::Open;
    return seen.has(SubflowSeen::SynAck) ? SubflowState::HalfOpen : SubflowState::Unanswered;
}

std::string_view name(Handshake handshake)
{
    switch (handshake) {
    case Handshake::Unseen:
        return "unseen";
    case Handshake::SynOnly:
        return "syn-only";
    case Handshake::Half:
        return "half";
    case Handshake::Complete:
        return "complete";
    }
    return "";
}

std::string_view name(ConnectionState state)
{
    switch (state) {
    case ConnectionState::Open:
        return "open";
    case ConnectionState::Closed:
        return "closed";
    case ConnectionState::Fastclosed:
        return "fastclosed";
    case ConnectionState::Reset:
        return "reset";
    case ConnectionState::Fallback:
        return "fallback";
    case ConnectionState::Refused:
        return "refused";
    }
    return "";
}

std::string_view name(SubflowState state)
{
    switch (state) {
    case SubflowState::Unanswered:
        return "unanswered";
    case SubflowState::HalfOpen:
        return "half-open";
    case SubflowState::Open:
        return "open";
    case SubflowState::HalfClosed:
        return "half-closed";
    case SubflowState::Closed:
        return "closed";
    case SubflowState::Refused:
        return "refused";
    case SubflowState::Reset:
        return "reset";
    }
    return "";
}

std::string_view name(SubflowKind kind)
{
    switch (kind) {
    case SubflowKind::Initial:
        return "initial";
    case SubflowKind::Join:
        return "join";
    case SubflowKind::Unknown:
        return "unknown";
    }
    return "";
}

std::string_view name(Role role) { return role == Role::Client ? "client" : "server"; }

std::string_view describe(FallbackReason reason)
{
    switch (reason) {
    case FallbackReason::SynRepeatedWithoutMpCapable:
        return "SYN retransmitted without MP_CAPABLE and answered";
    case FallbackReason::SynAckWithoutMpCapable:
        return "no MP_CAPABLE in the SYN/ACK";
    case FallbackReason::SynAckInvalid:
        return "invalid MP_CAPABLE in the SYN/ACK";
    case FallbackReason::ThirdAckWithoutMpCapable:
        return "no MPTCP option in the third ACK";
    case FallbackReason::ThirdAckInvalid:
        return "invalid MP_CAPABLE in the third ACK";
    case FallbackReason::FirstDataWithoutOption:
        return "no MPTCP option in the first data";
    case FallbackReason::OptionsVanished:
        return "MPTCP options vanished from data and its acknowledgement";
    case FallbackReason::InfiniteMapping:
        return "infinite mapping";
    case FallbackReason::InfiniteMappingAfterMpFail:
        return "infinite mapping in response to MP_FAIL";
    }
    return "";
}

} // namespace mptcp
