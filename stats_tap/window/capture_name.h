// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the user calls the open capture: the file's name, or of a live capture, which is in a
// temporary file, the interface.
#pragma once

#include <QString>

namespace mptcp {

// `path` is that of the capture file; "" for "".
QString capture_name(const QString &path);

// Where 'Save as' begins: beside the capture, or in the user's home directory if the capture is
// temporary; "CAPTURE-mptcp-`what`" without an ending.
QString proposed_path(const QString &path, const QString &what);

} // namespace mptcp
