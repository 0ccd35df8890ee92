// SPDX-License-Identifier: GPL-2.0-or-later
//
// Registers `-z mptcp,series`, which prints a series of one connection as CSV, and
// `-z mptcp,graph`, which prints it as a program for gnuplot.
#pragma once

namespace mptcp {

// When tap listeners are registered.
void register_series();

} // namespace mptcp
