// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a packet's tree shows of the data level.
#pragma once

#include "tree/annotation_item.h"

namespace mptcp {

// What its payload is, or the checksum of its DATA_FIN.
void add_data(const Annotation &to);

// What its DATA_ACK lets the other host send.
void add_window(const Annotation &to);

} // namespace mptcp
