// SPDX-License-Identifier: GPL-2.0-or-later
//
// Which marks in a row of a graph have room for their words, and on which side.
#pragma once

#include <cstdint>
#include <vector>

namespace mptcp {

// Lengths are pixels, or any other unit.
struct MarkLabel {
    double mark = 0;    // where the mark is
    double width = 0;   // of the words, with the distance from the mark
    int kind = 0;       // marks of one kind have the same words
    int importance = 0; // more important ones get their room first
};

enum class LabelSide : std::uint8_t { Hidden, Right, Left };

// The labels are in the order of their marks. One is shown, if possible right of its mark, where it
// is between `begin` and `end`, overlaps no other one, and covers no mark of another kind.
// Cost: O(n log n), and the marks that shown labels cover.
std::vector<LabelSide> place_labels(const std::vector<MarkLabel> &labels, double begin, double end);

} // namespace mptcp
