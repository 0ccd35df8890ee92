// SPDX-License-Identifier: GPL-2.0-or-later
#include "window/events_dialog.h"

#include <QMenu>
#include <QTreeView>

#include "views/csv.h"
#include "window/filter_menu.h"
#include "window/grouped.h"

namespace mptcp {

EventsDialog::EventsDialog(const WindowHost &host)
    : StatisticsDialog(host, "MPTCP Events", "events"),
      model_(new EventsModel(host.show_time, this)),
      sorted_(new SortedEvents(this))
{
    sorted_->setSourceModel(model_);
    view().setModel(sorted_);
    view().setRootIsDecorated(false);
    view().setAccessibleName("MPTCP events");
    view().sortByColumn(0, Qt::AscendingOrder);
    connect(&view(), &QTreeView::doubleClicked, this, [this](const QModelIndex &index) {
        this->host().go_to_frame(model_->row(sorted_->mapToSource(index)).event.frame);
    });
    start();
}

void EventsDialog::show_counts(const Watch &watch)
{
    Analysis analysis = host().analysis(watch);
    model_->show(std::move(analysis.timeline), analysis.origin);
    if (model_->rowCount() > 0)
        fit_columns();
}

QString EventsDialog::totals() const
{
    return "Events " + grouped(static_cast<std::uint64_t>(model_->rowCount()));
}

std::string EventsDialog::csv(bool only_selected) const
{
    std::string text;
    const auto add = [&text](const std::string &field, std::size_t place) {
        text += csv_field(field) + (place + 1 < kEventColumns ? "," : "\n");
    };
    for (std::size_t place = 0; place < kEventColumns; ++place)
        add(std::string{title(static_cast<EventColumn>(place))}, place);
    for (int line = 0; line < sorted_->rowCount(); ++line) {
        if (only_selected && !view().selectionModel()->isSelected(sorted_->index(line, 0)))
            continue;
        for (std::size_t place = 0; place < kEventColumns; ++place) {
            const QModelIndex cell = sorted_->index(line, static_cast<int>(place));
            add(model_->text(sorted_->mapToSource(cell)), place);
        }
    }
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

} // namespace mptcp
