// SPDX-License-Identifier: GPL-2.0-or-later
//
// The table of connections and subflows: its cells, their sort order, and CSV.
#include "views/columns.h"

#include <limits>
#include <set>

#include <gtest/gtest.h>

#include "segments.h"
#include "views/csv.h"
#include "views/csv_view.h"
#include "views/readable_cell.h"
#include "views/yaml_view.h"

namespace mptcp::test {
namespace {

constexpr std::uint64_t kMax64 = std::numeric_limits<std::uint64_t>::max();

const Column &column(std::string_view name)
{
    for (const Column &column : columns())
        if (column.names.title == name)
            return column;
    throw std::out_of_range{std::string{name}};
}

// A connection with a joined subflow and a refused one.
class Columns : public testing::Test {
protected:
    void SetUp() override
    {
        trace.see_handshake(initial, peers);
        trace.see_join(second, Join{peers});
        report = make_report(trace.tracker(), count(), {});
    }
    Summary count() const
    {
        Summary summary;
        for (std::uint32_t frame = 1; frame <= trace.frames(); ++frame)
            summary.add(Attribution{SubflowId{frame > 3 ? 1U : 0U}, Side::A}, frame, frame,
                        Time{frame} * 1'000'000);
        return summary;
    }
    std::string connection_text(std::string_view name) const
    {
        return to_text(TableRow{&report.connections[0]}[column(name)], column(name).kind);
    }
    std::string subflow_text(std::string_view name, std::size_t place) const
    {
        const ConnectionRow &row = report.connections[0];
        return to_text(TableRow{&row, &row.subflows[place]}[column(name)], column(name).kind);
    }

