// SPDX-License-Identifier: GPL-2.0-or-later
#include "window/table_export.h"

#include <vector>

#include <QFileDialog>
#include <QFileInfo>
#include <QMessageBox>
#include <QPointer>
#include <QSaveFile>
#include <QStringList>

namespace mptcp {
namespace {

QString filter_of(const FileKind &kind) { return QString("%1 (*.%2)").arg(kind.name, kind.ending); }

std::size_t kind_of_filter(std::span<const FileKind> kinds, const QString &filter)
{
    for (std::size_t index = 0; index < kinds.size(); ++index)
        if (filter_of(kinds[index]) == filter)
            return index;
    return 0;
}

// By the ending of the name that the user gave; else by the filter that is selected.
std::size_t kind_of(std::span<const FileKind> kinds, const QString &path, const QString &filter)
{
    for (std::size_t index = 0; index < kinds.size(); ++index)
        if (QFileInfo(path).suffix().compare(kinds[index].ending, Qt::CaseInsensitive) == 0)
            return index;
    return kind_of_filter(kinds, filter);
}

// The proposed name with the ending of the format, for as long as the user keeps that name.
void follow_filter(QFileDialog &dialog, const QString &proposal, const std::vector<FileKind> &kinds,
                   const QString &filter)
{
    const QString stem = QFileInfo(proposal).fileName();
    const QStringList files = dialog.selectedFiles();
    const QString name = files.isEmpty() ? QString{} : QFileInfo(files.first()).fileName();
    for (const FileKind &kind : kinds)
        if (name == stem + "." + kind.ending)
            dialog.selectFile(stem + "." + kinds[kind_of_filter(kinds, filter)].ending);
}

QFileDialog *make_dialog(QWidget *parent, const QString &title, const QString &proposal,
                         const std::vector<FileKind> &kinds)
{
    auto *dialog = new QFileDialog(parent, title, QFileInfo(proposal).path());
    QStringList filters;
    for (const FileKind &kind : kinds)
        filters << filter_of(kind);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setNameFilters(filters);
    dialog->selectFile(QFileInfo(proposal).fileName() + "." + kinds.front().ending);
    QObject::connect(dialog, &QFileDialog::filterSelected, dialog, [=](const QString &filter) {
        follow_filter(*dialog, proposal, kinds, filter);
    });
    return dialog;
}

// Returns the file that the user chooses, or "".
QString chosen_file(const QPointer<QFileDialog> &dialog)
{
    const bool chosen = dialog->exec() == QDialog::Accepted;
    if (dialog == nullptr) // its parent was deleted meanwhile
        return {};
    dialog->deleteLater();
    const QStringList files = dialog->selectedFiles();
    return chosen && !files.isEmpty() ? files.first() : QString{};
}

} // namespace

void write_file(QWidget *parent, const QString &path, const QByteArray &bytes)
{
    QSaveFile file(path);
    const bool saved = file.open(QIODevice::WriteOnly) && file.write(bytes) >= 0 && file.commit();
    if (!saved)
        QMessageBox::warning(parent, "Cannot save",
                             "Cannot write " + path + ": " + file.errorString());
}

ChosenFile choose_file(QWidget *parent, const QString &title, const QString &proposal,
                       std::span<const FileKind> kinds)
{
    const QPointer<QFileDialog> dialog =
        make_dialog(parent, title, proposal, {kinds.begin(), kinds.end()});
    const QString path = chosen_file(dialog);
    if (path.isEmpty())
        return {};
    return {path, kind_of(kinds, path, dialog->selectedNameFilter())};
}

void save_table(QWidget *parent, const QString &proposal,
                const std::function<std::string(ExportFormat)> &text)
{
    std::vector<FileKind> kinds;
    for (const ExportKind &kind : kExportKinds)
        kinds.push_back(kind.file);
    const ChosenFile chosen = choose_file(parent, "Save as", proposal, kinds);
    if (!chosen.path.isEmpty())
        write_file(parent, chosen.path,
                   QByteArray::fromStdString(text(kExportKinds[chosen.kind].format)));
}

QString choose_file(QWidget *parent, const QString &title, const QString &proposal,
                    const FileKind &kind)
{
    QFileDialog *dialog = make_dialog(parent, title, proposal, {kind});
    dialog->setDefaultSuffix(kind.ending);
    return chosen_file(dialog);
}

} // namespace mptcp
