// SPDX-License-Identifier: GPL-2.0-or-later
#include "window/watching_dialog.h"

#include <algorithm>
#include <utility>

#include <QApplication>
#include <QCheckBox>
#include <QHBoxLayout>
#include <QMessageBox>
#include <QPushButton>

#include "window/wireshark_window.h"

namespace mptcp {
namespace {

constexpr int kPauseAtLeast = 500; // between two refreshes, in milliseconds,
constexpr int kPauseFactor = 10;   // and this many times what the last one took
constexpr int kPatience = 2000;    // milliseconds without a packet

} // namespace

WatchingDialog::WatchingDialog(const WindowHost &host, QString title, QString name)
    : CaptureDialog(host, std::move(title), std::move(name)),
      limit_(new QCheckBox("Limit to display filter", this))
{
    limit_->setToolTip("Count only the packets that match the display filter of the main window");
    connect(limit_, &QCheckBox::toggled, this, [this] {
        wants_watch_ = true;
        look();
    });
    follow_main_filter();
    // Wireshark closes the taps before the windows.
    connect(qApp, &QCoreApplication::aboutToQuit, this, [this] {
        forget();
        watch_.reset();
    });
}

QWidget *WatchingDialog::make_filter_bar()
{
    QHBoxLayout *row = make_row();
    QWidget *bar = row->parentWidget();
    filter_ = new FilterEdit(host(), bar);
    apply_ = new QPushButton("Apply", bar);
    apply_->setAutoDefault(false);
    add_labeled(*row, "Display filter:", filter_);
    row->addWidget(apply_);
    connect(filter_, &QLineEdit::textChanged, this,
            [this] { apply_->setEnabled(filter_->is_valid()); });
    connect(filter_, &QLineEdit::returnPressed, this, &WatchingDialog::apply_filter);
    connect(apply_, &QPushButton::clicked, this, &WatchingDialog::apply_filter);
    return bar;
}

void WatchingDialog::set_filter(const QString &filter)
{
    if (filter == filter_->text())
        return;
    filter_->setText(filter);
    apply_filter();
}

void WatchingDialog::apply_filter()
{
    if (!filter_->is_valid())
        return;
    own_filter_ = filter_->text().trimmed().toStdString();
    wants_watch_ = true;
    look();
}

// The host returns the text of the filter's entry. It is the filter that is applied when Wireshark
// has just applied one, and presumably when the dialog opens.
void WatchingDialog::follow_main_filter()
{
    note_main_filter();
    main_filter_applied_.setSingleShot(true);
    connect(&main_filter_applied_, &QTimer::timeout, this, &WatchingDialog::note_main_filter);
    start_when_filter_is_applied(main_filter_applied_);
}

void WatchingDialog::note_main_filter()
{
    const std::string filter = host().display_filter();
    const char *text = filter.c_str();
    if (filter == main_filter_ || !host().complaint(text).empty())
        return;
    main_filter_ = filter;
    if (limit_->isChecked())
        wants_watch_ = true;
}

std::string WatchingDialog::effective_filter() const
{
    const std::string limit = limit_->isChecked() ? main_filter_ : "";
    if (limit.empty() || own_filter_.empty())
        return limit + own_filter_;
    return "(" + limit + ") && (" + own_filter_ + ")";
}

void WatchingDialog::use_taps()
{
    if (wants_watch_) {
        wants_watch_ = false;
        begin_watching(effective_filter());
    }
    if (wants_retap_) {
        wants_retap_ = false;
        host().retap();
    }
}

void WatchingDialog::show_news()
{
    if (watch_ && has_news() && (!since_refresh_.isValid() || since_refresh_.elapsed() >= pause_))
        refresh();
}

// During a retap only a part of the packets has been counted. It is shown only if
// no more packets come.
bool WatchingDialog::has_news()
{
    const std::uint64_t revision = host().revision(*watch_);
    if (revision != seen_revision_ || !since_change_.isValid()) {
        seen_revision_ = revision;
        since_change_.start();
    }
    return revision != shown_revision_ &&
           (host().is_complete(*watch_) || since_change_.elapsed() >= kPatience);
}

void WatchingDialog::begin_watching(const std::string &filter)
{
    const Watcher watcher{this, [](void *dialog) {
                              auto *self = static_cast<WatchingDialog *>(dialog);
                              self->forget();
                              self->show_totals();
                          }};
    std::string error;
    Watch *watch = host().watch(filter.c_str(), watcher, error);
    if (watch == nullptr) {
        QMessageBox::warning(this, windowTitle(), QString::fromStdString(error));
        return;
    }
    prepare(*watch);
    forget();
    watch_ = std::unique_ptr<Watch, Unwatch>(watch, Unwatch{&host()});
    shown_revision_.reset();
    since_refresh_.invalidate();
    wants_retap_ = true;
}

void WatchingDialog::refresh()
{
    since_refresh_.start();
    shown_revision_ = host().revision(*watch_);
    show_counts(*watch_);
    show_totals();
    pause_ = std::max<qint64>(kPauseAtLeast, kPauseFactor * since_refresh_.elapsed());
    since_refresh_.start();
}

bool WatchingDialog::is_complete() const { return !watch_ || host().is_complete(*watch_); }

} // namespace mptcp
