// SPDX-License-Identifier: GPL-2.0-or-later
//
// A report as a model for Qt's views: a tree of connections and their subflows.
// Cells are made when they are shown. Rows that a later report adds are inserted,
// so a view keeps its position, selection and open rows during a live capture.
#pragma once

#include <QAbstractItemModel>
#include <QSortFilterProxyModel>

#include "views/columns.h"
#include "window/window_link.h"

namespace mptcp {

class ConnectionsModel : public QAbstractItemModel {
public:
    ConnectionsModel(const WindowHost &host, QObject *parent)
        : QAbstractItemModel(parent), host_(host)
    {
    }

    // The report's pointers must live until the next one is shown.
    void show(Report report);
    const Report &report() const { return report_; }

    void show_names(bool on);
    void show_absolute_time(bool on);

    TableRow row(const QModelIndex &index) const;

    QModelIndex index(int row, int column, const QModelIndex &parent = {}) const override;
    QModelIndex parent(const QModelIndex &index) const override;
    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    bool is_continued_by(const Report &later) const;
    void replace(std::size_t place, ConnectionRow &&row);
    void announce(ColumnId id);
    void announce_with_subflows(ColumnId id);
    QString shown(const TableRow &row, const Column &column) const;
    QString shown_time(Time time) const;
    QString tooltip(const TableRow &row, const Column &column) const;
    QString title(const Column &column) const;

    const WindowHost &host_;
    Report report_;
    bool has_names_ = false;
    bool has_absolute_time_ = false;
    bool is_of_one_day_ = true; // less than 24 hours
};

// The same, sorted by the values of cells, not by their text.
class SortedConnections : public QSortFilterProxyModel {
public:
    using QSortFilterProxyModel::QSortFilterProxyModel;

protected:
    bool lessThan(const QModelIndex &left, const QModelIndex &right) const override;
};

} // namespace mptcp
