// SPDX-License-Identifier: GPL-2.0-or-later
//
// The dialog 'MPTCP Summary': what is the matter with the connections, in sentences, with links to
// their packets and graphs.
#pragma once

#include <optional>
#include <vector>

#include "window/diagnosis_model.h"
#include "window/statistics_dialog.h"

class QComboBox;

namespace mptcp {

class NamesBox;

class SummaryDialog : public StatisticsDialog {
public:
    explicit SummaryDialog(const WindowHost &host);

protected:
    void update_options() override;
    void prepare(Watch &watch) override;
    void show_counts(const Watch &watch) override;
    void forget() override;
    QString totals() const override;
    std::string csv(Rows rows) const override;
    std::string yaml(Rows rows) const override;
    void fill_menu(QMenu &menu, const QModelIndex &index) override;
    QString help() const override;

private:
    QLabel *make_sentence();
    void set_up_view();
    void add_options();
    void show_choice();
    void offer_codes(const Statements &statements);
    void say(const Statements &statements);
    void open_few();
    void make_room();
    void go_to_first_frame(const QModelIndex &index);
    void add_links(QMenu &menu, const QModelIndex &row);
    QString text_of(const QModelIndex &row) const;
    template <class Write> std::string lines(Rows rows, std::string text, Write write) const;

    DiagnosisModel *model_;
    SortedDiagnosis *sorted_;
    QLabel *sentence_; // the answer to the first question
    QLabel *codes_;    // of many connections: what is the matter with how many
    NamesBox *names_;
    QComboBox *severity_choice_;
    QComboBox *code_choice_;
    std::vector<Code> offered_; // codes that can be chosen
    int opened_ = 0;            // connections
};

} // namespace mptcp
