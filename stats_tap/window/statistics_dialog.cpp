// SPDX-License-Identifier: GPL-2.0-or-later
#include "window/statistics_dialog.h"

#include <algorithm>
#include <utility>

#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QDialogButtonBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QMenu>
#include <QMessageBox>
#include <QPushButton>
#include <QSettings>
#include <QTreeView>
#include <QVBoxLayout>

#include "window/capture_name.h"
#include "window/columns_menu.h"
#include "window/help_window.h"
#include "window/wireshark_window.h"

namespace mptcp {
namespace {

constexpr int kPauseAtLeast = 500; // between two refreshes, in milliseconds,
constexpr int kPauseFactor = 10;   // and this many times what the last one took
constexpr int kPatience = 2000;    // milliseconds without a packet
constexpr int kWidth = 1270, kHeight = 440;

void copy(const std::string &text)
{
    QApplication::clipboard()->setText(QString::fromStdString(text));
}

} // namespace

StatisticsDialog::StatisticsDialog(const WindowHost &host, QString title, QString name,
                                   ColumnLayout columns)
    : CaptureDialog(host, std::move(title), std::move(name)),
      columns_(std::move(columns)),
      view_(new QTreeView(this)),
      totals_(new QLabel(this))
{
    totals_->setTextInteractionFlags(Qt::TextSelectableByMouse);

    auto *layout = new QVBoxLayout(this);
    layout->addWidget(make_view());
    layout->addWidget(totals_);
    layout->addWidget(make_options());
    layout->addWidget(make_filter_bar());
    layout->addWidget(make_buttons());

    follow_main_filter();
    // Wireshark closes the taps before the windows.
    connect(qApp, &QCoreApplication::aboutToQuit, this, [this] {
        forget();
        watch_.reset();
    });
}

StatisticsDialog::~StatisticsDialog() { save_columns(); }

QWidget *StatisticsDialog::make_view()
{
    view_->setUniformRowHeights(true);
    view_->setAlternatingRowColors(true);
    view_->setSortingEnabled(true);
    view_->setSelectionMode(QAbstractItemView::ExtendedSelection);
    view_->setTextElideMode(Qt::ElideMiddle); // the end of an address is its port
    view_->setContextMenuPolicy(Qt::CustomContextMenu);
    view_->header()->setContextMenuPolicy(Qt::CustomContextMenu);
    auto *menu = new ColumnsMenu(*view_, columns_, view_);
    connect(view_, &QWidget::customContextMenuRequested, this, &StatisticsDialog::open_row_menu);
    connect(
        view_->header(), &QWidget::customContextMenuRequested, menu,
        [this, menu](const QPoint &place) { menu->popup(view_->header()->mapToGlobal(place)); });
    connect(view_->header(), &QHeaderView::sortIndicatorChanged, view_,
            [this] { make_room_for_sort_indicator(*view_->header()); });
    return view_;
}

QWidget *StatisticsDialog::make_options()
{
    options_ = make_row();
    QWidget *bar = options_->parentWidget();
    limit_ = new QCheckBox("Limit to display filter", bar);
    limit_->setToolTip("Count only the packets that match the display filter of the main window");
    connect(limit_, &QCheckBox::toggled, this, [this] {
        wants_watch_ = true;
        look();
    });
    auto *columns = new QPushButton("Columns", bar);
    columns->setAutoDefault(false);
    columns->setMenu(new ColumnsMenu(*view_, columns_, columns));
    options_->addWidget(limit_);
    options_->addStretch();
    options_->addWidget(columns);
    return bar;
}

void StatisticsDialog::add_option(QWidget *option)
{
    options_->insertWidget(options_->indexOf(limit_), option);
}

QWidget *StatisticsDialog::make_filter_bar()
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
    connect(filter_, &QLineEdit::returnPressed, this, &StatisticsDialog::apply_filter);
    connect(apply_, &QPushButton::clicked, this, &StatisticsDialog::apply_filter);
    return bar;
}

QWidget *StatisticsDialog::make_buttons()
{
    auto *box = new QDialogButtonBox(QDialogButtonBox::Close | QDialogButtonBox::Help, this);
    connect(box, &QDialogButtonBox::rejected, this, &QWidget::close);
    connect(box, &QDialogButtonBox::helpRequested, this, [this] {
        show_help(this, dialog_title() + ": Help", help() + describe_columns(*view_->model()));
    });
    auto *copy_button = box->addButton("Copy", QDialogButtonBox::ActionRole);
    copy_button->setMenu(make_copy_menu(copy_button));
    auto *save_button = box->addButton("Save as…", QDialogButtonBox::ActionRole);
    connect(save_button, &QPushButton::clicked, this, &StatisticsDialog::save);
    for (QAbstractButton *button : box->buttons())
        qobject_cast<QPushButton *>(button)->setAutoDefault(false); // Return applies the filter
    return box;
}

QMenu *StatisticsDialog::make_copy_menu(QWidget *parent)
{
    auto *menu = new QMenu(parent);
    for (const ExportKind &kind : kExportKinds)
        menu->addAction(QString("as %1").arg(kind.name),
                        [this, format = kind.format] { copy(text(format)); });
    return menu;
}

