// SPDX-License-Identifier: GPL-2.0-or-later
//
// The members of the JSON document that come from the analysis.
#pragma once

#include "analysis/analysis.h"
#include "views/json_writer.h"

namespace mptcp {

// "events": of all connections, in the order of the capture.
void write_events(Json &json, const Timeline &timeline);

// "addresses" of one connection.
void write_addresses(Json &json, const PerRole<AddressTable> &addresses);

// "priorities" and "end" of one subflow.
void write_history(Json &json, const SubflowHistory &history);

// "counters": for one connection those that are not zero, for the totals all.
enum class Zeros { Shown, LeftOut };
void write_counters(Json &json, const PerRole<Counters> &counters, Zeros zeros);

} // namespace mptcp
