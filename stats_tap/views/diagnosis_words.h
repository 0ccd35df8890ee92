// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the text and the dialog of the diagnosis say about all connections: how many worked, how
// many did not, and why.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "diagnosis/statement.h"

namespace mptcp {

// Of more connections, there is a summary by code.
inline constexpr std::size_t kMostDiagnosed = 10;

// The statements on one connection, its outcome first; or those on the capture as a whole.
using OfConnection = std::span<const Statement>;

// `statements` are those of diagnose(), and must outlive the result. Never an empty group.
std::vector<OfConnection> by_connection(const Statements &statements);

// What became of a connection, by the code of its first statement: "fell back to TCP".
std::string_view outcome_words(Code outcome);

// One sentence: "2 connections: 1 used several paths, 1 fell back to TCP."
std::string outcomes_in_words(const std::vector<OfConnection> &groups);

Severity worst_of(OfConnection group);

// Of two connections, the worse one has the greater value: that with the most severe statement, or
// with more statements of that severity.
std::pair<Severity, std::size_t> badness(OfConnection group);

// In how many connections there are statements with a code and a severity.
struct CodeCount {
    Severity severity{};
    Code code{};
    std::uint64_t connections = 0;
    std::uint32_t first = 0; // the index of the first one
};
// The most severe first.
std::vector<CodeCount> count_codes(const std::vector<OfConnection> &groups);

// In how many connections there is something worse than routine: "error: refused 3; warn: fallback
// 1,200, path_failed 7."; "" if there is nothing.
std::string codes_in_words(const std::vector<CodeCount> &counts);

} // namespace mptcp
