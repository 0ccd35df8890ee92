// SPDX-License-Identifier: GPL-2.0-or-later
#include "window/columns_menu.h"

#include <QHeaderView>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QTreeView>

namespace mptcp {

ColumnsMenu::ColumnsMenu(QTreeView &view, const ColumnLayout &layout, QWidget *parent)
    : QMenu(parent), view_(view), layout_(layout)
{
    connect(this, &QMenu::aboutToShow, this, &ColumnsMenu::fill);
}

// Each time it opens: a title may have changed.
void ColumnsMenu::fill()
{
    clear();
    ticks_.clear();
    addAction("Default", [this] {
        layout_.show_default(view_);
        show_ticks();
    });
    addAction("All", [this] {
        layout_.show_all(view_);
        show_ticks();
    });
    addSeparator();
    const QHeaderView &header = *view_.header();
    for (int column = 0; column < header.count(); ++column) {
        const QString title = header.model()->headerData(column, Qt::Horizontal).toString();
        QAction *tick = addAction(title, [this, column] { toggle(column); });
        tick->setCheckable(true);
        tick->setEnabled(column != layout_.fixed());
        ticks_.append(tick);
    }
    show_ticks();
}

void ColumnsMenu::show_ticks()
{
    for (int column = 0; column < static_cast<int>(ticks_.size()); ++column)
        ticks_[column]->setChecked(!view_.isColumnHidden(column));
}

void ColumnsMenu::toggle(int column)
{
    show_column(view_, column, view_.isColumnHidden(column));
    show_ticks();
}

void ColumnsMenu::mousePressEvent(QMouseEvent *event)
{
    QMenu::mousePressEvent(event);
    pressed_ = isVisible() ? activeAction() : nullptr;
}

// QMenu would close. The button that opened the menu may be released over an entry, too: then
// nothing was pressed.
void ColumnsMenu::mouseReleaseEvent(QMouseEvent *event)
{
    QAction *pressed = pressed_;
    pressed_ = nullptr;
    if (pressed == nullptr || pressed != activeAction() || !pressed->isEnabled())
        QMenu::mouseReleaseEvent(event);
    else
        pressed->trigger();
}

void ColumnsMenu::keyPressEvent(QKeyEvent *event)
{
    const bool chooses = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter ||
                         event->key() == Qt::Key_Space;
    if (chooses && activeAction() != nullptr)
        activeAction()->trigger(); // nothing, if it is disabled
    else
        QMenu::keyPressEvent(event);
}

} // namespace mptcp
