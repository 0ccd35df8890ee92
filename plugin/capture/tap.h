// SPDX-License-Identifier: GPL-2.0-or-later
//
// The tap of all statistics: one record for each TCP segment, of plain TCP too, so
// that a listener can count all TCP packets that match its filter.
#pragma once

#include "capture/recorder.h"

namespace mptcp {

inline constexpr char kTapName[] = "mptcp_conn";

// Listeners are called before the next frame is dissected.
using TapRecord = RecordedSegment;

} // namespace mptcp
