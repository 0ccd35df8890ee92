// SPDX-License-Identifier: GPL-2.0-or-later
//
// The base of the dialogs: a table, its totals, options, a display filter, Copy, Save as, Help and
// Close. It updates itself during a live capture, and when a file is reloaded
// or another is opened.
#pragma once

#include <memory>
#include <optional>

#include <QElapsedTimer>
#include <QTimer>

#include "window/capture_dialog.h"
#include "window/column_layout.h"
#include "window/filter_edit.h"
#include "window/table_export.h"
#include "window/window_link.h"

class QCheckBox;
class QHBoxLayout;
class QLabel;
class QMenu;
class QPushButton;
class QTreeView;

namespace mptcp {

class StatisticsDialog : public CaptureDialog {
public:
    ~StatisticsDialog() override;

protected:
    StatisticsDialog(const WindowHost &host, QString title, QString name, ColumnLayout columns);

    QTreeView &view() const { return *view_; }
    // Adds a widget to the options, behind those that were added before.
    void add_option(QWidget *option);

    // To be called at the end of the derived class's constructor.
    void start();

    // Fits the columns to their content, once there are rows, unless the settings have their
    // widths. To be called when there may be the first rows.
    void fit_columns_once();

    // Shows the totals again.
    void show_totals();

    // Shows the counts of the watch.
    virtual void show_counts(const Watch &watch) = 0;
    // Removes all rows: their capture is being closed.
    virtual void forget() = 0;
    virtual QString totals() const = 0;
    enum class Rows : std::uint8_t { All, Selected };
    // The rows in the order shown.
    virtual std::string csv(Rows rows) const = 0;
    virtual std::string yaml(Rows rows) const = 0;
    // Fills the context menu of a row.
    virtual void fill_menu(QMenu &menu, const QModelIndex &index) = 0;
    void showEvent(QShowEvent *event) override;
    // What the table and the options mean, as HTML.
    virtual QString help() const = 0;

private:
    struct Unwatch {
        const WindowHost *host;
        void operator()(Watch *watch) const { host->unwatch(watch); }
    };

    QWidget *make_view();
    QWidget *make_options();
    QWidget *make_filter_bar();
    QWidget *make_buttons();
    QMenu *make_copy_menu(QWidget *parent);
    bool restore_columns();
    void save_columns() const;

    void apply_filter();
    void follow_main_filter();
    void note_main_filter();
    std::string effective_filter() const;
    void use_taps() override;
    void show_news() override;
    void begin_watching(const std::string &filter);
    void refresh();
    bool has_news();
    void open_row_menu(const QPoint &place);
    std::string text(ExportFormat format) const;
    void save();

    const ColumnLayout columns_;
    QTreeView *view_;
    QLabel *totals_;
    QHBoxLayout *options_ = nullptr;
    QCheckBox *limit_ = nullptr; // to the main window's display filter
    FilterEdit *filter_ = nullptr;
    QPushButton *apply_ = nullptr;
    QTimer main_filter_applied_;
    std::unique_ptr<Watch, Unwatch> watch_;
    std::string own_filter_;  // of the dialog's entry, once it is applied
    std::string main_filter_; // of the main window, once it is applied
    bool wants_watch_ = true; // to begin to count anew, as soon as possible
    bool wants_retap_ = false;
    bool columns_fit_ = false;
    std::optional<std::uint64_t> shown_revision_; // of the watch; none: nothing is shown
    std::uint64_t seen_revision_ = 0;
    QElapsedTimer since_change_; // of the revision
    QElapsedTimer since_refresh_;
    qint64 pause_ = 0; // milliseconds, until it may refresh again
};

} // namespace mptcp
