// SPDX-License-Identifier: GPL-2.0-or-later
#include "graphs/graphs_dialog.h"

#include <algorithm>
#include <string>
#include <utility>

#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QPushButton>
#include <QRadioButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QTabWidget>
#include <QVBoxLayout>

#include "graphs/picture_export.h"
#include "views/points_words.h"
#include "window/capture_name.h"
#include "window/connection_box.h"
#include "window/help_window.h"
#include "window/texts.h"

namespace mptcp {
namespace {

constexpr QSize kFirstSize{1000, 680};
constexpr std::size_t kMostSwitches = 64; // subflows
constexpr Time kWidths[] = {0,       kSecond / 1000, kSecond / 100, kSecond / 10,
                            kSecond, 10 * kSecond,   60 * kSecond};
constexpr const char *kWidthNames[] = {"automatic", "1 ms", "10 ms", "100 ms",
                                       "1 s",       "10 s", "1 min"};

QIcon icon_of(const QColor &color)
{
    constexpr int kSize = 12;
    QPixmap pixels(kSize, kSize);
    pixels.fill(color);
    return {pixels};
}

} // namespace

GraphsDialog::GraphsDialog(const WindowHost &host, const GraphChoice &choice)
    : WatchingDialog(host, "MPTCP Graphs", "graphs"),
      connection_(choice.connection),
      drawn_(graphs().size()),
      hint_(new QLabel(this))
{
    auto *layout = new QVBoxLayout(this);
    layout->addWidget(make_pages());
    layout->addWidget(make_subflows());
    layout->addWidget(hint_);
    layout->addWidget(make_choices());
    layout->addWidget(make_mouse_options());
    layout->addWidget(make_filter_bar());
    layout->addWidget(make_buttons());
    choose(choice);
    show_title();
    show_hint();
    start(kFirstSize);
}

void GraphsDialog::choose(const GraphChoice &choice)
{
    if (choice.page) {
        const auto page = std::ranges::find(graphs(), *choice.page, &Graph::type);
        pages_->setCurrentIndex(static_cast<int>(page - graphs().begin()));
    }
    if (choice.sender) {
        view_.sender = *choice.sender;
        direction_chosen_ = true;
    }
}

QWidget *GraphsDialog::make_pages()
{
    pages_ = new QTabWidget(this);
    for (const Graph &each : graphs()) {
        plots_.push_back(make_plot());
        pages_->addTab(plots_.back(), each.title);
    }
    connect(pages_, &QTabWidget::currentChanged, this, [this] { draw_page(); });
    return pages_;
}

TimePlot *GraphsDialog::make_plot()
{
    auto *plot = new TimePlot(pages_);
    plot->setAccessibleName("Graph");
    plot->on_hover = [this] { show_hint(); };
    plot->on_click = [this](const PlottedPacket &packet) { host().go_to_frame(packet.frame); };
    plot->on_time_changed = [this, plot](const QCPRange &seconds) {
        for (TimePlot *other : plots_)
            if (other != plot)
                other->show_time(seconds);
    };
    return plot;
}

QWidget *GraphsDialog::make_subflows()
{
    auto *area = new QScrollArea(this);
    auto *bar = new QWidget(area);
    subflows_ = new QHBoxLayout(bar);
    subflows_->setContentsMargins(0, 0, 0, 0);
    subflows_->addStretch();
    area->setWidget(bar);
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    area->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    area->setFixedHeight(QCheckBox("Subflow").sizeHint().height() +
                         area->horizontalScrollBar()->sizeHint().height());
    return area;
}

QWidget *GraphsDialog::make_choices()
{
    QHBoxLayout *row = make_row();
    QWidget *bar = row->parentWidget();
    number_ = new ConnectionBox(connection_, bar);
    number_->on_change = [this](std::uint32_t number) { choose_connection(number); };
    add_labeled(*row, "Stream", number_);
    direction_ = new QComboBox(bar);
    direction_->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    add_labeled(*row, "Direction", direction_);
    width_ = new QComboBox(bar);
    for (const char *name : kWidthNames)
        width_->addItem(name);
    width_->setToolTip("The interval of the goodput");
    add_labeled(*row, "Interval", width_);
    row->addWidget(make_places());
    row->addStretch();
    row->addWidget(limit());
    connect(direction_, QOverload<int>::of(&QComboBox::activated), this, [this] {
        direction_chosen_ = true;
        for (TimePlot *each : plots_)
            each->forget_value_zoom();
        choose_view();
    });
    connect(width_, QOverload<int>::of(&QComboBox::activated), this, [this] { choose_view(); });
    return bar;
}

QWidget *GraphsDialog::make_places()
{
    QHBoxLayout *row = make_row();
    places_ = row->parentWidget();
    place_ = new QComboBox(places_);
    place_->setToolTip("Where the packets were recorded that the graphs are made of");
    place_->addItem("automatic");
    place_->addItem("the client", static_cast<int>(Role::Client));
    place_->addItem("the server", static_cast<int>(Role::Server));
    add_labeled(*row, "As seen at", place_);
    places_->hide();
    connect(place_, QOverload<int>::of(&QComboBox::activated), this, [this] {
        if (watch() != nullptr)
            show_counts(*watch());
    });
    return places_;
}

QWidget *GraphsDialog::make_mouse_options()
{
    QHBoxLayout *row = make_row();
    QWidget *bar = row->parentWidget();
    row->addWidget(new QLabel("Mouse", bar));
    auto *drags = new QRadioButton("drags", bar);
    auto *zooms = new QRadioButton("zooms", bar);
    drags->setChecked(true);
    crosshair_ = new QCheckBox("Crosshairs", bar);
    auto *reset = new QPushButton("Reset", bar);
    reset->setToolTip("Show the whole graph");
    reset->setAutoDefault(false);
    for (QWidget *widget : std::initializer_list<QWidget *>{drags, zooms, crosshair_, reset})
        row->addWidget(widget);
    row->addStretch();
    connect(zooms, &QRadioButton::toggled, this, [this](bool on) {
        for (TimePlot *each : plots_)
            each->set_zooms(on);
    });
    connect(crosshair_, &QCheckBox::toggled, this, [this](bool on) {
        for (TimePlot *each : plots_)
            each->show_crosshair(on);
    });
    connect(reset, &QPushButton::clicked, this, [this] { plot().show_whole(); });
    return bar;
}

QWidget *GraphsDialog::make_buttons()
{
    auto *box = new QDialogButtonBox(QDialogButtonBox::Close | QDialogButtonBox::Help, this);
    connect(box, &QDialogButtonBox::rejected, this, &QWidget::close);
    connect(box, &QDialogButtonBox::helpRequested, this,
            [this] { show_help(this, "MPTCP Graphs: Help", help()); });
    QPushButton *copy_button = box->addButton("Copy", QDialogButtonBox::ActionRole);
    copy_button->setToolTip("Copy the graph as a picture");
    connect(copy_button, &QPushButton::clicked, this, &GraphsDialog::copy);
    QPushButton *save_button = box->addButton("Save as…", QDialogButtonBox::ActionRole);
    connect(save_button, &QPushButton::clicked, this, &GraphsDialog::save);
    for (QAbstractButton *button : box->buttons())
        qobject_cast<QPushButton *>(button)->setAutoDefault(false);
    return box;
}

void GraphsDialog::update_options()
{
    number_->update_range(host());
    for (TimePlot *each : plots_)
        each->mark(host().selected_frame());
}

void GraphsDialog::prepare(Watch &watch) { host().draw(watch, connection_); }

void GraphsDialog::choose_connection(std::uint32_t connection)
{
    if (connection == connection_)
        return;
    connection_ = connection;
    direction_chosen_ = false;
    for (TimePlot *each : plots_)
        each->forget_zoom();
    count_anew();
    look();
}

void GraphsDialog::show_counts(const Watch &watch)
{
    view_.series = host().series(watch, seen_at());
    places_->setVisible(view_.series.has_several_points);
    fill_directions();
    fill_subflows();
    choose_view();
}

void GraphsDialog::forget()
{
    const Role chosen = view_.sender;
    view_ = {};
    view_.sender = chosen;
    direction_->clear();
    fill_subflows();
    draw_again();
}

void GraphsDialog::show_totals()
{
    show_title();
    show_hint();
}

void GraphsDialog::show_title()
{
    set_title(QString("MPTCP Graphs (mptcp.conn eq %1)").arg(connection_));
}

void GraphsDialog::fill_directions()
{
    const Role chosen = direction_chosen_ ? view_.sender : view_.series.main_sender;
    const QString from_client = direction(view_.series.endpoints, Role::Client);
    const QString from_server = direction(view_.series.endpoints, Role::Server);
    if (direction_->itemText(0) != from_client) { // else its list may be open
        direction_->clear();
        direction_->addItem(from_client, static_cast<int>(Role::Client));
        direction_->addItem(from_server, static_cast<int>(Role::Server));
        direction_->setMinimumContentsLength(static_cast<int>(from_client.size()));
    }
    direction_->setCurrentIndex(direction_->findData(static_cast<int>(chosen)));
}

// None: as the preferences say.
std::optional<VantageChoice> GraphsDialog::seen_at() const
{
    const QVariant host = place_->currentData();
    return host.isValid() ? std::optional<VantageChoice>{static_cast<Role>(host.toInt())}
                          : std::nullopt;
}

void GraphsDialog::fill_subflows()
{
    const std::size_t count = std::min(view_.series.subflows.size(), kMostSwitches);
    for (; switches_.size() > count; switches_.pop_back())
        delete switches_.back();
    while (switches_.size() < count) {
        auto *made = new QCheckBox(subflows_->parentWidget());
        const auto index = static_cast<std::uint32_t>(switches_.size());
        made->setChecked(true);
        made->setIcon(icon_of(subflow_color(index)));
        subflows_->insertWidget(static_cast<int>(index), made);
        connect(made, &QCheckBox::toggled, this, [this] { choose_view(); });
        switches_.push_back(made);
    }
    for (std::size_t index = 0; index < count; ++index) {
        const PerRole<Endpoint> &ends = view_.series.subflows[index];
        switches_[index]->setText(QString("Subflow %1").arg(index));
        switches_[index]->setToolTip(direction(ends, Role::Client).replace("→", "↔"));
    }
}

void GraphsDialog::choose_view()
{
    view_.sender = static_cast<Role>(direction_->currentData().toInt());
    view_.width = kWidths[std::max(width_->currentIndex(), 0)];
    view_.hidden.clear();
    for (std::size_t index = 0; index < switches_.size(); ++index)
        if (!switches_[index]->isChecked())
            view_.hidden.insert(static_cast<std::uint32_t>(index));
    draw_again();
}

std::size_t GraphsDialog::page() const { return static_cast<std::size_t>(pages_->currentIndex()); }

void GraphsDialog::draw_again()
{
    drawn_.assign(drawn_.size(), false);
    draw_page();
}

// Only the page that is visible.
void GraphsDialog::draw_page()
{
    direction_->setEnabled(graph().has_direction);
    width_->setEnabled(graph().type == SeriesType::Goodput);
    if (!drawn_[page()]) {
        drawn_[page()] = true;
        plot().begin();
        if (view_.series.is_known)
            graph().draw(plot(), view_);
    }
    plot().replot();
    show_hint();
}

QString GraphsDialog::where_it_was_seen() const
{
    const auto &points = view_.series.seen_at;
    if (graph().type == SeriesType::Delay || points[view_.sender].empty())
        return {};
    const bool is_of_both = !graph().has_direction && points[Role::Client] != points[Role::Server];
    return is_of_both ? QString(" As seen near both hosts.")
                      : " As " + to_qt(seen_at_in_words(points[view_.sender])) + ".";
}

QString GraphsDialog::what_is_drawn() const
{
    if (!view_.series.is_known)
        return "No packets of this connection.";
    if (graph().type == SeriesType::Delay && view_.series.delays[view_.sender].empty())
        return "One-way delays need packets that two points recorded.";
    return "Hover over the graph for details. Click to select a packet." + where_it_was_seen();
}

void GraphsDialog::show_hint()
{
    QString words = plot().place_of_mouse();
    if (const auto &packet = plot().pointed()) {
        words = QString("Packet %1, subflow %2").arg(packet->frame).arg(packet->subflow);
        if (!packet->words.isEmpty())
            words += ": " + packet->words;
        words += ". Click to select.";
    } else if (words.isEmpty()) {
        words = what_is_drawn();
    }
    if (!is_complete())
        words += " (not all packets were counted: press Apply)";
    hint_->setText("<small><i>" + words.toHtmlEscaped() + "</i></small>");
}

void GraphsDialog::go_to_pointed()
{
    if (const auto &packet = plot().pointed())
        host().go_to_frame(packet->frame);
}

bool GraphsDialog::move_by_key(int key, double pixels)
{
    switch (key) {
    case Qt::Key_Left:
        plot().move(-pixels, 0);
        return true;
    case Qt::Key_Right:
        plot().move(pixels, 0);
        return true;
    case Qt::Key_Up:
        plot().move(0, pixels);
        return true;
    case Qt::Key_Down:
        plot().move(0, -pixels);
        return true;
    default:
        return false;
    }
}

bool GraphsDialog::zoom_by_key(const QString &key)
{
    constexpr double kFactor = 1.25;
    struct Zoom {
        const char *key;
        double time, value;
    };
    constexpr Zoom kZooms[] = {
        {"+", kFactor, kFactor}, {"=", kFactor, kFactor}, {"-", 1 / kFactor, 1 / kFactor},
        {"x", 1 / kFactor, 1},   {"X", kFactor, 1},       {"y", 1, 1 / kFactor},
        {"Y", 1, kFactor},
    };
    for (const Zoom &zoom : kZooms)
        if (key == zoom.key) {
            plot().zoom(zoom.time, zoom.value);
            return true;
        }
    return false;
}

// The keys of Wireshark's TCP Stream Graphs.
void GraphsDialog::keyPressEvent(QKeyEvent *event)
{
    constexpr double kFar = 100, kNear = 10; // pixels
    const bool shift = event->modifiers().testFlag(Qt::ShiftModifier);
    if (move_by_key(event->key(), shift ? kNear : kFar) || zoom_by_key(event->text()))
        return;
    switch (event->key()) {
    case Qt::Key_0:
    case Qt::Key_Home:
        return plot().show_whole();
    case Qt::Key_G:
        return go_to_pointed();
    case Qt::Key_Space:
        return crosshair_->toggle();
    default:
        WatchingDialog::keyPressEvent(event);
    }
}

// E.g. to a dark theme.
void GraphsDialog::changeEvent(QEvent *event)
{
    WatchingDialog::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && pages_ != nullptr && direction_ != nullptr)
        draw_again();
}

