// SPDX-License-Identifier: GPL-2.0-or-later
//
// QCustomPlot. Its header uses Qt's keywords, which this project uses as names.
#pragma once

#include <QtGlobal>
// clang-format off
// NOLINTBEGIN(readability-identifier-naming): Qt's names
#define signals Q_SIGNALS
#define slots Q_SLOTS
#define emit Q_EMIT
#define foreach Q_FOREACH
#include <qcustomplot.h>
#undef signals
#undef slots
#undef emit
#undef foreach
// NOLINTEND(readability-identifier-naming)
// clang-format on
