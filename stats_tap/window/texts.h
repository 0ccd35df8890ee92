// SPDX-License-Identifier: GPL-2.0-or-later
//
// Texts of the core for Qt.
#pragma once

#include <string>
#include <string_view>

#include <QString>

#include "base/format.h"

namespace mptcp {

inline QString to_qt(std::string_view text)
{
    return QString::fromUtf8(text.data(), static_cast<int>(text.size()));
}

// "10.0.0.1:5001", "[2001:db8::1]:5001"
inline QString name_of(const Endpoint &endpoint)
{
    std::string text;
    append(text, endpoint);
    return to_qt(text);
}

// "10.0.0.1:4000 → 10.0.0.2:80"
inline QString direction(const PerRole<Endpoint> &ends, Role sender)
{
    return name_of(ends[sender]) + " → " + name_of(ends[other(sender)]);
}

} // namespace mptcp
