// SPDX-License-Identifier: GPL-2.0-or-later
//
// The diagnosis as a model for Qt's views: the connections, and below each its statements. A
// statement on the capture as a whole has no connection above it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include <QAbstractItemModel>
#include <QSortFilterProxyModel>

#include "views/statement_table.h"
#include "window/window_link.h"

namespace mptcp {

enum class DiagnosisColumn : std::uint8_t { Connection, Severity, Code, Frames, Statement };
inline constexpr int kDiagnosisColumns = static_cast<int>(DiagnosisColumn::Statement) + 1;

class DiagnosisModel : public QAbstractItemModel {
public:
    DiagnosisModel(const WindowHost &host, QObject *parent)
        : QAbstractItemModel(parent), host_(host)
    {
    }

    // Rows that stay are changed in place.
    void show(Diagnosed diagnosed);
    void show_names(bool on);

    // All statements on the connection of the row.
    const Statements &statements(const QModelIndex &index) const { return group(index).statements; }
    // The statement that the row is about; nullptr if it is about a connection.
    const Statement *statement(const QModelIndex &index) const;
    std::optional<std::uint32_t> connection(const QModelIndex &index) const
    {
        return group(index).connection;
    }
    const EndsOfConnections &ends() const { return ends_; }
    std::size_t statement_count() const;

    // Whether the first connection is to be listed before the second one.
    bool is_before(const QModelIndex &left, const QModelIndex &right) const;

    QModelIndex index(int row, int column, const QModelIndex &parent = {}) const override;
    QModelIndex parent(const QModelIndex &index) const override;
    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    struct Group {
        std::optional<std::uint32_t> connection; // none: the capture as a whole
        Statements statements;                   // never empty
        std::pair<Severity, std::size_t> badness;

        const Statement &worst() const; // the first one of that severity
    };

    static std::vector<Group> groups_of(Statements statements);
    bool continues_in(const std::vector<Group> &later) const;
    void update(std::vector<Group> later);
    void replace(std::size_t place, Group later);

    const Group &group(const QModelIndex &index) const;
    QString shown(const QModelIndex &index) const;
    QString shown_of(const Group &group, DiagnosisColumn column) const;
    QString name_of_connection(std::uint32_t connection) const;

    const WindowHost &host_;
    std::vector<Group> groups_; // by connection index
    EndsOfConnections ends_;
    bool has_names_ = false;
};

// The same, with connections sorted by value, and only statements of a severity or a worse one, and
// of one code or of all. Statements stay in the order of the diagnosis.
class SortedDiagnosis : public QSortFilterProxyModel {
public:
    using QSortFilterProxyModel::QSortFilterProxyModel;

    void show_from(Severity severity);
    void show_code(std::optional<Code> code); // none: all

protected:
    bool filterAcceptsRow(int row, const QModelIndex &parent) const override;
    bool lessThan(const QModelIndex &left, const QModelIndex &right) const override;

private:
    bool accepts(const Statement &statement) const;

    Severity least_ = Severity::Chat;
    std::optional<Code> code_;
};

} // namespace mptcp
