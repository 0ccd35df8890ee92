// SPDX-License-Identifier: GPL-2.0-or-later
//
// Registers the protocol "mptcp_conn" with everything that users filter by:
// its fields, subtrees and expert infos. Only tables here; the annotation
// fills them.
#pragma once

#include "capture/session.h"

namespace mptcp {

// When protocols are registered.
void register_fields();

inline Fields &fields() { return session().fields; }

} // namespace mptcp
