// SPDX-License-Identifier: GPL-2.0-or-later
//
// Window scaling (RFC 7323 2.2 and 2.3).
#include "wire/window.h"

namespace mptcp {

std::optional<std::uint32_t> window_of(const Segment &segment,
                                       const std::optional<WindowScale> &own,
                                       const std::optional<WindowScale> &peer)
{
    if (segment.any_syn())
        return segment.window;
    const auto refused = [](const std::optional<WindowScale> &scale) {
        return scale && !scale->offered;
    };
    if (refused(own) || refused(peer))
        return segment.window;
    if (!own || !peer)
        return std::nullopt;
    return std::uint32_t{segment.window} << own->shift;
}

} // namespace mptcp
