// SPDX-License-Identifier: GPL-2.0-or-later
//
// A statement of the diagnosis: what is the matter with a connection, in plain words, with the
// figures and the frames that show it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/types.h"
#include "diagnosis/code.h"
#include "events/event.h"

namespace mptcp {

// A count, a time, or a part from 0 to 1.
using FigureValue = std::variant<std::uint64_t, Time, double>;
using Figure = std::pair<std::string_view, FigureValue>; // the name is a literal

struct Statement {
    Code code{};
    Severity severity{};
    std::optional<std::uint32_t> connection; // index; none: the capture as a whole
    std::optional<std::uint32_t> subflow;    // index in the connection
    std::optional<Role> sender;              // whose data or packets it is about
    std::string text;                        // some sentences
    std::vector<std::uint32_t> frames;       // that show it; all of them are in the text
    std::vector<Figure> figures;
};

using Statements = std::vector<Statement>;

} // namespace mptcp
