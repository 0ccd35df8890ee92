// SPDX-License-Identifier: GPL-2.0-or-later
#include "tap/tap_session.h"

namespace mptcp {

void begin_tap_session()
{
    session().statistics = std::make_shared<TapSession>();
    session().capture_closing.push_back([] {
        forget_packets(tap_session().dialog);
        tap_session().followers.reset();
        for (const Watch *watch : tap_session().watches)
            watch->tell_closing();
    });
}

TapSession &tap_session() { return *static_cast<TapSession *>(session().statistics.get()); }

} // namespace mptcp
