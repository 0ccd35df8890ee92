// SPDX-License-Identifier: GPL-2.0-or-later
//
// The frame around a text view, as Wireshark's own statistics have it.
#pragma once

#include <string>

#include "views/output.h"

namespace mptcp {

// `filter` as the user gave it, or nullptr. `write_lines(out)` writes the text
// inside the frame; it ends with a line feed.
template <class WriteLines>
void write_framed(const Output &out, const char *title, const char *filter, WriteLines write_lines)
{
    const std::string rule = std::string(80, '=') + "\n";
    out("\n" + rule + title + "\nFilter: " + (filter != nullptr ? filter : "<No Filter>") + "\n\n");
    write_lines(out);
    out(rule);
}

} // namespace mptcp
