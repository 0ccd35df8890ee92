// SPDX-License-Identifier: GPL-2.0-or-later
#include "window/statistics_dialog.h"

#include <algorithm>
#include <utility>

#include <QApplication>
#include <QClipboard>
#include <QDialogButtonBox>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QMenu>
#include <QMessageBox>
#include <QPointer>
#include <QPushButton>
#include <QSaveFile>
#include <QSettings>
#include <QTreeView>
#include <QVBoxLayout>

#include "window/wireshark_window.h"

namespace mptcp {
namespace {

constexpr int kLookEvery = 200;         // milliseconds
constexpr int kLooksAtALiveCapture = 3; // a file's progress bar shows after fewer
constexpr int kPauseAtLeast = 500;      // between two refreshes, in milliseconds,
constexpr int kPauseFactor = 10;        // and this many times what the last one took
constexpr int kPatience = 2000;         // milliseconds without a packet
constexpr int kWidth = 1000, kHeight = 420;

} // namespace

StatisticsDialog::StatisticsDialog(const WindowHost &host, const QString &title, QString name)
    : QDialog(wireshark_window(), Qt::Window),
      host_(host),
      name_(std::move(name)),
      view_(new QTreeView(this)),
      totals_(new QLabel(this))
{
    setWindowTitle(title);
    setAttribute(Qt::WA_DeleteOnClose);

    view_->setUniformRowHeights(true);
    view_->setAlternatingRowColors(true);
    view_->setSortingEnabled(true);
    view_->setSelectionMode(QAbstractItemView::ExtendedSelection);
    view_->setContextMenuPolicy(Qt::CustomContextMenu);
    view_->header()->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(view_, &QWidget::customContextMenuRequested, this, &StatisticsDialog::open_row_menu);
    connect(view_->header(), &QWidget::customContextMenuRequested, this,
            &StatisticsDialog::open_header_menu);
    totals_->setTextInteractionFlags(Qt::TextSelectableByMouse);

    auto *layout = new QVBoxLayout(this);
    layout->addWidget(view_);
    layout->addWidget(totals_);
    layout->addWidget(make_filter_bar());
    layout->addWidget(make_buttons());

    connect(&timer_, &QTimer::timeout, this, &StatisticsDialog::look);
    // Wireshark closes the taps before the windows.
    connect(qApp, &QCoreApplication::aboutToQuit, this, [this] {
        timer_.stop();
        forget();
        watch_.reset();
    });
}

StatisticsDialog::~StatisticsDialog() { save_shape(); }

QWidget *StatisticsDialog::make_filter_bar()
{
    auto *bar = new QWidget(this);
    auto *layout = new QHBoxLayout(bar);
    layout->setContentsMargins(0, 0, 0, 0);
    filter_ = new FilterEdit(host_, bar);
    apply_ = new QPushButton("Apply", bar);
    apply_->setAutoDefault(false);
    auto *label = new QLabel("Display filter:", bar);
    label->setBuddy(filter_);
    layout->addWidget(label);
    layout->addWidget(filter_);
    layout->addWidget(apply_);
    connect(filter_, &QLineEdit::textChanged, this,
            [this] { apply_->setEnabled(filter_->is_valid()); });
    connect(filter_, &QLineEdit::returnPressed, this, &StatisticsDialog::apply_filter);
    connect(apply_, &QPushButton::clicked, this, &StatisticsDialog::apply_filter);
    return bar;
}

QWidget *StatisticsDialog::make_buttons()
{
    auto *box = new QDialogButtonBox(QDialogButtonBox::Close, this);
    connect(box, &QDialogButtonBox::rejected, this, &QWidget::close);
    auto *copy_button = box->addButton("Copy", QDialogButtonBox::ActionRole);
    auto *menu = new QMenu(copy_button);
    menu->addAction("as CSV", [this] { copy(csv(false)); });
    menu->addAction("as JSON", [this] { copy(watch_ ? host_.json(*watch_) : std::string{}); });
    copy_button->setMenu(menu);
    auto *save_button = box->addButton("Save as…", QDialogButtonBox::ActionRole);
    connect(save_button, &QPushButton::clicked, this, &StatisticsDialog::save);
    for (QAbstractButton *button : box->buttons())
        qobject_cast<QPushButton *>(button)->setAutoDefault(false); // Return applies the filter
    return box;
}

void StatisticsDialog::start()
{
    columns_fit_ = restore_shape();
    totals_->setText(totals());
    timer_.start(kLookEvery);
    look();
}

// False if there are no columns to restore.
bool StatisticsDialog::restore_shape()
{
    const QSettings settings(QString::fromStdString(host_.settings_file()), QSettings::IniFormat);
    resize(kWidth, kHeight);
    restoreGeometry(settings.value(settings_key("geometry")).toByteArray());
    return view_->header()->restoreState(settings.value(settings_key("columns")).toByteArray());
}

void StatisticsDialog::fit_columns()
{
    if (columns_fit_)
        return;
    columns_fit_ = true;
    for (int column = 0; column < view_->header()->count(); ++column)
        view_->resizeColumnToContents(column);
}

void StatisticsDialog::save_shape() const
{
    QSettings settings(QString::fromStdString(host_.settings_file()), QSettings::IniFormat);
    settings.setValue(settings_key("geometry"), saveGeometry());
    settings.setValue(settings_key("columns"), view_->header()->saveState());
}

void StatisticsDialog::apply_filter()
{
    if (!filter_->is_valid())
        return;
    wanted_filter_ = filter_->text().trimmed().toStdString();
    look();
}

// Applies the filter, retaps and refreshes, where that is possible now.
void StatisticsDialog::look()
{
    idle_looks_ = wireshark_is_busy() ? 0 : idle_looks_ + 1;
    const bool may_be_loading = host_.is_reading() && idle_looks_ < kLooksAtALiveCapture;
    if (looking_ || idle_looks_ == 0 || may_be_loading)
        return;
    looking_ = true;
    const QPointer<StatisticsDialog> here(this); // the dialog may be closed during a retap
    if (wanted_filter_) {
        const std::string filter = *wanted_filter_;
        wanted_filter_.reset();
        begin_watching(filter);
    }
    if (wants_retap_) {
        wants_retap_ = false;
        host_.retap();
    }
    if (here == nullptr)
        return;
    looking_ = false;
    if (watch_ && has_news() && (!since_refresh_.isValid() || since_refresh_.elapsed() >= pause_))
        refresh();
}

// During a retap only a part of the packets has been counted. It is shown only if
// no more packets come.
bool StatisticsDialog::has_news()
{
    const std::uint64_t revision = host_.revision(*watch_);
    if (revision != seen_revision_ || !since_change_.isValid()) {
        seen_revision_ = revision;
        since_change_.start();
    }
    return revision != shown_revision_ &&
           (host_.is_complete(*watch_) || since_change_.elapsed() >= kPatience);
}

void StatisticsDialog::begin_watching(const std::string &filter)
{
    const Watcher watcher{this, [](void *dialog) {
                              auto *self = static_cast<StatisticsDialog *>(dialog);
                              self->forget();
                              self->totals_->setText(self->totals());
                          }};
    std::string error;
    Watch *watch = host_.watch(filter.c_str(), watcher, error);
    if (watch == nullptr) {
        QMessageBox::warning(this, windowTitle(), QString::fromStdString(error));
        return;
    }
    forget();
    watch_ = std::unique_ptr<Watch, Unwatch>(watch, Unwatch{&host_});
    shown_revision_.reset();
    since_refresh_.invalidate();
    wants_retap_ = true;
}

void StatisticsDialog::refresh()
{
    since_refresh_.start();
    shown_revision_ = host_.revision(*watch_);
    show_counts(*watch_);
    QString text = totals();
    if (!host_.is_complete(*watch_))
        text += " (not all packets were counted: press Apply)";
    totals_->setText(text);
    pause_ = std::max<qint64>(kPauseAtLeast, kPauseFactor * since_refresh_.elapsed());
    since_refresh_.start();
}

void StatisticsDialog::open_row_menu(const QPoint &place)
{
    const QModelIndex index = view_->indexAt(place);
    QMenu menu(this);
    if (index.isValid())
        fill_menu(menu, index);
    menu.addSeparator();
    menu.addAction("Copy Selected Rows as CSV", [this] { copy(csv(true)); })
        ->setEnabled(view_->selectionModel()->hasSelection());
    menu.exec(view_->viewport()->mapToGlobal(place));
}

// The menu that shows and hides columns.
void StatisticsDialog::open_header_menu(const QPoint &place)
{
    QHeaderView *header = view_->header();
    QMenu menu(this);
    for (int column = 0; column < header->count(); ++column) {
        const QString name = header->model()->headerData(column, Qt::Horizontal).toString();
        QAction *action = menu.addAction(name, [header, column] {
            header->setSectionHidden(column, !header->isSectionHidden(column));
        });
        action->setCheckable(true);
        action->setChecked(!header->isSectionHidden(column));
        action->setEnabled(column > 0); // it has the tree's branches
    }
    menu.exec(header->mapToGlobal(place));
}

void StatisticsDialog::copy(const std::string &text) const
{
    QApplication::clipboard()->setText(QString::fromStdString(text));
}

void StatisticsDialog::save()
{
    const QString csv_filter = "CSV (*.csv)", json_filter = "JSON (*.json)";
    QString chosen;
    const QString path =
        QFileDialog::getSaveFileName(this, "Save as", {}, csv_filter + ";;" + json_filter, &chosen);
    if (path.isEmpty() || !watch_)
        return;
    const bool as_json = path.endsWith(".json", Qt::CaseInsensitive) ||
                         (chosen == json_filter && !path.endsWith(".csv", Qt::CaseInsensitive));
    const std::string text = as_json ? host_.json(*watch_) : csv(false);
    QSaveFile file(path);
    const bool saved = file.open(QIODevice::WriteOnly) &&
                       file.write(text.data(), static_cast<qint64>(text.size())) >= 0 &&
                       file.commit();
    if (!saved)
        QMessageBox::warning(this, "Cannot save",
                             "Cannot write " + path + ": " + file.errorString());
}

} // namespace mptcp
