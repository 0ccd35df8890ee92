// SPDX-License-Identifier: GPL-2.0-or-later
//
// The dialog 'MPTCP Events': the timeline of all connections.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "window/events_model.h"
#include "window/statistics_dialog.h"

class QComboBox;

namespace mptcp {

class EventsDialog : public StatisticsDialog {
public:
    explicit EventsDialog(const WindowHost &host);

protected:
    void show_counts(const Watch &watch) override;
    void forget() override;
    QString totals() const override;
    std::string csv(Rows rows) const override;
    std::string yaml(Rows rows) const override;
    void fill_menu(QMenu &menu, const QModelIndex &index) override;
    QString help() const override;

private:
    void set_up_view();
    void add_options();
    void offer_connections(const std::vector<PerRole<Endpoint>> &endpoints);
    std::optional<std::uint32_t> chosen_connection() const; // none: all
    std::string field(int row, EventColumn column) const;

    EventsModel *model_;
    SortedEvents *sorted_;
    QComboBox *severities_;
    QComboBox *connections_;
    QString choice_;                     // the user's, of a connection
    std::vector<std::uint32_t> offered_; // the connections that can be chosen, ascending
};

} // namespace mptcp