    Peers peers;
    TcpFlow initial{at("10.0.0.1", 4000), at("10.0.0.2", 80)};
    TcpFlow second{at("2001:db8::1", 4001), at("2001:db8::2", 80)};
    Trace trace;
    Report report;
};

TEST_F(Columns, HaveNamesOfTheirOwn)
{
    std::set<std::string_view> names;
    for (const Column &column : columns()) {
        EXPECT_TRUE(names.insert(column.names.title).second) << column.names.title;
        EXPECT_FALSE(column.meaning.empty());
    }
}

TEST_F(Columns, OfAConnection)
{
    EXPECT_EQ(connection_text("Connection"), "0");
    EXPECT_EQ(connection_text("Subflow"), "");
    EXPECT_EQ(connection_text("Subflows"), "2");
    EXPECT_EQ(connection_text("State"), "open");
    EXPECT_EQ(connection_text("Client"), "10.0.0.1:4000");
    EXPECT_EQ(connection_text("Server"), "10.0.0.2:80");
    EXPECT_EQ(connection_text("Payload C>S"), "28"); // 1 to 7
    EXPECT_EQ(connection_text("Packets C>S"), "7");
    EXPECT_EQ(connection_text("Duration"), "0.006000");
    EXPECT_EQ(connection_text("Handshake"), "complete");
    EXPECT_EQ(connection_text("Fallback"), "");
    EXPECT_EQ(connection_text("Mbit/s S>C"), "-");
    EXPECT_EQ(connection_text("Share C>S"), "");
    EXPECT_EQ(connection_text("Last frame"), "7");
    EXPECT_EQ(connection_text("Start"), "0.001000");
    EXPECT_EQ(connection_text("Idle"), "-");
}

TEST_F(Columns, OfTheTimeSinceTheLastPacket)
{
    note_extent(report, 0, 10'000'000);
    EXPECT_EQ(connection_text("Idle"), "0.003000"); // since frame 7, to the end of the capture
    EXPECT_EQ(subflow_text("Idle", 0), "0.004000"); // since frame 3, to the end of the connection
    EXPECT_EQ(subflow_text("Idle", 1), "0.000000");
}

TEST_F(Columns, OfBothSendersTogether)
{
    ConnectionRow &row = report.connections[0];
    SubflowRow &subflow = row.subflows[0];
    for (const Role role : {Role::Client, Role::Server}) {
        row.data[role].reinjected = 20;
        row.data[role].retransmitted = 3;
        subflow.data[role].retransmitted = 1;
    }
    EXPECT_EQ(connection_text("Sent again"), "46");
    EXPECT_EQ(subflow_text("Sent again", 0), "2");
}

TEST_F(Columns, OfASubflow)
{
    EXPECT_EQ(subflow_text("Connection", 1), "0");
    EXPECT_EQ(subflow_text("Subflow", 1), "1");
    EXPECT_EQ(subflow_text("Subflows", 1), "");
    EXPECT_EQ(subflow_text("Client", 1), "[2001:db8::1]:4001");
    EXPECT_EQ(subflow_text("Payload C>S", 0), "6");
    EXPECT_EQ(subflow_text("Payload C>S", 1), "22");
    EXPECT_EQ(subflow_text("Share S>C", 1), "-");
    EXPECT_EQ(subflow_text("Kind", 1), "join");
    EXPECT_EQ(subflow_text("Initiator", 1), "client");
    EXPECT_EQ(subflow_text("HMAC ACK", 1), "good");
    EXPECT_EQ(subflow_text("Stream", 1), "-");
    EXPECT_EQ(subflow_text("Client key", 1), "");
}

TEST(Cells, AreWrittenWithTheirUnits)
{
    EXPECT_EQ(to_text(Cell{kMax64}, CellKind::Count), "18446744073709551615");
    EXPECT_EQ(to_text(Cell{Time{1'234'567'890}}, CellKind::Seconds), "1.234567");
    EXPECT_EQ(to_text(Cell{Time{1'234'567}}, CellKind::Milliseconds), "1.234");
    EXPECT_EQ(to_text(Cell{std::uint64_t{125'000}}, CellKind::Megabits), "1.000");
    EXPECT_EQ(to_text(Cell{0.25}, CellKind::Share), "25.0%");
    EXPECT_EQ(to_text(Cell{std::uint64_t{10}}, CellKind::TokenValue), "10 (0x0000000a)");
    EXPECT_EQ(to_text(Cell{Blank{}}, CellKind::Count), "");
    EXPECT_EQ(to_text(Cell{Unknown{}}, CellKind::Count), "-");
}

TEST(Cells, ForReadersAreRoundedAndHaveTheirUnit)
{
    const auto readable = [](const Cell &cell, CellKind kind) {
        return to_readable(cell, kind) + " = " + exact_value(cell, kind);
    };
    EXPECT_EQ(readable(std::uint64_t{12'345}, CellKind::Bytes), "12.35 kB = 12,345 bytes");
    EXPECT_EQ(readable(std::uint64_t{1'562'500}, CellKind::Megabits),
              "12.50 Mbit/s = 12.500 Mbit/s");
    EXPECT_EQ(readable(Time{12'345'678}, CellKind::Milliseconds), "12.35 ms = 12.345 ms");
    EXPECT_EQ(readable(Time{17'759'123'456}, CellKind::Seconds), "17.76 s = 17.759123 s");
    EXPECT_EQ(readable(std::uint64_t{12'345}, CellKind::Count), "12,345 = ");
    EXPECT_EQ(readable(std::uint64_t{12'345}, CellKind::Number), "12345 = ");
    EXPECT_EQ(readable(Time{1'234'567'890}, CellKind::PointInTime), "1.234567 = ");
    EXPECT_EQ(readable(0.25, CellKind::Share), "25.0% = ");
    EXPECT_EQ(readable(Unknown{}, CellKind::Bytes), "- = ");
    EXPECT_EQ(readable(Blank{}, CellKind::Seconds), " = ");
}

TEST(Cells, SortByValueBehindWhatIsUnknownAndBlank)
{
    const Cell in_order[] = {Blank{}, Unknown{}, std::uint64_t{9}, std::uint64_t{10}, kMax64};
    for (std::size_t left = 0; left < std::size(in_order); ++left)
        for (std::size_t right = 0; right < std::size(in_order); ++right)
            EXPECT_EQ(is_less(in_order[left], in_order[right]), left < right);
    EXPECT_TRUE(is_less(Cell{0.5}, Cell{0.75}));
    EXPECT_TRUE(is_less(Cell{std::string_view{"a"}}, Cell{std::string_view{"b"}}));
}

TEST(CsvField, IsQuotedWhereItMustBe)
{
    EXPECT_EQ(csv_field("plain words"), "plain words");
    EXPECT_EQ(csv_field("a,b"), "\"a,b\"");
    EXPECT_EQ(csv_field("say \"no\""), "\"say \"\"no\"\"\"");
    EXPECT_EQ(csv_field("two\nlines"), "\"two\nlines\"");
    EXPECT_EQ(csv_field(""), "");
}

TEST_F(Columns, AsCsvHaveAFieldForEachAndNoneForUnknown)
{
    const auto fields = [](const std::string &line) {
        return static_cast<std::size_t>(std::count(line.begin(), line.end(), ',')) + 1;
    };
    const ConnectionRow &row = report.connections[0];
    EXPECT_EQ(fields(csv_header()), columns().size());
    EXPECT_EQ(csv_header().rfind("Connection,Subflow,State,Client,Server,Payload C>S,", 0), 0U);
    EXPECT_EQ(fields(csv_line({&row})), columns().size());
    EXPECT_EQ(csv_line({&row}).rfind("0,,open,10.0.0.1:4000,10.0.0.2:80,28,0,,,2,,,,0.006000,", 0),
              0U);
    EXPECT_EQ(csv_line({&row, &row.subflows[0]}).rfind("0,0,open,", 0), 0U);
    EXPECT_EQ(csv_line({&row}).back(), '\n');
}

TEST_F(Columns, AsYamlLeaveOutWhatDoesNotApply)
{
    const ConnectionRow &row = report.connections[0];
    const std::string item = yaml_item({&row, &row.subflows[1]});
    EXPECT_EQ(item.rfind("- Connection: 0\n  Subflow: 1\n  State: \"open\"\n"
                         "  Client: \"[2001:db8::1]:4001\"\n",
                         0),
              0U);
    EXPECT_EQ(item.find("Subflows:"), std::string::npos);
    EXPECT_NE(item.find("\n  Stream: null\n"), std::string::npos);
    EXPECT_NE(item.find("\n  Client backup: false\n"), std::string::npos);
    EXPECT_NE(item.find("\n  Start: 0.004000\n"), std::string::npos);
}

} // namespace
} // namespace mptcp::test
