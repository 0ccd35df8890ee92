// SPDX-License-Identifier: GPL-2.0-or-later
//
// The tap that every statistic listens to: one record for each TCP segment,
// plain TCP's too, so that a listener can count what it was offered.
#pragma once

#include "capture/recorder.h"

namespace mptcp {

inline constexpr char kTapName[] = "mptcp_conn";

// Listeners get it before the next frame is dissected.
using TapRecord = RecordedSegment;

} // namespace mptcp
