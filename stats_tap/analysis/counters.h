// SPDX-License-Identifier: GPL-2.0-or-later
//
// The values that the MPTCP counters of both hosts' kernels should have, as far as
// a capture shows, under Linux's names (net/mptcp/mib.c; `nstat -az
// 'MPTcpExt*'`). Every packet of the capture counts as sent by one host and
// received by the other.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "analysis/timeline.h"

namespace mptcp {

enum class Counter : std::uint8_t {
    MPCapableSYNTX,
    MPCapableSYNRX,
    MPCapableSYNTXDrop,
    MPCapableSYNACKRX,
    MPCapableACKRX,
    MPCapableFallbackSYNACK,
    MPCapableFallbackACK,
    MPCapableDataFallback,
    DssFallback,
    InfiniteMapTx,
    InfiniteMapRx,
    MPJoinSynTx,
    MPJoinSynRx,
    MPJoinSynBackupRx,
    MPJoinPortSynRx,
    MPJoinSynAckRx,
    MPJoinSynAckBackupRx,
    MPJoinPortSynAckRx,
    MPJoinSynAckHMacFailure,
    MPJoinAckRx,
    MPJoinPortAckRx,
    MPJoinAckHMacFailure,
    MPJoinRejected,
    AddAddrTx,
    AddAddr,
    EchoAddTx,
    EchoAdd,
    PortAdd,
    RmAddrTx,
    RmAddr,
    MPPrioTx,
    MPPrioRx,
    MPFailTx,
    MPFailRx,
    MPFastcloseTx,
    MPFastcloseRx,
    MPRstTx,
    MPRstRx,
};
inline constexpr std::size_t kCounters = static_cast<std::size_t>(Counter::MPRstRx) + 1;

std::string_view name(Counter counter); // "MPTcpExtMPCapableSYNTX"

class Counters {
public:
    std::uint64_t &operator[](Counter counter) { return all_[static_cast<std::size_t>(counter)]; }
    std::uint64_t operator[](Counter counter) const
    {
        return all_[static_cast<std::size_t>(counter)];
    }
    Counters &operator+=(const Counters &more);

private:
    std::array<std::uint64_t, kCounters> all_{};
};

// Of each connection, by index.
std::vector<PerRole<Counters>> count(const Tracker &tracker, const Timeline &timeline);

PerRole<Counters> sum(const std::vector<PerRole<Counters>> &connections);

} // namespace mptcp
