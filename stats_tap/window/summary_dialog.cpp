// SPDX-License-Identifier: GPL-2.0-or-later
#include "window/summary_dialog.h"

#include <algorithm>
#include <utility>

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QHeaderView>
#include <QLabel>
#include <QMenu>
#include <QTreeView>

#include "views/diagnosis_words.h"
#include "views/yaml.h"
#include "window/events_dialog.h"
#include "window/filter_menu.h"
#include "window/follow_dialog.h"
#include "window/frame_links.h"
#include "window/localized.h"
#include "window/names_box.h"
#include "window/severity_color.h"
#include "window/statement_links.h"
#include "window/texts.h"

namespace mptcp {
namespace {

constexpr int kMostConnectionsOpened = 20;
constexpr std::size_t kMostFramesInMenu = 20;

// In pixels, unless the user changes them. The statements then fill the view.
constexpr int kWidestFrames = 130;
constexpr int kWidestStatement = 200;

constexpr DiagnosisColumn kColumnsOfDiagnosis[] = {
    DiagnosisColumn::Connection, DiagnosisColumn::Severity,  DiagnosisColumn::Code,
    DiagnosisColumn::Frames,     DiagnosisColumn::Statement,
};

} // namespace

SummaryDialog::SummaryDialog(const WindowHost &host)
    : StatisticsDialog(host, "MPTCP Summary", "summary", {kColumnsOfDiagnosis, kDiagnosisColumns}),
      model_(new DiagnosisModel(host, this)),
      sorted_(new SortedDiagnosis(this)),
      sentence_(make_sentence()),
      codes_(make_sentence()),
      names_(new NamesBox(this)),
      severity_choice_(new QComboBox(this)),
      code_choice_(new QComboBox(this))
{
    QFont font = sentence_->font();
    font.setBold(true);
    sentence_->setFont(font);
    codes_->hide();
    add_above(codes_);
    add_above(sentence_);
    add_options();
    sorted_->setSourceModel(model_);
    view().setModel(sorted_);
    set_up_view();
    start();
}

QLabel *SummaryDialog::make_sentence()
{
    auto *label = new QLabel(this);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return label;
}

void SummaryDialog::set_up_view()
{
    const auto column = [](DiagnosisColumn id) { return static_cast<int>(id); };
    view().setAccessibleName("MPTCP diagnosis");
    view().sortByColumn(column(DiagnosisColumn::Connection), Qt::AscendingOrder);
    view().setUniformRowHeights(false);
    view().setWordWrap(true);
    view().setItemDelegateForColumn(column(DiagnosisColumn::Statement),
                                    new WrappingDelegate(view(), kWidestStatement));
    view().setItemDelegateForColumn(
        column(DiagnosisColumn::Frames),
        new FrameLinks(view(), column(DiagnosisColumn::Frames), kWidestFrames,
                       [this](std::uint32_t frame) { host().go_to_frame(frame); }));
    adjust_row_heights(view());
    connect(&view(), &QTreeView::activated, this, &SummaryDialog::go_to_first_frame);
    connect(model_, &QAbstractItemModel::modelReset, this, [this] { opened_ = 0; });
}

void SummaryDialog::add_options()
{
    for (const SeverityChoice &choice : kSeverityChoices)
        severity_choice_->addItem(choice.title);
    code_choice_->addItem("All");
    code_choice_->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    for (const auto &[name, box] :
         {std::pair{"Severity", severity_choice_}, {"Code", code_choice_}}) {
        auto *label = new QLabel(QString("%1:").arg(name), this);
        label->setBuddy(box);
        add_option(label);
        add_option(box);
    }
    add_option(names_);
    const auto changed = QOverload<int>::of(&QComboBox::currentIndexChanged);
    connect(severity_choice_, changed, this, [this](int place) {
        sorted_->show_from(kSeverityChoices[std::max(place, 0)].least);
        show_choice();
    });
    connect(code_choice_, changed, this, [this](int place) {
        sorted_->show_code(place > 0 ? std::optional{offered_[static_cast<std::size_t>(place) - 1]}
                                     : std::nullopt);
        show_choice();
    });
    connect(names_, &QCheckBox::toggled, model_, &DiagnosisModel::show_names);
}

// Connections that come back are closed. Who chooses statements wants to read them.
void SummaryDialog::show_choice()
{
    if (sorted_->rowCount() <= kMostConnectionsOpened)
        view().expandAll();
    show_totals();
}

void SummaryDialog::update_options() { names_->follow_preferences(host()); }

void SummaryDialog::prepare(Watch &watch) { host().note_for_diagnosis(watch); }

void SummaryDialog::show_counts(const Watch &watch)
{
    Diagnosed diagnosed = host().diagnose(watch);
    if (!diagnosed.is_known)
        return forget();
    const int before = model_->rowCount();
    say(diagnosed.statements);
    offer_codes(diagnosed.statements);
    model_->show(std::move(diagnosed));
    open_few();
    fit_columns_once();
    if (model_->rowCount() != before)
        make_room();
}

void SummaryDialog::forget()
{
    sentence_->clear();
    codes_->clear();
    codes_->hide();
    offer_codes({});
    model_->show({});
}

// Of many connections, also what is the matter with how many: the reader may choose a code then.
void SummaryDialog::say(const Statements &statements)
{
    const std::vector<OfConnection> groups = by_connection(statements);
    sentence_->setText(to_qt(outcomes_in_words(groups)));
    const std::string codes =
        groups.size() > kMostDiagnosed ? codes_in_words(count_codes(groups)) : std::string{};
    codes_->setText(to_qt(codes));
    codes_->setVisible(!codes.empty());
}

// The codes that there are. The user's choice stays while no statement has it, as during a retap.
void SummaryDialog::offer_codes(const Statements &statements)
{
    std::vector<bool> is_there(kCodes);
    for (const Statement &statement : statements)
        is_there[static_cast<std::size_t>(statement.code)] = true;
    const int chosen = code_choice_->currentIndex();
    if (chosen > 0)
        is_there[static_cast<std::size_t>(offered_[static_cast<std::size_t>(chosen) - 1])] = true;
    std::vector<Code> codes;
    for (std::size_t code = 0; code < kCodes; ++code)
        if (is_there[code])
            codes.push_back(static_cast<Code>(code));
    if (codes == offered_) // else its list may be open
        return;
    const QString choice = code_choice_->currentText();
    const QSignalBlocker silence(code_choice_);
    offered_ = std::move(codes);
    code_choice_->clear();
    code_choice_->addItem("All");
    for (const Code code : offered_)
        code_choice_->addItem(to_qt(name(code)));
    code_choice_->setCurrentText(choice);
}

// Each connection once: the user may close it.
void SummaryDialog::open_few()
{
    if (model_->rowCount() > kMostConnectionsOpened)
        return;
    for (; opened_ < model_->rowCount(); ++opened_)
        view().expand(sorted_->mapFromSource(model_->index(opened_, 0)));
}

// A code or the number of a frame is not cut when longer ones come. The statements get narrower.
void SummaryDialog::make_room()
{
    const QAbstractItemView &items = view(); // it has the function that QTreeView makes protected
    QHeaderView &header = *view().header();
    for (int column = 0; column < static_cast<int>(DiagnosisColumn::Statement); ++column)
        if (!header.isSectionHidden(column))
            header.resizeSection(
                column, std::max(header.sectionSize(column), items.sizeHintForColumn(column)));
}

QString SummaryDialog::totals() const
{
    const std::size_t all = model_->statement_count();
    std::size_t shown = 0;
    for (int line = 0; line < sorted_->rowCount(); ++line) {
        const QModelIndex row = sorted_->index(line, 0);
        const bool is_statement = model_->statement(sorted_->mapToSource(row)) != nullptr;
        shown += is_statement ? 1 : static_cast<std::size_t>(sorted_->rowCount(row));
    }
    const QString text = "Statements " + grouped(all);
    return shown == all ? text : text + ", shown " + grouped(shown);
}

// Appends what `write` makes of each statement. A connection stands for its statements that are
// shown.
template <class Write>
std::string SummaryDialog::lines(Rows rows, std::string text, Write write) const
{
    const auto add = [&](const QModelIndex &row) {
        if (const Statement *statement = model_->statement(sorted_->mapToSource(row)))
            text += write(*statement, model_->ends());
    };
    QModelIndex done; // the connection whose statements were written
    visit_rows(rows, 2, [&](const QModelIndex &row) {
        if (row.parent().isValid() && row.parent() == done)
            return;
        add(row);
        if (!row.parent().isValid())
            done = row;
        for (int line = 0; line < sorted_->rowCount(row); ++line)
            add(sorted_->index(line, 0, row));
    });
    return text;
}

std::string SummaryDialog::csv(Rows rows) const
{
    return lines(rows, statement_csv_header(), statement_csv_line);
}

std::string SummaryDialog::yaml(Rows rows) const
{
    return lines(rows, kYamlHeader, statement_yaml_item);
}

// Of a connection, the name and all statements, a line each.
QString SummaryDialog::text_of(const QModelIndex &row) const
{
    if (const Statement *statement = model_->statement(row))
        return to_qt(statement->text);
    const int column = static_cast<int>(DiagnosisColumn::Statement);
    QStringList texts{row.sibling(row.row(), column).data().toString()};
    for (const Statement &statement : model_->statements(row))
        texts << to_qt(statement.text);
    return texts.join("\n");
}

void SummaryDialog::go_to_first_frame(const QModelIndex &index)
{
    const Statement *statement = model_->statement(sorted_->mapToSource(index));
    if (statement != nullptr && !statement->frames.empty())
        host().go_to_frame(statement->frames.front());
}

// The row may be gone when an entry is chosen.
void SummaryDialog::add_links(QMenu &menu, const QModelIndex &row)
{
    const auto connection = model_->connection(row);
    if (!connection)
        return;
    const Statement *statement = model_->statement(row);
    add_filter_menus(menu, host(),
                     statement != nullptr ? filter_of_statement(*statement, *connection)
                                          : filter_of_connection(*connection));
    menu.addSeparator();
    if (statement != nullptr)
        for (std::size_t place = 0; place < std::min(statement->frames.size(), kMostFramesInMenu);
             ++place)
            menu.addAction(QString("Go to Packet %1").arg(statement->frames[place]),
                           [this, frame = statement->frames[place]] { host().go_to_frame(frame); });
    const GraphChoice graph = statement != nullptr ? graph_of_statement(*statement, *connection)
                                                   : GraphChoice{*connection, {}, {}};
    menu.addAction("Graphs", [this, graph] { host().open_graphs(graph); });
    // The dialogs delete themselves when they are closed.
    menu.addAction("Events", [this, index = *connection] {
        auto *events = new EventsDialog(host());
        events->set_filter(to_qt(filter_of_connection(index)));
        events->show();
    });
    menu.addAction("Follow MPTCP Stream",
                   [this, index = *connection] { (new FollowDialog(host(), index))->show(); });
    menu.addSeparator();
}

void SummaryDialog::fill_menu(QMenu &menu, const QModelIndex &index)
{
    const QModelIndex row = sorted_->mapToSource(index);
    add_links(menu, row);
    menu.addAction("Copy Text",
                   [text = text_of(row)] { QApplication::clipboard()->setText(text); });
    menu.addSeparator();
    menu.addAction("Expand All", [this] { view().expandAll(); });
    menu.addAction("Collapse All", [this] { view().collapseAll(); });
}

QString SummaryDialog::help() const
{
    return "<p>The first line says what became of the connections. Below it is each connection "
           "with its statements: its outcome, and then the most severe ones. Notes, warnings and "
           "errors have the colors of <i>Analyze → Expert Information</i>. Sort by <b>Severity</b> "
           "to find the worst connections of many.</p>"
           "<p>Click a number of a frame to go to its packet. Double-click a statement, or press "
           "Return on it, to go to the first one. Right-click a row to filter the packet list for "
           "its packets, to open the graph that shows what is stated, the events of the "
           "connection, or its data.</p>"
           "<p><b>Severity</b> and <b>Code</b> choose the statements that are shown, copied as CSV "
           "or YAML, and saved.<br>"
           "<b>Name resolution</b> shows names of addresses and ports. It requires that "
           "<i>View → Name Resolution</i> has them resolved.<br>"
           "<b>Limit to display filter</b> shows only connections with a packet that the packet "
           "list shows, and <b>Display filter</b> only those with a packet that matches its own "
           "filter. The statements on a connection use all of its packets.</p>";
}

} // namespace mptcp
