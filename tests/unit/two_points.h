// SPDX-License-Identifier: GPL-2.0-or-later
//
// A connection that is recorded at two points, which may have clocks of their own.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "between/passages.h"
#include "segments.h"

namespace mptcp::test {

inline constexpr Time kStart = 1'700'000'000'000'000'000;

// A client and a server, each with a recording of its own. The files are merged by their times.
class TwoPoints : public testing::Test {
protected:
    static constexpr std::uint32_t kAtClient = 0, kAtServer = 1, kBetween = 2;
    static constexpr Time kAway = 30 * kMillisecond, kBack = 40 * kMillisecond;

    struct Recorded {
        std::uint32_t marks;
        Time time; // by the clock there
        Packet packet;
    };

    static std::uint32_t add_point(Trace &trace, std::uint32_t interface)
    {
        Marks marks;
        marks.section = 1;
        marks.interface = interface;
        return trace.points().add(marks, "eth" + std::to_string(interface));
    }

    static constexpr std::array kOffsets{Time{0}, 3600 * kSecond, -3600 * kSecond};

    // Another capture, in which the clock of the server is ahead by that time.
    void begin(Time offset)
    {
        recorded_.clear();
        offset_ = offset;
        flow_ = TcpFlow{at("10.0.0.1", 4000), at("10.0.0.2", 80)};
    }

    // A packet, 10 ms after the one before. Both points record it, or only that of the sender.
    void send(bool from_client, const Packet &packet) { send(from_client, packet, true, true); }
    void lose(bool from_client, const Packet &packet)
    {
        send(from_client, packet, from_client, !from_client);
    }
    void send(bool from_client, Packet packet, bool at_client, bool at_server)
    {
        packet.segment.ip_id = ++ip_id_;
        now_ += 10 * kMillisecond;
        record(from_client, packet, at_client, at_server);
    }
    void record(bool from_client, const Packet &packet, bool at_client, bool at_server)
    {
        if (records_between_)
            record_between(from_client, packet);
        const Time sent = now_ + (from_client ? 0 : kAway);
        const Time at_clients = from_client ? sent : sent + kBack;
        const Time at_servers = from_client ? sent + kAway : sent;
        if (at_client)
            recorded_.push_back({kAtClient, at_clients, packet});
        if (at_server)
            recorded_.push_back(
                {kAtServer, server_time(at_servers), changed_ ? changed_(packet) : packet});
    }
    // By a third point, half way.
    void record_between(bool from_client, const Packet &packet)
    {
        recorded_.push_back({kBetween, now_ + (from_client ? kAway : kBack) / 2, packet});
    }
    Time server_time(Time time) const
    {
        return time + offset_ + static_cast<Time>(drift_ * static_cast<double>(time - kStart));
    }

    void open()
    {
        send(true, flow_.initiator().syn().with(peers_.syn()));
        send(false, flow_.acceptor().syn_ack().with(peers_.syn_ack()));
        send(true, flow_.initiator().ack().with(peers_.ack()));
    }
    void transfer(int packets)
    {
        for (int number = 0; number < packets; ++number) {
            send(true, flow_.initiator().data(100).with(dss_ack(1)));
            send(false, flow_.acceptor().data(100).with(dss_ack(1)));
        }
    }

    // Both files, merged. Returns use(trace, sightings).
    template <class Use> auto see(Use use)
    {
        Trace trace;
        std::map<std::uint32_t, std::uint32_t> marks; // as the capture shows them
        std::vector<std::pair<Packet, std::optional<Observation>>> seen;
        Sightings sightings;
        std::ranges::stable_sort(recorded_, {}, &Recorded::time);
        for (const Recorded &each : recorded_) {
            Packet packet = each.packet;
            if (!marks.contains(each.marks))
                marks[each.marks] = add_point(trace, each.marks + 1);
            packet.segment.marks = marks[each.marks];
            trace.points().note(packet.segment.marks);
            const auto observation = trace.see(packet);
            packet.segment.frame = trace.frames();
            packet.segment.time = each.time;
            sightings.add(trace.points(), packet.as_segment(), observation);
            seen.emplace_back(packet, observation);
        }
        for (int pass = 1; pass < passes_; ++pass)
            for (const auto &[packet, observation] : seen)
                if (observation)
                    sightings.add_again(trace.points(), packet.as_segment(), 0, *observation);
        return use(trace, sightings);
    }
    PointsReport report(const PointsWanted &wanted = {})
    {
        return see([&](const Trace &trace, const Sightings &sightings) {
            return make_points_report(
                trace.tracker(), sightings, [](std::uint32_t) { return true; }, wanted);
        });
    }
    // Of what the client sends, its last packet with data.
    std::vector<HeaderChange> changes_of_data()
    {
        send(true, flow_.initiator().data(100).with(dss_ack(1)));
        return passage(report(), Role::Client).changes;
    }
    // Of one direction.
    static Passage passage(const PointsReport &report, Role sender)
    {
        for (const Passage &each : report.passages)
            if (each.sender == sender)
                return each;
        ADD_FAILURE() << "no passage";
        return {};
    }

    Peers peers_;
    TcpFlow flow_{at("10.0.0.1", 4000), at("10.0.0.2", 80)};
    Time now_ = kStart;
    Time offset_ = 0; // of the server's clock
    int passes_ = 1;
    double drift_ = 0;
    std::uint16_t ip_id_ = 0;
    bool records_between_ = false;
    Packet (*changed_)(const Packet &) = nullptr; // by a middlebox
    std::vector<Recorded> recorded_;
};

} // namespace mptcp::test
