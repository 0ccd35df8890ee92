// SPDX-License-Identifier: GPL-2.0-or-later
//
// The member of the JSON document that says what is the matter.
#pragma once

#include "diagnosis/statement.h"
#include "views/json_writer.h"

namespace mptcp {

// "diagnosis": the most severe statements first.
void write_diagnosis(Json &json, const Statements &statements);

} // namespace mptcp
