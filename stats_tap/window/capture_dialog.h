// SPDX-License-Identifier: GPL-2.0-or-later
//
// The base of the dialogs about the open capture.
//
// Wireshark reads files and retaps in the thread of the user interface and
// handles events meanwhile. During that time, a dialog does not touch taps.
#pragma once

#include <functional>

#include <QDialog>
#include <QTimer>

#include "window/window_link.h"

class QHBoxLayout;

namespace mptcp {

class CaptureDialog : public QDialog {
public:
    ~CaptureDialog() override;

protected:
    // `name` is for the settings file and for names of files: "connections".
    CaptureDialog(const WindowHost &host, QString title, QString name);

    const WindowHost &host() const { return host_; }
    const QString &dialog_title() const { return title_; }
    const QString &dialog_name() const { return name_; }
    void set_title(const QString &title);

    // Restores the place and the size that the profile has; else the size is this one. To be called
    // at the end of the derived class's constructor.
    void start(QSize size);

    // Calls work() as soon as taps may be touched. It may retap.
    void when_idle(std::function<void()> work);

    // A row of widgets, whose parent is row->parentWidget().
    QHBoxLayout *make_row();
    // Adds a widget behind its label.
    static void add_labeled(QHBoxLayout &row, const QString &label, QWidget *widget);

    // Does what can be done now. Called several times a second.
    void look();

    // Called by look(). It must not touch taps.
    virtual void update_options() {}
    // Called by look() when taps may be touched. It may retap.
    virtual void use_taps() {}
    // Called by look() after that.
    virtual void show_news() {}

private:
    void update_title();
    bool is_idle();

    const WindowHost &host_;
    QString title_;
    const QString name_;
    QTimer timer_;
    std::function<void()> work_; // see when_idle()
    bool looking_ = false;
    int idle_looks_ = 0; // since Wireshark was last busy
};

} // namespace mptcp
