// SPDX-License-Identifier: GPL-2.0-or-later
//
// What our dialogs have in common: a table, its totals, a display filter, Copy,
// Save as and Close. It counts packets of its own accord, and shows more as
// they come: with a live capture, when a file is reloaded or another is opened.
//
// Wireshark reads files and retaps in the user interface's thread and handles
// events on the way. Nothing here touches a tap meanwhile: it waits.
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

    // To be called at the end of the constructor of what is derived.
    void start();

    // Makes the columns as wide as what they show, once, unless the user has
    // left them otherwise. To be called when there is something to see.
    void fit_columns();

    // Shows what the watch has counted.
    virtual void show_counts(const Watch &watch) = 0;
    // Forgets what it shows of the capture, at once.
    virtual void forget() = 0;
    virtual QString totals() const = 0;
    // All rows in the order in which they are shown; or the selected ones.
    virtual std::string csv(bool only_selected) const = 0;
    // What a right click offers on a row.
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
    std::optional<std::string> wanted_filter_ = ""; // to be watched as soon as can be
    bool wants_retap_ = false;
    bool columns_fit_ = false;
    bool looking_ = false;
    int idle_looks_ = 0;                          // since Wireshark was seen to be busy
    std::optional<std::uint64_t> shown_revision_; // of the watch; none of it yet
    std::uint64_t seen_revision_ = 0;
    QElapsedTimer since_change_; // of the revision
    QElapsedTimer since_refresh_;
    qint64 pause_ = 0; // milliseconds, until it may refresh again
};

} // namespace mptcp
