// SPDX-License-Identifier: GPL-2.0-or-later
//
// The option "Name resolution". As in Wireshark's Conversations, names can be shown only if the
// preferences have them resolved.
#pragma once

#include <QCheckBox>

#include "window/window_link.h"

namespace mptcp {

class NamesBox : public QCheckBox {
public:
    explicit NamesBox(QWidget *parent) : QCheckBox("Name resolution", parent)
    {
        setToolTip("Show names of addresses and ports. The preferences of name resolution must "
                   "have them resolved.");
    }

    // To be called by update_options().
    void follow_preferences(const WindowHost &host)
    {
        const bool possible = host.resolves_names();
        setEnabled(possible);
        if (!possible)
            setChecked(false);
    }
};

} // namespace mptcp
