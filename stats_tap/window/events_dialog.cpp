// SPDX-License-Identifier: GPL-2.0-or-later
#include "window/events_dialog.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

#include <QComboBox>
#include <QLabel>
#include <QMenu>
#include <QTreeView>

#include "base/format.h"
#include "views/csv.h"
#include "views/yaml.h"
#include "window/filter_menu.h"
#include "window/localized.h"
#include "window/severity_color.h"
#include "window/wrapping_delegate.h"

namespace mptcp {
namespace {

// In pixels, unless the user changes them. The details then fill the view.
constexpr int kWidestWords = 380;
constexpr int kWidestDetails = 200;

constexpr char kAll[] = "All";

constexpr EventColumn kAllColumns[] = {
    EventColumn::Frame, EventColumn::Since, EventColumn::Connection, EventColumn::Subflow,
    EventColumn::From,  EventColumn::Level, EventColumn::What,       EventColumn::Details,
};
static_assert(std::size(kAllColumns) == kEventColumns);

// What the table shows in the column Event, where CSV and YAML have the identifier.
constexpr std::string_view kWords = "Words";

// The connections with events, in ascending order.
std::vector<std::uint32_t> connections_in(const Timeline &timeline)
{
    std::vector<std::uint32_t> indexes;
    for (const TimelineEntry &entry : timeline)
        if (indexes.empty() || indexes.back() != entry.connection)
            indexes.push_back(entry.connection);
    std::sort(indexes.begin(), indexes.end());
    indexes.erase(std::unique(indexes.begin(), indexes.end()), indexes.end());
    return indexes;
}

QString choice(std::uint32_t index, const PerRole<Endpoint> &ends)
{
    return QString("%1: %2 → %3")
        .arg(index)
        .arg(QString::fromStdString(to_text(ends[Role::Client])),
             QString::fromStdString(to_text(ends[Role::Server])));
}

} // namespace

EventsDialog::EventsDialog(const WindowHost &host)
    : StatisticsDialog(host, "MPTCP Events", "events", {kAllColumns, kEventColumns}),
      model_(new EventsModel(host, this)),
      sorted_(new SortedEvents(this)),
      severities_(new QComboBox(this)),
      connections_(new QComboBox(this))
{
    add_options();
    sorted_->setSourceModel(model_);
    view().setModel(sorted_);
    set_up_view();
    start();
}

void EventsDialog::set_up_view()
{
    view().setRootIsDecorated(false);
    view().setAccessibleName("MPTCP events");
    view().sortByColumn(0, Qt::AscendingOrder);
    view().setUniformRowHeights(false);
    view().setWordWrap(true);
    for (const auto &[column, widest] :
         {std::pair{EventColumn::What, kWidestWords}, {EventColumn::Details, kWidestDetails}})
        view().setItemDelegateForColumn(static_cast<int>(column),
                                        new WrappingDelegate(view(), widest));
    adjust_row_heights(view());
    connect(&view(), &QTreeView::doubleClicked, this, [this](const QModelIndex &index) {
        host().go_to_frame(model_->row(sorted_->mapToSource(index)).event.frame);
    });
}

void EventsDialog::add_options()
{
    for (const SeverityChoice &choice : kSeverityChoices)
        severities_->addItem(choice.title);
    connections_->addItem(kAll);
    connections_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    constexpr int kCharacters = 36;
    connections_->setMinimumContentsLength(kCharacters);
    for (const auto &[name, box] :
         {std::pair{"Severity", severities_}, {"Connection", connections_}}) {
        auto *label = new QLabel(QString("%1:").arg(name), this);
        label->setBuddy(box);
        add_option(label);
        add_option(box);
    }
    const auto changed = QOverload<int>::of(&QComboBox::currentIndexChanged);
    connect(severities_, changed, this, [this](int place) {
        sorted_->show_from(kSeverityChoices[std::max(place, 0)].least);
        show_totals();
    });
    connect(connections_, changed, this, [this] {
        choice_ = connections_->currentText();
        sorted_->show_connection(chosen_connection());
        show_totals();
    });
}

void EventsDialog::show_counts(const Watch &watch)
{
    Analysis analysis = host().analysis(watch);
    model_->show(std::move(analysis.timeline), analysis.origin);
    offer_connections(analysis.endpoints);
    fit_columns_once();
}

void EventsDialog::forget()
{
    model_->show({}, 0);
    offer_connections({});
}

std::optional<std::uint32_t> EventsDialog::chosen_connection() const
{
    const int place = connections_->currentIndex();
    return place > 0 ? std::optional{offered_[static_cast<std::size_t>(place) - 1]} : std::nullopt;
}

// The user's choice is the same index with the same ends. It stays while that connection has no
// events, such as during a retap, or under a filter.
void EventsDialog::offer_connections(const std::vector<PerRole<Endpoint>> &endpoints)
{
    std::vector<std::uint32_t> indexes = connections_in(model_->timeline());
    if (indexes == offered_)
        return;
    offered_ = std::move(indexes);
    QStringList choices{kAll};
    for (const std::uint32_t index : offered_)
        choices << choice(index, endpoints[index]);
    const QSignalBlocker silence(connections_);
    connections_->clear();
    connections_->addItems(choices);
    connections_->setCurrentIndex(std::max(0, static_cast<int>(choices.indexOf(choice_))));
    sorted_->show_connection(chosen_connection());
}

QString EventsDialog::totals() const
{
    const auto all = static_cast<std::uint64_t>(model_->rowCount());
    const auto shown = static_cast<std::uint64_t>(sorted_->rowCount());
    const QString text = "Events " + grouped(all);
    return shown == all ? text : text + ", shown " + grouped(shown);
}

// For programs: the event's identifier.
std::string EventsDialog::field(int row, EventColumn column) const
{
    return column == EventColumn::Since ? model_->time_text(row)
                                        : to_text(model_->row(model_->index(row, 0)), column);
}

std::string EventsDialog::csv(Rows rows) const
{
    std::string text;
    for (const EventColumn column : kAllColumns)
        text += csv_field(std::string{title(column)}) + ",";
    text += std::string{kWords} + "\n";
    visit_rows(rows, 1, [&](const QModelIndex &index) {
        const int row = sorted_->mapToSource(index).row();
        for (const EventColumn column : kAllColumns)
            text += csv_field(field(row, column)) + ",";
        text += csv_field(model_->words(row)) + "\n";
    });
    return text;
}

std::string EventsDialog::yaml(Rows rows) const
{
    std::string text = kYamlHeader;
    visit_rows(rows, 1, [&](const QModelIndex &index) {
        const int row = sorted_->mapToSource(index).row();
        for (const EventColumn column : kAllColumns) {
            const std::string value = field(row, column);
            const bool plain = is_number(column) && column != EventColumn::Since;
            append_yaml(text, column == kAllColumns[0], title(column),
                        plain ? value : yaml_string(value));
        }
        append_yaml(text, false, kWords, yaml_string(model_->words(row)));
    });
    return text;
}

void EventsDialog::fill_menu(QMenu &menu, const QModelIndex &index)
{
    const TimelineEntry &entry = model_->row(sorted_->mapToSource(index));
    const std::uint32_t frame = entry.event.frame; // the row may have gone when it is chosen
    const auto go_there = [this, frame] { host().go_to_frame(frame); };
    add_filter_menus(menu, host(), "mptcp_conn." + std::string{name(entry.event.type)});
    menu.addSeparator();
    menu.addAction("Go to Packet", go_there);
}

QString EventsDialog::help() const
{
    return "<p>What happened to the MPTCP connections of the capture, in the order of packets. "
           "Notes, warnings and errors have the colors of <i>Analyze → Expert Information</i>. "
           "Double-click a row to go to its packet. Right-click it to filter the packet list for "
           "events of its type.</p>"
           "<p><b>Severity</b> and <b>Connection</b> choose the rows that are shown, copied as CSV "
           "or YAML, and saved.<br>"
           "<b>Limit to display filter</b> shows only events of packets that the packet list "
           "shows. <b>Display filter</b> shows only events of packets that match its own "
           "filter.</p>"
           "<p>The tooltip of an event is its identifier. Use it in display filters as "
           "<i>mptcp_conn.IDENTIFIER</i>. The JSON and the column <i>Event</i> of CSV and YAML "
           "contain it, too.</p>";
}

} // namespace mptcp
