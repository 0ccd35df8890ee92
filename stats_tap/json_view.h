// SPDX-License-Identifier: GPL-2.0-or-later
//
// `tshark -z mptcp,json`: the report as the JSON document of docs/json.md.
#pragma once

#include <cstdio>

#include "report.h"

namespace mptcp {

void print_json(const Report &report, std::FILE *to);

} // namespace mptcp
