// SPDX-License-Identifier: GPL-2.0-or-later
#include "views/json_diagnosis.h"

#include "diagnosis/diagnose.h"

namespace mptcp {
namespace {

struct WriteFigure {
    Json &json;
    const char *member;

    void operator()(std::uint64_t count) const { json.number(member, count); }
    void operator()(Time time) const { json.seconds(member, time); }
    void operator()(double part) const { json.real(member, part); }
};

void write_statement(Json &json, const Statement &statement)
{
    json.string("code", name(statement.code));
    json.string("severity", name(statement.severity));
    json.number("conn", statement.connection);
    json.number("subflow", statement.subflow);
    statement.sender ? json.string("sender", name(*statement.sender)) : json.null("sender");
    json.string("text", statement.text);
    json.numbers("frames", statement.frames);
    json.object("figures", [&] {
        for (const auto &[figure, value] : statement.figures)
            std::visit(WriteFigure{json, figure.data()}, value);
    });
}

} // namespace

void write_diagnosis(Json &json, const Statements &statements)
{
    json.array("diagnosis", by_severity(statements),
               [&](const Statement &statement) { write_statement(json, statement); });
}

} // namespace mptcp
