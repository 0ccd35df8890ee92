// SPDX-License-Identifier: GPL-2.0-or-later
#include "views/json_points.h"

#include "views/points_words.h"

namespace mptcp {
namespace {

void write_delay(Json &json, const Passage &passage)
{
    if (!passage.delay)
        return json.null("delay");
    json.object("delay", [&] {
        json.seconds("min", passage.delay->least);
        json.seconds("median", passage.delay->median);
        json.seconds("p95", passage.delay->p95);
        json.seconds("max", passage.delay->most);
        json.seconds("jitter", passage.jitter);
    });
}

void write_passage(Json &json, const Passage &passage)
{
    json.number("from", std::uint64_t{passage.from});
    json.number("to", std::uint64_t{passage.to});
    json.boolean("order_known", passage.is_order_known);
    json.number("conn", std::uint64_t{passage.connection});
    json.number("subflow", std::uint64_t{passage.subflow});
    json.string("sender", name(passage.sender));
    json.number("both", passage.both);
    json.number("lost", std::uint64_t{passage.lost_frames.size()});
    json.numbers("lost_frames", passage.lost_frames);
    json.object("lost_kinds", [&] {
        json.number("data", passage.lost_kinds.data);
        json.number("signalling", passage.lost_kinds.signalling);
        json.number("ack", passage.lost_kinds.ack);
    });
    json.number("missed", passage.missed);
    json.number("unseen", passage.unseen);
    json.number("duplicated", passage.duplicated);
    json.number("reordered", passage.reordered);
    json.object("resegmented", [&] {
        json.number("from", passage.resegmented_from);
        json.number("to", passage.resegmented_to);
    });
    write_delay(json, passage);
    json.array("changes", passage.changes, [&](const HeaderChange &change) {
        json.string("what", change.what);
        json.number("packets", change.packets);
        json.number("first_frame", std::uint64_t{change.first_frame});
    });
}

} // namespace

void write_points(Json &json, const std::vector<PointRow> &points, const PointsReport &report)
{
    json.array("points", points, [&](const PointRow &row) {
        json.number("point", std::uint64_t{row.point});
        json.string("name", row.name);
        json.number("packets", row.packets);
        const auto side = side_of(report, row.point);
        side ? json.string("side", name(*side)) : json.null("side");
    });
    json.array("between", report.passages,
               [&](const Passage &passage) { write_passage(json, passage); });
    json.array("clocks", report.clocks, [&](const ClockOfPoints &clock) {
        json.number("from", std::uint64_t{clock.from});
        json.number("to", std::uint64_t{clock.to});
        json.seconds("offset", clock.difference.offset);
        json.seconds("low", clock.difference.low);
        json.seconds("high", clock.difference.high);
        json.boolean("set", clock.difference.is_set);
        json.real("drift", clock.difference.drift);
    });
}

} // namespace mptcp
