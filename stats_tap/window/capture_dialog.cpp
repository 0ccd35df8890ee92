// SPDX-License-Identifier: GPL-2.0-or-later
#include "window/capture_dialog.h"

#include <utility>

#include <QApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QPointer>
#include <QScreen>
#include <QSettings>

#include "window/capture_name.h"
#include "window/wireshark_window.h"

namespace mptcp {
namespace {

constexpr int kLookEvery = 200;         // milliseconds
constexpr int kLooksAtALiveCapture = 3; // a file's progress bar shows after fewer

} // namespace

CaptureDialog::CaptureDialog(const WindowHost &host, QString title, QString name)
    : QDialog(wireshark_window(), Qt::Window),
      host_(host),
      title_(std::move(title)),
      name_(std::move(name))
{
    setAttribute(Qt::WA_DeleteOnClose);
    update_title();
    connect(&timer_, &QTimer::timeout, this, &CaptureDialog::look);
    // Wireshark closes the taps before the windows.
    connect(qApp, &QCoreApplication::aboutToQuit, &timer_, &QTimer::stop);
}

CaptureDialog::~CaptureDialog()
{
    QSettings settings(QString::fromStdString(host_.settings_file()), QSettings::IniFormat);
    settings.setValue(name_ + "/geometry", saveGeometry());
}

void CaptureDialog::start(QSize size)
{
    const QSettings settings(QString::fromStdString(host_.settings_file()), QSettings::IniFormat);
    resize(size.boundedTo({screen()->availableGeometry().width(), size.height()}));
    restoreGeometry(settings.value(name_ + "/geometry").toByteArray());
    timer_.start(kLookEvery);
    look();
}

void CaptureDialog::set_title(const QString &title)
{
    title_ = title;
    update_title();
}

QHBoxLayout *CaptureDialog::make_row()
{
    auto *row = new QHBoxLayout(new QWidget(this));
    row->setContentsMargins(0, 0, 0, 0);
    return row;
}

void CaptureDialog::add_labeled(QHBoxLayout &row, const QString &label, QWidget *widget)
{
    auto *name = new QLabel(label, row.parentWidget());
    name->setBuddy(widget);
    row.addWidget(name);
    row.addWidget(widget);
}

// As the titles of Wireshark's dialogs.
void CaptureDialog::update_title()
{
    const QString capture = capture_name(QString::fromStdString(host_.capture_file()));
    const QString title =
        "Wireshark · " + title_ + (capture.isEmpty() ? QString{} : " · " + capture);
    if (title != windowTitle())
        setWindowTitle(title);
}

bool CaptureDialog::is_idle()
{
    idle_looks_ = wireshark_is_busy() ? 0 : idle_looks_ + 1;
    const bool may_be_loading = host_.is_reading() && idle_looks_ < kLooksAtALiveCapture;
    return idle_looks_ > 0 && !may_be_loading;
}

void CaptureDialog::look()
{
    update_title();
    update_options();
    if (!is_idle() || looking_)
        return;
    looking_ = true;
    const QPointer<CaptureDialog> here(this); // the dialog may be closed during a retap
    use_taps();
    if (here != nullptr && work_)
        std::exchange(work_, nullptr)();
    if (here == nullptr)
        return;
    looking_ = false;
    show_news();
}

void CaptureDialog::when_idle(std::function<void()> work)
{
    work_ = std::move(work);
    look();
}

} // namespace mptcp
