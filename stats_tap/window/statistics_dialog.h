// SPDX-License-Identifier: GPL-2.0-or-later
//
// The base of the dialogs with a table, its totals, options, a display filter, Copy, Save as, Help
// and Close.
#pragma once

#include <functional>
#include <string>

#include "window/column_layout.h"
#include "window/table_export.h"
#include "window/watching_dialog.h"

class QHBoxLayout;
class QLabel;
class QMenu;
class QTreeView;

namespace mptcp {

class StatisticsDialog : public WatchingDialog {
public:
    ~StatisticsDialog() override;

protected:
    StatisticsDialog(const WindowHost &host, QString title, QString name, ColumnLayout columns);

    QTreeView &view() const { return *view_; }
    // Adds a widget above the table.
    void add_above(QWidget *widget);
    // Adds a widget to the options, behind those that were added before.
    void add_option(QWidget *option);

    // To be called at the end of the derived class's constructor.
    void start();

    // Fits the columns to their content, once there are rows, unless the settings have their
    // widths. To be called when there may be the first rows.
    void fit_columns_once();

    void show_totals() override;

    virtual QString totals() const = 0;
    enum class Rows : std::uint8_t { All, Selected };
    // Calls see(row of the view's model) for rows in the order shown. `levels`: 1 for the rows
    // without a parent, 2 for their children, too.
    using See = std::function<void(const QModelIndex &row)>;
    void visit_rows(Rows rows, int levels, const See &see) const;
    // The rows in the order shown.
    virtual std::string csv(Rows rows) const = 0;
    virtual std::string yaml(Rows rows) const = 0;
    // Fills the context menu of a row.
    virtual void fill_menu(QMenu &menu, const QModelIndex &index) = 0;
    void showEvent(QShowEvent *event) override;
    // What the table and the options mean, as HTML.
    virtual QString help() const = 0;

private:
    QWidget *make_view();
    QWidget *make_options();
    QWidget *make_buttons();
    QMenu *make_copy_menu(QWidget *parent);
    bool restore_columns();
    void save_columns() const;

    void visit_below(const QModelIndex &parent, Rows rows, int levels, const See &see) const;
    void open_row_menu(const QPoint &place);
    std::string text(ExportFormat format) const;
    void save();

    const ColumnLayout columns_;
    QTreeView *view_;
    QLabel *totals_;
    QHBoxLayout *options_ = nullptr;
    bool columns_fit_ = false;
};

} // namespace mptcp
