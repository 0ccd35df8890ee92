// SPDX-License-Identifier: GPL-2.0-or-later
//
// The base of the dialogs: a table, its totals, a display filter, Copy, Save as
// and Close. It updates itself during a live capture, and when a file is reloaded
// or another is opened.
//
// Wireshark reads files and retaps in the thread of the user interface and
// handles events meanwhile. During that time, the dialog does not touch taps.
#pragma once

#include <memory>
#include <optional>

#include <QDialog>
#include <QElapsedTimer>
#include <QTimer>

#include "window/filter_edit.h"
#include "window/window_link.h"

class QAction;
class QLabel;
class QMenu;
class QPushButton;
class QTreeView;

namespace mptcp {

class StatisticsDialog : public QDialog {
public:
    ~StatisticsDialog() override;

protected:
    // `name` is for the settings file.
    StatisticsDialog(const WindowHost &host, const QString &title, QString name);

    const WindowHost &host() const { return host_; }
    QTreeView &view() const { return *view_; }

    // To be called at the end of the derived class's constructor.
    void start();

    // Fits the columns to their content, once, unless the settings have their
    // widths. To be called when there are rows.
    void fit_columns();

    // Shows the counts of the watch.
    virtual void show_counts(const Watch &watch) = 0;
    // Removes all rows: their capture is being closed.
    virtual void forget() = 0;
    virtual QString totals() const = 0;
    // All rows in the order shown, or the selected ones.
    virtual std::string csv(bool only_selected) const = 0;
    // Fills the context menu of a row.
    virtual void fill_menu(QMenu &menu, const QModelIndex &index) = 0;

private:
    struct Unwatch {
        const WindowHost *host;
        void operator()(Watch *watch) const { host->unwatch(watch); }
    };

    QWidget *make_filter_bar();
    QWidget *make_buttons();
    bool restore_shape();
    void save_shape() const;
    QString settings_key(const char *what) const { return name_ + "/" + what; }

    void apply_filter();
    void look();
    void begin_watching(const std::string &filter);
    void refresh();
    bool has_news();
    void open_row_menu(const QPoint &place);
    void open_header_menu(const QPoint &place);
    void copy(const std::string &text) const;
    void save();

    const WindowHost &host_;
    const QString name_;
    QTreeView *view_;
    QLabel *totals_;
    FilterEdit *filter_ = nullptr;
    QPushButton *apply_ = nullptr;
    QTimer timer_;
    std::unique_ptr<Watch, Unwatch> watch_;
    std::optional<std::string> wanted_filter_ = ""; // to be applied as soon as possible
    bool wants_retap_ = false;
    bool columns_fit_ = false;
    bool looking_ = false;
    int idle_looks_ = 0;                          // since Wireshark was last busy
    std::optional<std::uint64_t> shown_revision_; // of the watch; none: nothing is shown
    std::uint64_t seen_revision_ = 0;
    QElapsedTimer since_change_; // of the revision
    QElapsedTimer since_refresh_;
    qint64 pause_ = 0; // milliseconds, until it may refresh again
};

} // namespace mptcp
