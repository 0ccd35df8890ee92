// SPDX-License-Identifier: GPL-2.0-or-later
//
// A graph as a file: a picture, or its data as CSV.
#pragma once

#include <functional>
#include <string>

#include <QString>

class QWidget;

namespace mptcp {

class TimePlot;

// Lets the user choose a file and a format, PNG, SVG, PDF or CSV, and writes it. `proposal` is a
// path without an ending. Reports a file that cannot be written.
void save_graph(QWidget *parent, const QString &proposal, TimePlot &plot,
                const std::function<std::string()> &csv);

} // namespace mptcp
