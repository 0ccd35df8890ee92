// SPDX-License-Identifier: GPL-2.0-or-later
#include "window/help_window.h"

#include <QAbstractItemModel>
#include <QDialog>
#include <QDialogButtonBox>
#include <QTextBrowser>
#include <QVBoxLayout>

namespace mptcp {
namespace {

constexpr int kHelpWidth = 720, kHelpHeight = 560;

} // namespace

QString describe_columns(const QAbstractItemModel &model)
{
    QString rows;
    for (int column = 0; column < model.columnCount(); ++column) {
        const auto header = [&](int role) {
            return model.headerData(column, Qt::Horizontal, role).toString().toHtmlEscaped();
        };
        rows +=
            QString("<tr><td style='white-space:pre; padding-right:1em'>%1</td><td>%2</td></tr>")
                .arg(header(Qt::DisplayRole), header(Qt::ToolTipRole));
    }
    return "<h3>Columns</h3><table>" + rows + "</table>";
}

void show_help(QWidget *parent, const QString &title, const QString &text)
{
    auto *window = new QDialog(parent, Qt::Window);
    window->setAttribute(Qt::WA_DeleteOnClose);
    window->setWindowTitle(title);
    window->resize(kHelpWidth, kHelpHeight);
    auto *browser = new QTextBrowser(window);
    browser->setAccessibleName("Help");
    browser->setHtml(text);
    auto *box = new QDialogButtonBox(QDialogButtonBox::Close, window);
    QObject::connect(box, &QDialogButtonBox::rejected, window, &QWidget::close);
    auto *layout = new QVBoxLayout(window);
    layout->addWidget(browser);
    layout->addWidget(box);
    window->show();
}

} // namespace mptcp
