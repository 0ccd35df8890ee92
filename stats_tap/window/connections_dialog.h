// SPDX-License-Identifier: GPL-2.0-or-later
//
// The dialog 'MPTCP Connections': a tree of connections and their subflows.
#pragma once

#include "window/connections_model.h"
#include "window/statistics_dialog.h"

namespace mptcp {

class NamesBox;

class ConnectionsDialog : public StatisticsDialog {
public:
    explicit ConnectionsDialog(const WindowHost &host);

protected:
    void show_counts(const Watch &watch) override;
    void forget() override { model_->show({}); }
    QString totals() const override;
    std::string csv(Rows rows) const override;
    std::string yaml(Rows rows) const override;
    void fill_menu(QMenu &menu, const QModelIndex &index) override;
    QString help() const override;
    void update_options() override;

private:
    void add_options();
    template <class Write> std::string lines(Rows rows, std::string text, Write write) const;
    void add_follow(QMenu &menu, const TableRow &row) const;
    void follow(std::uint32_t first_frame) const;
    void export_tcp(std::uint32_t connection);

    ConnectionsModel *model_;
    SortedConnections *sorted_;
    NamesBox *names_;
    QCheckBox *absolute_time_;
};

} // namespace mptcp
