// SPDX-License-Identifier: GPL-2.0-or-later
#include "window/connections_model.h"

#include <algorithm>
#include <utility>

#include <QDateTime>

#include "base/format.h"
#include "views/readable_cell.h"
#include "window/localized.h"

namespace mptcp {
namespace {

// The internal ID of an index: 0 for a connection, for a subflow its
// connection's place and 1.
constexpr quintptr kOfConnection = 0;

constexpr Time kDay = kSecond * 60 * 60 * 24;

const Column &column_at(int section) { return columns()[static_cast<std::size_t>(section)]; }

// The first column is next to the tree's branches.
Qt::Alignment alignment(int section)
{
    const bool left = section == static_cast<int>(ColumnId::Connection) ||
                      column_at(section).kind == CellKind::Words;
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

// As Wireshark decides whether an absolute time needs a date.
bool is_of_one_day(const Report &report)
{
    return std::all_of(
        report.connections.begin(), report.connections.end(),
        [&](const ConnectionRow &row) { return row.span.end - report.origin < kDay; });
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
    is_of_one_day_ = is_of_one_day(report);
    if (report_.connections.empty() || !is_continued_by(report)) {
        beginResetModel();
        report_ = std::move(report);
        endResetModel();
        return;
    }
    const std::size_t known = report_.connections.size();
    for (std::size_t place = 0; place < known; ++place)
        replace(place, std::move(report.connections[place]));
    report_.origin = report.origin;
    report_.totals = report.totals;
    report_.packets = report.packets;
    announce(ColumnId::Idle); // it grows without a packet
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

// Tells the views that the cells of connections in a column have changed.
void ConnectionsModel::announce(ColumnId id)
{
    const int column = static_cast<int>(id), connections = rowCount();
    if (connections > 0)
        Q_EMIT dataChanged(index(0, column), index(connections - 1, column));
}

void ConnectionsModel::announce_with_subflows(ColumnId id)
{
    announce(id);
    const int column = static_cast<int>(id);
    for (int line = 0; line < rowCount(); ++line) {
        const QModelIndex parent = index(line, 0);
        if (const int subflows = rowCount(parent); subflows > 0)
            Q_EMIT dataChanged(index(0, column, parent), index(subflows - 1, column, parent));
    }
}

void ConnectionsModel::show_names(bool on)
{
    has_names_ = on;
    announce_with_subflows(ColumnId::Client);
    announce_with_subflows(ColumnId::Server);
}

void ConnectionsModel::show_absolute_time(bool on)
{
    has_absolute_time_ = on;
    announce_with_subflows(ColumnId::Start);
    const int column = static_cast<int>(ColumnId::Start);
    Q_EMIT headerDataChanged(Qt::Horizontal, column, column);
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

// "0" of a connection, "0.1" of its subflow 1: the subflow's column may be hidden.
QString ConnectionsModel::shown(const TableRow &row, const Column &column) const
{
    const Cell cell = row[column];
    if (column.id == ColumnId::Connection && row.subflow != nullptr)
        return QString("%1.%2").arg(row.connection->index).arg(row.subflow->index);
    if (const auto *endpoint = std::get_if<Endpoint>(&cell); endpoint != nullptr && has_names_)
        return QString::fromStdString(host_.endpoint_name(*endpoint));
    if (column.id == ColumnId::Start)
        return shown_time(std::get<Time>(cell));
    const QString text = QString::fromStdString(to_readable(cell, column.kind));
    return exact_value(cell, column.kind).empty() && column.kind != CellKind::Count
               ? text
               : localized(text);
}

QString ConnectionsModel::shown_time(Time time) const
{
    if (!has_absolute_time_)
        return QString::fromStdString(to_seconds(time - report_.origin, kTimeDigits));
    const Time fraction = (time % kSecond + kSecond) % kSecond;
    const QDateTime second = QDateTime::fromSecsSinceEpoch((time - fraction) / kSecond);
    return second.toString(is_of_one_day_ ? "hh:mm:ss" : "yyyy-MM-dd hh:mm:ss") +
           QString::fromStdString(to_seconds(fraction, kTimeDigits).substr(1));
}

// What the cell does not show: the exact value of a rounded number, the numbers of an endpoint with
// a name, or the whole of a text that does not fit.
QString ConnectionsModel::tooltip(const TableRow &row, const Column &column) const
{
    const Cell cell = row[column];
    if (const std::string exact = exact_value(cell, column.kind); !exact.empty())
        return localized(QString::fromStdString(exact));
    return column.kind == CellKind::Words ? QString::fromStdString(to_text(cell, column.kind))
                                          : QString{};
}

QVariant ConnectionsModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const Column &column = column_at(index.column());
    if (role == Qt::DisplayRole)
        return shown(row(index), column);
    if (role == Qt::ToolTipRole || role == Qt::AccessibleDescriptionRole)
        return tooltip(row(index), column);
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(static_cast<int>(alignment(index.column())));
    return {};
}

QString ConnectionsModel::title(const Column &column) const
{
    if (column.id == ColumnId::Start)
        return has_absolute_time_ ? "Abs Start" : "Rel Start"; // as in Wireshark's Conversations
    const std::string_view title = readable_title(column);
    return QString::fromUtf8(title.data(), static_cast<int>(title.size()));
}

QVariant ConnectionsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount())
        return {};
    const Column &column = column_at(section);
    if (role == Qt::DisplayRole)
        return title(column);
    if (role == Qt::ToolTipRole)
        return QString::fromUtf8(column.meaning.data(), static_cast<int>(column.meaning.size()));
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
