// SPDX-License-Identifier: GPL-2.0-or-later
#include "analysis/counters.h"

namespace mptcp {
namespace {

constexpr std::array<std::string_view, kCounters> kNames{
    "MPTcpExtMPCapableSYNTX",
    "MPTcpExtMPCapableSYNRX",
    "MPTcpExtMPCapableSYNTXDrop",
    "MPTcpExtMPCapableSYNACKRX",
    "MPTcpExtMPCapableACKRX",
    "MPTcpExtMPCapableFallbackSYNACK",
    "MPTcpExtMPCapableFallbackACK",
    "MPTcpExtMPCapableDataFallback",
    "MPTcpExtDssFallback",
    "MPTcpExtInfiniteMapTx",
    "MPTcpExtInfiniteMapRx",
    "MPTcpExtMPJoinSynTx",
    "MPTcpExtMPJoinSynRx",
    "MPTcpExtMPJoinSynBackupRx",
    "MPTcpExtMPJoinPortSynRx",
    "MPTcpExtMPJoinSynAckRx",
    "MPTcpExtMPJoinSynAckBackupRx",
    "MPTcpExtMPJoinPortSynAckRx",
    "MPTcpExtMPJoinSynAckHMacFailure",
    "MPTcpExtMPJoinAckRx",
    "MPTcpExtMPJoinPortAckRx",
    "MPTcpExtMPJoinAckHMacFailure",
    "MPTcpExtMPJoinRejected",
    "MPTcpExtAddAddrTx",
    "MPTcpExtAddAddr",
    "MPTcpExtEchoAddTx",
    "MPTcpExtEchoAdd",
    "MPTcpExtPortAdd",
    "MPTcpExtRmAddrTx",
    "MPTcpExtRmAddr",
    "MPTcpExtMPPrioTx",
    "MPTcpExtMPPrioRx",
    "MPTcpExtMPFailTx",
    "MPTcpExtMPFailRx",
    "MPTcpExtMPFastcloseTx",
    "MPTcpExtMPFastcloseRx",
    "MPTcpExtMPRstTx",
    "MPTcpExtMPRstRx",
};

// The state of a connection at one entry of the timeline.
struct Progress {
    PerRole<Counters> counters;
    PerRole<std::uint32_t> fastclosed{{0, 0}}; // the first frame with this host's MP_FASTCLOSE
};

// Counts one entry, at its sender and at the other host.
struct Count {
    const Tracker &tracker;
    const TimelineEntry &entry;
    Progress &progress;

    Counters &sender() const { return progress.counters[entry.from]; }
    Counters &receiver() const { return progress.counters[other(entry.from)]; }
    Counters &of(Role role) const { return progress.counters[role]; }

    // False for a retransmission.
    bool is_first() const { return !entry.event.repeated; }
    // False if its receiver ignores it.
    bool is_valid() const
    {
        return entry.event.ignored == Ignored::No || entry.event.ignored == Ignored::BothFinsSent;
    }
    void sent_and_received(Counter tx, Counter rx) const
    {
        ++sender()[tx];
        ++receiver()[rx];
    }

    // Does the subflow's acceptor use another port than the connection's, such
    // as one that ADD_ADDR announced?
    bool has_port_of_its_own() const
    {
        const Subflow &subflow = tracker.registry()[entry.event.subflow];
        if (!subflow.initiator)
            return false;
        const Role acceptor = subflow.role(other(*subflow.initiator));
        const Connection &connection = tracker.registry().connection_of(entry.event.subflow);
        const Subflow &initial = tracker.registry().first_subflow_of(connection);
        return initial.kind == SubflowKind::Initial &&
               subflow.end(acceptor).endpoint.port != initial.end(acceptor).endpoint.port;
    }

    // For Linux, a server's side of a connection is established by the third ACK.
    bool is_established_at_receiver() const
    {
        return entry.from == Role::Client && connection().capable.has(CapableIn::Ack);
    }
    // The server fell back at the third ACK, and ignores MP_CAPABLE with the first data.
    bool follows_fallback() const
    {
        const auto &fallback = connection().fallback;
        return fallback && fallback->frame < entry.event.frame;
    }
    const Connection &connection() const
    {
        return tracker.registry().connection_of(entry.event.subflow);
    }

    // MPTCP options of the handshakes

    void operator()(const MpCapable &) const
    {
        if (!is_first())
            return;
        if (entry.event.type == EventType::CapableSyn)
            ++sender()[Counter::MPCapableSYNTX];
        if (!is_valid())
            return;
        if (entry.event.type == EventType::CapableSyn)
            ++receiver()[Counter::MPCapableSYNRX];
        else if (entry.event.type == EventType::CapableSynAck)
            ++receiver()[Counter::MPCapableSYNACKRX];
        else if (entry.event.type == EventType::CapableAck && entry.from == Role::Client &&
                 !follows_fallback())
            ++receiver()[Counter::MPCapableACKRX];
    }
    void operator()(const MpJoinSyn &option) const
    {
        if (!is_first() || entry.event.type != EventType::JoinSyn)
            return;
        sent_and_received(Counter::MPJoinSynTx, Counter::MPJoinSynRx);
        receiver()[Counter::MPJoinSynBackupRx] += option.backup ? 1 : 0;
        receiver()[Counter::MPJoinPortSynRx] += has_port_of_its_own() ? 1 : 0;
    }
    void operator()(const MpJoinSynAck &option) const
    {
        if (!is_first())
            return;
        if (entry.verdict == Verdict::Bad) {
            ++receiver()[Counter::MPJoinSynAckHMacFailure];
            return;
        }
        ++receiver()[Counter::MPJoinSynAckRx];
        receiver()[Counter::MPJoinSynAckBackupRx] += option.backup ? 1 : 0;
        receiver()[Counter::MPJoinPortSynAckRx] += has_port_of_its_own() ? 1 : 0;
    }
    void operator()(const MpJoinAck &) const
    {
        if (!is_first())
            return;
        if (entry.verdict == Verdict::Bad) {
            ++receiver()[Counter::MPJoinAckHMacFailure];
        } else if (tracker.registry()[entry.event.subflow].state() == SubflowState::Refused) {
            ++receiver()[Counter::MPJoinRejected];
        } else {
            ++receiver()[Counter::MPJoinAckRx];
            receiver()[Counter::MPJoinPortAckRx] += has_port_of_its_own() ? 1 : 0;
        }
    }

