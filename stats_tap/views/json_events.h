// SPDX-License-Identifier: GPL-2.0-or-later
//
// The chronicle's part of the JSON document.
#pragma once

#include "analysis/analysis.h"
#include "views/json_writer.h"

namespace mptcp {

// "events": of all connections, in the order of the capture.
void write_events(Json &json, const Story &story);

// "addresses" of one connection.
void write_addresses(Json &json, const PerRole<AddressTable> &addresses);

// "priorities" and "end" of one subflow.
void write_fate(Json &json, const SubflowStory &story);

// "counters": of one connection those that are not zero, of all of them each.
enum class Zeros { Shown, LeftOut };
void write_counters(Json &json, const PerRole<Counters> &counters, Zeros zeros);

} // namespace mptcp
