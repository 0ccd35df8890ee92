// SPDX-License-Identifier: GPL-2.0-or-later
//
// Fuzzes the views with any segments, and the writers with any bytes as strings.
// A second library must parse the JSON document as UTF-8 with the numbers of the
// report. Text must be UTF-8, and a CSV line must have as many fields as the
// header.
//
// The first byte of the input is the length of the string that follows; the rest
// are segments (segments_input.h).
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <glib.h>

#include <nlohmann/json.hpp>

#include "analysis/analysis.h"
#include "analysis/report.h"
#include "analysis/timeline.h"
#include "base/format.h"
#include "check.h"
#include "diagnosis/diagnose.h"
#include "segments_input.h"
#include "views/columns.h"
#include "views/csv.h"
#include "views/csv_view.h"
#include "views/diagnosis_view.h"
#include "views/events_view.h"
#include "views/json_view.h"
#include "views/json_writer.h"
#include "views/points_view.h"
#include "views/text_view.h"

namespace {

using namespace mptcp;
using fuzz::check;
using Document = nlohmann::json;

// Parses the document; fails if it is not valid JSON or not UTF-8.
Document read(const std::string &text)
{
    Document document = Document::parse(text, nullptr, false);
    check(!document.is_discarded());
    return document;
}

template <class Write> std::string written(Write write)
{
    std::string text;
    write([&text](std::string_view piece) { text += piece; });
    return text;
}

bool is_utf8(const std::string &text)
{
    return g_utf8_validate(text.data(), static_cast<gssize>(text.size()), nullptr) != 0;
}

void check_counts(const Document &found, const PerRole<Volume> &sent)
{
    for_each_role([&](Role role, const char *name) {
        check(found["packets"][name] == sent[role].packets);
        check(found["payload"][name] == sent[role].payload);
    });
}

void check_kinds(const Document &found, const PerRole<DataCount> &data)
{
    for_each_role([&](Role role, const char *name) {
        check(found["data"][name]["unique"] == data[role].unique);
        check(found["data"][name]["reinjected"] == data[role].reinjected);
        check(found["data"][name]["retransmitted"] == data[role].retransmitted);
        check(found["data"][name]["unmapped"] == data[role].unmapped);
    });
}

void check_host(const Document &found, const Host &host)
{
    check(host.token ? found["token"] == host.token->value : found["token"].is_null());
    check(host.key ? std::stoull(found["key"].get<std::string>(), nullptr, 16) == host.key->value
                   : found["key"].is_null());
    check(host.idsn ? std::stoull(found["idsn"].get<std::string>(), nullptr, 16) == host.idsn->value
                    : found["idsn"].is_null());
}

void check_document(const Document &found, const Report &report, const Analysis &analysis)
{
    check(found["packets"] == report.packets);
    check(found["totals"]["connections"] == report.totals.connections);
    check(found["totals"]["established"] == report.totals.established);
    check(found["totals"]["subflows"] == report.totals.subflows);
    check(found["totals"]["payload"] == report.totals.payload);
    check(found["events"].size() == analysis.timeline.size());
    check(found["connections"].size() == report.connections.size());
    for (std::size_t i = 0; i < report.connections.size(); ++i) {
        const ConnectionRow &row = report.connections[i];
        const Document &connection = found["connections"][i];
        check(connection["conn"] == row.index);
        check_counts(connection, row.sent);
        check_kinds(connection, row.data);
        for_each_role([&](Role role, const char *name) {
            check_host(connection[name], row.connection->hosts[role]);
        });
        check(connection["subflows"].size() == row.subflows.size());
        for (std::size_t j = 0; j < row.subflows.size(); ++j) {
            check_counts(connection["subflows"][j], row.subflows[j].sent);
            check_kinds(connection["subflows"][j], row.subflows[j].data);
        }
    }
}

// No packet is in two counts.
void check_points(const PointsReport &report, const Sightings &sightings)
{
    for (const Passage &passage : report.passages) {
        const std::uint64_t packets =
            passage.both + passage.lost_frames.size() + passage.missed + passage.unseen;
        check(packets <= sightings.all().size());
        check(passage.reordered <= passage.both);
    }
}

// The number of fields; fails if the text is not one line by RFC 4180.
std::size_t fields_of(std::string_view line)
{
    std::size_t fields = 1;
    bool quoted = false;
    check(line.ends_with('\n'));
    for (const char c : line.substr(0, line.size() - 1)) {
        quoted ^= c == '"';
        fields += c == ',' && !quoted ? 1 : 0;
        check(quoted || (c != '\n' && c != '\r'));
    }
    check(!quoted);
    return fields;
}

// A capture in which most segments are recorded at two points, by two clocks.
void check_two_points(ByteView segments)
{
    constexpr std::uint32_t kFirstMisses = 5, kSecondMisses = 7, kDelays = 11, kAbsurd = 16;
    Tracker tracker;
    Summary summary;
    Sightings sightings;
    for (const std::uint32_t interface : {1U, 2U})
        tracker.points().note(tracker.points().add({.interface = interface}, "point"));
    const auto see = [&](const Segment &segment) {
        const auto observation = tracker.on_segment(segment);
        summary.add(observation, segment.payload, segment.frame, segment.time, segment.marks);
        sightings.add(tracker.points(), segment, observation);
    };
    fuzz::each_segment(segments, [&](Segment segment) {
        if (segment.frame % kFirstMisses != 0)
            see(segment);
        segment.marks = 1;
        segment.time += segment.frame % kDelays * 1'000'000;
        if (segment.seq.value % kAbsurd < 2)
            segment.time = segment.seq.value % kAbsurd == 0 ? kLatestTime : -kLatestTime;
        if (segment.seq.value % 4 == 0)
            segment.options.bytes = {};
        if (segment.frame % kSecondMisses != 0)
            see(segment);
    });
    const PointsReport report = make_points_report(
        tracker, sightings, [&](std::uint32_t frame) { return summary.counted_or_copy(frame); });
    check_points(report, sightings);
    const Streams streams(tracker.registry().subflow_count());
    const ReportRows rows{tracker, summary, streams};
    check(is_utf8(
        written([&](const Output &out) { write_points(rows.points(), report, nullptr, out); })));
}

void check_views(ByteView segments)
{
    Tracker tracker;
    Summary summary;
    fuzz::each_segment(segments, [&](const Segment &segment) {
        summary.add(tracker.on_segment(segment), segment.payload, segment.frame, segment.time);
    });
    const Streams streams(tracker.registry().subflow_count());
    const ReportRows rows{tracker, summary, streams};
    const Report report = make_report(tracker, summary, streams);
    const Analysis analysis = analyze(tracker, summary, 0);
    const PointsReport no_points;
    const Statements statements =
        diagnose(rows, {analysis, no_points, kLatestTime}, [](std::uint32_t) { return true; });
    check_document(read(written([&](const Output &out) {
                       write_json(rows, analysis, no_points, statements, out);
                   })),
                   report, analysis);
    check(is_utf8(
        written([&](const Output &out) { write_diagnosis(statements, analysis, nullptr, out); })));
    const auto show_time = [](Time time) { return to_seconds(time, kTimeDigits); };
    const auto show_event_time = [](Time time, Time) { return to_seconds(time, kTimeDigits); };
    const auto problems = find_problems(tracker, summary);
    check(is_utf8(
        written([&](const Output &out) { write_text(rows, problems, show_time, nullptr, out); })));
    check(is_utf8(written(
        [&](const Output &out) { write_events(analysis, show_event_time, nullptr, out); })));
    for (const ConnectionRow &row : report.connections) {
        check(fields_of(csv_line({&row})) == columns().size());
        for (const SubflowRow &subflow : row.subflows)
            check(fields_of(csv_line({&row, &subflow})) == columns().size());
    }
}

// Valid UTF-8 is preserved; other strings are replaced by valid ones.
void check_words(const std::string &words)
{
    const Document found = read(written([&](const Output &out) {
        Json json{out};
        json.object(nullptr, [&] {
            json.string("words", words);
            json.array("list", [&] { json.string(nullptr, std::string_view{words}); });
        });
    }));
    const auto read_back = found["words"].get<std::string>();
    check(is_utf8(read_back) && found["list"][0] == read_back);
    check(!is_utf8(words) || read_back == words);
    check(fields_of(csv_field(words) + "," + csv_field(words) + "\n") == 2);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    Cursor cursor{ByteView{data, size}};
    const ByteView words = cursor.take(cursor.u8());
    check_words({words.begin(), words.end()});
    const ByteView segments = cursor.take(cursor.remaining());
    check_views(segments);
    check_two_points(segments);
    return 0;
}
