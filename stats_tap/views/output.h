// SPDX-License-Identifier: GPL-2.0-or-later
//
// Where a view's text goes, piece by piece: it may be longer than memory should hold.
#pragma once

#include <functional>
#include <string_view>

namespace mptcp {

using Output = std::function<void(std::string_view piece)>;

} // namespace mptcp
