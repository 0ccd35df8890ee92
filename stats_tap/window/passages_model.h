// SPDX-License-Identifier: GPL-2.0-or-later
//
// What happened between points as a model for Qt's views: a tree of passages, and below each what
// was lost and changed, and the difference of the clocks. Frames that were lost are a level further
// down. A later report adds and removes rows, so a view keeps its position, selection and open rows
// during a live capture.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <QAbstractItemModel>
#include <QSortFilterProxyModel>

#include "views/passage_columns.h"
#include "window/window_link.h"

namespace mptcp {

class PassagesModel : public QAbstractItemModel {
public:
    using QAbstractItemModel::QAbstractItemModel;

    void show(Points points);
    std::size_t point_count() const { return point_names_.size(); }

    enum class Level : std::uint8_t { Passage, Detail, Frame };
    static Level level(const QModelIndex &index);
    // The passage that the row is about.
    const Passage &passage(const QModelIndex &index) const { return row_of(index).passage; }
    // Its place in the report.
    std::size_t place(const QModelIndex &index) const { return row_of(index).place; }
    // Whether something was lost or changed on the way of the row's passage.
    bool any_trouble(const QModelIndex &index) const;
    // Whether the row is about all lost frames of the passage.
    bool is_about_losses(const QModelIndex &index) const;
    // The frame that the row is about; 0: none.
    std::uint32_t frame(const QModelIndex &index) const;

    QModelIndex index(int row, int column, const QModelIndex &parent = {}) const override;
    QModelIndex parent(const QModelIndex &index) const override;
    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    // A row below a passage. Those with the same kind and subject are the same row, before and
    // after a packet.
    struct Detail {
        enum class Kind : std::uint8_t { Losses, Duplicated, Resegmented, Change, Clock };

        Kind kind{};
        std::string subject; // of a change, what changed
        std::string words;
        std::uint32_t frame = 0; // 0: none

        bool is_same_row(const Detail &other) const
        {
            return kind == other.kind && subject == other.subject;
        }
    };
    struct Row {
        Passage passage;
        std::vector<Detail> details; // in the order of their kinds; changes in that of subjects
        std::size_t place = 0;       // in the report
    };

    static std::vector<Detail> details_of(const Passage &passage, const PointsReport &report);
    static std::vector<Row> rows_of(PointsReport report);
    std::optional<std::vector<std::size_t>> places_in(const std::vector<Row> &later) const;
    void update(std::vector<Row> later, const std::vector<std::size_t> &places);
    void replace(std::size_t place, Row &&row);
    void remove_details(std::size_t place, const std::vector<Detail> &later);
    void insert_details(std::size_t place, std::vector<Detail> &&later);
    void resize_losses(std::size_t place, std::size_t count);
    void announce(std::size_t place);

    const Row &row_of(const QModelIndex &index) const;
    const Detail &detail(const QModelIndex &index) const;
    QString shown(const QModelIndex &index) const;
    QString tooltip(const QModelIndex &index) const;
    QString names_of_points(const Passage &passage) const;

    std::vector<QString> point_names_;
    std::vector<Row> rows_; // in the order of their appearance
};

// The same, with passages sorted by the values of cells, not by their text.
class SortedPassages : public QSortFilterProxyModel {
public:
    using QSortFilterProxyModel::QSortFilterProxyModel;

protected:
    bool lessThan(const QModelIndex &left, const QModelIndex &right) const override;
};

} // namespace mptcp
