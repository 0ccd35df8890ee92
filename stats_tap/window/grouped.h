// SPDX-License-Identifier: GPL-2.0-or-later
//
// Counts with digits grouped as in the user's locale: "1,234,567".
#pragma once

#include <cstdint>

#include <QLocale>
#include <QString>

namespace mptcp {

inline QString grouped(std::uint64_t count)
{
    QLocale locale;
    locale.setNumberOptions(QLocale::DefaultNumberOptions); // the C locale's has none
    return locale.toString(static_cast<qulonglong>(count));
}

} // namespace mptcp
