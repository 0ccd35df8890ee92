// SPDX-License-Identifier: GPL-2.0-or-later
//
// The dialog 'Follow MPTCP Stream': what the applications of a connection exchanged, with the looks
// and habits of Wireshark's Follow TCP Stream. It can also color the data by subflow.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include <QString>
#include <QTextCharFormat>

#include "analysis/connection_stream.h"
#include "window/capture_dialog.h"
#include "window/stream_text.h"

class QComboBox;
class QLabel;
class QLineEdit;

namespace mptcp {

class ConnectionBox;
class StreamView;

class FollowDialog : public CaptureDialog {
public:
    // `connection` is the index of a connection.
    FollowDialog(const WindowHost &host, std::uint32_t connection);

protected:
    void update_options() override;

private:
    QWidget *make_choices();
    QWidget *make_find_bar();
    QWidget *make_buttons();
    void follow(std::uint32_t connection);
    void show_stream();
    void fill_directions();
    void fill();
    void show_hint(std::optional<std::size_t> part);
    void show_legend();
    bool shows(const StreamPart &part) const;
    bool by_subflow() const;
    StreamFormat format() const;
    QString connection_filter() const;
    QString counts() const;
    QTextCharFormat format_of(const StreamPart &part) const;
    void find();
    void filter_out();
    void save();
    QString help() const;

    StreamView *view_;
    QLabel *hint_;
    QLabel *legend_;
    QComboBox *direction_ = nullptr;
    QComboBox *format_ = nullptr;
    QComboBox *colors_ = nullptr;
    ConnectionBox *number_ = nullptr;
    QLineEdit *find_ = nullptr;
    QString filter_before_; // of the main window
    std::string capture_;   // the file of which it shows data
    ConnectionStream stream_;
};

} // namespace mptcp
