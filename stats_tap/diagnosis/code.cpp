// SPDX-License-Identifier: GPL-2.0-or-later
#include "diagnosis/code.h"

#include <array>

namespace mptcp {
namespace {

// By Code.
constexpr std::array<std::string_view, kCodes> kNames{
    "unanswered",
    "refused",
    "fallback",
    "capture_incomplete",
    "no_data",
    "single_path",
    "works",
    "no_second_path_offered",
    "joins_denied",
    "address_not_tried",
    "address_hmac",
    "join_unanswered",
    "join_refused",
    "join_stripped",
    "join_hmac",
    "options_lost",
    "backup_only",
    "path_unused",
    "path_failed",
    "path_stalled",
    "handover",
    "path_closed",
    "aborted",
    "reinjections_useless",
    "slower_than_one_path",
    "limited_by_application",
    "limited_by_receive_window",
    "limited_by_path",
    "limited_by_loss",
    "head_of_line_blocked",
    "middlebox",
    "protocol_error",
    "not_offered",
};

} // namespace

std::string_view name(Code code) { return kNames[static_cast<std::size_t>(code)]; }

} // namespace mptcp
