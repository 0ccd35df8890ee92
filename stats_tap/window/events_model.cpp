// SPDX-License-Identifier: GPL-2.0-or-later
#include "window/events_model.h"

#include <utility>

#include <QColor>

#include "window/severity_color.h"

namespace mptcp {
namespace {

EventColumn event_column_at(int section) { return static_cast<EventColumn>(section); }

Qt::Alignment alignment(EventColumn column)
{
    return Qt::AlignVCenter | (is_number(column) ? Qt::AlignRight : Qt::AlignLeft);
}

// The value to sort by, where the text does not sort right.
Time rank(const TimelineEntry &entry, EventColumn column)
{
    switch (column) {
    case EventColumn::Frame:
        return entry.event.frame;
    case EventColumn::Since:
        return entry.event.time;
    case EventColumn::Connection:
        return entry.connection;
    case EventColumn::Subflow:
        return entry.subflow;
    case EventColumn::Level:
        return static_cast<Time>(entry.severity);
    case EventColumn::From:
    case EventColumn::What:
    case EventColumn::Details:
        break;
    }
    return 0;
}

} // namespace

// A later timeline keeps the rows of an earlier one, though a later packet may
// change what they say: so the rows stay, and all are redrawn.
void EventsModel::show(Timeline timeline, Time origin)
{
    const int before = static_cast<int>(timeline_.size());
    const int after = static_cast<int>(timeline.size());
    const bool continues = before > 0 && after >= before &&
                           timeline.front().event.frame == timeline_.front().event.frame;
    if (!continues)
        beginResetModel();
    else if (after > before)
        beginInsertRows({}, before, after - 1);
    timeline_ = std::move(timeline);
    words_.assign(timeline_.size(), {});
    origin_ = origin;
    if (!continues)
        endResetModel();
    else if (after > before)
        endInsertRows();
    if (continues)
        Q_EMIT dataChanged(index(0, 0), index(before - 1, columnCount() - 1));
}

std::string EventsModel::text(const QModelIndex &index) const
{
    switch (const EventColumn column = event_column_at(index.column())) {
    case EventColumn::Since:
        return time_text(index.row());
    case EventColumn::What:
        return words(index.row());
    default:
        return to_text(row(index), column);
    }
}

std::string EventsModel::time_text(int row) const
{
    const auto place = static_cast<std::size_t>(row);
    const Time previous = place == 0 ? origin_ : timeline_[place - 1].event.time;
    return host_.show_time(timeline_[place].event.time, origin_, previous);
}

const std::string &EventsModel::words(int row) const
{
    const auto place = static_cast<std::size_t>(row);
    std::string &words = words_[place];
    if (words.empty())
        words = host_.event_words(timeline_[place].event);
    return words;
}

int EventsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(timeline_.size());
}

int EventsModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(kEventColumns);
}

QVariant EventsModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const EventColumn column = event_column_at(index.column());
    if (role == Qt::DisplayRole)
        return QString::fromStdString(text(index));
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(static_cast<int>(alignment(column)));
    const bool describes = role == Qt::ToolTipRole || role == Qt::AccessibleDescriptionRole;
    if (describes && column == EventColumn::What)
        return QString::fromStdString(to_text(row(index), column));
    if (row(index).severity == Severity::Chat)
        return {};
    if (role == Qt::BackgroundRole)
        return severity_color(row(index).severity);
    return role == Qt::ForegroundRole ? QVariant{QColor(Qt::black)} : QVariant{};
}

QVariant EventsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount())
        return {};
    const EventColumn column = event_column_at(section);
    if (role == Qt::DisplayRole)
        return QString::fromStdString(std::string{title(column)});
    if (role == Qt::ToolTipRole)
        return QString::fromStdString(std::string{meaning(column)});
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(static_cast<int>(alignment(column)));
    return {};
}

// Qt 6.10 deprecates invalidateFilter(). Its replacement does not exist in older versions.
void SortedEvents::show_from(Severity severity)
{
    least_ = severity;
    invalidate();
}

void SortedEvents::show_connection(std::optional<std::uint32_t> connection)
{
    connection_ = connection;
    invalidate();
}

bool SortedEvents::filterAcceptsRow(int row, const QModelIndex &) const
{
    const auto &model = *static_cast<const EventsModel *>(sourceModel());
    const TimelineEntry &entry = model.timeline()[static_cast<std::size_t>(row)];
    return entry.severity >= least_ && (!connection_ || entry.connection == *connection_);
}

bool SortedEvents::lessThan(const QModelIndex &left, const QModelIndex &right) const
{
    const auto &model = *static_cast<const EventsModel *>(sourceModel());
    const EventColumn column = event_column_at(left.column());
    const Time left_rank = rank(model.row(left), column);
    const Time right_rank = rank(model.row(right), column);
    if (left_rank != right_rank)
        return left_rank < right_rank;
    if (left_rank == 0)
        return model.text(left) < model.text(right);
    return false;
}

} // namespace mptcp
