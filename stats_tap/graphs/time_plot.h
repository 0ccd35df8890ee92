// SPDX-License-Identifier: GPL-2.0-or-later
//
// A plot over the time since the first packet of a connection, by QCustomPlot, with the habits of
// Wireshark's TCP Stream Graphs: the mouse drags or zooms, a click selects the packet at the mouse,
// and the selected packet is marked. QCustomPlot thins out what is too dense to be seen.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "base/types.h"
#include "graphs/qcustomplot.h"

namespace mptcp {

// Of a packet or an event, in the plot's coordinates.
struct PlottedPacket {
    double x = 0, y = 0;
    std::uint32_t frame = 0;
    std::uint32_t subflow = 0; // index
    QString words;
};

class TimePlot : public QCustomPlot {
public:
    explicit TimePlot(QWidget *parent);

    // Removes what is drawn, for a drawing in the colors of the palette.
    void begin();
    // The ranges of the whole graph. An axis that showed all so far shows all of the new range.
    void set_whole(const QCPRange &seconds, const QCPRange &values, const QString &value_title);
    void add_packets(std::vector<PlottedPacket> packets);
    // Words beside a mark. Where there is no room, they are hidden until the user zooms in. Labels
    // at one height are added in order. `kind` and `importance`: see label_places.h.
    void add_label(double x, double y, const QString &words, int kind, int importance);
    // An entry for what no graph stands for.
    void add_to_legend(const QString &words, const QPen &pen);

    // A line, or points without a line. It is in the legend if it has words.
    QCPGraph *add_steps(const QPen &pen, const QString &words = {});
    QCPGraph *add_points(QCPScatterStyle::ScatterShape shape, double size, const QColor &color,
                         const QString &words = {});

    QColor text_color() const { return palette().color(QPalette::Text); }

    void show_whole();
    // The next drawing shows the whole graph, or all values.
    void forget_zoom();
    void forget_value_zoom() { yAxis->setRange(whole_values_); }
    void show_time(const QCPRange &seconds); // without a redrawing
    void set_zooms(bool zooms);              // the mouse: it drags, or draws a rectangle to zoom
    void show_crosshair(bool shown);
    void mark(std::uint32_t frame); // 0: none
    // Pixels, to the right and up.
    void move(double right, double up);
    // The factor is above 1 to zoom in.
    void zoom(double time_factor, double value_factor);

    // Of the mouse, or none.
    const std::optional<PlottedPacket> &pointed() const { return pointed_; }
    QString place_of_mouse() const; // "1.234 s, 56.7 kB"; "" outside of the plot

    std::function<void()> on_hover; // pointed() and place_of_mouse() have changed
    std::function<void(const PlottedPacket &)> on_click;
    std::function<void(const QCPRange &seconds)> on_time_changed; // by the user

protected:
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void leaveEvent(QEvent *event) override;

private:
    struct Label {
        QCPItemText *item;
        int kind, importance;
    };

    void use_palette();
    void place_mark();
    void place_labels();
    void place_row(const std::vector<Label> &labels);
    void place_legend();
    void point(const QPoint &place);
    std::optional<PlottedPacket> nearest(const QPoint &place) const;
    double pixels_between(const PlottedPacket &packet, const QPoint &place) const;

    QCPRange whole_time_{0, 1}, whole_values_{0, 1};
    bool follows_ = false; // the range is changed by show_time()
    std::vector<PlottedPacket> packets_;
    std::map<double, std::vector<Label>> labels_; // by height
    std::optional<PlottedPacket> pointed_;
    std::optional<QPoint> mouse_, pressed_;
    std::uint32_t marked_ = 0;
    QCPItemStraightLine *cross_x_, *cross_y_;
    QCPItemEllipse *mark_;
};

} // namespace mptcp
