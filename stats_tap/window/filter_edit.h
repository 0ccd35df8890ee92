// SPDX-License-Identifier: GPL-2.0-or-later
//
// An entry for a display filter, green or red like Wireshark's own.
#pragma once

#include <QLineEdit>

#include "window/window_link.h"

namespace mptcp {

class FilterEdit : public QLineEdit {
public:
    explicit FilterEdit(const WindowHost &host, QWidget *parent = nullptr);

    bool is_valid() const { return complaint_.isEmpty(); }
    // The error if the filter does not compile, or "".
    const QString &complaint() const { return complaint_; }

private:
    void check(const QString &filter);

    const WindowHost &host_;
    QString complaint_;
};

} // namespace mptcp
