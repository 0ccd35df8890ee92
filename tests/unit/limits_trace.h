// SPDX-License-Identifier: GPL-2.0-or-later
//
// A fixture for tests of limits: packets at given milliseconds since the first SYN, and the
// intervals in words:
//
//     open();                                         // SYN at 0, SYN/ACK at 20, ACK at 21
//     see_at(30, data(initial, 0, 1000));
//     EXPECT_THAT(limits(), ElementsAre("handshake 0-21", "application 21-30, 1000 bytes"));
#pragma once

#include <string>
#include <vector>

#include "limits/limits.h"
#include "noted_trace.h"

namespace mptcp::test {

class LimitsTrace : public NotedTrace {
protected:
    void see_at(Time milliseconds, const Packet &packet)
    {
        const Time steps_by_itself = kMillisecond;
        trace.wait(first_ + milliseconds * kMillisecond - steps_by_itself - trace.now());
        see(packet);
    }

    // The time from the SYN to the SYN/ACK, and from that to the third ACK, in milliseconds.
    void open(Time to_server = 20, Time to_client = 1)
    {
        see_at(0, initial.initiator().syn().with(peers.syn()));
        see_at(to_server, initial.acceptor().syn_ack().with(peers.syn_ack()));
        see_at(to_server + to_client, initial.initiator().ack().with(peers.ack()));
    }
    // And the join of `second`, up to 42 ms.
    void open_both()
    {
        open();
        see_at(21, second.initiator().syn().with(join.syn()));
        see_at(41, second.acceptor().syn_ack().with(join.syn_ack()));
        see_at(42, second.initiator().ack().with(join.ack()));
        see_at(42, second.acceptor().ack());
    }

    std::vector<std::string> limits(Role sender = Role::Client) const
    {
        return in_words(make_limits(make_moments(drawn(), sender)));
    }
    static std::vector<std::string> in_words(const std::vector<LimitInterval> &intervals)
    {
        std::vector<std::string> all;
        for (const LimitInterval &interval : intervals)
            all.push_back(in_words(interval));
        return all;
    }
    static std::string in_words(const LimitInterval &interval)
    {
        std::string words{name(interval.limit.kind)};
        if (interval.limit.subflow)
            words += " " + std::to_string(*interval.limit.subflow);
        words += " " + std::to_string(interval.begin / kMillisecond) + "-" +
                 std::to_string(interval.end / kMillisecond);
        if (interval.bytes > 0)
            words += ", " + std::to_string(interval.bytes) + " bytes";
        return words;
    }

private:
    static constexpr Time first_ = kMillisecond;
};

} // namespace mptcp::test
