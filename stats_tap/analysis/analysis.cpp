// SPDX-License-Identifier: GPL-2.0-or-later
#include "analysis/analysis.h"

namespace mptcp {

Chronicle make_chronicle(const Tracker &tracker, const Summary &summary, Time origin)
{
    Chronicle chronicle;
    chronicle.origin = origin;
    chronicle.story = make_story(tracker, summary);
    chronicle.subflows = make_subflow_stories(tracker);
    chronicle.addresses = make_address_tables(tracker);
    chronicle.counters = count(tracker, chronicle.story);
    return chronicle;
}

} // namespace mptcp
