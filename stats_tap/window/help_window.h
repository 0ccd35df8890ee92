// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the button 'Help' of a dialog opens.
#pragma once

#include <QString>

class QAbstractItemModel;
class QWidget;

namespace mptcp {

// Shows the text, and the titles and tooltips of the model's columns. `text` is HTML.
void show_help(QWidget *parent, const QString &title, const QString &text,
               const QAbstractItemModel &model);

} // namespace mptcp
