// SPDX-License-Identifier: GPL-2.0-or-later
//
// A box for a display filter, green or red as Wireshark's own.
#pragma once

#include <QLineEdit>

#include "window/window_link.h"

namespace mptcp {

class FilterEdit : public QLineEdit {
public:
    explicit FilterEdit(const WindowHost &host, QWidget *parent = nullptr);

    bool is_valid() const { return complaint_.isEmpty(); }
    // Why the filter does not compile; "" if it does.
    const QString &complaint() const { return complaint_; }

private:
    void check(const QString &filter);

    const WindowHost &host_;
    QString complaint_;
};

} // namespace mptcp
