// SPDX-License-Identifier: GPL-2.0-or-later
//
// `tshark -z mptcp,json`: the report as a JSON document.
#pragma once

#include <string>

#include "report.h"

namespace mptcp {

std::string render_json(const Report &report);

} // namespace mptcp
