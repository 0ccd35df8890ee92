// SPDX-License-Identifier: GPL-2.0-or-later
#include "tap/open_capture.h"

#include <wireshark.h>

#include <epan/funnel.h>

#include "capture/session.h"

namespace mptcp {

std::uint32_t connection_count()
{
    const Capture *capture = session().capture.get();
    return capture == nullptr
               ? 0
               : static_cast<std::uint32_t>(capture->tracker().registry().connections().size());
}

std::optional<std::uint32_t> connection_of_frame(std::uint32_t frame)
{
    const auto observation = outermost_observation(frame);
    if (!observation)
        return std::nullopt;
    const Registry &registry = session().capture->tracker().registry();
    return registry.index_of(registry.connection_of(observation->subflow));
}

void retap()
{
    if (const funnel_ops_t *functions = funnel_get_funnel_ops())
        functions->retap_packets(functions->ops_id);
}

} // namespace mptcp
