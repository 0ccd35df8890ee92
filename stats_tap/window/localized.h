// SPDX-License-Identifier: GPL-2.0-or-later
//
// Numbers with the separators of the user's locale: "1,234,567", "12.35 kB".
#pragma once

#include <cstdint>
#include <string>

#include <QLocale>
#include <QString>

#include "base/readable.h"

namespace mptcp {

// Replaces each comma by the locale's group separator, and each point by its decimal point.
inline QString localized(const QString &number)
{
    const QLocale locale;
    QString text;
    for (const QChar c : number)
        if (c == ',')
            text += locale.groupSeparator();
        else if (c == '.')
            text += locale.decimalPoint();
        else
            text += c;
    return text;
}

inline QString grouped(std::uint64_t count)
{
    std::string text;
    append_grouped(text, count);
    return localized(QString::fromStdString(text));
}

} // namespace mptcp
