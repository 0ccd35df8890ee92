// SPDX-License-Identifier: GPL-2.0-or-later
#include "window/io_graphs.h"

#include <QAction>
#include <QApplication>
#include <QComboBox>
#include <QPointer>
#include <QWidget>

#include <vector>

#include "window/wireshark_window.h"

namespace mptcp {
namespace {

constexpr char kSeenProperty[] = "mptcp_seen";

// The dialogs that were opened since the last call.
std::vector<QWidget *> take_new_dialogs()
{
    std::vector<QWidget *> found;
    for (QWidget *widget : QApplication::topLevelWidgets())
        if (widget->objectName() == "IOGraphDialog" && !widget->property(kSeenProperty).toBool()) {
            widget->setProperty(kSeenProperty, true);
            found.push_back(widget);
        }
    return found;
}

// Chooses a tenth of the interval that is chosen, which is 1 s in a new dialog. The items
// have the interval as a number: in ms in Wireshark 4.0, in µs since 4.2. Wireshark
// redraws the graphs as if the user had chosen it.
void choose_tenth(const QWidget &dialog)
{
    auto *interval = dialog.findChild<QComboBox *>("intervalComboBox");
    if (interval == nullptr)
        return;
    const int item = interval->findData(interval->currentData().toInt() / 10);
    if (item >= 0)
        interval->setCurrentIndex(item);
}

// Wireshark's own slot was connected first, so the dialog is open. If there are several
// new ones, others were opened in another way, such as from the Conversations. Which of
// them is the newest is not known, and the user may have set the interval of the others.
void on_io_graphs_opened(const WindowHost &host)
{
    const std::vector<QWidget *> dialogs = take_new_dialogs();
    if (dialogs.size() == 1 && host.is_mptcp_profile())
        choose_tenth(*dialogs.front());
}

} // namespace

void hook_io_graphs(const WindowHost &host)
{
    static QPointer<QAction> hooked;
    QAction *action = io_graphs_action();
    if (action == nullptr || action == hooked)
        return;
    hooked = action;
    take_new_dialogs();
    QObject::connect(action, &QAction::triggered, action, [&host] { on_io_graphs_opened(host); });
}

} // namespace mptcp
