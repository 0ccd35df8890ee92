// SPDX-License-Identifier: GPL-2.0-or-later
//
// The timeline as a model for Qt's views: a row for each event.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <QAbstractTableModel>
#include <QSortFilterProxyModel>

#include "analysis/analysis.h"
#include "views/events_view.h"
#include "window/window_link.h"

namespace mptcp {

class EventsModel : public QAbstractTableModel {
public:
    EventsModel(const WindowHost &host, QObject *parent) : QAbstractTableModel(parent), host_(host)
    {
    }

    void show(Timeline timeline, Time origin);

    const TimelineEntry &row(const QModelIndex &index) const
    {
        return timeline_[static_cast<std::size_t>(index.row())];
    }
    const Timeline &timeline() const { return timeline_; }
    // As the cell shows it.
    std::string text(const QModelIndex &index) const;
    std::string time_text(int row) const;
    const std::string &words(int row) const;

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    const WindowHost &host_;
    Timeline timeline_;
    Time origin_ = 0;
    mutable std::vector<std::string> words_; // by row, once they were asked for: sorting asks often
};

// The same, with numbers and severities sorted as such; only those of a severity or a worse one,
// and of one connection or of all.
class SortedEvents : public QSortFilterProxyModel {
public:
    using QSortFilterProxyModel::QSortFilterProxyModel;

    void show_from(Severity severity);
    void show_connection(std::optional<std::uint32_t> connection); // none: all

protected:
    bool filterAcceptsRow(int row, const QModelIndex &parent) const override;
    bool lessThan(const QModelIndex &left, const QModelIndex &right) const override;

private:
    Severity least_ = Severity::Chat;
    std::optional<std::uint32_t> connection_;
};

} // namespace mptcp
