// SPDX-License-Identifier: GPL-2.0-or-later
//
// Handles of dissectors without a protocol. They add no layer to a frame, and epan
// does not check for every packet whether a protocol is enabled.
#pragma once

#include <wireshark.h>

#include <epan/packet.h>

namespace mptcp {

// `name` and `description` must have static storage.
inline dissector_handle_t make_handle(dissector_t dissector, const char *name,
                                      const char *description)
{
    constexpr int kNoProtocol = -1;
    return create_dissector_handle_with_name_and_description(dissector, kNoProtocol, name,
                                                             description);
}

} // namespace mptcp
