// SPDX-License-Identifier: GPL-2.0-or-later
//
// A capture of one connection and its diagnosis, for the tests of the rules.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "diagnosis/diagnose.h"
#include "segments.h"

namespace mptcp::test {

class Diagnosed : public testing::Test {
protected:
    void see(const Packet &packet)
    {
        const auto observation = trace.see(packet);
        all.add(observation, packet.segment.payload, trace.frames(), trace.now());
    }
    void open()
    {
        see(initial.initiator().syn().with(peers.syn()));
        see(initial.acceptor().syn_ack().with(peers.syn_ack()));
        see(initial.initiator().ack().with(peers.ack()));
    }
    // A join of the client with the answer of the server, 4 frames.
    void join(TcpFlow &flow) { join_with(flow, Join{peers}.syn()); }
    void join_with(TcpFlow &flow, const Bytes &syn)
    {
        const Join options{peers};
        see(flow.initiator().syn().with(syn));
        see(flow.acceptor().syn_ack().with(options.syn_ack()));
        see(flow.initiator().ack().with(options.ack()));
        acknowledge(flow, Role::Server);
    }
    // Data with a mapping. The client is the initiator of all flows.
    void send(TcpFlow &flow, Role from, std::uint16_t bytes = 100)
    {
        send_at(flow, from, sent[from], bytes);
        sent[from] += bytes;
    }
    void send_at(TcpFlow &flow, Role from, std::uint64_t place, std::uint16_t bytes = 100)
    {
        auto sender = from == Role::Client ? flow.initiator() : flow.acceptor();
        const std::uint32_t relative = sender.relative();
        see(sender.data(bytes).with(
            dss_map(DataSeq{peers.first_data(from).value + place}, relative, bytes)));
    }
    // A pure ACK with a DATA_ACK of all that the other host sent.
    void acknowledge(TcpFlow &flow, Role from)
    {
        auto sender = from == Role::Client ? flow.initiator() : flow.acceptor();
        see(sender.ack().with(
            dss_ack(DataSeq{peers.first_data(other(from)).value + sent[other(from)]})));
    }
    // Several packets of the server on one flow, each acknowledged.
    void transfer(TcpFlow &flow, int packets = 12)
    {
        for (int number = 0; number < packets; ++number) {
            send(flow, Role::Server);
            acknowledge(flow, Role::Client);
        }
    }

    // Of the first connection. The capture ends so long after its last packet.
    Statements diagnosed(Time later = 10 * kSecond) const
    {
        const Report report = make_report(trace.tracker(), all, {});
        const Analysis analysis = analyze(trace.tracker(), all, 0, between);
        const PointsReport no_points;
        return Diagnosis{{analysis, no_points, trace.now() + later, times}}.of(
            report.connections.at(0));
    }
    // "note single_path"
    std::vector<std::string> codes(Time later = 10 * kSecond) const
    {
        std::vector<std::string> list;
        for (const Statement &each : diagnosed(later))
            list.push_back(std::string{name(each.severity)} + " " + std::string{name(each.code)});
        return list;
    }
    // The statement with that code, or one without text.
    Statement statement(Code code, Time later = 10 * kSecond) const
    {
        const Statements all_of_it = diagnosed(later);
        const auto found = std::ranges::find(all_of_it, code, &Statement::code);
        return found == all_of_it.end() ? Statement{} : *found;
    }
    std::string text(Code code) const { return statement(code).text; }

    Peers peers;
    TcpFlow initial{at("10.0.0.1", 4000), at("10.0.0.2", 80)};
    TcpFlow second{at("10.0.9.1", 4001), at("10.0.0.2", 80)};
    Trace trace;
    Summary all;
    PerRole<std::uint64_t> sent;                                   // bytes
    std::function<PerRole<SenderTimes>(const Connection &)> times; // none: not known
    EventsBetween between;                                         // what happened between points
};

// Two paths, both with data of the server.
class DiagnosedTwoPaths : public Diagnosed {
protected:
    void SetUp() override
    {
        open();
        join(second);
        transfer(initial);
        transfer(second);
    }
};

} // namespace mptcp::test
