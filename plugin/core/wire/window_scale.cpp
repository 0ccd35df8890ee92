// SPDX-License-Identifier: GPL-2.0-or-later
#include "wire/window_scale.h"

#include <algorithm>

#include "wire/tcp_options.h"

namespace mptcp {
namespace {

constexpr std::uint8_t kWindowScale = 3;
constexpr std::uint8_t kMostShift = 14; // RFC 7323 2.3: what is above counts as this

} // namespace

WindowScale read_window_scale(ByteView options)
{
    TcpOptionWalk walk{options};
    for (ByteView option = walk.next(); !option.empty(); option = walk.next())
        if (option.front() == kWindowScale && option.size() == 3)
            return {true, std::min(option[2], kMostShift)};
    return {};
}

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
