// SPDX-License-Identifier: GPL-2.0-or-later
#include "window/filter_edit.h"

#include <QPalette>

namespace mptcp {
namespace {

// Of Wireshark's filter bar, for light and for dark themes.
struct Tint {
    QColor on_light, on_dark;

    QColor on(const QPalette &palette) const
    {
        return palette.color(QPalette::Base).lightness() < 128 ? on_dark : on_light;
    }
};
const Tint good{QColor(0xaf, 0xff, 0xaf), QColor(0x14, 0x54, 0x14)};
const Tint bad{QColor(0xff, 0xaf, 0xaf), QColor(0x6c, 0x14, 0x14)};

} // namespace

FilterEdit::FilterEdit(const WindowHost &host, QWidget *parent) : QLineEdit(parent), host_(host)
{
    setPlaceholderText("Enter a display filter …");
    setAccessibleName("Display filter entry");
    setClearButtonEnabled(true);
    connect(this, &QLineEdit::textChanged, this, &FilterEdit::check);
}

void FilterEdit::check(const QString &filter)
{
    complaint_ = filter.trimmed().isEmpty()
                     ? QString{}
                     : QString::fromStdString(host_.complaint(filter.toUtf8().constData()));
    setToolTip(complaint_);
    QPalette colors; // the application's
    if (!filter.trimmed().isEmpty())
        colors.setColor(QPalette::Base, (is_valid() ? good : bad).on(colors));
    setPalette(colors);
}

} // namespace mptcp
