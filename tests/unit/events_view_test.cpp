// SPDX-License-Identifier: GPL-2.0-or-later
//
// The output of `-z mptcp,events`.
#include "views/events_view.h"

#include <gtest/gtest.h>

#include "base/format.h"
#include "counted.h"

namespace mptcp::test {
namespace {

const std::string kRule = std::string(80, '=') + "\n";

std::string written(const Analysis &analysis, const char *filter)
{
    std::string text;
    const auto show_time = [&](Time time, Time) { return to_seconds(time - analysis.origin, 6); };
    write_events(analysis, show_time, filter, [&](std::string_view piece) { text += piece; });
    return text;
}

TEST(EventsView, HasALineForEachEvent)
{
    const Peers peers;
    TcpFlow initial{at("10.0.0.1", 4000), at("10.0.0.2", 80)};
    TcpFlow second{at("10.0.9.1", 4001), at("10.0.0.2", 80)};
    Trace trace;
    trace.wait(1000 * kMillisecond); // times are relative to the origin
    trace.see_handshake(initial, peers);
    trace.see(second.initiator().syn().with(Join{peers}.syn()));
    trace.see(second.acceptor().rst().with(mp_tcprst(3)));
    const Analysis analysis = analyze(trace.tracker(), all_counted(trace), 1001 * kMillisecond);
    // clang-format off
    EXPECT_EQ(written(analysis, nullptr),
        "\n" + kRule +
        "MPTCP Events\n"
        "Filter: <No Filter>\n"
        "\n"
        "Frame      Time  Conn  From    Event           Details\n"
        "    1  0.000000   0.0  client  capable_syn     version 1, flags H\n"
        "    2  0.001000   0.0  server  capable_synack  version 1, flags H, key 0x2b55ad2762930571\n"
        "    3  0.002000   0.0  client  capable_ack     version 1, flags H, key 0x21d98ac85e6ac392, peer's\n"
        "                                               key 0x2b55ad2762930571\n"
        "    3  0.002000   0.0  client  established\n"
        "    4  0.003000   0.1  client  join_syn        token 2095057999 (0x7ce00c4f), address ID 2, nonce\n"
        "                                               286331153, 10.0.9.1:4001 to 10.0.0.2:80\n"
        "    5  0.004000   0.1  server  join_refused    note: after 0.001000 s, administratively prohibited\n"
        "                                               (reason 3)\n"
        "\n"
        "Totals: events 6\n" + kRule);
    // clang-format on
}

TEST(EventsView, WithoutEventsSaysSo)
{
    EXPECT_EQ(written(Analysis{}, "tcp.port == 80"), "\n" + kRule +
                                                         "MPTCP Events\n"
                                                         "Filter: tcp.port == 80\n"
                                                         "\n"
                                                         "No event.\n"
                                                         "\n"
                                                         "Totals: events 0\n" +
                                                         kRule);
}

} // namespace
} // namespace mptcp::test
