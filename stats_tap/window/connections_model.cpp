// SPDX-License-Identifier: GPL-2.0-or-later
#include "window/connections_model.h"

#include <algorithm>
#include <utility>

#include "window/grouped.h"

namespace mptcp {
namespace {

// The internal ID of an index: 0 for a connection, for a subflow its
// connection's place and 1.
constexpr quintptr kOfConnection = 0;

const Column &column_at(int section) { return columns()[static_cast<std::size_t>(section)]; }

QString shown(const Cell &cell, CellKind kind)
{
    if (kind == CellKind::Count)
        if (const auto *count = std::get_if<std::uint64_t>(&cell))
            return grouped(*count);
    return QString::fromStdString(to_text(cell, kind));
}

// The first column is next to the tree's branches.
Qt::Alignment alignment(int section)
{
    const bool left = section == 0 || column_at(section).kind == CellKind::Words;
    return Qt::AlignVCenter | (left ? Qt::AlignLeft : Qt::AlignRight);
}

// Nothing of a row changes without a packet of it.
bool looks_like(const ConnectionRow &left, const ConnectionRow &right)
{
    const auto packets = [](const ConnectionRow &row) {
        return row.sent[Role::Client].packets + row.sent[Role::Server].packets;
    };
    return packets(left) == packets(right) && left.span.first_frame == right.span.first_frame &&
           left.span.last_frame == right.span.last_frame;
}

} // namespace

// Does it have all rows of this one, at the same places?
bool ConnectionsModel::is_continued_by(const Report &later) const
{
    if (later.connections.size() < report_.connections.size())
        return false;
    return std::equal(
        report_.connections.begin(), report_.connections.end(), later.connections.begin(),
        [](const ConnectionRow &old, const ConnectionRow &row) {
            return old.connection == row.connection && old.subflows.size() <= row.subflows.size();
        });
}

void ConnectionsModel::show(Report report)
{
    if (report_.connections.empty() || !is_continued_by(report)) {
        beginResetModel();
        report_ = std::move(report);
        endResetModel();
        return;
    }
    const std::size_t known = report_.connections.size();
    for (std::size_t place = 0; place < known; ++place)
        replace(place, std::move(report.connections[place]));
    report_.totals = report.totals;
    report_.packets = report.packets;
    if (known == report.connections.size())
        return;
    beginInsertRows({}, static_cast<int>(known), static_cast<int>(report.connections.size()) - 1);
    std::move(report.connections.begin() + static_cast<std::ptrdiff_t>(known),
              report.connections.end(), std::back_inserter(report_.connections));
    endInsertRows();
}

// The connection at this place has had more packets, or none.
void ConnectionsModel::replace(std::size_t place, ConnectionRow &&row)
{
    ConnectionRow &old = report_.connections[place];
    const bool changed = !looks_like(old, row);
    const int before = static_cast<int>(old.subflows.size());
    const int after = static_cast<int>(row.subflows.size());
    const int line = static_cast<int>(place);
    const QModelIndex parent = index(line, 0);
    if (after > before)
        beginInsertRows(parent, before, after - 1);
    old = std::move(row);
    if (after > before)
        endInsertRows();
    if (!changed)
        return;
    const int last = columnCount() - 1;
    Q_EMIT dataChanged(parent, index(line, last));
    if (before > 0)
        Q_EMIT dataChanged(index(0, 0, parent), index(before - 1, last, parent));
}

TableRow ConnectionsModel::row(const QModelIndex &index) const
{
    const auto line = static_cast<std::size_t>(index.row());
    if (index.internalId() == kOfConnection)
        return {&report_.connections[line], nullptr};
    const ConnectionRow &connection = report_.connections[index.internalId() - 1];
    return {&connection, &connection.subflows[line]};
}

QModelIndex ConnectionsModel::index(int row, int column, const QModelIndex &parent) const
{
    if (!hasIndex(row, column, parent))
        return {};
    const auto id = parent.isValid() ? static_cast<quintptr>(parent.row()) + 1 : kOfConnection;
    return createIndex(row, column, id);
}

QModelIndex ConnectionsModel::parent(const QModelIndex &index) const
{
    if (!index.isValid() || index.internalId() == kOfConnection)
        return {};
    return createIndex(static_cast<int>(index.internalId() - 1), 0, kOfConnection);
}

int ConnectionsModel::rowCount(const QModelIndex &parent) const
{
    if (!parent.isValid())
        return static_cast<int>(report_.connections.size());
    if (parent.internalId() != kOfConnection || parent.column() != 0)
        return 0;
    return static_cast<int>(row(parent).connection->subflows.size());
}

int ConnectionsModel::columnCount(const QModelIndex &) const
{
    return static_cast<int>(columns().size());
}

QVariant ConnectionsModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const Column &column = column_at(index.column());
    if (role == Qt::DisplayRole)
        return shown(row(index)[column], column.kind);
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(static_cast<int>(alignment(index.column())));
    return {};
}

QVariant ConnectionsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount())
        return {};
    const Column &column = column_at(section);
    const auto text = [](std::string_view words) {
        return QString::fromUtf8(words.data(), static_cast<int>(words.size()));
    };
    if (role == Qt::DisplayRole)
        return text(column.names.title);
    if (role == Qt::ToolTipRole)
        return text(column.meaning);
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(static_cast<int>(alignment(section)));
    return {};
}

bool SortedConnections::lessThan(const QModelIndex &left, const QModelIndex &right) const
{
    const auto &model = *static_cast<const ConnectionsModel *>(sourceModel());
    const Column &column = column_at(left.column());
    return is_less(model.row(left)[column], model.row(right)[column]);
}

} // namespace mptcp
