// SPDX-License-Identifier: GPL-2.0-or-later
#include "window/passages_model.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "views/points_words.h"
#include "views/readable_cell.h"
#include "window/localized.h"
#include "window/texts.h"

namespace mptcp {
namespace {

// The internal ID of an index: 0 of a passage; of the others, twice the passage's row and 1 for a
// detail, 2 for a lost frame. Rows of passages do not move, so IDs stay.
constexpr quintptr kOfPassage = 0;
quintptr id_of_detail(int row) { return static_cast<quintptr>(row) * 2 + 1; }
quintptr id_of_frame(int row) { return static_cast<quintptr>(row) * 2 + 2; }
int row_of_passage(quintptr id) { return static_cast<int>((id - 1) / 2); }

const PassageColumn &passage_column_at(int section)
{
    return passage_columns()[static_cast<std::size_t>(section)];
}

Qt::Alignment passage_alignment(int section)
{
    const bool left = passage_column_at(section).kind == CellKind::Words;
    return Qt::AlignVCenter | (left ? Qt::AlignLeft : Qt::AlignRight);
}

// What a passage is about; no two of a report have the same.
auto subject_of(const Passage &passage)
{
    return std::tuple{passage.connection, passage.subflow, passage.sender, passage.from,
                      passage.to};
}

} // namespace

std::vector<PassagesModel::Detail> PassagesModel::details_of(const Passage &passage,
                                                             const PointsReport &report)
{
    using Kind = Detail::Kind;
    std::vector<Detail> details;
    if (!passage.lost_frames.empty())
        details.push_back({Kind::Losses, {}, lost_in_words(passage)});
    if (passage.duplicated > 0)
        details.push_back({Kind::Duplicated, {}, duplicated_in_words(passage)});
    if (passage.resegmented_from + passage.resegmented_to > 0)
        details.push_back({Kind::Resegmented, {}, resegmented_in_words(passage)});
    for (const HeaderChange &change : passage.changes)
        details.push_back({Kind::Change, change.what, in_words(change), change.first_frame});
    const auto clock = std::ranges::find_if(report.clocks, [&](const ClockOfPoints &each) {
        return each.from == passage.from && each.to == passage.to;
    });
    if (clock != report.clocks.end())
        details.push_back({Kind::Clock, {}, in_words(*clock)});
    return details;
}

std::vector<PassagesModel::Row> PassagesModel::rows_of(PointsReport report)
{
    std::vector<Row> rows;
    for (Passage &passage : report.passages) {
        std::vector<Detail> details = details_of(passage, report);
        rows.push_back({std::move(passage), std::move(details), rows.size()});
    }
    return rows;
}

void PassagesModel::show(Points points)
{
    point_names_.clear();
    for (const PointRow &row : points.rows)
        point_names_.push_back(to_qt(row.name));
    std::vector<Row> later = rows_of(std::move(points.report));
    if (const auto places = places_in(later); places && !rows_.empty())
        return update(std::move(later), *places);
    beginResetModel();
    rows_ = std::move(later);
    endResetModel();
}

// The places in `later` of the rows that there are. None if one has gone: the order of two points
// may have become known.
std::optional<std::vector<std::size_t>>
PassagesModel::places_in(const std::vector<Row> &later) const
{
    std::map<decltype(subject_of(Passage{})), std::size_t> by_subject;
    for (const Row &row : later)
        by_subject.emplace(subject_of(row.passage), row.place);
    std::vector<std::size_t> places;
    for (const Row &row : rows_) {
        const auto found = by_subject.find(subject_of(row.passage));
        if (found == by_subject.end())
            return std::nullopt;
        places.push_back(found->second);
    }
    return places;
}

// `places` as from places_in(). Other rows are new.
void PassagesModel::update(std::vector<Row> later, const std::vector<std::size_t> &places)
{
    std::vector<bool> is_known(later.size());
    for (std::size_t row = 0; row < rows_.size(); ++row) {
        is_known[places[row]] = true;
        replace(row, std::move(later[places[row]]));
    }
    if (later.size() == rows_.size())
        return;
    beginInsertRows({}, rowCount(), static_cast<int>(later.size()) - 1);
    for (std::size_t place = 0; place < later.size(); ++place)
        if (!is_known[place])
            rows_.push_back(std::move(later[place]));
    endInsertRows();
}

void PassagesModel::replace(std::size_t place, Row &&row)
{
    remove_details(place, row.details);
    resize_losses(place, row.passage.lost_frames.size());
    rows_[place].passage = std::move(row.passage);
    rows_[place].place = row.place;
    insert_details(place, std::move(row.details));
    announce(place);
}

// Removes those that have gone.
void PassagesModel::remove_details(std::size_t place, const std::vector<Detail> &later)
{
    std::vector<Detail> &details = rows_[place].details;
    for (std::size_t line = details.size(); line-- > 0;) {
        const bool stays = std::ranges::any_of(
            later, [&](const Detail &each) { return each.is_same_row(details[line]); });
        if (stays)
            continue;
        const int row = static_cast<int>(line);
        beginRemoveRows(index(static_cast<int>(place), 0), row, row);
        details.erase(details.begin() + row);
        endRemoveRows();
    }
}

// All that are there are in `later`, in the same order.
void PassagesModel::insert_details(std::size_t place, std::vector<Detail> &&later)
{
    std::vector<Detail> &details = rows_[place].details;
    for (std::size_t line = 0; line < later.size(); ++line) {
        if (line < details.size() && details[line].is_same_row(later[line])) {
            details[line] = std::move(later[line]);
            continue;
        }
        const int row = static_cast<int>(line);
        beginInsertRows(index(static_cast<int>(place), 0), row, row);
        details.insert(details.begin() + row, std::move(later[line]));
        endInsertRows();
    }
}

// The row about losses, if there is one, is the first one. A frame that was on its way may no
// longer be lost.
void PassagesModel::resize_losses(std::size_t place, std::size_t count)
{
    const QModelIndex losses = index(0, 0, index(static_cast<int>(place), 0));
    if (!is_about_losses(losses))
        return;
    std::vector<std::uint32_t> &frames = rows_[place].passage.lost_frames;
    const int before = static_cast<int>(frames.size()), after = static_cast<int>(count);
    if (after > before) {
        beginInsertRows(losses, before, after - 1);
        frames.resize(count);
        endInsertRows();
    } else if (after < before) {
        beginRemoveRows(losses, after, before - 1);
        frames.resize(count);
        endRemoveRows();
    }
}

// Tells the views that the cells of a passage and below it have changed.
void PassagesModel::announce(std::size_t place)
{
    const int row = static_cast<int>(place);
    const QModelIndex parent = index(row, 0);
    Q_EMIT dataChanged(parent, index(row, columnCount() - 1));
    const int details = rowCount(parent);
    if (details == 0)
        return;
    const QModelIndex first = index(0, 0, parent);
    Q_EMIT dataChanged(first, index(details - 1, 0, parent));
    if (const int frames = rowCount(first); frames > 0)
        Q_EMIT dataChanged(index(0, 0, first), index(frames - 1, 0, first));
}

PassagesModel::Level PassagesModel::level(const QModelIndex &index)
{
    if (index.internalId() == kOfPassage)
        return Level::Passage;
    return index.internalId() % 2 == 1 ? Level::Detail : Level::Frame;
}

const PassagesModel::Row &PassagesModel::row_of(const QModelIndex &index) const
{
    const int row =
        level(index) == Level::Passage ? index.row() : row_of_passage(index.internalId());
    return rows_[static_cast<std::size_t>(row)];
}

const PassagesModel::Detail &PassagesModel::detail(const QModelIndex &index) const
{
    return row_of(index).details[static_cast<std::size_t>(index.row())];
}

bool PassagesModel::any_trouble(const QModelIndex &index) const
{
    return std::ranges::any_of(row_of(index).details,
                               [](const Detail &each) { return each.kind != Detail::Kind::Clock; });
}

bool PassagesModel::is_about_losses(const QModelIndex &index) const
{
    return index.isValid() && level(index) == Level::Detail &&
           detail(index).kind == Detail::Kind::Losses;
}

std::uint32_t PassagesModel::frame(const QModelIndex &index) const
{
    switch (level(index)) {
    case Level::Passage:
        break;
    case Level::Detail:
        return detail(index).frame;
    case Level::Frame:
        return passage(index).lost_frames[static_cast<std::size_t>(index.row())];
    }
    return 0;
}

QModelIndex PassagesModel::index(int row, int column, const QModelIndex &parent) const
{
    if (!hasIndex(row, column, parent))
        return {};
    if (!parent.isValid())
        return createIndex(row, column, kOfPassage);
    if (level(parent) == Level::Passage)
        return createIndex(row, column, id_of_detail(parent.row()));
    return createIndex(row, column, id_of_frame(row_of_passage(parent.internalId())));
}

QModelIndex PassagesModel::parent(const QModelIndex &index) const
{
    if (!index.isValid() || level(index) == Level::Passage)
        return {};
    const int row = row_of_passage(index.internalId());
    if (level(index) == Level::Detail)
        return createIndex(row, 0, kOfPassage);
    return createIndex(0, 0, id_of_detail(row)); // losses come first
}

int PassagesModel::rowCount(const QModelIndex &parent) const
{
    if (!parent.isValid())
        return static_cast<int>(rows_.size());
    if (parent.column() != 0)
        return 0;
    if (level(parent) == Level::Passage)
        return static_cast<int>(row_of(parent).details.size());
    return is_about_losses(parent) ? static_cast<int>(passage(parent).lost_frames.size()) : 0;
}

int PassagesModel::columnCount(const QModelIndex &) const
{
    return static_cast<int>(kPassageColumns);
}

// Rows below a passage have one cell.
QString PassagesModel::shown(const QModelIndex &index) const
{
    if (level(index) == Level::Passage) {
        const PassageColumn &column = passage_column_at(index.column());
        const QString text = to_qt(to_readable(passage(index), column));
        return column.kind == CellKind::Words ? text : localized(text);
    }
    if (index.column() != 0)
        return {};
    return level(index) == Level::Detail ? to_qt(detail(index).words)
                                         : QString("frame %1").arg(frame(index));
}

QString PassagesModel::names_of_points(const Passage &passage) const
{
    QStringList names;
    for (const std::uint32_t point : {passage.from, passage.to})
        names << QString("%1: %2").arg(point).arg(point_names_[point]);
    return names.join("\n");
}

// The names of points, or the exact value of a rounded number; what may not fit.
QString PassagesModel::tooltip(const QModelIndex &index) const
{
    if (level(index) != Level::Passage)
        return shown(index);
    const PassageColumn &column = passage_column_at(index.column());
    if (column.id == PassageColumnId::Points)
        return names_of_points(passage(index));
    const Cell cell = column.value(passage(index));
    if (std::holds_alternative<Unknown>(cell))
        return "The difference of the clocks is unknown";
    return localized(to_qt(exact_value(cell, column.kind)));
}

QVariant PassagesModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    if (role == Qt::DisplayRole)
        return shown(index);
    if (role == Qt::ToolTipRole || role == Qt::AccessibleDescriptionRole)
        return tooltip(index);
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(static_cast<int>(passage_alignment(index.column())));
    return {};
}

QVariant PassagesModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount())
        return {};
    const PassageColumn &column = passage_column_at(section);
    if (role == Qt::DisplayRole)
        return to_qt(readable_title(column));
    if (role == Qt::ToolTipRole)
        return to_qt(column.meaning);
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(static_cast<int>(passage_alignment(section)));
    return {};
}

// Passages with the same value have the order of the report. Rows below them stay as they are in
// both orders.
bool SortedPassages::lessThan(const QModelIndex &left, const QModelIndex &right) const
{
    const auto &model = *static_cast<const PassagesModel *>(sourceModel());
    if (PassagesModel::level(left) != PassagesModel::Level::Passage)
        return sortOrder() == Qt::AscendingOrder ? left.row() < right.row()
                                                 : right.row() < left.row();
    const PassageColumn &column = passage_column_at(left.column());
    const Cell left_cell = column.value(model.passage(left));
    const Cell right_cell = column.value(model.passage(right));
    if (is_less(left_cell, right_cell) || is_less(right_cell, left_cell))
        return is_less(left_cell, right_cell);
    return model.place(left) < model.place(right);
}

} // namespace mptcp