void StatisticsDialog::start()
{
    columns_fit_ = restore_columns();
    show_totals();
    CaptureDialog::start({kWidth, kHeight});
}

// False if there are no columns to restore.
bool StatisticsDialog::restore_columns()
{
    const QSettings settings(QString::fromStdString(host().settings_file()), QSettings::IniFormat);
    return columns_.restore(*view_, settings, dialog_name());
}

// The width of the view is known once it is shown.
void StatisticsDialog::fit_columns_once()
{
    if (columns_fit_ || !isVisible() || view_->model()->rowCount() == 0)
        return;
    fit_columns(*view_);
    columns_fit_ = true;
}

void StatisticsDialog::showEvent(QShowEvent *event)
{
    QDialog::showEvent(event);
    fit_columns_once();
}

void StatisticsDialog::save_columns() const
{
    QSettings settings(QString::fromStdString(host().settings_file()), QSettings::IniFormat);
    columns_.store(*view_, settings, dialog_name());
}

void StatisticsDialog::apply_filter()
{
    if (!filter_->is_valid())
        return;
    own_filter_ = filter_->text().trimmed().toStdString();
    wants_watch_ = true;
    look();
}

// The host returns the text of the filter's entry. It is the filter that is applied when Wireshark
// has just applied one, and presumably when the dialog opens.
void StatisticsDialog::follow_main_filter()
{
    note_main_filter();
    main_filter_applied_.setSingleShot(true);
    connect(&main_filter_applied_, &QTimer::timeout, this, &StatisticsDialog::note_main_filter);
    start_when_filter_is_applied(main_filter_applied_);
}

void StatisticsDialog::note_main_filter()
{
    const std::string filter = host().display_filter();
    const char *text = filter.c_str();
    if (filter == main_filter_ || !host().complaint(text).empty())
        return;
    main_filter_ = filter;
    if (limit_->isChecked())
        wants_watch_ = true;
}

std::string StatisticsDialog::effective_filter() const
{
    const std::string limit = limit_->isChecked() ? main_filter_ : "";
    if (limit.empty() || own_filter_.empty())
        return limit + own_filter_;
    return "(" + limit + ") && (" + own_filter_ + ")";
}

void StatisticsDialog::use_taps()
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

void StatisticsDialog::show_news()
{
    if (watch_ && has_news() && (!since_refresh_.isValid() || since_refresh_.elapsed() >= pause_))
        refresh();
}

// During a retap only a part of the packets has been counted. It is shown only if
// no more packets come.
bool StatisticsDialog::has_news()
{
    const std::uint64_t revision = host().revision(*watch_);
    if (revision != seen_revision_ || !since_change_.isValid()) {
        seen_revision_ = revision;
        since_change_.start();
    }
    return revision != shown_revision_ &&
           (host().is_complete(*watch_) || since_change_.elapsed() >= kPatience);
}

void StatisticsDialog::begin_watching(const std::string &filter)
{
    const Watcher watcher{this, [](void *dialog) {
                              auto *self = static_cast<StatisticsDialog *>(dialog);
                              self->forget();
                              self->show_totals();
                          }};
    std::string error;
    Watch *watch = host().watch(filter.c_str(), watcher, error);
    if (watch == nullptr) {
        QMessageBox::warning(this, windowTitle(), QString::fromStdString(error));
        return;
    }
    forget();
    watch_ = std::unique_ptr<Watch, Unwatch>(watch, Unwatch{&host()});
    shown_revision_.reset();
    since_refresh_.invalidate();
    wants_retap_ = true;
}

void StatisticsDialog::refresh()
{
    since_refresh_.start();
    shown_revision_ = host().revision(*watch_);
    show_counts(*watch_);
    show_totals();
    pause_ = std::max<qint64>(kPauseAtLeast, kPauseFactor * since_refresh_.elapsed());
    since_refresh_.start();
}

void StatisticsDialog::show_totals()
{
    QString text = totals();
    if (watch_ && !host().is_complete(*watch_))
        text += " (not all packets were counted: press Apply)";
    totals_->setText(text);
}

void StatisticsDialog::open_row_menu(const QPoint &place)
{
    const QModelIndex index = view_->indexAt(place);
    QMenu menu(this);
    if (index.isValid())
        fill_menu(menu, index);
    menu.addSeparator();
    const bool any = view_->selectionModel()->hasSelection();
    menu.addAction("Copy Selected Rows as CSV", [this] { copy(csv(Rows::Selected)); })
        ->setEnabled(any);
    menu.addAction("Copy Selected Rows as YAML", [this] { copy(yaml(Rows::Selected)); })
        ->setEnabled(any);
    menu.exec(view_->viewport()->mapToGlobal(place));
}

std::string StatisticsDialog::text(ExportFormat format) const
{
    switch (format) {
    case ExportFormat::Csv:
        return csv(Rows::All);
    case ExportFormat::Yaml:
        return yaml(Rows::All);
    case ExportFormat::Json:
        break;
    }
    return watch_ ? host().json(*watch_) : std::string{};
}

void StatisticsDialog::save()
{
    const QString capture = QString::fromStdString(host().capture_file());
    save_table(this, proposed_path(capture, dialog_name()),
               [this](ExportFormat format) { return text(format); });
}

} // namespace mptcp
