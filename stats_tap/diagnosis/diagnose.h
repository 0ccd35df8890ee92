// SPDX-License-Identifier: GPL-2.0-or-later
//
// Says what is the matter with the connections of a capture: did MPTCP work, over which paths, and
// what went wrong and why. It abstains rather than guesses.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "diagnosis/evidence.h"
#include "diagnosis/statement.h"

namespace mptcp {

class Diagnosis {
public:
    // All facts must outlive it.
    explicit Diagnosis(CaptureFacts capture);

    // The statements on a connection whose row counts all of its packets: its outcome first, then
    // the most severe. Cost: linear in its events, subflows and addresses.
    Statements of(const ConnectionRow &row) const;

private:
    CaptureFacts capture_;
    std::vector<Entries> entries_; // by connection index
};

// Of the connections of which is_wanted(index), by index; or of the capture as a whole, if nobody
// offered MPTCP. The rows count all packets of the capture.
Statements diagnose(const ReportRows &rows, const CaptureFacts &capture,
                    const std::function<bool(std::uint32_t index)> &is_wanted);

// All statements, the most severe first.
Statements by_severity(Statements statements);

} // namespace mptcp
