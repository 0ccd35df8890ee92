// SPDX-License-Identifier: GPL-2.0-or-later
#include "views/series_csv.h"

#include <concepts>
#include <string>

#include "base/format.h"
#include "views/csv.h"

namespace mptcp {
namespace {

std::string series_field(std::string_view words) { return csv_field(std::string{words}); }
std::string series_field(std::integral auto number) { return std::to_string(number); }

// Captures with nanoseconds keep them.
std::string seconds_field(Time time)
{
    constexpr int kNanoseconds = 9;
    return to_seconds(time, kNanoseconds);
}

template <class... Rest> std::string series_line(const std::string &first, const Rest &...rest)
{
    std::string line = first;
    ((line += "," + series_field(rest)), ...);
    return line + "\n";
}

} // namespace

void write_series_csv(const Sequence &sequence, const Output &out)
{
    out("time,frame,subflow,rel,bytes,kind\n");
    const bool is_rel = sequence.zero == SequenceZero::FirstByte;
    for (const SequencePoint &point : sequence.points) {
        const std::string rel = is_rel && point.place ? series_field(*point.place) : "";
        out(series_line(seconds_field(point.time), point.frame, point.subflow, rel, point.bytes,
                        name(point.kind)));
    }
}

void write_series_csv(const Goodput &goodput, const Output &out)
{
    out("time,width,subflow,bytes,unique\n");
    const std::string width = seconds_field(goodput.width);
    for (const SubflowBins &subflow : goodput.subflows) {
        Time time = 0;
        for (const ByteBin &bin : subflow.bins) {
            out(series_line(seconds_field(time), width, subflow.subflow, bin.bytes, bin.unique));
            time += goodput.width;
        }
    }
}

void write_series_csv(const std::vector<RoundTrip> &samples, const Output &out)
{
    out("time,frame,subflow,seconds,kind\n");
    for (const RoundTrip &sample : samples)
        out(series_line(seconds_field(sample.time), sample.frame, sample.subflow,
                        seconds_field(sample.duration), name(sample.kind)));
}

void write_series_csv(const std::vector<OneWayDelay> &delays, const Output &out)
{
    out("time,frame,subflow,from,to,seconds\n");
    for (const OneWayDelay &delay : delays)
        out(series_line(seconds_field(delay.time), delay.frame, delay.subflow, delay.from, delay.to,
                        seconds_field(delay.delay)));
}

void write_series_csv(const std::vector<InFlightPoint> &points, const Output &out)
{
    out("time,frame,subflow,bytes,kind\n");
    for (const InFlightPoint &point : points)
        out(series_line(seconds_field(point.time), point.frame, point.subflow, point.bytes,
                        name(point.kind)));
}

void write_series_csv(const std::vector<PathSpan> &spans, const Output &out)
{
    out("time,end,subflow,kind,words\n");
    for (const PathSpan &span : spans)
        out(series_line(seconds_field(span.begin), seconds_field(span.end), span.subflow,
                        name(span.kind), span.words));
}

void write_series_csv(const std::vector<LimitInterval> &intervals, const Output &out)
{
    out("time,end,subflow,kind,bytes\n");
    for (const LimitInterval &interval : intervals) {
        const auto &subflow = interval.limit.subflow;
        out(series_line(seconds_field(interval.begin), seconds_field(interval.end),
                        subflow ? series_field(*subflow) : "", name(interval.limit.kind),
                        interval.bytes));
    }
}

void write_series_csv(const std::vector<Concurrency> &intervals, const Output &out)
{
    out("time,end,subflows\n");
    for (const Concurrency &interval : intervals)
        out(series_line(seconds_field(interval.begin), seconds_field(interval.end),
                        interval.subflows ? series_field(*interval.subflows) : ""));
}

} // namespace mptcp
