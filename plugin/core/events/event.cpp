// SPDX-License-Identifier: GPL-2.0-or-later
//
// The table of all event types: name, title and severity.
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
    {"established", "MPTCP connection established", Severity::Chat},
    {"refused", "MPTCP connection refused", Severity::Note},
    {"unanswered", "MP_CAPABLE not answered", Severity::Note},
    {"version_downgrade", "SYN/ACK with a lower MPTCP version than offered", Severity::Note},
    {"version_mismatch", "MPTCP version that was not offered", Severity::Warn},
    {"odd_flags", "MP_CAPABLE with invalid flags", Severity::Note},
    {"odd_form", "MP_CAPABLE with other keys than this packet must carry", Severity::Note},
    {"key_mismatch", "Key differs from the one that this host sent before", Severity::Warn},
    {"idsn_mismatch", "First data does not follow the IDSN", Severity::Warn},
    {"join_syn", "MP_JOIN in the SYN", Severity::Chat},
    {"join_synack", "MP_JOIN in the SYN/ACK", Severity::Chat},
    {"join_ack", "MP_JOIN in the third ACK", Severity::Chat},
    {"join_established", "Subflow joined", Severity::Chat},
    {"join_refused", "Join refused", Severity::Note},
    {"join_stripped", "Answer to MP_JOIN without MP_JOIN", Severity::Note},
    {"join_unanswered", "Join not answered", Severity::Note},
    {"join_forbidden", "MP_JOIN to an address excluded by the C flag", Severity::Note},
    {"add_addr", "Address announced", Severity::Chat},
    {"add_addr_echo", "Announced address echoed", Severity::Chat},
    {"echo_unmatched", "Echo of an address that was not announced", Severity::Note},
    {"remove_addr", "Addresses removed", Severity::Chat},
    {"prio", "Subflow priority changed", Severity::Chat},
    {"fail", "MP_FAIL: bad DSS checksum reported", Severity::Warn},
    {"fastclose", "MP_FASTCLOSE: connection aborted", Severity::Note},
    {"fallback", "Fallback to regular TCP", Severity::Warn},
    {"data_unmapped", "Data without a mapping on one of several subflows", Severity::Note},
    {"mapping_mismatch", "Mapping contradicts an earlier mapping", Severity::Warn},
    {"mapping_invalid", "Mapping begins before the first byte of the subflow", Severity::Warn},
    {"checksum_bad", "Bad DSS checksum", Severity::Error},
    {"checksum_missing", "Mapping without the negotiated DSS checksum", Severity::Warn},
    {"checksum_unexpected", "Mapping with a DSS checksum that was not negotiated", Severity::Warn},
    {"data_unseen", "DATA_ACK covers data that was not captured", Severity::Note},
    {"reinjection_burst", "Burst of reinjections", Severity::Note},
    {"window_zero", "Receive window of the connection is zero", Severity::Note},
    {"window_open", "Receive window of the connection is open again", Severity::Chat},
    {"path_silent", "Path silent while the connection goes on", Severity::Note},
    {"option_removed", "MPTCP option removed between capture points", Severity::Warn},
    {"option_altered", "MPTCP option altered between capture points", Severity::Warn},
    {"payload_altered", "Payload altered between capture points", Severity::Warn},
    {"data_fin", "DATA_FIN: no more data from this host", Severity::Chat},
    {"data_fin_acked", "DATA_FIN acknowledged", Severity::Chat},
    {"closed", "MPTCP connection closed", Severity::Chat},
    {"subflow_fin", "Subflow FIN", Severity::Chat},
    {"subflow_closed", "Subflow closed", Severity::Chat},
    {"subflow_reset", "Subflow reset", Severity::Note},
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
