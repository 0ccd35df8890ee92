// SPDX-License-Identifier: GPL-2.0-or-later
//
// The statements of the diagnosis as CSV (RFC 4180) and as YAML, a line or a mapping each.
#pragma once

#include <string>
#include <vector>

#include "base/types.h"
#include "diagnosis/statement.h"

namespace mptcp {

// By connection index, of its first subflow.
using EndsOfConnections = std::vector<PerRole<Endpoint>>;

std::string statement_csv_header();
std::string statement_csv_line(const Statement &statement, const EndsOfConnections &ends);
std::string statement_yaml_item(const Statement &statement, const EndsOfConnections &ends);

} // namespace mptcp
