// SPDX-License-Identifier: GPL-2.0-or-later
#include "window/table_export.h"

#include <QFileDialog>
#include <QFileInfo>
#include <QMessageBox>
#include <QPointer>
#include <QSaveFile>
#include <QStringList>

namespace mptcp {
namespace {

QString filter_of(const ExportKind &kind)
{
    return QString("%1 (*.%2)").arg(kind.name, kind.ending);
}

QStringList filters()
{
    QStringList list;
    for (const ExportKind &kind : kExportKinds)
        list << filter_of(kind);
    return list;
}

const ExportKind &kind_of_filter(const QString &filter)
{
    for (const ExportKind &kind : kExportKinds)
        if (filter_of(kind) == filter)
            return kind;
    return kExportKinds[0];
}

// By the ending of the name that the user gave; else by the filter that is selected.
const ExportKind &kind_of(const QString &path, const QString &filter)
{
    for (const ExportKind &kind : kExportKinds)
        if (QFileInfo(path).suffix().compare(kind.ending, Qt::CaseInsensitive) == 0)
            return kind;
    return kind_of_filter(filter);
}

// The proposed name with the ending of the format, for as long as the user keeps that name.
void follow_filter(QFileDialog &dialog, const QString &proposal, const QString &filter)
{
    const QString stem = QFileInfo(proposal).fileName();
    const QStringList files = dialog.selectedFiles();
    const QString name = files.isEmpty() ? QString{} : QFileInfo(files.first()).fileName();
    for (const ExportKind &kind : kExportKinds)
        if (name == stem + "." + kind.ending)
            dialog.selectFile(stem + "." + kind_of_filter(filter).ending);
}

QFileDialog *make_dialog(QWidget *parent, const QString &proposal)
{
    auto *dialog = new QFileDialog(parent, "Save as", QFileInfo(proposal).path());
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setNameFilters(filters());
    dialog->selectFile(QFileInfo(proposal).fileName() + "." + kExportKinds[0].ending);
    QObject::connect(dialog, &QFileDialog::filterSelected, dialog,
                     [=](const QString &filter) { follow_filter(*dialog, proposal, filter); });
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

void save_table(QWidget *parent, const QString &proposal,
                const std::function<std::string(ExportFormat)> &text)
{
    const QPointer<QFileDialog> dialog = make_dialog(parent, proposal);
    const QString path = chosen_file(dialog);
    if (!path.isEmpty())
        write_file(
            parent, path,
            QByteArray::fromStdString(text(kind_of(path, dialog->selectedNameFilter()).format)));
}

QString choose_file(QWidget *parent, const QString &title, const QString &proposal,
                    const FileKind &kind)
{
    auto *dialog = new QFileDialog(parent, title, QFileInfo(proposal).path(),
                                   QString("%1 (*.%2)").arg(kind.name, kind.ending));
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(kind.ending);
    dialog->selectFile(QFileInfo(proposal).fileName() + "." + kind.ending);
    return chosen_file(dialog);
}

} // namespace mptcp
