// SPDX-License-Identifier: GPL-2.0-or-later
//
// The text of Follow MPTCP Stream, which knows what part of the stream is at each place.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

#include <QPlainTextEdit>
#include <QTextCursor>

namespace mptcp {

class StreamView : public QPlainTextEdit {
public:
    explicit StreamView(QWidget *parent);

    // Replaces the text: calls fill(), which calls append() for each part.
    void show_text(const std::function<void()> &fill);
    // `part` is the index of a part; none: text that belongs to no part.
    void append(const QString &text, const QTextCharFormat &format,
                std::optional<std::size_t> part);

    // Called when the mouse is over a part, or no longer (none), or clicks on one.
    std::function<void(std::optional<std::size_t>)> on_hover;
    std::function<void(std::size_t)> on_click;

    // Finds the next place after the cursor, or from the beginning. Ignores case.
    bool find_next(const QString &text);

protected:
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void leaveEvent(QEvent *event) override;

private:
    struct Ended {
        int place = 0; // the end of its text
        std::optional<std::size_t> part;
    };
    std::optional<std::size_t> part_at(const QPoint &place) const;

    QTextCursor writer_;
    std::vector<Ended> parts_; // in order
};

} // namespace mptcp
