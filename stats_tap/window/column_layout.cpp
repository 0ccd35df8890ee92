// SPDX-License-Identifier: GPL-2.0-or-later
#include "window/column_layout.h"

#include <algorithm>

#include <QHeaderView>
#include <QScrollBar>
#include <QSettings>
#include <QStandardItemModel>
#include <QTreeView>

namespace mptcp {
namespace {

// In pixels.
constexpr int kNarrowest = 100; // of a column that is made narrower
constexpr int kMargins = 14;    // of a title

QString state_key(const QString &name) { return name + "/columns"; }
QString count_key(const QString &name) { return name + "/column_count"; }

// Whether a layout hides or moves any column.
bool differs_from_table(const QHeaderView &header)
{
    for (int column = 0; column < header.count(); ++column)
        if (header.isSectionHidden(column) || header.visualIndex(column) != column)
            return true;
    return false;
}

// Copies the layout to a header that may have further columns, and hides these.
void copy_layout(const QHeaderView &from, QHeaderView &to)
{
    for (int place = 0; place < from.count(); ++place) {
        const int column = from.logicalIndex(place);
        to.moveSection(to.visualIndex(column), place);
        if (!from.isSectionHidden(column))
            to.resizeSection(column, from.sectionSize(column));
        to.setSectionHidden(column, from.isSectionHidden(column));
    }
    for (int column = from.count(); column < to.count(); ++column)
        to.setSectionHidden(column, true);
    to.setSortIndicator(from.sortIndicatorSection(), from.sortIndicatorOrder());
}

int widest_column(const QHeaderView &header)
{
    int widest = 0;
    for (int column = 1; column < header.count(); ++column)
        if (header.sectionSize(column) > header.sectionSize(widest)) // 0 if it is hidden
            widest = column;
    return widest;
}

// Takes this many pixels from the widest columns, a few at a time: columns of about the same width
// share the loss.
void make_narrower(QHeaderView &header, int excess)
{
    constexpr int kStep = 4;
    while (excess > 0) {
        const int column = widest_column(header);
        const int less = std::min({excess, kStep, header.sectionSize(column) - kNarrowest});
        if (less <= 0)
            return;
        header.resizeSection(column, header.sectionSize(column) - less);
        excess -= less;
    }
}

// The width that columns can have, with a scroll bar, which may appear later.
int room_in(const QTreeView &view)
{
    return view.contentsRect().width() - view.verticalScrollBar()->sizeHint().width();
}

} // namespace

void ColumnLayout::show_default(QTreeView &view) const
{
    QHeaderView &header = *view.header();
    int place = 0;
    for (const int column : shown_)
        header.moveSection(header.visualIndex(column), place++);
    for (int column = 0; column < header.count(); ++column) {
        const bool shown = std::find(shown_.begin(), shown_.end(), column) != shown_.end();
        if (!shown)
            header.moveSection(header.visualIndex(column), place++);
        show_column(view, column, shown);
    }
}

void ColumnLayout::show_all(QTreeView &view) const
{
    for (int column = 0; column < view.header()->count(); ++column)
        show_column(view, column, true);
}

void ColumnLayout::store(const QTreeView &view, QSettings &settings, const QString &name) const
{
    settings.setValue(state_key(name), view.header()->saveState());
    settings.setValue(count_key(name), view.header()->count());
}

bool ColumnLayout::restore(QTreeView &view, const QSettings &settings, const QString &name) const
{
    if (restore_stored(view, settings, name))
        return true;
    show_default(view);
    return false;
}

// Columns that the table did not have when the layout was stored are hidden. A layout without their
// number is from a version that showed all columns by default, and stored that, too. So it is the
// user's choice only if it is another one, or if all columns are still the default.
bool ColumnLayout::restore_stored(QTreeView &view, const QSettings &settings,
                                  const QString &name) const
{
    const int known = settings.value(count_key(name), stored_before_).toInt();
    if (known < 1 || known > view.header()->count())
        return false;
    // Qt 6.10 can restore the state of fewer columns than there are, but what it stores next cannot
    // be restored. So a header with as many columns takes it.
    QStandardItemModel table(0, known);
    QHeaderView stored(Qt::Horizontal);
    stored.setModel(&table);
    if (!stored.restoreState(settings.value(state_key(name)).toByteArray()))
        return false;
    copy_layout(stored, *view.header());
    return settings.contains(count_key(name)) || differs_from_table(stored) ||
           static_cast<int>(shown_.size()) == view.header()->count();
}

void show_column(QTreeView &view, int column, bool shown)
{
    const bool appears = shown && view.isColumnHidden(column);
    view.setColumnHidden(column, !shown);
    if (appears)
        fit_column(view, column);
}

void fit_column(QTreeView &view, int column)
{
    QHeaderView &header = *view.header();
    const QString title = header.model()->headerData(column, Qt::Horizontal).toString();
    const int title_width = column == header.sortIndicatorSection()
                                ? header.sectionSizeHint(column)
                                : header.fontMetrics().horizontalAdvance(title) + kMargins;
    const QAbstractItemView &items = view; // it has the function that QTreeView makes protected
    header.resizeSection(column, std::max(items.sizeHintForColumn(column), title_width));
}

void make_room_for_sort_indicator(QHeaderView &header)
{
    const int column = header.sortIndicatorSection();
    if (!header.isSectionHidden(column) &&
        header.sectionSize(column) < header.sectionSizeHint(column))
        header.resizeSection(column, header.sectionSizeHint(column));
}

void fit_columns(QTreeView &view)
{
    QHeaderView &header = *view.header();
    // The last column fills the rest of the view, so it counts as its content, not as its width.
    const bool stretches = header.stretchLastSection();
    header.setStretchLastSection(false);
    for (int column = 0; column < header.count(); ++column)
        fit_column(view, column);
    make_narrower(header, header.length() - room_in(view));
    header.setStretchLastSection(stretches);
}

} // namespace mptcp
