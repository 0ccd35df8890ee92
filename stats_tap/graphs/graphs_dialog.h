// SPDX-License-Identifier: GPL-2.0-or-later
//
// The dialog 'MPTCP Graphs': what the paths of a connection did over time, one page for each graph.
// All pages show the same time, the same direction and the same subflows.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <QString>

#include "graphs/graph.h"
#include "graphs/time_plot.h"
#include "window/watching_dialog.h"

class QCheckBox;
class QComboBox;
class QHBoxLayout;
class QLabel;
class QTabWidget;

namespace mptcp {

class ConnectionBox;

class GraphsDialog : public WatchingDialog {
public:
    GraphsDialog(const WindowHost &host, const GraphChoice &choice);

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    QWidget *make_pages();
    QWidget *make_subflows();
    QWidget *make_choices();
    QWidget *make_places();
    QWidget *make_mouse_options();
    QWidget *make_buttons();
    void choose(const GraphChoice &choice);
    TimePlot *make_plot();

    void update_options() override;
    void prepare(Watch &watch) override;
    void show_counts(const Watch &watch) override;
    void forget() override;
    void show_totals() override;

    void choose_connection(std::uint32_t connection);
    void fill_directions();
    std::optional<VantageChoice> seen_at() const;
    void fill_subflows();
    void choose_view();
    void draw_page();
    void draw_again();
    void show_title();
    QString where_it_was_seen() const;
    QString what_is_drawn() const;
    void show_hint();
    void go_to_pointed();
    std::size_t page() const;
    const Graph &graph() const { return graphs()[page()]; }
    TimePlot &plot() const { return *plots_[page()]; }
    bool move_by_key(int key, double pixels);
    bool zoom_by_key(const QString &key);
    std::string csv() const;
    void copy();
    void save();
    static QString help();

    std::uint32_t connection_;
    GraphView view_;
    std::vector<bool> drawn_; // by page
    std::vector<TimePlot *> plots_;
    QTabWidget *pages_ = nullptr;
    QHBoxLayout *subflows_ = nullptr;
    std::vector<QCheckBox *> switches_; // of the subflows
    QLabel *hint_ = nullptr;
    ConnectionBox *number_ = nullptr;
    QComboBox *direction_ = nullptr;
    QComboBox *width_ = nullptr;
    QComboBox *place_ = nullptr;
    QWidget *places_ = nullptr; // the choice of `place_`
    QCheckBox *crosshair_ = nullptr;
    bool direction_chosen_ = false;
};

} // namespace mptcp
