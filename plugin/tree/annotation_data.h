// SPDX-License-Identifier: GPL-2.0-or-later
//
// Adds the data level of a packet to its tree.
#pragma once

#include "tree/annotation_item.h"

namespace mptcp {

// Adds the fields of its payload, or the checksum of its DATA_FIN.
void add_data(const Annotation &to);

// Adds the window that its DATA_ACK grants.
void add_window(const Annotation &to);

} // namespace mptcp
