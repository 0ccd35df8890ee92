// SPDX-License-Identifier: GPL-2.0-or-later
//
// Handles of dissectors that belong to no protocol: they add no layer, and epan does not
// look up for every packet whether a protocol is switched on.
#pragma once

#include <wireshark.h>

#include <epan/packet.h>

namespace mptcp {

// `name` and `description` must live as long as the program.
inline dissector_handle_t make_handle(dissector_t dissector, const char *name,
                                      const char *description)
{
    constexpr int kNoProtocol = -1;
    return create_dissector_handle_with_name_and_description(dissector, kNoProtocol, name,
                                                             description);
}

} // namespace mptcp
