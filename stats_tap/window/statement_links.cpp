// SPDX-License-Identifier: GPL-2.0-or-later
#include "window/statement_links.h"

namespace mptcp {
namespace {

// About the data of one sender, not about what both hosts did.
bool is_about_sent_data(Code code)
{
    return is_about_limits(code) || code == Code::ReinjectionsUseless ||
           code == Code::SlowerThanOnePath || code == Code::Handover;
}

SeriesType graph_of_code(Code code)
{
    switch (code) {
    case Code::LimitedByReceiveWindow:
    case Code::LimitedByPath:
    case Code::LimitedByApplication:
        return SeriesType::Window;
    case Code::LimitedByLoss:
    case Code::ReinjectionsUseless:
    case Code::Handover:
        return SeriesType::Sequence;
    case Code::SlowerThanOnePath:
        return SeriesType::Goodput;
    default: // the events, and head-of-line blocking
        return SeriesType::Paths;
    }
}

} // namespace

std::string filter_of_connection(std::uint32_t connection)
{
    return "mptcp.conn == " + std::to_string(connection);
}

std::string filter_of_statement(const Statement &statement, std::uint32_t connection)
{
    std::string filter = filter_of_connection(connection);
    // What was handed over is on other subflows, too.
    if (statement.subflow && statement.code != Code::Handover)
        filter += " && mptcp.subflow == " + std::to_string(*statement.subflow);
    if (statement.sender && is_about_sent_data(statement.code))
        filter += std::string{" && mptcp.from_client == "} +
                  (*statement.sender == Role::Client ? "1" : "0");
    return filter;
}

GraphChoice graph_of_statement(const Statement &statement, std::uint32_t connection)
{
    return {connection, graph_of_code(statement.code), statement.sender};
}

} // namespace mptcp
