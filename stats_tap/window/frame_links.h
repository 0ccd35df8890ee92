// SPDX-License-Identifier: GPL-2.0-or-later
//
// Shows numbers of frames in a column as links, in as many lines as they need.
#pragma once

#include <cstdint>
#include <functional>

#include "window/wrapping_delegate.h"

namespace mptcp {

class FrameLinks : public WrappingDelegate {
public:
    // All numbers in the cells of `column` are links. `widest` as in WrappingDelegate.
    FrameLinks(QTreeView &view, int column, int widest,
               std::function<void(std::uint32_t frame)> on_click);

    void paint(QPainter *painter, const QStyleOptionViewItem &option,
               const QModelIndex &index) const override;
    bool editorEvent(QEvent *event, QAbstractItemModel *model, const QStyleOptionViewItem &option,
                     const QModelIndex &index) override;
    bool eventFilter(QObject *object, QEvent *event) override;

private:
    QStyleOptionViewItem cell_of(const QStyleOptionViewItem &option,
                                 const QModelIndex &index) const;
    std::uint32_t frame_at(const QPoint &place) const; // 0: none

    QTreeView &tree_;
    int column_;
    std::function<void(std::uint32_t frame)> on_click_;
};

} // namespace mptcp
