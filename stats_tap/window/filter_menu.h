// SPDX-License-Identifier: GPL-2.0-or-later
//
// 'Apply as Filter' and 'Prepare as Filter', as in Wireshark's own menus.
#pragma once

#include <string>

#include "window/window_link.h"

class QMenu;

namespace mptcp {

// `filter` selects the packets of the row.
void add_filter_menus(QMenu &menu, const WindowHost &host, const std::string &filter);

} // namespace mptcp