    // MPTCP options of established connections

    void operator()(const AddAddr &option) const
    {
        if (entry.event.type == EventType::EchoUnmatched)
            return; // counted as AddAddrEcho
        ++sender()[option.echo ? Counter::EchoAddTx : Counter::AddAddrTx];
        // RFC 8684 3.4.1: then it is ignored.
        if (entry.verdict == Verdict::Bad || entry.verdict == Verdict::Leftmost)
            return;
        ++receiver()[option.echo ? Counter::EchoAdd : Counter::AddAddr];
        receiver()[Counter::PortAdd] += option.port ? 1 : 0;
    }
    void operator()(const RemoveAddr &option) const
    {
        ++sender()[Counter::RmAddrTx];
        receiver()[Counter::RmAddr] += option.count;
    }
    void operator()(const MpPrio &) const
    {
        if (!is_valid())
            return;
        sent_and_received(Counter::MPPrioTx, Counter::MPPrioRx);
    }
    void operator()(const MpFail &) const
    {
        sent_and_received(Counter::MPFailTx, Counter::MPFailRx);
    }

    // Ends of subflows and connections

    void operator()(const MpFastclose &) const
    {
        ++sender()[Counter::MPFastcloseTx];
        if (entry.verdict == Verdict::Bad || !is_valid())
            return;
        std::uint32_t &first = progress.fastclosed[entry.from];
        if (first == 0) { // it ends all subflows of the receiver
            first = entry.event.frame;
            ++receiver()[Counter::MPFastcloseRx];
        }
    }
    void operator()(const SubflowOutcome &outcome) const
    {
        if (!outcome.rst)
            return;
        sender()[Counter::MPRstTx] += outcome.active ? 1 : 0;
        const std::uint32_t fastclosed = progress.fastclosed[entry.from];
        const bool was_fastclosed = (fastclosed != 0 && fastclosed < entry.event.frame) ||
                                    progress.fastclosed[other(entry.from)] != 0;
        if (entry.event.type == EventType::SubflowReset && is_first() && is_valid() &&
            !was_fastclosed)
            ++receiver()[Counter::MPRstRx];
    }
    void operator()(FallbackReason reason) const
    {
        switch (reason) {
        case FallbackReason::SynRepeatedWithoutMpCapable:
            ++of(Role::Client)[Counter::MPCapableSYNTXDrop];
            break;
        case FallbackReason::SynAckWithoutMpCapable:
            ++of(Role::Client)[Counter::MPCapableFallbackSYNACK];
            break;
        case FallbackReason::SynAckInvalid: // so the third ACK has no MP_CAPABLE
            ++of(Role::Client)[Counter::MPCapableFallbackSYNACK];
            ++of(Role::Server)[Counter::MPCapableFallbackACK];
            break;
        case FallbackReason::ThirdAckWithoutMpCapable:
        case FallbackReason::ThirdAckInvalid:
            ++of(Role::Server)[Counter::MPCapableFallbackACK];
            break;
        case FallbackReason::FirstDataWithoutOption:
            ++receiver()[is_established_at_receiver() ? Counter::DssFallback
                                                      : Counter::MPCapableDataFallback];
            break;
        case FallbackReason::OptionsVanished:
            ++sender()[Counter::DssFallback]; // the host that acknowledges the plain data
            break;
        case FallbackReason::InfiniteMapping:
        case FallbackReason::InfiniteMappingAfterMpFail:
            sent_and_received(Counter::InfiniteMapTx, Counter::InfiniteMapRx);
            ++receiver()[Counter::DssFallback];
            break;
        }
    }
    template <class Other> void operator()(const Other &) const {}
};

} // namespace

std::string_view name(Counter counter) { return kNames[static_cast<std::size_t>(counter)]; }

Counters &Counters::operator+=(const Counters &more)
{
    for (std::size_t i = 0; i < kCounters; ++i)
        all_[i] += more.all_[i];
    return *this;
}

std::vector<PerRole<Counters>> count(const Tracker &tracker, const Timeline &timeline)
{
    std::vector<Progress> progress(tracker.registry().connections().size());
    for (const TimelineEntry &entry : timeline)
        std::visit(Count{tracker, entry, progress[entry.connection]}, entry.event.detail);
    std::vector<PerRole<Counters>> counters;
    counters.reserve(progress.size());
    for (const Progress &each : progress)
        counters.push_back(each.counters);
    return counters;
}

PerRole<Counters> sum(const std::vector<PerRole<Counters>> &connections)
{
    PerRole<Counters> total;
    for (const PerRole<Counters> &connection : connections)
        for (const Role role : {Role::Client, Role::Server})
            total[role] += connection[role];
    return total;
}

} // namespace mptcp
