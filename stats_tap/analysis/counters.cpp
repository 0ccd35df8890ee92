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

// What is known of a connection on the way through its story.
struct Progress {
    PerRole<Counters> counters;
    PerRole<std::uint32_t> fastclosed{{0, 0}}; // the frame of the first that this host has sent
};

// One thing that happened, seen from its sender and from the other host.
struct Count {
    const Tracker &tracker;
    const Occurrence &told;
    Progress &progress;

    Counters &sender() const { return progress.counters[told.from]; }
    Counters &receiver() const { return progress.counters[other(told.from)]; }
    Counters &of(Role role) const { return progress.counters[role]; }

    // Packets that are retransmitted count once; the others arrive each.
    bool is_first() const { return !told.event.repeated; }
    void sent_and_received(Counter tx, Counter rx) const
    {
        ++sender()[tx];
        ++receiver()[rx];
    }

    // Is the port of the subflow's acceptor another one than that of the
    // connection, as one that ADD_ADDR announced?
    bool has_port_of_its_own() const
    {
        const Subflow &subflow = tracker.registry()[told.event.subflow];
        if (!subflow.initiator)
            return false;
        const Role acceptor = subflow.role(other(*subflow.initiator));
        const Connection &connection = tracker.registry().connection_of(told.event.subflow);
        const Subflow &initial = tracker.registry()[connection.subflows.front()];
        return initial.kind == SubflowKind::Initial &&
               subflow.end(acceptor).endpoint.port != initial.end(acceptor).endpoint.port;
    }

    // MPTCP options of the handshakes

    void operator()(const MpCapable &) const
    {
        if (!is_first())
            return;
        if (told.event.type == EventType::CapableSyn)
            sent_and_received(Counter::MPCapableSYNTX, Counter::MPCapableSYNRX);
        else if (told.event.type == EventType::CapableSynAck)
            ++receiver()[Counter::MPCapableSYNACKRX];
        else if (told.event.type == EventType::CapableAck && told.from == Role::Client)
            ++receiver()[Counter::MPCapableACKRX];
    }
    void operator()(const MpJoinSyn &option) const
    {
        if (!is_first() || told.event.type != EventType::JoinSyn)
            return;
        sent_and_received(Counter::MPJoinSynTx, Counter::MPJoinSynRx);
        receiver()[Counter::MPJoinSynBackupRx] += option.backup ? 1 : 0;
        receiver()[Counter::MPJoinPortSynRx] += has_port_of_its_own() ? 1 : 0;
    }
    void operator()(const MpJoinSynAck &option) const
    {
        if (!is_first())
            return;
        if (told.verdict == Verdict::Bad) {
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
        if (told.verdict == Verdict::Bad) {
            ++receiver()[Counter::MPJoinAckHMacFailure];
        } else if (tracker.registry()[told.event.subflow].state() == SubflowState::Refused) {
            ++receiver()[Counter::MPJoinRejected];
        } else {
            ++receiver()[Counter::MPJoinAckRx];
            receiver()[Counter::MPJoinPortAckRx] += has_port_of_its_own() ? 1 : 0;
        }
    }

    // Of living connections

    void operator()(const AddAddr &option) const
    {
        ++sender()[option.echo ? Counter::EchoAddTx : Counter::AddAddrTx];
        // RFC 8684 3.4.1: then it is ignored.
        if (told.verdict == Verdict::Bad || told.verdict == Verdict::Leftmost)
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
        sent_and_received(Counter::MPPrioTx, Counter::MPPrioRx);
    }
    void operator()(const MpFail &) const
    {
        sent_and_received(Counter::MPFailTx, Counter::MPFailRx);
    }

    // Their ends

    void operator()(const MpFastclose &) const
    {
        ++sender()[Counter::MPFastcloseTx];
        if (told.verdict == Verdict::Bad)
            return;
        std::uint32_t &first = progress.fastclosed[told.from];
        if (first == 0) { // then the receiver ends all subflows, and hears no more of it
            first = told.event.frame;
            ++receiver()[Counter::MPFastcloseRx];
        }
    }
    void operator()(const SubflowOutcome &outcome) const
    {
        if (!outcome.rst)
            return;
        sender()[Counter::MPRstTx] += outcome.active ? 1 : 0;
        const std::uint32_t heard = progress.fastclosed[told.from];
        const bool had_closed =
            (heard != 0 && heard < told.event.frame) || progress.fastclosed[other(told.from)] != 0;
        if (told.event.type == EventType::SubflowReset && is_first() && !had_closed)
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
        case FallbackReason::ThirdAckWithoutMpCapable:
            ++of(Role::Server)[Counter::MPCapableFallbackACK];
            break;
        case FallbackReason::FirstDataWithoutOption:
            ++receiver()[Counter::MPCapableDataFallback];
            break;
        case FallbackReason::OptionsVanished:
            ++sender()[Counter::DssFallback]; // who acknowledges the plain data
            break;
        case FallbackReason::InfiniteMapping:
        case FallbackReason::InfiniteMappingAfterMpFail:
            sent_and_received(Counter::InfiniteMapTx, Counter::InfiniteMapRx);
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

std::vector<PerRole<Counters>> count(const Tracker &tracker, const Story &story)
{
    std::vector<Progress> progress(tracker.registry().connections().size());
    for (const Occurrence &told : story)
        std::visit(Count{tracker, told, progress[told.connection]}, told.event.detail);
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
