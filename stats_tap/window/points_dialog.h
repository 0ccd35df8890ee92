// SPDX-License-Identifier: GPL-2.0-or-later
//
// The dialog 'MPTCP Points': the points that recorded packets, and what happened to the packets
// between them.
#pragma once

#include "window/passages_model.h"
#include "window/statistics_dialog.h"

namespace mptcp {

class PointList;

class PointsDialog : public StatisticsDialog {
public:
    explicit PointsDialog(const WindowHost &host);

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
    void open_few();
    void lay_out_details(const QModelIndex &passage);
    void lay_out_open_rows();
    void make_room_for_frames();
    template <class Write> std::string lines(Rows rows, std::string text, Write write) const;
    std::string filter_of(const QModelIndex &index) const;

    PassagesModel *model_;
    SortedPassages *sorted_;
    PointList *points_;
    bool is_counted_ = false;
};

} // namespace mptcp
