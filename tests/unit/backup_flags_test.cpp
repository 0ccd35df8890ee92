// SPDX-License-Identifier: GPL-2.0-or-later
//
// The hosts that ask for a subflow to be a backup, by frame: MP_JOIN (RFC 8684 3.2) and MP_PRIO
// (RFC 8684 3.3.8, RFC 6824 3.3.8).
#include "connections/backup_flags.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "segments.h"

namespace mptcp::test {
namespace {

class Backups : public testing::Test {
protected:
    void open(Version version, bool backup)
    {
        const Peers peers{version};
        const Join join{peers};
        trace.see_handshake(initial, peers);
        const Bytes syn = mp_join_syn(peers.token(Role::Server), join.initiator_nonce, 2, backup);
        id = trace.see(second.initiator().syn().with(syn))->subflow;
        trace.see(second.acceptor().syn_ack().with(join.syn_ack()));
        trace.see(second.initiator().ack().with(join.ack()));
    }
    // The hosts that ask for the second subflow to be a backup, at a frame or now.
    EnumSet<Role> at(std::uint32_t frame) const
    {
        return trace.tracker().backup_flags().of(trace.tracker().registry(), id, frame);
    }
    EnumSet<Role> now() const { return at(trace.frames()); }

    static EnumSet<Role> hosts(std::initializer_list<Role> each)
    {
        EnumSet<Role> set;
        for (const Role role : each)
            set.add(role);
        return set;
    }

    TcpFlow initial{at_client(4000), at_server()};
    TcpFlow second{at_client(4001), at_server()};
    Trace trace;
    SubflowId id{};

private:
    static Endpoint at_client(std::uint16_t port) { return test::at("10.0.0.1", port); }
    static Endpoint at_server() { return test::at("10.0.0.2", 80); }
};

TEST_F(Backups, BeginWithTheSyn)
{
    open(kV1, true);
    EXPECT_EQ(at(3), hosts({}));
    EXPECT_EQ(at(4), hosts({Role::Client})); // the SYN
    EXPECT_EQ(now(), hosts({Role::Client}));
}

TEST_F(Backups, AreNone)
{
    open(kV1, false);
    EXPECT_EQ(now(), hosts({}));
}

TEST_F(Backups, ChangeWithMpPrio)
{
    open(kV1, true);
    trace.see(second.acceptor().ack().with(mp_prio(true)));
    EXPECT_EQ(now(), hosts({Role::Client, Role::Server}));
    trace.see(second.initiator().ack().with(mp_prio(false)));
    const std::uint32_t cleared = trace.frames();
    EXPECT_EQ(now(), hosts({Role::Server}));
    trace.see(second.acceptor().ack().with(mp_prio(false)));
    EXPECT_EQ(now(), hosts({}));
    EXPECT_EQ(at(cleared - 1), hosts({Role::Client, Role::Server})); // earlier frames keep theirs
    EXPECT_EQ(at(cleared), hosts({Role::Server}));
}

TEST_F(Backups, OfAnotherSubflowAreNamedByItsAddressIdInVersion0)
{
    open(kV0, false);
    trace.see(initial.initiator().ack().with(mp_prio(true, 2)));
    EXPECT_EQ(now(), hosts({Role::Client}));
    trace.see(second.initiator().ack().with(mp_prio(false)));
    EXPECT_EQ(now(), hosts({}));
}

TEST_F(Backups, HaveNoAddressIdInVersion1)
{
    open(kV1, false);
    trace.see(initial.initiator().ack().with(mp_prio(true, 2)));
    EXPECT_EQ(now(), hosts({}));
}

// A subflow that is opened later sets the flag by its own MP_JOIN.
TEST_F(Backups, ByAddressIdDoNotApplyToLaterSubflows)
{
    const Peers peers{kV0};
    const Join join{peers};
    trace.see_handshake(initial, peers);
    trace.see(initial.initiator().ack().with(mp_prio(true, 2)));
    id = trace.see_join(second, join).subflow;
    EXPECT_EQ(now(), hosts({}));
}

// RFC 9293 3.10.7.4: the receiver discards a segment outside its window.
TEST_F(Backups, IgnoreSegmentsOutsideTheWindow)
{
    open(kV1, false);
    trace.see(second.acceptor().ack().with_window(10));
    const Packet prio = second.initiator().ack().with(mp_prio(true));
    trace.see(prio.with_seq(prio.segment.seq + 1'000'000));
    EXPECT_EQ(now(), hosts({}));
    trace.see(prio);
    EXPECT_EQ(now(), hosts({Role::Client}));
}

} // namespace
} // namespace mptcp::test
