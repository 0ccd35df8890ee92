// SPDX-License-Identifier: GPL-2.0-or-later
//
// Where a statement of the diagnosis leads to.
#pragma once

#include <cstdint>
#include <string>

#include "window/window_link.h"

namespace mptcp {

// A display filter for the packets of a connection.
std::string filter_of_connection(std::uint32_t connection);

// That for the packets that a statement on a connection is about: those of its subflow; of its
// sender, if it is about data that this host sent.
std::string filter_of_statement(const Statement &statement, std::uint32_t connection);

// The graph that shows what is stated.
GraphChoice graph_of_statement(const Statement &statement, std::uint32_t connection);

} // namespace mptcp
