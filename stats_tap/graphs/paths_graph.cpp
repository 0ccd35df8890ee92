// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the paths did: a lane for each subflow, from its first packet to its end. Bars up are data
// of the client, bars down data of the server; shades are requests to be a backup; red is
// head-of-line blocking; marks are events.
#include <algorithm>
#include <utility>
#include <vector>

#include "events/event.h"
#include "graphs/graph.h"
#include "graphs/time_plot.h"
#include "views/graph_style.h"
#include "window/texts.h"

namespace mptcp {
namespace {

constexpr double kMark = 0.38;

class PathsDrawing {
public:
    PathsDrawing(TimePlot &plot, const GraphView &view)
        : plot_(plot), view_(view), most_(most_data(view.series.paths))
    {
        for (std::uint32_t subflow = 0; subflow < view.series.subflows.size(); ++subflow)
            if (view.shows(subflow))
                lanes_.push_back(subflow);
    }

    void draw()
    {
        add_words();
        for (const std::uint32_t subflow : lanes_)
            draw_lane(subflow);
        draw_blocked();
        draw_events();
        name_lanes();
        plot_.set_whole({0, seconds(view_.series.duration)},
                        {0.5 - static_cast<double>(std::max<std::size_t>(lanes_.size(), 1)), 0.6},
                        {});
    }

private:
    static QColor of_client() { return {to_qt(kClientColor)}; }
    static QColor of_server() { return {to_qt(kServerColor)}; }
    static QColor of_blocking() { return {to_qt(kBlockedColor)}; }

    // The first lane is the uppermost one.
    double middle(std::uint32_t subflow) const
    {
        return -static_cast<double>(std::ranges::find(lanes_, subflow) - lanes_.begin());
    }
    template <class Each> void visit(std::uint32_t subflow, PathKind kind, Each each) const
    {
        for (const PathSpan &span : view_.series.paths)
            if (span.subflow == subflow && span.kind == kind)
                each(span);
    }
    bool any(PathKind kind) const
    {
        return std::ranges::any_of(view_.series.paths,
                                   [&](const PathSpan &span) { return span.kind == kind; });
    }

    void add_words()
    {
        constexpr double kWide = 6;
        plot_.add_to_legend("data of the client", QPen(of_client(), kWide));
        plot_.add_to_legend("data of the server", QPen(of_server(), kWide));
        if (any(PathKind::Blocked))
            plot_.add_to_legend("head-of-line blocking", QPen(of_blocking(), kWide));
        if (any(PathKind::Backup))
            plot_.add_to_legend("backup, as a host requests", QPen(shade(), kWide));
    }
    QColor shade() const
    {
        QColor color = plot_.text_color();
        constexpr int kShade = 40;
        color.setAlpha(kShade);
        return color;
    }

    void draw_lane(std::uint32_t subflow)
    {
        visit(subflow, PathKind::Backup,
              [&](const PathSpan &span) { add_box(span, -kBackupHeight, kBackupHeight, shade()); });
        QCPGraph *line = plot_.add_steps(QPen(plot_.text_color(), 1));
        visit(subflow, PathKind::Subflow, [&](const PathSpan &span) {
            line->setLineStyle(QCPGraph::lsLine);
            line->addData(seconds(span.begin), middle(subflow));
            line->addData(seconds(span.end), middle(subflow));
        });
        draw_bars(subflow, PathKind::ClientData, of_client(), 1);
        draw_bars(subflow, PathKind::ServerData, of_server(), -1);
    }
    void draw_bars(std::uint32_t subflow, PathKind kind, const QColor &color, double direction)
    {
        QVector<double> times, heights;
        double width = 0;
        visit(subflow, kind, [&](const PathSpan &span) {
            times << (seconds(span.begin) + seconds(span.end)) / 2;
            heights << direction * bar_height(span.bytes, most_);
            width = std::max(width, seconds(span.end) - seconds(span.begin));
        });
        auto *bars = new QCPBars(plot_.xAxis, plot_.yAxis);
        bars->removeFromLegend();
        bars->setBaseValue(middle(subflow));
        bars->setWidth(width);
        bars->setAntialiased(false);
        bars->setPen(Qt::NoPen);
        bars->setBrush(color);
        bars->setData(times, heights, true);
    }
    void draw_blocked()
    {
        constexpr Time kColumns = 2'000; // of pixels, at most
        for (const PathSpan &block :
             joined_blocks(view_.series.paths, view_.series.duration / kColumns))
            if (view_.shows(block.subflow))
                add_box(block, kBlockedBottom, kBlockedTop, of_blocking());
    }
    void add_box(const PathSpan &span, double bottom, double top, const QColor &color)
    {
        auto *box = new QCPItemRect(&plot_);
        box->setPen(QPen(color, 0));
        box->setBrush(color);
        box->topLeft->setCoords(seconds(span.begin), middle(span.subflow) + top);
        box->bottomRight->setCoords(seconds(span.end), middle(span.subflow) + bottom);
    }

    void draw_events()
    {
        constexpr double kSize = 7;
        QCPGraph *marks = plot_.add_points(QCPScatterStyle::ssTriangleInverted, kSize,
                                           plot_.text_color(), "events");
        std::vector<PlottedPacket> packets;
        for (const PathSpan &span : view_.series.paths) {
            if (!is_listed(span) || !view_.shows(span.subflow))
                continue;
            const double y = middle(span.subflow) + kMark;
            marks->addData(seconds(span.begin), y);
            packets.push_back({seconds(span.begin), y, span.frame, span.subflow,
                               QString::fromStdString(span.words)});
            plot_.add_label(seconds(span.begin), y, to_qt(title(span.event)),
                            static_cast<int>(span.event), static_cast<int>(span.severity));
        }
        plot_.add_packets(std::move(packets));
    }

    void name_lanes()
    {
        const QSharedPointer<QCPAxisTickerText> names(new QCPAxisTickerText);
        for (const std::uint32_t subflow : lanes_) {
            const PerRole<Endpoint> &ends = view_.series.subflows[subflow];
            names->addTick(middle(subflow),
                           QString("subflow %1\n%2\n%3")
                               .arg(subflow)
                               .arg(name_of(ends[Role::Client]), name_of(ends[Role::Server])));
        }
        plot_.yAxis->setTicker(names);
        plot_.yAxis->grid()->setVisible(false);
    }

    TimePlot &plot_;
    const GraphView &view_;
    std::vector<std::uint32_t> lanes_; // the subflows that are shown
    std::uint64_t most_;               // bytes in an interval
};

} // namespace

void draw_paths(TimePlot &plot, const GraphView &view) { PathsDrawing(plot, view).draw(); }

} // namespace mptcp
