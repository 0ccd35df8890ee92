// SPDX-License-Identifier: GPL-2.0-or-later
#include "window/frame_links.h"

#include <utility>

#include <QAbstractTextDocumentLayout>
#include <QMouseEvent>
#include <QPainter>
#include <QRegularExpression>
#include <QTextDocument>

namespace mptcp {
namespace {

// On a line with a color of its own, links are as black as its text.
QColor link_color(const QStyleOptionViewItem &cell)
{
    if (cell.state.testFlag(QStyle::State_Selected))
        return cell.palette.color(QPalette::HighlightedText);
    return cell.backgroundBrush.style() == Qt::NoBrush ? cell.palette.color(QPalette::Link)
                                                       : cell.palette.color(QPalette::Text);
}

QRect place_of_text(const QStyleOptionViewItem &cell)
{
    const QStyle &style = *cell.widget->style();
    const int margin = style.pixelMetric(QStyle::PM_FocusFrameHMargin, nullptr, cell.widget) + 1;
    return style.subElementRect(QStyle::SE_ItemViewItemText, &cell, cell.widget)
        .adjusted(margin, 0, -margin, 0);
}

void fill(QTextDocument &document, const QStyleOptionViewItem &cell)
{
    static const QRegularExpression number(R"((\d+))");
    const QString link =
        QString(R"(<a href="\1" style="color: %1">\1</a>)").arg(link_color(cell).name());
    document.setDocumentMargin(0);
    document.setDefaultFont(cell.font);
    document.setHtml(QString(cell.text).replace(number, link));
    document.setTextWidth(place_of_text(cell).width());
}

} // namespace

FrameLinks::FrameLinks(QTreeView &view, int column, int widest,
                       std::function<void(std::uint32_t frame)> on_click)
    : WrappingDelegate(view, widest), tree_(view), column_(column), on_click_(std::move(on_click))
{
    view.viewport()->setMouseTracking(true);
    view.viewport()->installEventFilter(this);
}

QStyleOptionViewItem FrameLinks::cell_of(const QStyleOptionViewItem &option,
                                         const QModelIndex &index) const
{
    QStyleOptionViewItem cell = option;
    cell.widget = &tree_;
    initStyleOption(&cell, index);
    return cell;
}

void FrameLinks::paint(QPainter *painter, const QStyleOptionViewItem &option,
                       const QModelIndex &index) const
{
    QStyleOptionViewItem cell = cell_of(option, index);
    QTextDocument document;
    fill(document, cell);
    const QRect place = place_of_text(cell);
    cell.text.clear();
    tree_.style()->drawControl(QStyle::CE_ItemViewItem, &cell, painter, cell.widget);
    QAbstractTextDocumentLayout::PaintContext context;
    context.palette.setColor(QPalette::Text, link_color(cell));
    painter->save();
    painter->setClipRect(place, Qt::IntersectClip);
    painter->translate(place.topLeft());
    document.documentLayout()->draw(painter, context);
    painter->restore();
}

// `place` is in the viewport.
std::uint32_t FrameLinks::frame_at(const QPoint &place) const
{
    const QModelIndex index = tree_.indexAt(place);
    if (!index.isValid() || index.column() != column_)
        return 0;
    QStyleOptionViewItem option;
    option.initFrom(&tree_);
    option.font = tree_.font();
    option.rect = tree_.visualRect(index);
    const QStyleOptionViewItem cell = cell_of(option, index);
    QTextDocument document;
    fill(document, cell);
    return document.documentLayout()->anchorAt(place - place_of_text(cell).topLeft()).toUInt();
}

bool FrameLinks::editorEvent(QEvent *event, QAbstractItemModel *, const QStyleOptionViewItem &,
                             const QModelIndex &)
{
    if (event->type() != QEvent::MouseButtonRelease)
        return false;
    const auto &mouse = *static_cast<QMouseEvent *>(event);
    const std::uint32_t frame = mouse.button() == Qt::LeftButton ? frame_at(mouse.pos()) : 0;
    if (frame != 0)
        on_click_(frame);
    return frame != 0;
}

// The pointer tells that there is a link.
bool FrameLinks::eventFilter(QObject *object, QEvent *event)
{
    QWidget *viewport = tree_.viewport();
    if (object == viewport && event->type() == QEvent::MouseMove) {
        const bool is_link = frame_at(static_cast<QMouseEvent *>(event)->pos()) != 0;
        viewport->setCursor(is_link ? Qt::PointingHandCursor : Qt::ArrowCursor);
    }
    return false;
}

} // namespace mptcp
