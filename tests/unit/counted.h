// SPDX-License-Identifier: GPL-2.0-or-later
//
// Summaries of a trace that count only the given frames, or all frames.
#pragma once

#include <initializer_list>

#include "analysis/summary.h"
#include "segments.h"

namespace mptcp::test {

inline Summary counted(std::initializer_list<std::uint32_t> frames)
{
    Summary summary;
    for (const std::uint32_t frame : frames)
        summary.add(Attribution{}, 0, frame, 0);
    return summary;
}

inline Summary all_counted(const Trace &trace)
{
    Summary summary;
    for (std::uint32_t frame = 1; frame <= trace.frames(); ++frame)
        summary.add(Attribution{}, 0, frame, 0);
    return summary;
}

} // namespace mptcp::test
