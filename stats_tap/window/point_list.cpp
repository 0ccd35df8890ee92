// SPDX-License-Identifier: GPL-2.0-or-later
#include "window/point_list.h"

#include <algorithm>

#include <QHeaderView>
#include <QMenu>

#include "views/points_words.h"
#include "window/filter_menu.h"
#include "window/localized.h"
#include "window/texts.h"

namespace mptcp {
namespace {

constexpr int kPoint = 0, kPackets = 1, kNear = 2, kName = 3; // columns

constexpr int kMostLines = 6; // without a scroll bar

void fill(QTreeWidgetItem &item, const PointRow &row, const std::optional<Role> &side)
{
    item.setText(kPoint, QString::number(row.point));
    item.setText(kPackets, grouped(row.packets));
    item.setText(kNear, side ? to_qt(name(*side)) : "-");
    item.setText(kName, to_qt(row.name));
    for (const int column : {kPoint, kPackets})
        item.setTextAlignment(column, Qt::AlignRight | Qt::AlignVCenter);
}

} // namespace

PointList::PointList(const WindowHost &host, QWidget *parent) : QTreeWidget(parent), host_(host)
{
    setHeaderLabels({"Point", "Packets", "Near", "Name"});
    for (const int column : {kPoint, kPackets})
        headerItem()->setTextAlignment(column, Qt::AlignRight | Qt::AlignVCenter);
    for (const int column : {kPoint, kPackets, kNear})
        header()->setSectionResizeMode(column, QHeaderView::ResizeToContents);
    setAccessibleName("MPTCP points");
    setRootIsDecorated(false);
    setUniformRowHeights(true);
    setAlternatingRowColors(true);
    setContextMenuPolicy(Qt::CustomContextMenu);
    connect(this, &QWidget::customContextMenuRequested, this, &PointList::open_menu);
    hide();
}

// Items stay as long as their number does, and with them the selection.
void PointList::show_points(const Points &shown)
{
    const std::vector<PointRow> &points = shown.rows;
    const int count = static_cast<int>(points.size());
    const bool is_other_number = topLevelItemCount() != count;
    if (is_other_number) {
        clear();
        for (int line = 0; line < count; ++line)
            addTopLevelItem(new QTreeWidgetItem);
    }
    for (int line = 0; line < count; ++line) {
        const PointRow &row = points[static_cast<std::size_t>(line)];
        fill(*topLevelItem(line), row, side_of(shown.report, row.point));
    }
    if (!is_other_number)
        return;
    setVisible(count > 0);
    fit_height();
}

void PointList::fit_height()
{
    const int lines = std::min(topLevelItemCount(), kMostLines);
    setFixedHeight(header()->sizeHint().height() + lines * sizeHintForRow(0) + 2 * frameWidth());
}

void PointList::open_menu(const QPoint &place)
{
    const QTreeWidgetItem *item = itemAt(place);
    if (item == nullptr)
        return;
    QMenu menu(this);
    add_filter_menus(menu, host_, "mptcp.point == " + item->text(kPoint).toStdString());
    menu.exec(viewport()->mapToGlobal(place));
}

} // namespace mptcp
