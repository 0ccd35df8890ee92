// SPDX-License-Identifier: GPL-2.0-or-later
#include "window/connections_dialog.h"

#include <algorithm>

#include <QCheckBox>
#include <QHeaderView>
#include <QMenu>
#include <QMessageBox>
#include <QPointer>
#include <QTreeView>

#include "views/csv_view.h"
#include "views/yaml.h"
#include "views/yaml_view.h"
#include "window/capture_name.h"
#include "window/filter_menu.h"
#include "window/follow_dialog.h"
#include "window/localized.h"
#include "window/names_box.h"
#include "window/table_export.h"
#include "window/wireshark_window.h"

namespace mptcp {
namespace {

constexpr std::size_t kMostOpenedAtOnce = 100; // connections
constexpr std::size_t kMostInAMenu = 20;       // subflows

// By default, in this order.
constexpr ColumnId kShown[] = {
    ColumnId::Connection,    ColumnId::State,         ColumnId::Client,
    ColumnId::Server,        ColumnId::ClientPayload, ColumnId::ServerPayload,
    ColumnId::ClientGoodput, ColumnId::ServerGoodput, ColumnId::ClientShare,
    ColumnId::ServerShare,   ColumnId::HandshakeRtt,  ColumnId::SentAgain,
    ColumnId::Subflows,      ColumnId::Duration,
};
constexpr int kStoredBefore = 50; // columns, when their number was not stored

std::string filter_of(const TableRow &row)
{
    std::string filter = "mptcp.conn == " + std::to_string(row.connection->index);
    if (row.subflow != nullptr)
        filter += " && mptcp.subflow == " + std::to_string(row.subflow->index);
    return filter;
}

} // namespace

ConnectionsDialog::ConnectionsDialog(const WindowHost &host)
    : StatisticsDialog(host, "MPTCP Connections", "connections", {kShown, kStoredBefore}),
      model_(new ConnectionsModel(host, this)),
      sorted_(new SortedConnections(this)),
      names_(new NamesBox(this)),
      absolute_time_(new QCheckBox("Absolute start time", this))
{
    add_options();
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
    fit_columns_once();
}

void ConnectionsDialog::add_options()
{
    absolute_time_->setToolTip("Show the start as the time of day, not as the time since the "
                               "capture's first packet");
    connect(names_, &QCheckBox::toggled, model_, &ConnectionsModel::show_names);
    connect(absolute_time_, &QCheckBox::toggled, this, [this](bool on) {
        model_->show_absolute_time(on);
        show_column(view(), static_cast<int>(ColumnId::Start), true);
        fit_column(view(), static_cast<int>(ColumnId::Start));
    });
    add_option(names_);
    add_option(absolute_time_);
}

void ConnectionsDialog::update_options() { names_->follow_preferences(host()); }

QString ConnectionsDialog::totals() const
{
    const Totals &totals = model_->report().totals;
    return QString("Connections %1, established %2, subflows %3, payload %4 bytes, TCP packets %5")
        .arg(grouped(totals.connections), grouped(totals.established), grouped(totals.subflows),
             grouped(totals.payload), grouped(model_->report().packets));
}

// Appends what `write` makes of each row.
template <class Write>
std::string ConnectionsDialog::lines(Rows rows, std::string text, Write write) const
{
    visit_rows(rows, 2, [&](const QModelIndex &row) {
        text += write(model_->row(sorted_->mapToSource(row)));
    });
    return text;
}

std::string ConnectionsDialog::csv(Rows rows) const { return lines(rows, csv_header(), csv_line); }
std::string ConnectionsDialog::yaml(Rows rows) const { return lines(rows, kYamlHeader, yaml_item); }

QString ConnectionsDialog::help() const
{
    return "<p>Each connection of the capture, and below it its subflows: 0.1 is subflow 1 of "
           "connection 0. Click a header to sort by its values. Right-click a row to filter the "
           "packet list for it, to go to its packets, to follow it, or to "
           "export its data as one plain TCP connection.</p>"
           "<p>Use <b>Columns</b>, or right-click a header, to choose columns. The profile stores "
           "your choice. A tooltip has the exact value of a number that is rounded. <b>Copy</b> "
           "and <b>Save as</b> write all columns, with exact values.</p>"
           "<p><b>Name resolution</b> shows names of addresses and ports. It requires that "
           "<i>View → Name Resolution</i> has them resolved.<br>"
           "<b>Absolute start time</b> shows the time of day in the column of the start.<br>"
           "<b>Limit to display filter</b> counts only the packets that the packet list shows, and "
           "<b>Display filter</b> only those that match its own filter. The state of a connection "
           "always uses the whole capture.</p>";
}

void ConnectionsDialog::fill_menu(QMenu &menu, const QModelIndex &index)
{
    const TableRow row = model_->row(sorted_->mapToSource(index));
    const Span span = row.span(); // the row may be gone when an entry is chosen
    add_filter_menus(menu, host(), filter_of(row));
    menu.addSeparator();
    menu.addAction("Go to First Packet", [this, span] { host().go_to_frame(span.first_frame); });
    menu.addAction("Go to Last Packet", [this, span] { host().go_to_frame(span.last_frame); });
    menu.addAction("Follow MPTCP Stream", [this, index = row.connection->index] {
        (new FollowDialog(host(), index))->show(); // it deletes itself when it is closed
    });
    menu.addAction("Graphs", [this, index = row.connection->index] {
        host().open_graphs({index, {}, {}});
    });
    if (follow_tcp_action() != nullptr)
        add_follow(menu, row);
    if (row.subflow == nullptr)
        menu.addAction("Export as TCP…",
                       [this, index = row.connection->index] { export_tcp(index); });
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

void ConnectionsDialog::export_tcp(std::uint32_t connection)
{
    const QString proposal =
        proposed_path(QString::fromStdString(host().capture_file()), QString::number(connection));
    const QPointer<ConnectionsDialog> here(this); // the dialog may be closed meanwhile
    const QString path = choose_file(this, "Export as TCP", proposal, {"pcapng", "pcapng"});
    if (here == nullptr || path.isEmpty())
        return;
    when_idle([host = &host(), here, connection, path] {
        const std::string why_not = host->export_tcp(connection, path.toLocal8Bit().constData());
        if (!why_not.empty())
            QMessageBox::warning(here, "Cannot export", QString::fromStdString(why_not));
    });
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
