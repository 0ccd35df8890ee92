// SPDX-License-Identifier: GPL-2.0-or-later
//
// The points of a capture: index, packets and name of each. It is as high as it needs to be.
#pragma once

#include <vector>

#include <QTreeWidget>

#include "window/window_link.h"

namespace mptcp {

class PointList : public QTreeWidget {
public:
    PointList(const WindowHost &host, QWidget *parent);

    // Hides the list if there is none.
    void show_points(const Points &shown);

private:
    void open_menu(const QPoint &place);
    void fit_height();

    const WindowHost &host_;
};

} // namespace mptcp
