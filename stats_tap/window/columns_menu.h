// SPDX-License-Identifier: GPL-2.0-or-later
//
// The menu that shows and hides columns of a view. It stays open while the user ticks them.
#pragma once

#include <QMenu>

#include "window/column_layout.h"

namespace mptcp {

class ColumnsMenu : public QMenu {
public:
    // `view` and `layout` must outlive the menu.
    ColumnsMenu(QTreeView &view, const ColumnLayout &layout, QWidget *parent);

protected:
    void mousePressEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    void fill();
    void show_ticks();
    void toggle(int column);

    QTreeView &view_;
    const ColumnLayout &layout_;
    QList<QAction *> ticks_; // by column
    QAction *pressed_ = nullptr;
};

} // namespace mptcp
