// SPDX-License-Identifier: GPL-2.0-or-later
#include "window/capture_name.h"

#include <QDir>
#include <QFileInfo>
#include <QRegularExpression>

namespace mptcp {
namespace {

// Wireshark names a temporary file "wireshark_", the interface, and six random characters.
const QRegularExpression &temporary()
{
    static const QRegularExpression pattern(R"(^wireshark_(.+)[A-Za-z0-9]{6}\.pcap(ng)?$)");
    return pattern;
}

bool is_temporary(const QFileInfo &file)
{
    return file.dir() == QDir::temp() && temporary().match(file.fileName()).hasMatch();
}

} // namespace

QString capture_name(const QString &path)
{
    const QFileInfo file(path);
    return is_temporary(file) ? temporary().match(file.fileName()).captured(1) : file.fileName();
}

QString proposed_path(const QString &path, const QString &what)
{
    const QFileInfo file(path);
    const bool stays = !path.isEmpty() && !is_temporary(file);
    const QDir folder = stays ? file.dir() : QDir::home();
    // "a.pcap.gz" is "a"; a dot in the name of an interface is no ending.
    QString name = capture_name(path);
    if (stays)
        name.remove(QRegularExpression(R"(\.(pcapng|pcap|cap)(\.[A-Za-z0-9]+)?$|\.[^.]*$)"));
    return folder.filePath((name.isEmpty() ? QString{} : name + "-") + "mptcp-" + what);
}

} // namespace mptcp
