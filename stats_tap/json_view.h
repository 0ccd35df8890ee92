// SPDX-License-Identifier: GPL-2.0-or-later
//
// `tshark -z mptcp,json`: the report and the chronicle as a JSON document.
#pragma once

#include <string>

#include "chronicle.h"
#include "report.h"

namespace mptcp {

std::string render_json(const Report &report, const Chronicle &chronicle);

} // namespace mptcp