std::string GraphsDialog::csv() const
{
    std::string text;
    graph().write_csv(view_, [&](std::string_view piece) { text += piece; });
    return text;
}

void GraphsDialog::copy() { QApplication::clipboard()->setPixmap(plot().toPixmap()); }

void GraphsDialog::save()
{
    const QString name = QString("%1-%2").arg(to_qt(kSeriesTypes[page()])).arg(connection_);
    save_graph(this, proposed_path(QString::fromStdString(host().capture_file()), name), plot(),
               [this] { return csv(); });
}

QString GraphsDialog::help()
{
    return "<p>What the paths of one MPTCP connection did over time. All pages show the same time. "
           "The check boxes below the graph hide subflows.</p>"
           "<p><b>Data Sequence</b>: each segment at its place in the data of the connection, in "
           "the "
           "color of its subflow; triangles are reinjections on another subflow, crosses are "
           "retransmissions by TCP. Below are the DATA_ACKs, above the right edge of the receive "
           "window.<br>"
           "<b>Goodput</b>: new data in each interval, by subflow, and what was sent again.<br>"
           "<b>Round-Trip Time</b>: until the TCP ACK, and until the DATA_ACK, which may come over "
           "another subflow.<br>"
           "<b>In Flight and Window</b>: bytes on each subflow that are not acknowledged, those of "
           "the connection, and the receive window, which all subflows share.<br>"
           "<b>Paths</b>: a lane for each subflow from its first packet to its end. Bars up are "
           "data "
           "of the client, bars down data of the server.</p>"
           "<p>The mouse drags the graph, or draws a rectangle to zoom in to; its wheel zooms. "
           "Click "
           "to select the packet at the mouse; a circle marks the selected packet.</p>"
           "<p>Keys: <b>+</b> and <b>-</b> zoom, <b>X</b> and <b>x</b> the time alone, <b>Y</b> "
           "and "
           "<b>y</b> the values alone; <b>0</b> shows the whole graph; arrows move by 100 pixels, "
           "with Shift by 10; <b>g</b> goes to the packet at the mouse; <b>Space</b> switches the "
           "crosshairs.</p>";
}

} // namespace mptcp
