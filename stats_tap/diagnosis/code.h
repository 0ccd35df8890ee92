// SPDX-License-Identifier: GPL-2.0-or-later
//
// The codes of the diagnosis: what a statement is about. docs/reference.md explains how each is
// decided. The names are those of the JSON and never change.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mptcp {

enum class Code : std::uint8_t {
    // What became of a connection. The first statement on a connection has one of these.
    Unanswered, // no answer to the SYN
    Refused,
    Fallback, // to regular TCP
    CaptureIncomplete,
    NoData,
    SinglePath,
    Works, // data over several subflows

    // Why there is only one path
    NoSecondPathOffered,
    JoinsDenied, // flag C of MP_CAPABLE
    AddressNotTried,
    AddressHmac,
    JoinUnanswered,
    JoinRefused,
    JoinStripped,
    JoinHmac,
    OptionsLost, // on a subflow that had them

    // How the paths were used
    BackupOnly,
    PathUnused,
    PathFailed,
    PathStalled,
    Handover, // of data in flight to another path
    PathClosed,
    Aborted,
    ReinjectionsUseless,
    SlowerThanOnePath,

    // What limited each direction
    LimitedByApplication,
    LimitedByReceiveWindow,
    LimitedByPath,
    LimitedByLoss,
    HeadOfLineBlocked,

    // Defects of hosts and of the network
    Middlebox,
    ProtocolError,

    NotOffered, // the capture as a whole
};
inline constexpr std::size_t kCodes = static_cast<std::size_t>(Code::NotOffered) + 1;

std::string_view name(Code code); // "join_refused"

// It tells what limited a direction, and not why there is only one path.
constexpr bool is_about_limits(Code code)
{
    return Code::LimitedByApplication <= code && code <= Code::HeadOfLineBlocked;
}

} // namespace mptcp
