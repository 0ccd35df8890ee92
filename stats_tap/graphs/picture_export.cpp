// SPDX-License-Identifier: GPL-2.0-or-later
#include "graphs/picture_export.h"

#include <QBuffer>
#include <QFileDialog>
#include <QFileInfo>
#include <QPointer>
#include <QSvgGenerator>
#include <QTemporaryFile>

#include "graphs/time_plot.h"
#include "window/table_export.h"

namespace mptcp {
namespace {

enum class PictureFormat : std::uint8_t { Png, Svg, Pdf, Csv };

struct PictureKind {
    PictureFormat format;
    FileKind file;
};
constexpr PictureKind kPictures[] = {
    {PictureFormat::Png, {"PNG", "png"}},
    {PictureFormat::Svg, {"SVG", "svg"}},
    {PictureFormat::Pdf, {"PDF", "pdf"}},
    {PictureFormat::Csv, {"CSV", "csv"}},
};

QByteArray svg_of(TimePlot &plot)
{
    QBuffer buffer;
    QSvgGenerator generator;
    generator.setOutputDevice(&buffer);
    generator.setSize(plot.size());
    generator.setViewBox(QRect({}, plot.size()));
    generator.setTitle(plot.window()->windowTitle());
    QCPPainter painter;
    painter.begin(&generator);
    plot.toPainter(&painter, plot.width(), plot.height());
    painter.end();
    return buffer.data();
}

// QCustomPlot writes PDF to a file only.
QByteArray pdf_of(TimePlot &plot)
{
    QTemporaryFile file;
    if (!file.open() || !plot.savePdf(file.fileName()))
        return {};
    QFile written(file.fileName());
    return written.open(QIODevice::ReadOnly) ? written.readAll() : QByteArray{};
}

QByteArray png_of(TimePlot &plot)
{
    QBuffer buffer;
    plot.toPixmap(0, 0, plot.devicePixelRatioF()).save(&buffer, "PNG");
    return buffer.data();
}

QByteArray bytes_of(PictureFormat format, TimePlot &plot, const std::function<std::string()> &csv)
{
    switch (format) {
    case PictureFormat::Png:
        return png_of(plot);
    case PictureFormat::Svg:
        return svg_of(plot);
    case PictureFormat::Pdf:
        return pdf_of(plot);
    case PictureFormat::Csv:
        break;
    }
    return QByteArray::fromStdString(csv());
}

} // namespace

void save_graph(QWidget *parent, const QString &proposal, TimePlot &plot,
                const std::function<std::string()> &csv)
{
    std::vector<FileKind> kinds;
    for (const PictureKind &each : kPictures)
        kinds.push_back(each.file);
    const QPointer<TimePlot> drawn(&plot);
    const ChosenFile chosen = choose_file(parent, "Save Graph As", proposal, kinds);
    if (!chosen.path.isEmpty() && drawn != nullptr)
        write_file(parent, chosen.path, bytes_of(kPictures[chosen.kind].format, plot, csv));
}

} // namespace mptcp
