// SPDX-License-Identifier: GPL-2.0-or-later
#include "window/diagnosis_model.h"

#include <algorithm>
#include <iterator>
#include <numeric>

#include <QColor>
#include <QFont>

#include "views/diagnosis_words.h"
#include "window/severity_color.h"
#include "window/texts.h"

namespace mptcp {
namespace {

// The internal ID of an index: 0 of a connection; of a statement, the row of its connection and 1.
// Rows of connections do not move, so IDs stay.
constexpr quintptr kConnectionItself = 0;
quintptr id_below(int row) { return static_cast<quintptr>(row) + 1; }

struct DiagnosisTitle {
    const char *title;
    const char *meaning;
};
// By DiagnosisColumn.
constexpr DiagnosisTitle kTitles[kDiagnosisColumns] = {
    {"Connection", "The index of the connection; of a statement on one subflow, also its index"},
    {"Severity", "How severe the statement is; of a connection, the worst of its statements"},
    {"Code", "What the statement is about; of a connection, the first of its worst statements. The "
             "reference explains the codes"},
    {"Frames", "Packets that show what is stated. Click a number to go to the packet"},
    {"Statement", "What is the matter"},
};

DiagnosisColumn diagnosis_column_at(int section) { return static_cast<DiagnosisColumn>(section); }

QString frames_shown(const std::vector<std::uint32_t> &frames)
{
    QStringList numbers;
    for (const std::uint32_t frame : frames)
        numbers << QString::number(frame);
    return numbers.join(", ");
}

QString shown_of_statement(const Statement &statement, DiagnosisColumn column)
{
    switch (column) {
    case DiagnosisColumn::Connection:
        return statement.connection && statement.subflow
                   ? QString("%1.%2").arg(*statement.connection).arg(*statement.subflow)
                   : QString{};
    case DiagnosisColumn::Severity:
        return to_qt(name(statement.severity));
    case DiagnosisColumn::Code:
        return to_qt(name(statement.code));
    case DiagnosisColumn::Frames:
        return frames_shown(statement.frames);
    case DiagnosisColumn::Statement:
        break;
    }
    return to_qt(statement.text);
}

// What stays the same while packets change the words and the figures.
bool is_same_row(const Statement &one, const Statement &other)
{
    return one.code == other.code && one.subflow == other.subflow && one.sender == other.sender;
}

// Of a connection, the first one that any of its statements names.
std::uint32_t first_frame_of(const Statements &statements)
{
    std::uint32_t first = 0;
    for (const Statement &statement : statements)
        for (const std::uint32_t frame : statement.frames)
            if (first == 0 || frame < first)
                first = frame;
    return first;
}

} // namespace

std::vector<DiagnosisModel::Group> DiagnosisModel::groups_of(Statements statements)
{
    std::vector<Group> groups;
    for (Statement &statement : statements) {
        if (groups.empty() || groups.back().connection != statement.connection)
            groups.push_back({statement.connection, {}, {}});
        groups.back().statements.push_back(std::move(statement));
    }
    for (Group &group : groups)
        group.badness = badness(group.statements);
    return groups;
}

void DiagnosisModel::show(Diagnosed diagnosed)
{
    std::vector<Group> later = groups_of(std::move(diagnosed.statements));
    if (continues_in(later)) {
        ends_ = std::move(diagnosed.endpoints);
        return update(std::move(later));
    }
    beginResetModel();
    ends_ = std::move(diagnosed.endpoints);
    groups_ = std::move(later);
    endResetModel();
}

void DiagnosisModel::show_names(bool on)
{
    has_names_ = on;
    if (!groups_.empty())
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
}

// Whether all rows of connections stay, and others follow them.
bool DiagnosisModel::continues_in(const std::vector<Group> &later) const
{
    return !groups_.empty() && later.size() >= groups_.size() &&
           std::ranges::equal(groups_, std::span{later}.first(groups_.size()), {},
                              &Group::connection, &Group::connection);
}

void DiagnosisModel::update(std::vector<Group> later)
{
    const std::size_t before = groups_.size();
    for (std::size_t place = 0; place < before; ++place)
        replace(place, std::move(later[place]));
    Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
    if (later.size() == before)
        return;
    beginInsertRows({}, rowCount(), static_cast<int>(later.size()) - 1);
    std::move(later.begin() + static_cast<std::ptrdiff_t>(before), later.end(),
              std::back_inserter(groups_));
    endInsertRows();
}

// The first statements that stay the same are changed in place. The others are other rows.
void DiagnosisModel::replace(std::size_t place, Group later)
{
    Group &group = groups_[place];
    Statements &statements = group.statements;
    group.badness = later.badness;
    if (!group.connection) { // it has no rows below it
        statements = std::move(later.statements);
        return;
    }
    const QModelIndex parent = index(static_cast<int>(place), 0);
    const auto [stay, come] = std::ranges::mismatch(statements, later.statements, is_same_row);
    const auto same = static_cast<int>(stay - statements.begin());
    if (stay != statements.end()) {
        beginRemoveRows(parent, same, rowCount(parent) - 1);
        statements.erase(stay, statements.end());
        endRemoveRows();
    }
    std::move(later.statements.begin(), come, statements.begin());
    if (same > 0)
        Q_EMIT dataChanged(index(0, 0, parent), index(same - 1, columnCount() - 1, parent));
    if (come == later.statements.end())
        return;
    beginInsertRows(parent, same, static_cast<int>(later.statements.size()) - 1);
    std::move(come, later.statements.end(), std::back_inserter(statements));
    endInsertRows();
}

const DiagnosisModel::Group &DiagnosisModel::group(const QModelIndex &index) const
{
    const quintptr id = index.internalId();
    return groups_[id == kConnectionItself ? static_cast<std::size_t>(index.row()) : id - 1];
}

const Statement &DiagnosisModel::Group::worst() const
{
    return *std::ranges::find(statements, badness.first, &Statement::severity);
}

const Statement *DiagnosisModel::statement(const QModelIndex &index) const
{
    const Group &of = group(index);
    if (index.internalId() != kConnectionItself)
        return &of.statements[static_cast<std::size_t>(index.row())];
    return of.connection ? nullptr : &of.statements.front();
}

std::size_t DiagnosisModel::statement_count() const
{
    return std::accumulate(
        groups_.begin(), groups_.end(), std::size_t{0},
        [](std::size_t sum, const Group &each) { return sum + each.statements.size(); });
}

// Connections with the same value have the order of their indexes.
bool DiagnosisModel::is_before(const QModelIndex &left, const QModelIndex &right) const
{
    const Group &one = group(left), &other = group(right);
    const auto by = [&](const auto &first, const auto &second) {
        return first != second ? first < second : left.row() < right.row();
    };
    switch (const DiagnosisColumn column = diagnosis_column_at(left.column())) {
    case DiagnosisColumn::Connection:
        break;
    case DiagnosisColumn::Severity:
        return by(one.badness, other.badness);
    case DiagnosisColumn::Code:
        return by(name(one.worst().code), name(other.worst().code));
    case DiagnosisColumn::Frames:
        return by(first_frame_of(one.statements), first_frame_of(other.statements));
    case DiagnosisColumn::Statement:
        return by(shown_of(one, column), shown_of(other, column));
    }
    return left.row() < right.row();
}

QModelIndex DiagnosisModel::index(int row, int column, const QModelIndex &parent) const
{
    if (!hasIndex(row, column, parent))
        return {};
    return createIndex(row, column, parent.isValid() ? id_below(parent.row()) : kConnectionItself);
}

QModelIndex DiagnosisModel::parent(const QModelIndex &index) const
{
    if (!index.isValid() || index.internalId() == kConnectionItself)
        return {};
    return createIndex(static_cast<int>(index.internalId() - 1), 0, kConnectionItself);
}

int DiagnosisModel::rowCount(const QModelIndex &parent) const
{
    if (!parent.isValid())
        return static_cast<int>(groups_.size());
    const bool has_rows = parent.column() == 0 && statement(parent) == nullptr;
    return has_rows ? static_cast<int>(group(parent).statements.size()) : 0;
}

int DiagnosisModel::columnCount(const QModelIndex &) const { return kDiagnosisColumns; }

QString DiagnosisModel::name_of_connection(std::uint32_t connection) const
{
    const PerRole<Endpoint> &ends = ends_.at(connection);
    if (!has_names_)
        return direction(ends, Role::Client);
    return to_qt(host_.endpoint_name(ends[Role::Client])) + " → " +
           to_qt(host_.endpoint_name(ends[Role::Server]));
}

QString DiagnosisModel::shown_of(const Group &group, DiagnosisColumn column) const
{
    const Statement &outcome = group.statements.front();
    if (!group.connection)
        return shown_of_statement(outcome, column);
    switch (column) {
    case DiagnosisColumn::Connection:
        return QString::number(*group.connection);
    case DiagnosisColumn::Severity:
        return to_qt(name(group.badness.first));
    case DiagnosisColumn::Code:
        return to_qt(name(group.worst().code));
    case DiagnosisColumn::Frames:
        return {};
    case DiagnosisColumn::Statement:
        break;
    }
    return name_of_connection(*group.connection) + ": " + to_qt(outcome_words(outcome.code));
}

QString DiagnosisModel::shown(const QModelIndex &index) const
{
    const DiagnosisColumn column = diagnosis_column_at(index.column());
    const Statement *about = statement(index);
    return about != nullptr ? shown_of_statement(*about, column) : shown_of(group(index), column);
}

// The whole line of a statement has the color of its severity; of a connection, the cell that names
// the worst one.
QVariant DiagnosisModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const Statement *about = statement(index);
    const Severity severity = about != nullptr ? about->severity : group(index).badness.first;
    const bool is_colored =
        severity != Severity::Chat &&
        (about != nullptr || diagnosis_column_at(index.column()) == DiagnosisColumn::Severity);
    switch (role) {
    case Qt::DisplayRole:
        return shown(index);
    case Qt::TextAlignmentRole: // beside a statement of several lines
        return QVariant::fromValue(static_cast<int>(Qt::AlignLeft | Qt::AlignTop));
    case Qt::BackgroundRole:
        return is_colored ? QVariant{severity_color(severity)} : QVariant{};
    case Qt::ForegroundRole:
        return is_colored ? QVariant{QColor(Qt::black)} : QVariant{};
    case Qt::FontRole: {
        QFont font;
        font.setBold(true);
        return about == nullptr ? QVariant{font} : QVariant{};
    }
    default:
        return {};
    }
}

