// SPDX-License-Identifier: GPL-2.0-or-later
#include "events/event.h"

namespace mptcp {
namespace {

struct Kind {
    std::string_view name;
    std::string_view title;
    Severity severity;
};

// By EventType.
constexpr std::array<Kind, kEventTypes> kKinds{{
    {"capable_syn", "MP_CAPABLE in the SYN", Severity::Chat},
    {"capable_synack", "MP_CAPABLE in the SYN/ACK", Severity::Chat},
    {"capable_ack", "MP_CAPABLE in an ACK", Severity::Chat},
    {"established", "The MPTCP connection is established", Severity::Chat},
    {"refused", "The MPTCP connection is refused", Severity::Note},
    {"unanswered", "The MP_CAPABLE was not answered", Severity::Note},
    {"version_downgrade", "The answer has a lower MPTCP version than was offered", Severity::Note},
    {"version_mismatch", "An MPTCP version that was not offered", Severity::Warn},
    {"odd_flags", "MP_CAPABLE with flags that no receiver will take", Severity::Note},
    {"odd_form", "MP_CAPABLE in a form that no receiver will take here", Severity::Note},
    {"key_mismatch", "The key is not the one that this host sent before", Severity::Warn},
    {"idsn_mismatch", "The first data does not follow the IDSN", Severity::Warn},
    {"join_syn", "MP_JOIN in the SYN", Severity::Chat},
    {"join_synack", "MP_JOIN in the SYN/ACK", Severity::Chat},
    {"join_ack", "MP_JOIN in the third ACK", Severity::Chat},
    {"join_established", "The subflow has joined", Severity::Chat},
    {"join_refused", "The join is refused", Severity::Note},
    {"join_stripped", "The answer to MP_JOIN carries no MP_JOIN", Severity::Note},
    {"join_unanswered", "The join was not answered", Severity::Note},
    {"join_forbidden", "A join to an address that takes none", Severity::Note},
    {"add_addr", "An address is announced", Severity::Chat},
    {"add_addr_echo", "An announced address is confirmed", Severity::Chat},
    {"remove_addr", "Addresses are withdrawn", Severity::Chat},
    {"prio", "The priority of a subflow changes", Severity::Chat},
    {"fail", "MP_FAIL: a DSS checksum was wrong", Severity::Warn},
    {"fastclose", "MP_FASTCLOSE: the connection is aborted", Severity::Note},
    {"fallback", "Fallback to plain TCP", Severity::Warn},
    {"mapping_mismatch", "The mapping contradicts an earlier one", Severity::Warn},
    {"checksum_bad", "The DSS checksum is wrong", Severity::Error},
    {"data_unseen", "The DATA_ACK covers data that was not captured", Severity::Note},
    {"data_fin", "DATA_FIN: no more data from this host", Severity::Chat},
    {"data_fin_acked", "The DATA_FIN is acknowledged", Severity::Chat},
    {"closed", "The MPTCP connection is closed", Severity::Chat},
    {"subflow_fin", "FIN on a subflow", Severity::Chat},
    {"subflow_closed", "The subflow is closed", Severity::Chat},
    {"subflow_reset", "The subflow is reset", Severity::Note},
}};

constexpr const Kind &kind(EventType type) { return kKinds[static_cast<std::size_t>(type)]; }

} // namespace

std::string_view name(EventType type) { return kind(type).name; }

std::string_view name(Severity severity)
{
    switch (severity) {
    case Severity::Chat:
        return "chat";
    case Severity::Note:
        return "note";
    case Severity::Warn:
        return "warn";
    case Severity::Error:
        return "error";
    }
    return "";
}

std::string_view title(EventType type) { return kind(type).title; }
Severity severity(EventType type) { return kind(type).severity; }

} // namespace mptcp
