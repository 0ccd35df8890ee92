// SPDX-License-Identifier: GPL-2.0-or-later
#include "window/connection_box.h"

namespace mptcp {

ConnectionBox::ConnectionBox(std::uint32_t connection, QWidget *parent) : QSpinBox(parent)
{
    setToolTip("The index of the connection: the field mptcp.conn");
    setMaximum(static_cast<int>(connection));
    setValue(static_cast<int>(connection));
    connect(this, QOverload<int>::of(&QSpinBox::valueChanged), this, [this](int number) {
        if (on_change)
            on_change(static_cast<std::uint32_t>(number));
    });
}

void ConnectionBox::update_range(const WindowHost &host)
{
    const std::uint32_t count = host.connection_count();
    if (count > 0 && static_cast<int>(count) - 1 != maximum())
        setMaximum(static_cast<int>(count) - 1);
}

} // namespace mptcp
