// SPDX-License-Identifier: GPL-2.0-or-later
//
// The exceptions of epan's dissectors.
#pragma once

#include <wireshark.h>

#include <epan/exceptions.h>
#include <epan/packet.h>

extern "C" { // the header of version 4.0 does not say it
#include <epan/show_exception.h>
}

namespace mptcp {

// Calls dissect(). If it throws because the data is malformed or cut, the tree shows it, as if the
// rest of the frame were not dissected. epan leaves dissect() by longjmp.
template <class Dissect>
void dissect_or_show(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, Dissect dissect)
{
#if defined(__clang__)
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wdeprecated-volatile" // in epan's macros
#endif
    TRY { dissect(); }
    CATCH_NONFATAL_ERRORS { show_exception(tvb, pinfo, tree, EXCEPT_CODE, GET_MESSAGE); }
    ENDTRY;
#if defined(__clang__)
#pragma clang diagnostic pop
#endif
}

} // namespace mptcp
