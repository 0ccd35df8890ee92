// SPDX-License-Identifier: GPL-2.0-or-later
#include "window/stream_view.h"

#include <algorithm>

#include <QFontDatabase>
#include <QMouseEvent>

namespace mptcp {

StreamView::StreamView(QWidget *parent) : QPlainTextEdit(parent)
{
    setReadOnly(true);
    setUndoRedoEnabled(false);
    setMouseTracking(true);
    setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    setAccessibleName("MPTCP stream");
}

void StreamView::show_text(const std::function<void()> &fill)
{
    clear();
    parts_.clear();
    writer_ = QTextCursor(document());
    writer_.beginEditBlock();
    fill();
    writer_.endEditBlock();
    moveCursor(QTextCursor::Start);
}

void StreamView::append(const QString &text, const QTextCharFormat &format,
                        std::optional<std::size_t> part)
{
    if (text.isEmpty())
        return;
    writer_.movePosition(QTextCursor::End);
    writer_.insertText(text, format);
    parts_.push_back({writer_.position(), part});
}

bool StreamView::find_next(const QString &text)
{
    if (text.isEmpty() || find(text))
        return true;
    const QTextCursor before = textCursor();
    moveCursor(QTextCursor::Start);
    if (find(text))
        return true;
    setTextCursor(before);
    return false;
}

std::optional<std::size_t> StreamView::part_at(const QPoint &place) const
{
    const int position = cursorForPosition(place).position();
    const auto found =
        std::upper_bound(parts_.begin(), parts_.end(), position,
                         [](int wanted, const Ended &each) { return wanted < each.place; });
    return found == parts_.end() ? std::nullopt : found->part;
}

void StreamView::mouseMoveEvent(QMouseEvent *event)
{
    QPlainTextEdit::mouseMoveEvent(event);
    on_hover(part_at(event->pos()));
}

void StreamView::leaveEvent(QEvent *event)
{
    QPlainTextEdit::leaveEvent(event);
    on_hover(std::nullopt);
}

void StreamView::mouseReleaseEvent(QMouseEvent *event)
{
    QPlainTextEdit::mouseReleaseEvent(event);
    const auto part = part_at(event->pos());
    if (event->button() == Qt::LeftButton && !textCursor().hasSelection() && part)
        on_click(*part);
}

} // namespace mptcp
