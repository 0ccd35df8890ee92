// SPDX-License-Identifier: GPL-2.0-or-later
#include "window/follow_dialog.h"

#include <algorithm>
#include <string>

#include <QApplication>
#include <QColor>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPointer>
#include <QPushButton>
#include <QVBoxLayout>

#include "window/capture_name.h"
#include "window/connection_box.h"
#include "window/help_window.h"
#include "window/localized.h"
#include "window/stream_view.h"
#include "window/table_export.h"
#include "window/texts.h"

namespace mptcp {
namespace {

constexpr QSize kFirstSize{900, 620};
constexpr std::size_t kMostInLegend = 12; // subflows

// The items of the choice of direction: these, or a role.
constexpr int kBoth = -1;

QString bytes_of(std::uint64_t bytes) { return grouped(bytes) + (bytes == 1 ? " byte" : " bytes"); }

QString packets_of(std::uint32_t packets, const char *sender)
{
    return QString("%1 %2 %3").arg(grouped(packets), sender, packets == 1 ? "pkt" : "pkts");
}

// Neighboring subflows have colors that differ much. The text has the color of its sender, on which
// it depends whether a light or a dark background is readable.
QColor background_of(std::uint32_t subflow, const QColor &text)
{
    constexpr std::uint32_t kGoldenAngle = 137;
    constexpr int kLight = 215, kDark = 60, kSaturation = 150, kHalf = 128;
    return QColor::fromHsl(static_cast<int>((40 + subflow * kGoldenAngle) % 360), kSaturation,
                           text.lightness() < kHalf ? kLight : kDark);
}

} // namespace

FollowDialog::FollowDialog(const WindowHost &host, std::uint32_t connection)
    : CaptureDialog(host, "Follow MPTCP Stream", "follow"),
      view_(new StreamView(this)),
      hint_(new QLabel(this)),
      legend_(new QLabel(this)),
      filter_before_(QString::fromStdString(host.display_filter()))
{
    view_->on_hover = [this](std::optional<std::size_t> part) { show_hint(part); };
    view_->on_click = [this](std::size_t part) {
        const bool is_of_this_capture = this->host().capture_file() == capture_;
        if (stream_.parts[part].frame != 0 && is_of_this_capture)
            this->host().go_to_frame(stream_.parts[part].frame);
    };
    legend_->setTextFormat(Qt::RichText);
    legend_->setWordWrap(true);
    stream_.connection = connection;
    auto *layout = new QVBoxLayout(this);
    layout->addWidget(view_);
    layout->addWidget(legend_);
    layout->addWidget(hint_);
    layout->addWidget(make_choices());
    layout->addWidget(make_find_bar());
    layout->addWidget(make_buttons());
    start(kFirstSize);
    follow(connection);
}

QWidget *FollowDialog::make_choices()
{
    QHBoxLayout *row = make_row();
    QWidget *bar = row->parentWidget();
    direction_ = new QComboBox(bar);
    add_labeled(*row, "Direction", direction_);
    row->addStretch();
    format_ = new QComboBox(bar);
    for (const StreamFormatName &each : kStreamFormats)
        format_->addItem(each.name);
    add_labeled(*row, "Show data as", format_);
    colors_ = new QComboBox(bar);
    colors_->addItems({"Sender", "Subflow"});
    colors_->setToolTip("Color the background by the sender, or by the subflow that was the first "
                        "to bring the data");
    add_labeled(*row, "Color by", colors_);
    number_ = new ConnectionBox(stream_.connection, bar);
    number_->on_change = [this](std::uint32_t number) {
        if (number != stream_.connection)
            follow(number);
    };
    add_labeled(*row, "Stream", number_);
    for (QComboBox *choice : {direction_, format_, colors_})
        connect(choice, QOverload<int>::of(&QComboBox::activated), this, [this] { show_stream(); });
    return bar;
}

QWidget *FollowDialog::make_find_bar()
{
    QHBoxLayout *row = make_row();
    QWidget *bar = row->parentWidget();
    find_ = new QLineEdit(bar);
    auto *next = new QPushButton("Find Next", bar);
    next->setAutoDefault(false);
    add_labeled(*row, "Find:", find_);
    row->addWidget(next);
    connect(find_, &QLineEdit::returnPressed, this, &FollowDialog::find);
    connect(next, &QPushButton::clicked, this, &FollowDialog::find);
    return bar;
}

QWidget *FollowDialog::make_buttons()
{
    auto *box = new QDialogButtonBox(QDialogButtonBox::Close | QDialogButtonBox::Help, this);
    connect(box, &QDialogButtonBox::rejected, this, &QWidget::close);
    connect(box, &QDialogButtonBox::helpRequested, this,
            [this] { show_help(this, "Follow MPTCP Stream: Help", help()); });
    const auto add = [&](const char *name, const char *tip, auto action) {
        QPushButton *button = box->addButton(name, QDialogButtonBox::ActionRole);
        button->setToolTip(tip);
        connect(button, &QPushButton::clicked, this, action);
    };
    add("Filter Out This Stream", "Exclude this connection from the packet list, and close",
        [this] { filter_out(); });
    add("Save as…", "Save the data as it is shown; as Raw, the bytes themselves",
        [this] { save(); });
    add("Back", "Go back to the display filter before this dialog, and close", [this] {
        host().apply_filter(filter_before_.toUtf8().constData());
        close();
    });
    for (QAbstractButton *button : box->buttons())
        qobject_cast<QPushButton *>(button)->setAutoDefault(false); // Return finds
    return box;
}

QString FollowDialog::connection_filter() const
{
    return QString("mptcp.conn eq %1").arg(stream_.connection);
}

void FollowDialog::follow(std::uint32_t connection)
{
    stream_ = {};
    stream_.connection = connection;
    set_title("Follow MPTCP Stream (" + connection_filter() + ")");
    when_idle([this, here = QPointer<FollowDialog>(this), host = &host(), connection,
               filter = connection_filter()] {
        host->apply_filter(filter.toUtf8().constData());
        ConnectionStream read = host->read_stream(connection);
        if (here == nullptr) // closed meanwhile
            return;
        stream_ = std::move(read);
        capture_ = host->capture_file();
        fill_directions();
        show_stream();
    });
}

void FollowDialog::update_options() { number_->update_range(host()); }

void FollowDialog::fill_directions()
{
    PerRole<std::uint64_t> bytes{{0, 0}};
    for (const StreamPart &part : stream_.parts)
        bytes[part.sender] += part.bytes.size();
    direction_->clear();
    direction_->addItem(QString("Entire conversation (%1)")
                            .arg(bytes_of(bytes[Role::Client] + bytes[Role::Server])),
                        kBoth);
    for (const Role sender : {Role::Client, Role::Server})
        direction_->addItem(
            QString("%1 (%2)").arg(direction(stream_.endpoints, sender), bytes_of(bytes[sender])),
            static_cast<int>(sender));
}

bool FollowDialog::shows(const StreamPart &part) const
{
    const int chosen = direction_->currentData().toInt();
    return chosen == kBoth || chosen == static_cast<int>(part.sender);
}

bool FollowDialog::by_subflow() const { return colors_->currentIndex() == 1; }

StreamFormat FollowDialog::format() const
{
    return kStreamFormats[static_cast<std::size_t>(format_->currentIndex())].format;
}

void FollowDialog::show_stream()
{
    QApplication::setOverrideCursor(Qt::WaitCursor);
    view_->show_text([this] { fill(); });
    QApplication::restoreOverrideCursor();
    show_legend();
    show_hint(std::nullopt);
}

void FollowDialog::fill()
{
    StreamText text(format());
    view_->append(text.head(stream_), {}, std::nullopt);
    for (std::size_t index = 0; index < stream_.parts.size(); ++index)
        if (shows(stream_.parts[index]))
            view_->append(text.of(stream_.parts[index]), format_of(stream_.parts[index]), index);
    for (const Role sender : {Role::Client, Role::Server})
        view_->append(text.rest(sender), {}, std::nullopt);
    if (stream_.truncated)
        view_->append(
            QString("\n[The stream is longer. \"tshark -z follow,mptcp,raw,%1\" writes all "
                    "of it.]")
                .arg(stream_.connection),
            {}, std::nullopt);
}

QTextCharFormat FollowDialog::format_of(const StreamPart &part) const
{
    const StreamColors colors = host().stream_colors()[part.sender];
    const QColor text(QRgb{colors.text});
    QTextCharFormat format;
    format.setForeground(text);
    if (!by_subflow())
        format.setBackground(QColor(QRgb{colors.background}));
    else if (part.frame != 0)
        format.setBackground(background_of(part.subflow, text));
    return format;
}

void FollowDialog::show_legend()
{
    legend_->setVisible(by_subflow());
    if (!by_subflow())
        return;
    const QColor text(QRgb{host().stream_colors()[Role::Client].text});
    QString words;
    for (std::size_t place = 0; place < std::min(stream_.subflows.size(), kMostInLegend); ++place) {
        const StreamSubflow &subflow = stream_.subflows[place];
        words += QString("<span style='white-space:nowrap'><span style='background-color:%1; "
                         "color:%2'>&nbsp;Subflow %3&nbsp;</span> %4 (%5)</span>&nbsp;&nbsp; ")
                     .arg(background_of(subflow.index, text).name(), text.name())
                     .arg(subflow.index)
                     .arg(direction(subflow.endpoints, Role::Client).replace("→", "↔"),
                          bytes_of(subflow.bytes));
    }
    if (stream_.subflows.size() > kMostInLegend)
        words += QString("and %1 more").arg(stream_.subflows.size() - kMostInLegend);
    legend_->setText(words);
}

// As Wireshark counts: packets with data, and how often the sender changes.
QString FollowDialog::counts() const
{
    PerRole<std::uint32_t> packets{{0, 0}};
    std::uint32_t turns = 0;
    std::optional<Role> last;
    for (const StreamPart &part : stream_.parts) {
        if (part.frame == 0 || !shows(part))
            continue;
        ++packets[part.sender];
        turns += last != part.sender ? 1 : 0;
        last = part.sender;
    }
    return QString("%1, %2, %3 %4.")
        .arg(packets_of(packets[Role::Client], "client"),
             packets_of(packets[Role::Server], "server"), grouped(turns),
             turns == 1 ? "turn" : "turns");
}

void FollowDialog::show_hint(std::optional<std::size_t> part)
{
    QString words;
    if (part && *part < stream_.parts.size() && stream_.parts[*part].frame != 0) {
        const StreamPart &shown = stream_.parts[*part];
        words = QString("Packet %1, subflow %2. ").arg(shown.frame).arg(shown.subflow);
    }
    words += counts();
    if (part)
        words += " Click to select.";
    hint_->setText("<small><i>" + words + "</i></small>");
}

void FollowDialog::find()
{
    const bool found = view_->find_next(find_->text());
    find_->setStyleSheet(found ? "" : "QLineEdit { background-color: #ffcccc; color: black; }");
}

void FollowDialog::filter_out()
{
    const QString without = "!(" + connection_filter() + ")";
    const QString filter =
        filter_before_.isEmpty() ? without : "(" + filter_before_ + ") and " + without;
    host().apply_filter(filter.toUtf8().constData());
    close();
}

void FollowDialog::save()
{
    const StreamFormatName &kind =
        kStreamFormats[static_cast<std::size_t>(format_->currentIndex())];
    const QString proposal = proposed_path(QString::fromStdString(host().capture_file()),
                                           QString("stream-%1").arg(stream_.connection));
    const QPointer<FollowDialog> here(this); // the dialog may be closed meanwhile
    const QString path =
        choose_file(this, "Save Stream Content As", proposal, {kind.name, kind.ending});
    if (here == nullptr || path.isEmpty())
        return;
    QByteArray bytes;
    if (kind.format != StreamFormat::Raw)
        bytes = view_->toPlainText().toUtf8();
    else
        for (const StreamPart &part : stream_.parts)
            if (shows(part))
                bytes.append(reinterpret_cast<const char *>(part.bytes.data()),
                             static_cast<int>(part.bytes.size()));
    write_file(this, path, bytes);
}

QString FollowDialog::help() const
{
    return "<p>What the applications of one MPTCP connection sent to each other, in the order in "
           "which they received it, whichever subflows carried it. Data that was sent again, or "
           "over "
           "a second subflow, is shown once. The display filter of the main window selects the "
           "packets of the connection.</p>"
           "<p>The colors are those of <i>Preferences → Appearance → Font and Colors</i>. "
           "<b>Color by</b> subflow shows which path was the first to bring each byte. Click on "
           "data to go to its packet.</p>"
           "<p>Bytes that the capture does not have are shown as \"[N bytes missing in capture "
           "file]\".</p>"
           "<p><b>Stream</b> follows another connection. <b>Find</b> searches what is shown. "
           "<b>Filter Out This Stream</b> excludes the packets of the connection from the packet "
           "list. <b>Back</b> applies the display filter again that was there before. <b>Save "
           "as</b> writes what is shown; with <i>Raw</i>, the bytes themselves.</p>";
}

} // namespace mptcp
