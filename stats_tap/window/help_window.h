// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the button 'Help' of a dialog opens.
#pragma once

#include <QString>

class QAbstractItemModel;
class QWidget;

namespace mptcp {

// `text` is HTML.
void show_help(QWidget *parent, const QString &title, const QString &text);

// The titles and tooltips of the model's columns, as HTML.
QString describe_columns(const QAbstractItemModel &model);

} // namespace mptcp
