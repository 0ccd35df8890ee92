// SPDX-License-Identifier: GPL-2.0-or-later
#include "graphs/time_plot.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

#include "views/label_places.h"

namespace mptcp {
namespace {

constexpr int kNear = 12; // pixels, between the mouse and a packet
constexpr double kMarkSize = 7;

QCPItemStraightLine *make_line(QCustomPlot *plot)
{
    auto *line = new QCPItemStraightLine(plot);
    line->setVisible(false);
    return line;
}

void place_line(QCPItemStraightLine &line, double x, double y, bool is_vertical)
{
    line.point1->setCoords(x, y);
    line.point2->setCoords(is_vertical ? x : x + 1, is_vertical ? y + 1 : y);
}

} // namespace

TimePlot::TimePlot(QWidget *parent)
    : QCustomPlot(parent),
      cross_x_(make_line(this)),
      cross_y_(make_line(this)),
      mark_(new QCPItemEllipse(this))
{
    mark_->setVisible(false);
    for (QCPItemPosition *corner : {mark_->topLeft, mark_->bottomRight})
        corner->setType(QCPItemPosition::ptAbsolute);
    setMouseTracking(true);
    // Lines with many points are drawn several times as fast.
    setPlottingHints(QCP::phFastPolylines | QCP::phCacheLabels);
    setNoAntialiasingOnDrag(true);
    set_zooms(false);
    xAxis->setRange(whole_time_);
    yAxis->setRange(whole_values_);
    legend->setFillOrder(QCPLegend::foColumnsFirst);
    legend->setBorderPen(Qt::NoPen);
    xAxis->setLabel("Time since the first packet of the connection (s)");
    connect(xAxis, static_cast<void (QCPAxis::*)(const QCPRange &)>(&QCPAxis::rangeChanged), this,
            [this](const QCPRange &range) {
                if (!follows_ && on_time_changed)
                    on_time_changed(range);
            });
    connect(this, &QCustomPlot::afterLayout, this, [this] {
        place_mark();
        place_labels();
    });
    place_legend();
    use_palette();
}

void TimePlot::use_palette()
{
    const QColor text = text_color();
    QColor faint = text;
    constexpr int kFaint = 40;
    faint.setAlpha(kFaint);
    setBackground(palette().brush(QPalette::Base));
    for (QCPAxis *axis : {xAxis, yAxis}) {
        axis->setBasePen(QPen(text));
        axis->setTickPen(QPen(text));
        axis->setSubTickPen(QPen(text));
        axis->setLabelColor(text);
        axis->setTickLabelColor(text);
        axis->grid()->setPen(QPen(faint, 0));
        axis->grid()->setZeroLinePen(QPen(faint, 0));
    }
    legend->setBrush(palette().brush(QPalette::Base));
    legend->setTextColor(text);
    for (QCPItemStraightLine *line : {cross_x_, cross_y_})
        line->setPen(QPen(text, 0, Qt::DashLine));
    mark_->setPen(QPen(text, 2));
}

void TimePlot::begin()
{
    use_palette();
    clearPlottables();
    for (int index = itemCount() - 1; index >= 0; --index)
        if (item(index) != cross_x_ && item(index) != cross_y_ && item(index) != mark_)
            removeItem(index);
    legend->clearItems();
    labels_.clear();
    packets_.clear();
    pointed_.reset();
}

void TimePlot::set_whole(const QCPRange &seconds, const QCPRange &values,
                         const QString &value_title)
{
    constexpr double kMargin = 0.01; // for the marks at both ends
    const double length = std::max(seconds.size(), 1e-6);
    const QCPRange time{seconds.lower - length * kMargin, seconds.upper + length * kMargin};
    yAxis->setLabel(value_title);
    place_legend();
    if (std::exchange(whole_time_, time) == xAxis->range())
        xAxis->setRange(time);
    if (std::exchange(whole_values_, values) == yAxis->range())
        yAxis->setRange(values);
}

void TimePlot::add_packets(std::vector<PlottedPacket> packets)
{
    packets_.insert(packets_.end(), std::make_move_iterator(packets.begin()),
                    std::make_move_iterator(packets.end()));
    place_mark();
}

QCPGraph *TimePlot::add_steps(const QPen &pen, const QString &words)
{
    QCPGraph *graph = addGraph();
    graph->setPen(pen);
    graph->setLineStyle(QCPGraph::lsStepLeft);
    graph->setName(words);
    if (words.isEmpty())
        graph->removeFromLegend();
    return graph;
}

QCPGraph *TimePlot::add_points(QCPScatterStyle::ScatterShape shape, double size,
                               const QColor &color, const QString &words)
{
    QCPGraph *graph = add_steps(QPen(color), words);
    graph->setLineStyle(QCPGraph::lsNone);
    graph->setScatterStyle(QCPScatterStyle(shape, color, size));
    return graph;
}

void TimePlot::add_label(double x, double y, const QString &words, int kind, int importance)
{
    constexpr int kBeside = 7; // pixels
    auto *label = new QCPItemText(this);
    label->setText(words);
    label->setColor(text_color());
    label->setPadding({kBeside, 0, kBeside, 0});
    label->position->setCoords(x, y);
    labels_[y].push_back({label, kind, importance});
}

void TimePlot::place_labels()
{
    for (const auto &[height, labels] : labels_)
        place_row(labels);
}

void TimePlot::place_row(const std::vector<Label> &labels)
{
    std::vector<MarkLabel> row;
    row.reserve(labels.size());
    for (const auto &[item, kind, importance] : labels) {
        const double width = item->padding().left() +
                             QFontMetricsF(item->font()).horizontalAdvance(item->text() + "  ");
        row.push_back({item->position->pixelPosition().x(), width, kind, importance});
    }
    const auto sides = mptcp::place_labels(row, axisRect()->left(), axisRect()->right());
    for (std::size_t index = 0; index < labels.size(); ++index) {
        QCPItemText *item = labels[index].item;
        const bool is_left = sides[index] == LabelSide::Left;
        item->setVisible(sides[index] != LabelSide::Hidden);
        item->setPositionAlignment((is_left ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    }
}

// Below the graph, where it hides nothing. An empty one would narrow the graph.
void TimePlot::place_legend()
{
    const bool is_placed = legend->layout() != nullptr;
    const bool is_wanted = legend->itemCount() > 0;
    legend->setVisible(is_wanted);
    if (is_wanted && legend->layout() != plotLayout()) {
        plotLayout()->addElement(1, 0, legend);
        plotLayout()->setRowStretchFactor(1, 0.001);
    } else if (!is_wanted && is_placed) {
        legend->layout()->take(legend);
        plotLayout()->simplify();
    }
}

void TimePlot::add_to_legend(const QString &words, const QPen &pen) { add_steps(pen, words); }

void TimePlot::show_whole()
{
    xAxis->setRange(whole_time_);
    yAxis->setRange(whole_values_);
    replot();
}

void TimePlot::forget_zoom()
{
    show_time(whole_time_);
    forget_value_zoom();
}

void TimePlot::show_time(const QCPRange &seconds)
{
    const bool before = std::exchange(follows_, true);
    xAxis->setRange(seconds);
    follows_ = before;
}

void TimePlot::set_zooms(bool zooms)
{
    setInteraction(QCP::iRangeZoom, true);
    setInteraction(QCP::iRangeDrag, !zooms);
    setSelectionRectMode(zooms ? QCP::srmZoom : QCP::srmNone);
    setCursor(zooms ? Qt::CrossCursor : Qt::OpenHandCursor);
}

void TimePlot::show_crosshair(bool shown)
{
    cross_x_->setVisible(shown);
    cross_y_->setVisible(shown);
    replot(rpQueuedReplot);
}

void TimePlot::mark(std::uint32_t frame)
{
    if (frame == std::exchange(marked_, frame))
        return;
    place_mark();
    replot(rpQueuedReplot);
}

// Its place is in pixels, so that it is a circle whatever the ranges.
void TimePlot::place_mark()
{
    const auto found = std::ranges::find(packets_, marked_, &PlottedPacket::frame);
    mark_->setVisible(marked_ != 0 && found != packets_.end());
    if (!mark_->visible())
        return;
    const QPointF center(xAxis->coordToPixel(found->x), yAxis->coordToPixel(found->y));
    const QPointF radius(kMarkSize, kMarkSize);
    mark_->topLeft->setPixelPosition(center - radius);
    mark_->bottomRight->setPixelPosition(center + radius);
}

void TimePlot::move(double right, double up)
{
    const auto shift = [](QCPAxis *axis, double pixels) {
        axis->setRange(axis->pixelToCoord(axis->coordToPixel(axis->range().lower) + pixels),
                       axis->pixelToCoord(axis->coordToPixel(axis->range().upper) + pixels));
    };
    shift(xAxis, right);
    shift(yAxis, -up);
    replot(rpQueuedReplot);
}

void TimePlot::zoom(double time_factor, double value_factor)
{
    const QPoint center = mouse_.value_or(axisRect()->center());
    xAxis->scaleRange(1 / time_factor, xAxis->pixelToCoord(center.x()));
    yAxis->scaleRange(1 / value_factor, yAxis->pixelToCoord(center.y()));
    replot(rpQueuedReplot);
}

QString TimePlot::place_of_mouse() const
{
    if (!mouse_)
        return {};
    constexpr int kDigits = 6;
    return QString("%1 s, %2")
        .arg(locale().toString(xAxis->pixelToCoord(mouse_->x()), 'f', kDigits),
             locale().toString(yAxis->pixelToCoord(mouse_->y()), 'g', kDigits));
}

double TimePlot::pixels_between(const PlottedPacket &packet, const QPoint &place) const
{
    return std::hypot(xAxis->coordToPixel(packet.x) - place.x(),
                      yAxis->coordToPixel(packet.y) - place.y());
}

std::optional<PlottedPacket> TimePlot::nearest(const QPoint &place) const
{
    const auto found = std::ranges::min_element(
        packets_, {}, [&](const PlottedPacket &packet) { return pixels_between(packet, place); });
    if (found == packets_.end() || pixels_between(*found, place) > kNear)
        return std::nullopt;
    return *found;
}

void TimePlot::point(const QPoint &place)
{
    const bool is_inside = axisRect()->rect().contains(place);
    mouse_ = is_inside ? std::optional{place} : std::nullopt;
    pointed_ = is_inside ? nearest(place) : std::nullopt;
    const double x = xAxis->pixelToCoord(place.x());
    const double y = yAxis->pixelToCoord(place.y());
    place_line(*cross_x_, x, y, true);
    place_line(*cross_y_, x, y, false);
    if (cross_x_->visible())
        replot(rpQueuedReplot);
    if (on_hover)
        on_hover();
}

void TimePlot::mousePressEvent(QMouseEvent *event)
{
    pressed_ = event->pos();
    QCustomPlot::mousePressEvent(event);
}

void TimePlot::mouseMoveEvent(QMouseEvent *event)
{
    QCustomPlot::mouseMoveEvent(event);
    point(event->pos());
}

// A click is one that neither drags nor zooms.
void TimePlot::mouseReleaseEvent(QMouseEvent *event)
{
    QCustomPlot::mouseReleaseEvent(event);
    const auto pressed = std::exchange(pressed_, std::nullopt);
    const bool is_click = event->button() == Qt::LeftButton && pressed &&
                          (*pressed - event->pos()).manhattanLength() < kNear / 3;
    point(event->pos());
    if (is_click && pointed_ && on_click)
        on_click(*pointed_);
}

void TimePlot::leaveEvent(QEvent *event)
{
    QCustomPlot::leaveEvent(event);
    mouse_.reset();
    pointed_.reset();
    if (on_hover)
        on_hover();
}

} // namespace mptcp
