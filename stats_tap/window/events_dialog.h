// SPDX-License-Identifier: GPL-2.0-or-later
//
// The dialog 'MPTCP Events': the timeline of all connections.
#pragma once

#include "window/events_model.h"
#include "window/statistics_dialog.h"

namespace mptcp {

class EventsDialog : public StatisticsDialog {
public:
    explicit EventsDialog(const WindowHost &host);

protected:
    void show_counts(const Watch &watch) override;
    void forget() override { model_->show({}, 0); }
    QString totals() const override;
    std::string csv(bool only_selected) const override;
    void fill_menu(QMenu &menu, const QModelIndex &index) override;

private:
    EventsModel *model_;
    SortedEvents *sorted_;
};

} // namespace mptcp
