// SPDX-License-Identifier: GPL-2.0-or-later
#include "window/points_dialog.h"

#include <algorithm>
#include <utility>

#include <QHeaderView>
#include <QMenu>
#include <QTreeView>

#include "views/points_words.h"
#include "views/yaml.h"
#include "window/filter_menu.h"
#include "window/localized.h"
#include "window/point_list.h"

namespace mptcp {
namespace {

using PassageId = PassageColumnId;
using Level = PassagesModel::Level;

constexpr int kMostPassagesOpened = 20;            // passages
constexpr std::size_t kMostFramesInAFilter = 1000; // that of the window has to stay usable

// By default, in this order.
constexpr PassageId kShownOfPassages[] = {
    PassageId::Points, PassageId::Connection, PassageId::Subflow,         PassageId::Sender,
    PassageId::Both,   PassageId::Lost,       PassageId::Missed,          PassageId::Unseen,
    PassageId::Late,   PassageId::Min,        PassageId::Median,          PassageId::P95,
    PassageId::Max,    PassageId::Jitter,     PassageId::ResegmentedFrom, PassageId::Changes,
};

std::string filter_of_packets(const Passage &passage)
{
    return "mptcp.conn == " + std::to_string(passage.connection) +
           " && mptcp.subflow == " + std::to_string(passage.subflow) +
           " && mptcp.from_client == " + (passage.sender == Role::Client ? "1" : "0") +
           " && mptcp.point in {" + std::to_string(passage.from) + ", " +
           std::to_string(passage.to) + "}";
}

std::string filter_of_frames(const std::vector<std::uint32_t> &frames)
{
    std::string list;
    for (std::size_t place = 0; place < std::min(frames.size(), kMostFramesInAFilter); ++place)
        list += (place > 0 ? ", " : "") + std::to_string(frames[place]);
    return "frame.number in {" + list + "}";
}

} // namespace

PointsDialog::PointsDialog(const WindowHost &host)
    : StatisticsDialog(host, "MPTCP Points", "points", {kShownOfPassages, kPassageColumns}),
      model_(new PassagesModel(this)),
      sorted_(new SortedPassages(this)),
      points_(new PointList(host, this))
{
    add_above(points_);
    sorted_->setSourceModel(model_);
    view().setModel(sorted_);
    set_up_view();
    start();
}

void PointsDialog::set_up_view()
{
    view().setAccessibleName("MPTCP between points");
    view().sortByColumn(static_cast<int>(PassageId::Connection), Qt::AscendingOrder);
    connect(&view(), &QTreeView::expanded, this, [this](const QModelIndex &index) {
        if (PassagesModel::level(sorted_->mapToSource(index)) == Level::Passage)
            lay_out_details(index);
        else
            make_room_for_frames();
    });
    connect(&view(), &QTreeView::activated, this, [this](const QModelIndex &index) {
        if (const std::uint32_t frame = model_->frame(sorted_->mapToSource(index)); frame != 0)
            host().go_to_frame(frame);
    });
}

void PointsDialog::show_counts(const Watch &watch)
{
    const bool was_empty = model_->rowCount() == 0;
    is_counted_ = true;
    Points points = host().points(watch);
    points_->show_points(points);
    model_->show(std::move(points));
    if (was_empty)
        open_few();
    lay_out_open_rows();
    fit_columns_once();
}

void PointsDialog::forget()
{
    is_counted_ = false;
    model_->show({});
    points_->show_points({});
}

// Opens the passages of which there is more to say than the difference of the clocks.
void PointsDialog::open_few()
{
    if (model_->rowCount() > kMostPassagesOpened)
        return;
    for (int line = 0; line < model_->rowCount(); ++line)
        if (const QModelIndex passage = model_->index(line, 0); model_->any_trouble(passage))
            view().expand(sorted_->mapFromSource(passage));
}

// Each row below a passage extends over all columns.
void PointsDialog::lay_out_details(const QModelIndex &passage)
{
    for (int line = 0; line < sorted_->rowCount(passage); ++line)
        if (!view().isFirstColumnSpanned(line, passage))
            view().setFirstColumnSpanned(line, passage, true);
}

// Lost frames do not, as there may be many. The first column gets as wide as they are.
void PointsDialog::make_room_for_frames()
{
    const QAbstractItemView &items = view(); // it has the function that QTreeView makes protected
    QHeaderView &header = *view().header();
    header.resizeSection(0, std::max(header.sectionSize(0), items.sizeHintForColumn(0)));
}

void PointsDialog::lay_out_open_rows()
{
    for (int line = 0; line < sorted_->rowCount(); ++line)
        if (const QModelIndex passage = sorted_->index(line, 0); view().isExpanded(passage))
            lay_out_details(passage);
}

QString PointsDialog::totals() const
{
    if (is_counted_ && model_->point_count() == 0)
        return kOnePoint;
    if (is_counted_ && model_->rowCount() == 0)
        return kNoPassage;
    std::uint64_t lost = 0, missed = 0, unseen = 0, late = 0;
    for (int line = 0; line < model_->rowCount(); ++line) {
        const Passage &passage = model_->passage(model_->index(line, 0));
        lost += passage.lost_frames.size();
        missed += passage.missed;
        unseen += passage.unseen;
        late += passage.reordered;
    }
    return QString("Points %1, lost %2, missed %3, unseen %4, late %5")
        .arg(grouped(model_->point_count()), grouped(lost), grouped(missed), grouped(unseen),
             grouped(late));
}

// Appends what `write` makes of each passage.
template <class Write>
std::string PointsDialog::lines(Rows rows, std::string text, Write write) const
{
    visit_rows(rows, 1, [&](const QModelIndex &row) {
        text += write(model_->passage(sorted_->mapToSource(row)));
    });
    return text;
}

std::string PointsDialog::csv(Rows rows) const
{
    return lines(rows, passage_csv_header(), passage_csv_line);
}

std::string PointsDialog::yaml(Rows rows) const
{
    return lines(rows, kYamlHeader, passage_yaml_item);
}

std::string PointsDialog::filter_of(const QModelIndex &index) const
{
    const Passage &passage = model_->passage(index);
    if (model_->is_about_losses(index))
        return filter_of_frames(passage.lost_frames);
    return PassagesModel::level(index) == Level::Frame ? filter_of_frames({model_->frame(index)})
                                                       : filter_of_packets(passage);
}

void PointsDialog::fill_menu(QMenu &menu, const QModelIndex &index)
{
    const QModelIndex row = sorted_->mapToSource(index);
    const std::uint32_t frame = model_->frame(row); // the row may be gone when an entry is chosen
    add_filter_menus(menu, host(), filter_of(row));
    menu.addSeparator();
    menu.addAction("Go to Packet", [this, frame] { host().go_to_frame(frame); })
        ->setEnabled(frame != 0);
    menu.addAction("Graphs", [this, connection = model_->passage(row).connection] {
        host().open_graphs({connection, {}, {}});
    });
    menu.addSeparator();
    menu.addAction("Expand All", [this] {
        view().expandAll();
        lay_out_open_rows();
        make_room_for_frames();
    });
    menu.addAction("Collapse All", [this] { view().collapseAll(); });
}

QString PointsDialog::help() const
{
    return "<p>If the same packets were recorded at several points, as in merged files of both "
           "ends of a connection, the upper list has the points. The table has a row for each "
           "subflow and sender, and the way from one point to the next one: 0 &gt; 1. Below it are"
           " the packets that were lost, what changed on the way, and the difference of the "
           "clocks. Double-click a lost frame or a change, or press Return on it, to go to its "
           "packet. Right-click a row to filter the packet list for its packets.</p>"
           "<p>Use <b>Columns</b>, or right-click a header, to choose columns. A tooltip has the "
           "exact value of a number that is rounded, or the names of points. <b>Copy</b> and "
           "<b>Save as</b> write all columns as CSV or YAML, with exact values. The JSON contains "
           "the points, the lost frames, the changes and the clocks, too.</p>"
           "<p><b>Limit to display filter</b> counts only the packets that the packet list shows, "
           "and <b>Display filter</b> only those that match its own filter. What happened to a "
           "packet always follows from the whole capture. Delays are unknown (-) if the difference "
           "of the clocks is.</p>";
}

} // namespace mptcp
