// SPDX-License-Identifier: GPL-2.0-or-later
//
// The base of the dialogs that show what packets add up to: it counts those that match a display
// filter, during a live capture too, and counts anew when a file is reloaded or another is opened.
#pragma once

#include <memory>
#include <optional>

#include <QElapsedTimer>
#include <QTimer>

#include "window/capture_dialog.h"
#include "window/filter_edit.h"
#include "window/window_link.h"

class QCheckBox;
class QPushButton;

namespace mptcp {

class WatchingDialog : public CaptureDialog {
public:
    // Fills the dialog's own filter, and applies it if it is valid. "" counts all packets.
    void set_filter(const QString &filter);

protected:
    // `name` as in CaptureDialog.
    WatchingDialog(const WindowHost &host, QString title, QString name);

    // The option "Limit to display filter", to be placed among the others.
    QCheckBox *limit() const { return limit_; }
    // A row with the dialog's own filter.
    QWidget *make_filter_bar();

    // Has all packets counted again as soon as possible.
    void count_anew() { wants_watch_ = true; }
    // nullptr while nothing is counted.
    const Watch *watch() const { return watch_.get(); }
    // Whether all packets that Wireshark has read so far were counted.
    bool is_complete() const;

    // Called before the packets are counted, to say what else is needed of them.
    virtual void prepare(Watch &) {}
    // Shows the counts of the watch.
    virtual void show_counts(const Watch &watch) = 0;
    // Removes what is shown: its capture is being closed, or the counts begin anew.
    virtual void forget() = 0;
    // Shows the line about what is shown again.
    virtual void show_totals() = 0;

private:
    struct Unwatch {
        const WindowHost *host;
        void operator()(Watch *watch) const { host->unwatch(watch); }
    };

    void apply_filter();
    void follow_main_filter();
    void note_main_filter();
    std::string effective_filter() const;
    void use_taps() override;
    void show_news() override;
    void begin_watching(const std::string &filter);
    void refresh();
    bool has_news();

    QCheckBox *limit_; // to the main window's display filter
    FilterEdit *filter_ = nullptr;
    QPushButton *apply_ = nullptr;
    QTimer main_filter_applied_;
    std::unique_ptr<Watch, Unwatch> watch_;
    std::string own_filter_;  // of the dialog's entry, once it is applied
    std::string main_filter_; // of the main window, once it is applied
    bool wants_watch_ = true; // to begin to count anew, as soon as possible
    bool wants_retap_ = false;
    std::optional<std::uint64_t> shown_revision_; // of the watch; none: nothing is shown
    std::uint64_t seen_revision_ = 0;
    QElapsedTimer since_change_; // of the revision
    QElapsedTimer since_refresh_;
    qint64 pause_ = 0; // milliseconds, until it may refresh again
};

} // namespace mptcp
