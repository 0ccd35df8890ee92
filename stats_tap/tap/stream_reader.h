// SPDX-License-Identifier: GPL-2.0-or-later
//
// Reads the data of one connection, for the window.
#pragma once

#include <cstdint>

#include "analysis/connection_stream.h"

namespace mptcp {

// Has all packets pass the taps again. `connection` is the index of the connection; one that the
// capture does not have is empty.
ConnectionStream read_stream(std::uint32_t connection);

} // namespace mptcp
