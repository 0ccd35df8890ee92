// SPDX-License-Identifier: GPL-2.0-or-later
//
// Segments by subflow, the stairs of the DATA_ACKs, the right edge of the receive window, and the
// DATA_FIN.
#include <map>
#include <utility>
#include <vector>

#include "graphs/graph.h"
#include "graphs/time_plot.h"
#include "views/graph_style.h"
#include "window/texts.h"

namespace mptcp {
namespace {

class SequenceDrawing {
public:
    SequenceDrawing(TimePlot &plot, const GraphView &view, const Sequence &sequence,
                    const AxisUnit &unit)
        : plot_(plot), view_(view), unit_(unit), is_window_shown_(is_window_shown(sequence))
    {
    }

    void draw(SequenceKind kind, std::uint32_t subflow, const std::vector<SequencePoint> &points)
    {
        switch (kind) {
        case SequenceKind::Unique:
            return draw_segments(subflow, points);
        case SequenceKind::Reinjected:
            return draw_marks(QCPScatterStyle::ssTriangle, "reinjected", subflow, points);
        case SequenceKind::Retransmitted:
            return draw_marks(QCPScatterStyle::ssCross, "retransmitted by TCP", subflow, points);
        case SequenceKind::Unmapped:
            return;
        case SequenceKind::DataAck:
            return draw_stairs(QPen(plot_.text_color(), 1), "DATA_ACK", points);
        case SequenceKind::Window:
            return draw_stairs(QPen(grey(), 1.5),
                               is_window_shown_
                                   ? "right edge of the receive window"
                                   : "right edge of the receive window, above the graph",
                               points);
        case SequenceKind::DataFin:
            return draw_marks(QCPScatterStyle::ssDiamond, "DATA_FIN", subflow, points);
        }
    }

private:
    double place(std::int64_t place) const { return static_cast<double>(place) / unit_.divisor; }
    double half(const SequencePoint &point) const
    {
        return static_cast<double>(point.bytes) / unit_.divisor / 2;
    }

    // From the first byte to the last one.
    void draw_segments(std::uint32_t subflow, const std::vector<SequencePoint> &points)
    {
        constexpr double kDot = 3, kLine = 2.5;
        QVector<double> times, middles, halves;
        for (const SequencePoint &point : points) {
            times << seconds(point.time);
            middles << place(*point.place) + half(point);
            halves << half(point);
        }
        const QColor color = subflow_color(subflow);
        QCPGraph *graph = plot_.add_points(QCPScatterStyle::ssDisc, kDot, color);
        graph->setData(times, middles, true);
        auto *lengths = new QCPErrorBars(plot_.xAxis, plot_.yAxis);
        lengths->removeFromLegend();
        lengths->setDataPlottable(graph);
        lengths->setErrorType(QCPErrorBars::etValueError);
        lengths->setWhiskerWidth(0);
        lengths->setSymbolGap(0);
        lengths->setPen(QPen(color, kLine, Qt::SolidLine, Qt::FlatCap));
        lengths->setData(halves);
        add_packets(points);
    }
    void draw_marks(QCPScatterStyle::ScatterShape shape, const char *words, std::uint32_t subflow,
                    const std::vector<SequencePoint> &points)
    {
        constexpr double kSize = 8;
        if (std::exchange(in_legend_, words) != words)
            plot_.add_points(shape, kSize, plot_.text_color(), words);
        QCPGraph *graph = plot_.add_points(shape, kSize, subflow_color(subflow));
        for (const SequencePoint &point : points)
            graph->addData(seconds(point.time), place(*point.place));
        add_packets(points);
    }
    // The last one lasts until the end.
    void draw_stairs(const QPen &pen, const char *words, const std::vector<SequencePoint> &points)
    {
        QCPGraph *graph = plot_.add_steps(pen, words);
        for (const SequencePoint &point : points)
            graph->addData(seconds(point.time), place(*point.place));
        graph->addData(seconds(view_.series.duration), place(*points.back().place));
        add_packets(points);
    }
    void add_packets(const std::vector<SequencePoint> &points)
    {
        const QString words = to_qt(name(points.front().kind)); // shared by all
        std::vector<PlottedPacket> packets;
        packets.reserve(points.size());
        for (const SequencePoint &point : points)
            packets.push_back({seconds(point.time), place(*point.place) + half(point), point.frame,
                               point.subflow, words});
        plot_.add_packets(std::move(packets));
    }

    TimePlot &plot_;
    const GraphView &view_;
    AxisUnit unit_;
    bool is_window_shown_;
    const char *in_legend_ = nullptr; // the last kind of marks there
};

} // namespace

void draw_sequence(TimePlot &plot, const GraphView &view)
{
    const Sequence &sequence = view.series.sequence[view.sender];
    const AxisUnit unit = unit_of_bytes(static_cast<std::uint64_t>(end_of_data(sequence)));
    SequenceDrawing drawing(plot, view, sequence, unit);
    for (const auto &[key, points] : visible_points(sequence)) {
        const auto [kind, subflow] = key;
        if (!is_of_subflow(kind) || view.shows(subflow))
            drawing.draw(kind, subflow, points);
    }
    const double top = top_of(sequence) / unit.divisor;
    constexpr double kBelow = 50; // a part of the height
    plot.set_whole({0, seconds(view.series.duration)}, {-top / kBelow, top},
                   axis_title(sequence.zero == SequenceZero::FirstByte
                                  ? "Data sequence"
                                  : "Data sequence from the first captured byte",
                              unit.name));
}

} // namespace mptcp
