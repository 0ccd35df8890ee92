// SPDX-License-Identifier: GPL-2.0-or-later
//
// Shows a column of a tree view in as many lines as its text needs. QTreeView wraps lines, but
// does not make rows higher for them.
#pragma once

#include <algorithm>

#include <QHeaderView>
#include <QStyledItemDelegate>
#include <QTimer>
#include <QTreeView>

namespace mptcp {

// Rows change their height with the width of columns. The header has to finish first: a layout
// resizes its sections again.
inline void adjust_row_heights(QTreeView &view)
{
    auto *resized = new QTimer(&view);
    resized->setSingleShot(true);
    QObject::connect(view.header(), &QHeaderView::sectionResized, resized,
                     [resized] { resized->start(0); });
    QObject::connect(resized, &QTimer::timeout, &view, [&view] { view.doItemsLayout(); });
}

class WrappingDelegate : public QStyledItemDelegate {
public:
    // `widest` limits the width that the text asks for, in pixels.
    WrappingDelegate(QTreeView &view, int widest)
        : QStyledItemDelegate(&view), view_(view), widest_(widest)
    {
    }

    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        QStyleOptionViewItem wrapped = option;
        wrapped.features |= QStyleOptionViewItem::WrapText;
        wrapped.rect.setSize({view_.columnWidth(index.column()), kHighest});
        const int height = QStyledItemDelegate::sizeHint(wrapped, index).height();
        const int width = QStyledItemDelegate::sizeHint(option, index).width();
        return {std::min(width, widest_), height};
    }

private:
    static constexpr int kHighest = 10'000; // pixels

    QTreeView &view_;
    int widest_;
};

} // namespace mptcp
