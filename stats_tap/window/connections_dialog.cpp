// SPDX-License-Identifier: GPL-2.0-or-later
#include "window/connections_dialog.h"

#include <algorithm>

#include <QHeaderView>
#include <QMenu>
#include <QTreeView>

#include "views/csv_view.h"
#include "window/filter_menu.h"
#include "window/grouped.h"
#include "window/wireshark_window.h"

namespace mptcp {
namespace {

constexpr std::size_t kMostOpenedAtOnce = 100; // connections
constexpr std::size_t kMostInAMenu = 20;       // subflows

std::string filter_of(const TableRow &row)
{
    std::string filter = "mptcp.conn == " + std::to_string(row.connection->index);
    if (row.subflow != nullptr)
        filter += " && mptcp.subflow == " + std::to_string(row.subflow->index);
    return filter;
}

} // namespace

ConnectionsDialog::ConnectionsDialog(const WindowHost &host)
    : StatisticsDialog(host, "MPTCP Connections", "connections"),
      model_(new ConnectionsModel(this)),
      sorted_(new SortedConnections(this))
{
    sorted_->setSourceModel(model_);
    view().setModel(sorted_);
    view().setAccessibleName("MPTCP connections");
    view().sortByColumn(0, Qt::AscendingOrder);
    start();
}

void ConnectionsDialog::show_counts(const Watch &watch)
{
    const std::size_t before = model_->report().connections.size();
    model_->show(host().report(watch));
    const std::size_t now = model_->report().connections.size();
    if (before == 0 && now <= kMostOpenedAtOnce)
        view().expandAll();
    if (now > 0)
        fit_columns();
}

QString ConnectionsDialog::totals() const
{
    const Totals &totals = model_->report().totals;
    return QString("Connections %1, established %2, subflows %3, payload %4 bytes, TCP packets %5")
        .arg(grouped(totals.connections), grouped(totals.established), grouped(totals.subflows),
             grouped(totals.payload), grouped(model_->report().packets));
}

std::string ConnectionsDialog::csv(bool only_selected) const
{
    std::string text = csv_header();
    const auto add = [&](const QModelIndex &index) {
        if (only_selected && !view().selectionModel()->isSelected(index))
            return;
        text += csv_line(model_->row(sorted_->mapToSource(index)));
    };
    for (int line = 0; line < sorted_->rowCount(); ++line) {
        const QModelIndex connection = sorted_->index(line, 0);
        add(connection);
        for (int inner = 0; inner < sorted_->rowCount(connection); ++inner)
            add(sorted_->index(inner, 0, connection));
    }
    return text;
}

void ConnectionsDialog::fill_menu(QMenu &menu, const QModelIndex &index)
{
    const TableRow row = model_->row(sorted_->mapToSource(index));
    const Span span = row.span(); // the row may be gone when an entry is chosen
    add_filter_menus(menu, host(), filter_of(row));
    menu.addSeparator();
    menu.addAction("Go to First Packet", [this, span] { host().go_to_frame(span.first_frame); });
    menu.addAction("Go to Last Packet", [this, span] { host().go_to_frame(span.last_frame); });
    if (follow_tcp_action() != nullptr)
        add_follow(menu, row);
    menu.addSeparator();
    menu.addAction("Expand All", [this] { view().expandAll(); });
    menu.addAction("Collapse All", [this] { view().collapseAll(); });
}

// Of a connection, each of its subflows can be followed.
void ConnectionsDialog::add_follow(QMenu &menu, const TableRow &row) const
{
    const char *title = "Follow TCP Stream";
    if (row.subflow != nullptr) {
        menu.addAction(title, [this, frame = row.subflow->span.first_frame] { follow(frame); });
        return;
    }
    QMenu *choice = menu.addMenu(title);
    const auto &subflows = row.connection->subflows;
    for (std::size_t place = 0; place < std::min(subflows.size(), kMostInAMenu); ++place)
        choice->addAction(QString("Subflow %1").arg(subflows[place].index),
                          [this, frame = subflows[place].span.first_frame] { follow(frame); });
}

// Follows the subflow with that first packet, as if the user had selected the packet.
void ConnectionsDialog::follow(std::uint32_t first_frame) const
{
    host().go_to_frame(first_frame);
    if (host().selected_frame() != first_frame) {
        host().apply_filter(
            ""); // the filter hides the packet; following sets another filter anyway
        host().go_to_frame(first_frame);
    }
    QAction *action = follow_tcp_action();
    if (action != nullptr && host().selected_frame() == first_frame)
        action->trigger();
}

} // namespace mptcp
