// SPDX-License-Identifier: GPL-2.0-or-later
//
// The timeline as a model for Qt's views: a row for each event.
#pragma once

#include <QAbstractTableModel>
#include <QSortFilterProxyModel>

#include "analysis/analysis.h"
#include "views/events_view.h"

namespace mptcp {

class EventsModel : public QAbstractTableModel {
public:
    // `show_time` formats a time, given the origin and the time of the row before it.
    using ShowTime = std::string (*)(Time time, Time origin, Time previous);

    EventsModel(ShowTime show_time, QObject *parent)
        : QAbstractTableModel(parent), show_time_(show_time)
    {
    }

    void show(Timeline timeline, Time origin);

    const TimelineEntry &row(const QModelIndex &index) const
    {
        return timeline_[static_cast<std::size_t>(index.row())];
    }
    std::string text(const QModelIndex &index) const;

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    ShowTime show_time_;
    Timeline timeline_;
    Time origin_ = 0;
};

// The same, with numbers and severities sorted as such.
class SortedEvents : public QSortFilterProxyModel {
public:
    using QSortFilterProxyModel::QSortFilterProxyModel;

protected:
    bool lessThan(const QModelIndex &left, const QModelIndex &right) const override;
};

} // namespace mptcp
