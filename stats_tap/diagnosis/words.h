// SPDX-License-Identifier: GPL-2.0-or-later
//
// The words that statements share.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "diagnosis/evidence.h"
#include "diagnosis/statement.h"

namespace mptcp {

std::string frame_words(std::uint32_t frame); // "frame 9"
// "frame 9", "frames 9 and 12", "frames 9, 12 and 5 more"
std::string frame_words(const std::vector<std::uint32_t> &frames);
// " (frame 9)", of an entry that shows what is stated; adds the frame to the statement. "" if there
// is no entry.
std::string shown_in(const TimelineEntry *entry, Statement &to);
std::string byte_words(std::uint64_t bytes); // "1,092 bytes"
std::string time_words(Time time);           // "345.0 ms"
std::string rate_words(const AckedData &);   // "14.20 Mbit/s"
std::string host_words(Role role);           // "the client"
std::string seen_at_words(Role role);        // "Seen at the server": only a capture there tells it
std::string at_start(std::string words);     // of a sentence: with a capital letter

std::string path_words(const SubflowRow &row);    // "10.0.2.1 to 10.0.1.2", from the client
std::string subflow_words(const SubflowRow &row); // "subflow 1 (10.0.2.1 to 10.0.1.2)"
std::string initial_words(const Evidence &evidence, Role host); // "10.0.1.2:80"

// " 10.0.2.2 is a private address, and …", if the host may not be able to reach the address for
// that reason; else empty.
std::string private_words(const Evidence &evidence, const Address &address, Role host);

// RFC 8684 3.6: ", administratively prohibited (reason 3)"; empty without a reason.
std::string reason_words(const std::optional<MpTcpRst> &rst);

// Appends what was done to packets between points, with its frames and figures: " BEFORE: 3 packets
// of the client between point 0 (at the client) and point 1, first in frame 4 (frame 3 at point
// 0)." The event is one of those between points.
void add_way(const Evidence &evidence, const TimelineEntry &entry, std::string_view before,
             Statement &to);

} // namespace mptcp
