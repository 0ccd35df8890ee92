// SPDX-License-Identifier: GPL-2.0-or-later
//
// The formats in which a dialog copies and saves its table, and the dialogs that choose a file.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include <QByteArray>
#include <QString>

class QWidget;

namespace mptcp {

enum class ExportFormat : std::uint8_t { Csv, Yaml, Json };

struct FileKind {
    const char *name;   // "CSV"
    const char *ending; // "csv"
};

struct ExportKind {
    ExportFormat format;
    FileKind file;
};

// In the order of Wireshark's 'Copy' menu.
inline constexpr ExportKind kExportKinds[] = {
    {ExportFormat::Csv, {"CSV", "csv"}},
    {ExportFormat::Yaml, {"YAML", "yaml"}},
    {ExportFormat::Json, {"JSON", "json"}},
};

// Lets the user choose a file and a format, and writes text(format) to it. `proposal` is a path
// without an ending. Reports a file that cannot be written.
void save_table(QWidget *parent, const QString &proposal,
                const std::function<std::string(ExportFormat)> &text);

// Lets the user choose a file of one format to be written. `proposal` is a path without an ending.
// Returns "" if the user cancels, or if `parent` is deleted meanwhile.
QString choose_file(QWidget *parent, const QString &title, const QString &proposal,
                    const FileKind &kind);

// The same with a choice of formats: by the ending of the name that the user gave; else by the
// filter that is selected. `kind` is an index of `kinds`.
struct ChosenFile {
    QString path;
    std::size_t kind = 0;
};
ChosenFile choose_file(QWidget *parent, const QString &title, const QString &proposal,
                       std::span<const FileKind> kinds);

// Reports a file that cannot be written.
void write_file(QWidget *parent, const QString &path, const QByteArray &bytes);

} // namespace mptcp
