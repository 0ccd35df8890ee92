// SPDX-License-Identifier: GPL-2.0-or-later
//
// The name of the open capture for titles and proposed file names: that of the file or, if a live
// capture is in a temporary file, that of the interface.
#pragma once

#include <QString>

namespace mptcp {

// `path` is that of the capture file; "" for "".
QString capture_name(const QString &path);

// Where 'Save as' begins: beside the capture, or in the user's home directory if the capture is
// temporary; "CAPTURE-mptcp-`what`" without an ending.
QString proposed_path(const QString &path, const QString &what);

} // namespace mptcp
