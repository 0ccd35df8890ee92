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

constexpr int kWidth = 1270, kHeight = 440;

void copy(const std::string &text)
{
    QApplication::clipboard()->setText(QString::fromStdString(text));
}

} // namespace

StatisticsDialog::StatisticsDialog(const WindowHost &host, QString title, QString name,
                                   ColumnLayout columns)
    : WatchingDialog(host, std::move(title), std::move(name)),
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
    auto *columns = new QPushButton("Columns", bar);
    columns->setAutoDefault(false);
    columns->setMenu(new ColumnsMenu(*view_, columns_, columns));
    options_->addWidget(limit());
    options_->addStretch();
    options_->addWidget(columns);
    return bar;
}

void StatisticsDialog::add_above(QWidget *widget)
{
    static_cast<QVBoxLayout *>(layout())->insertWidget(0, widget);
}

void StatisticsDialog::add_option(QWidget *option)
{
    options_->insertWidget(options_->indexOf(limit()), option);
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
        menu->addAction(QString("as %1").arg(kind.file.name),
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

void StatisticsDialog::show_totals()
{
    QString text = totals();
    if (!is_complete())
        text += " (not all packets were counted: press Apply)";
    totals_->setText(text);
}

void StatisticsDialog::visit_rows(Rows rows, int levels, const See &see) const
{
    visit_below({}, rows, levels, see);
}

void StatisticsDialog::visit_below(const QModelIndex &parent, Rows rows, int levels,
                                   const See &see) const
{
    for (int line = 0; line < view_->model()->rowCount(parent); ++line) {
        const QModelIndex row = view_->model()->index(line, 0, parent);
        if (rows == Rows::All || view_->selectionModel()->isSelected(row))
            see(row);
        if (levels > 1)
            visit_below(row, rows, levels - 1, see);
    }
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
    return watch() != nullptr ? host().json(*watch()) : std::string{};
}

void StatisticsDialog::save()
{
    const QString capture = QString::fromStdString(host().capture_file());
    save_table(this, proposed_path(capture, dialog_name()),
               [this](ExportFormat format) { return text(format); });
}

} // namespace mptcp
