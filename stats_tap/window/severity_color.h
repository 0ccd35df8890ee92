// SPDX-License-Identifier: GPL-2.0-or-later
//
// The colors of severities, and the choice of those that a table shows.
#pragma once

#include <QColor>

#include "events/event.h"

namespace mptcp {

// As in Wireshark's Expert Information, of the whole line, with black text on it. Routine has none.
inline QColor severity_color(Severity severity)
{
    switch (severity) {
    case Severity::Chat:
        return {};
    case Severity::Note:
        return {0xa0, 0xff, 0xff};
    case Severity::Warn:
        return {0xf7, 0xf2, 0x53};
    case Severity::Error:
        break;
    }
    return {0xff, 0x5c, 0x5c};
}

struct SeverityChoice {
    const char *title;
    Severity least;
};
inline constexpr SeverityChoice kSeverityChoices[] = {
    {"All", Severity::Chat},
    {"Notes and worse", Severity::Note},
    {"Warnings and worse", Severity::Warn},
    {"Errors", Severity::Error},
};

} // namespace mptcp
