// SPDX-License-Identifier: GPL-2.0-or-later
//
// The rules of the diagnosis. Each adds its statements on one connection, or none: a rule abstains
// if the capture does not have what it needs. docs/reference.md lists their thresholds.
#pragma once

#include "diagnosis/evidence.h"
#include "diagnosis/statement.h"

namespace mptcp {

// A statement on the connection, without text.
inline Statement begin(const Evidence &evidence, Code code, Severity severity)
{
    Statement statement;
    statement.code = code;
    statement.severity = severity;
    statement.connection = evidence.row().index;
    return statement;
}

// What became of the connection, and what of it the capture does not have. The first statement is
// the outcome.
void add_outcome(const Evidence &evidence, Statements &to);

// Fallback to regular TCP: where, why, and who began it (RFC 8684 3.7). Called by add_outcome().
void add_fallback(const Evidence &evidence, Statements &to);

// Joins that failed (RFC 8684 3.2).
void add_joins(const Evidence &evidence, Statements &to);

// Announced addresses, flag C, or no attempt at all (RFC 8684 3.1, 3.4).
void add_addresses(const Evidence &evidence, Statements &to);

// Paths that carried nothing, and data that was sent again in vain.
void add_paths(const Evidence &evidence, Statements &to);

// What several paths were good for: data that was handed over when one failed, and whether they
// were faster than one. See path_use/path_use.h.
void add_path_use(const Evidence &evidence, Statements &to);
// Adds to a statement how the sender used its paths, as far as that is known.
void describe_use(const Evidence &evidence, Role sender, Statement &to);

// What limited the data of each host: see limits/limit.h.
void add_limits(const Evidence &evidence, Statements &to);

// Paths that failed or were closed before the connection, and aborted connections.
void add_ends(const Evidence &evidence, Statements &to);

// Defects of hosts and of the network that no other rule explains.
void add_flaws(const Evidence &evidence, Statements &to);

} // namespace mptcp
