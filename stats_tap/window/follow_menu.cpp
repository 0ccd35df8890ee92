// SPDX-License-Identifier: GPL-2.0-or-later
#include "window/follow_menu.h"

#include <QAction>
#include <QMenu>
#include <QMessageBox>

#include "window/follow_dialog.h"
#include "window/wireshark_window.h"

namespace mptcp {

namespace {

void ask_for_packet(const char *title)
{
    auto *message =
        new QMessageBox(QMessageBox::Information, title, "Select a packet of an MPTCP connection.",
                        QMessageBox::Ok, wireshark_window());
    message->setAttribute(Qt::WA_DeleteOnClose);
    message->open();
}

} // namespace

void follow_selected(const WindowHost &host)
{
    if (const auto connection = host.selected_connection())
        (new FollowDialog(host, *connection))->show(); // it deletes itself when it is closed
    else
        ask_for_packet("Follow MPTCP Stream");
}

void open_graphs_of_selected(const WindowHost &host)
{
    if (const auto connection = host.selected_connection())
        host.open_graphs({*connection, {}, {}});
    else
        ask_for_packet("MPTCP Graphs");
}

void hook_follow_menu(const WindowHost &host)
{
    constexpr char kOurs[] = "mptcp_follow";
    QMenu *menu = follow_menu();
    QAction *tcp = follow_tcp_action();
    if (menu == nullptr || tcp == nullptr || menu->findChild<QAction *>(kOurs) != nullptr)
        return;
    const QList<QAction *> listed = menu->actions();
    for (const QAction *action : listed)
        if (action->text().remove('&').startsWith("MPTCP"))
            return;
    auto *action = new QAction("MPTCP Stream", menu);
    action->setObjectName(kOurs);
    const auto after = listed.indexOf(tcp) + 1;
    menu->insertAction(after < listed.size() ? listed[after] : nullptr, action);
    QObject::connect(action, &QAction::triggered, action, [&host] { follow_selected(host); });
    QObject::connect(menu, &QMenu::aboutToShow, action, [&host, action] {
        action->setEnabled(host.selected_connection().has_value());
    });
}

} // namespace mptcp
