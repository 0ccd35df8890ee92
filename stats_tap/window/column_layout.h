// SPDX-License-Identifier: GPL-2.0-or-later
//
// Which columns of a view are shown, and in which order: by default, and as the profile stores it.
#pragma once

#include <cstddef>
#include <vector>

#include <QString>

class QHeaderView;
class QSettings;
class QTreeView;

namespace mptcp {

class ColumnLayout {
public:
    // `shown` are the columns that are shown by default, in their order. The first one has the
    // branches of a tree and cannot be hidden. `stored_before` is the number of columns that the
    // table had when its layout was stored without a number.
    template <class Ids> ColumnLayout(const Ids &shown, std::size_t stored_before)
        : stored_before_(static_cast<int>(stored_before))
    {
        for (const auto id : shown)
            shown_.push_back(static_cast<int>(id));
    }

    int fixed() const { return shown_.front(); }

    void show_default(QTreeView &view) const;
    void show_all(QTreeView &view) const;

    // Stores the columns with their order and widths, below the key `name`.
    void store(const QTreeView &view, QSettings &settings, const QString &name) const;
    // Restores them, or shows the default ones and returns false if the user has chosen none.
    bool restore(QTreeView &view, const QSettings &settings, const QString &name) const;

private:
    bool restore_stored(QTreeView &view, const QSettings &settings, const QString &name) const;

    std::vector<int> shown_;
    int stored_before_;
};

// Shows or hides one column; one that appears is as wide as its content.
void show_column(QTreeView &view, int column, bool shown);

// Makes a column as wide as its content and its title. A title has room for a sort indicator only
// if it has one: in a dozen columns, that would be the width of an address.
void fit_column(QTreeView &view, int column);
void make_room_for_sort_indicator(QHeaderView &header);

// Makes all columns as wide as their content, and the widest ones narrower if they do not fit into
// the view.
void fit_columns(QTreeView &view);

} // namespace mptcp
