// SPDX-License-Identifier: GPL-2.0-or-later
#include "window/wireshark_window.h"

#include <QAction>
#include <QApplication>
#include <QMainWindow>
#include <QMenu>
#include <QMetaObject>
#include <QPointer>
#include <QTimer>

namespace mptcp {

QWidget *wireshark_window()
{
    static QPointer<QWidget> found;
    if (found == nullptr)
        for (QWidget *widget : QApplication::topLevelWidgets())
            if (qobject_cast<QMainWindow *>(widget) != nullptr && widget->isVisible())
                found = widget;
    return found;
}

// By the progress bar in the status line, which appears after 0.1 s.
bool wireshark_is_busy()
{
    const QWidget *window = wireshark_window();
    if (window == nullptr)
        return false;
    static const QPointer<QWidget> bar = [window] {
        for (QWidget *widget : window->findChildren<QWidget *>())
            if (widget->inherits("ProgressFrame"))
                return widget;
        return static_cast<QWidget *>(nullptr);
    }();
    return bar != nullptr && bar->isVisible();
}

void start_when_filter_is_applied(QTimer &timer)
{
    QWidget *window = wireshark_window();
    const char *signal = "displayFilterSuccess(bool)";
    if (window != nullptr && window->metaObject()->indexOfSignal(signal) >= 0)
        QObject::connect(window, SIGNAL(displayFilterSuccess(bool)), &timer, SLOT(start()));
}

QMenu *follow_menu()
{
    QWidget *window = wireshark_window();
    return window == nullptr ? nullptr : window->findChild<QMenu *>("menuFollow");
}

QAction *follow_tcp_action()
{
    QWidget *window = wireshark_window();
    if (window == nullptr)
        return nullptr;
    if (auto *action = window->findChild<QAction *>("actionAnalyzeFollowTCPStream"))
        return action;
    // Since 4.2, there is an entry for each protocol that can be followed.
    if (const QMenu *menu = follow_menu())
        for (QAction *action : menu->actions())
            if (action->text().remove('&').startsWith("TCP"))
                return action;
    return nullptr;
}

QAction *io_graphs_action()
{
    QWidget *window = wireshark_window();
    return window == nullptr ? nullptr : window->findChild<QAction *>("actionStatisticsIOGraph");
}

} // namespace mptcp
