// SPDX-License-Identifier: GPL-2.0-or-later
#include "views/statement_table.h"

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/format.h"
#include "base/phrases.h"
#include "views/csv.h"
#include "views/yaml.h"

namespace mptcp {
namespace {

enum class FieldKind : std::uint8_t { Number, Words, Frames };

// Of a statement on the capture as a whole, what is about a connection is empty.
struct StatementField {
    std::string_view title;
    FieldKind kind;
    std::string (*value)(const Statement &statement, const EndsOfConnections &ends);
};

std::string number_or_nothing(const std::optional<std::uint32_t> &number)
{
    return number ? std::to_string(*number) : std::string{};
}

template <Role Host>
std::string statement_end(const Statement &statement, const EndsOfConnections &ends)
{
    return statement.connection ? to_text(ends.at(*statement.connection)[Host]) : std::string{};
}

std::string frames_of(const Statement &statement, std::string_view separator)
{
    Phrases frames{separator};
    for (const std::uint32_t frame : statement.frames)
        frames.add(std::to_string(frame));
    return frames.text();
}

constexpr StatementField kStatementFields[] = {
    {"Connection", FieldKind::Number,
     [](const Statement &each, const EndsOfConnections &) {
         return number_or_nothing(each.connection);
     }},
    {"Client", FieldKind::Words, statement_end<Role::Client>},
    {"Server", FieldKind::Words, statement_end<Role::Server>},
    {"Subflow", FieldKind::Number,
     [](const Statement &each, const EndsOfConnections &) {
         return number_or_nothing(each.subflow);
     }},
    {"Sender", FieldKind::Words,
     [](const Statement &each, const EndsOfConnections &) {
         return each.sender ? std::string{name(*each.sender)} : std::string{};
     }},
    {"Severity", FieldKind::Words,
     [](const Statement &each, const EndsOfConnections &) {
         return std::string{name(each.severity)};
     }},
    {"Code", FieldKind::Words,
     [](const Statement &each, const EndsOfConnections &) { return std::string{name(each.code)}; }},
    {"Statement", FieldKind::Words,
     [](const Statement &each, const EndsOfConnections &) { return each.text; }},
    {"Frames", FieldKind::Frames,
     [](const Statement &each, const EndsOfConnections &) { return frames_of(each, " "); }},
};

std::string yaml_field(const StatementField &field, const Statement &statement,
                       const EndsOfConnections &ends)
{
    if (field.kind == FieldKind::Frames)
        return "[" + frames_of(statement, ", ") + "]";
    const std::string value = field.value(statement, ends);
    if (value.empty())
        return "null";
    return field.kind == FieldKind::Number ? value : yaml_string(value);
}

} // namespace

std::string statement_csv_header()
{
    Phrases titles{","};
    for (const StatementField &field : kStatementFields)
        titles.add(field.title);
    return titles.text() + "\n";
}

std::string statement_csv_line(const Statement &statement, const EndsOfConnections &ends)
{
    std::string line;
    for (const StatementField &field : kStatementFields)
        line += (&field == kStatementFields ? "" : ",") + csv_field(field.value(statement, ends));
    return line + "\n";
}

std::string statement_yaml_item(const Statement &statement, const EndsOfConnections &ends)
{
    std::string item;
    for (const StatementField &field : kStatementFields)
        append_yaml(item, item.empty(), field.title, yaml_field(field, statement, ends));
    return item;
}

} // namespace mptcp