QVariant DiagnosisModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= kDiagnosisColumns)
        return {};
    if (role == Qt::DisplayRole)
        return QString(kTitles[section].title);
    if (role == Qt::ToolTipRole)
        return QString(kTitles[section].meaning);
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(static_cast<int>(Qt::AlignLeft | Qt::AlignVCenter));
    return {};
}

void SortedDiagnosis::show_from(Severity severity)
{
    least_ = severity;
    invalidate(); // as in SortedEvents
}

void SortedDiagnosis::show_code(std::optional<Code> code)
{
    code_ = code;
    invalidate();
}

bool SortedDiagnosis::accepts(const Statement &statement) const
{
    return statement.severity >= least_ && (!code_ || statement.code == *code_);
}

bool SortedDiagnosis::filterAcceptsRow(int row, const QModelIndex &parent) const
{
    const auto &model = *static_cast<const DiagnosisModel *>(sourceModel());
    const QModelIndex index = model.index(row, 0, parent);
    if (const Statement *statement = model.statement(index))
        return accepts(*statement);
    return std::ranges::any_of(model.statements(index),
                               [this](const Statement &each) { return accepts(each); });
}

bool SortedDiagnosis::lessThan(const QModelIndex &left, const QModelIndex &right) const
{
    const auto &model = *static_cast<const DiagnosisModel *>(sourceModel());
    if (left.parent().isValid())
        return sortOrder() == Qt::AscendingOrder ? left.row() < right.row()
                                                 : right.row() < left.row();
    return model.is_before(left, right);
}

} // namespace mptcp
