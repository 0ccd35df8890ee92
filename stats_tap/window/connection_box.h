// SPDX-License-Identifier: GPL-2.0-or-later
//
// A box for the index of a connection.
#pragma once

#include <cstdint>
#include <functional>

#include <QSpinBox>

#include "window/window_link.h"

namespace mptcp {

class ConnectionBox : public QSpinBox {
public:
    ConnectionBox(std::uint32_t connection, QWidget *parent);

    // Allows the connections that the capture has.
    void update_range(const WindowHost &host);

    // Called when the user chooses another one.
    std::function<void(std::uint32_t connection)> on_change;
};

} // namespace mptcp
