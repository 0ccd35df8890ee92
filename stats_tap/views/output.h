// SPDX-License-Identifier: GPL-2.0-or-later
//
// Where a view writes its text, in pieces: the text may be too long for memory.
#pragma once

#include <functional>
#include <string_view>

namespace mptcp {

using Output = std::function<void(std::string_view piece)>;

} // namespace mptcp
