// SPDX-License-Identifier: GPL-2.0-or-later
#include "views/yaml_view.h"

#include "views/yaml.h"

namespace mptcp {

std::string yaml_value(const Cell &cell, CellKind kind)
{
    if (std::holds_alternative<Unknown>(cell))
        return "null";
    if (const auto *flag = std::get_if<bool>(&cell))
        return *flag ? "true" : "false";
    const std::string text = to_exact_text(cell, kind);
    const bool is_number =
        std::holds_alternative<std::uint64_t>(cell) || std::holds_alternative<Time>(cell);
    return is_number ? text : yaml_string(text);
}

std::string yaml_item(const TableRow &row)
{
    std::string item;
    for (const Column &column : columns()) {
        const Cell cell = row[column];
        if (!std::holds_alternative<Blank>(cell))
            append_yaml(item, item.empty(), column.names.title, yaml_value(cell, column.kind));
    }
    return item;
}

} // namespace mptcp
