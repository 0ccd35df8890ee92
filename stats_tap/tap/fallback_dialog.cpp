// SPDX-License-Identifier: GPL-2.0-or-later
#include "tap/fallback_dialog.h"

#include <iterator>
#include <memory>
#include <string>

#include "sdk/frame_time.h"
#include "tap/statistics.h"
#include "tap/tap_session.h"
#include "tap/window_modules.h"

namespace mptcp {
namespace {

using Id = ColumnId;

constexpr ShownColumn kShown[] = {
    {Id::Connection},
    {Id::Subflow},
    {Id::State},
    {Id::Client},
    {Id::Server},
    {Id::ClientPayload},
    {Id::ServerPayload},
    {Id::ClientShare},
    {Id::ServerShare},
    {Id::ClientUnique},
    {Id::ServerUnique},
    {Id::ClientReinjected},
    {Id::ServerReinjected},
    {Id::ClientRetransmitted},
    {Id::ServerRetransmitted},
    {Id::ClientUnmapped},
    {Id::ServerUnmapped},
    {Id::ClientGoodput, ShownColumn::Pair},
    {Id::ClientPackets},
    {Id::ServerPackets},
    {Id::Duration},
    {Id::Subflows},
    {Id::Stream},
    {Id::Handshake},
    {Id::ProtocolVersion},
    {Id::ClientToken},
    {Id::ServerToken},
    {Id::ClientKey},
    {Id::ServerKey},
    {Id::Kind},
    {Id::Initiator},
    {Id::ClientAddressId},
    {Id::ServerAddressId},
    {Id::ClientNonce},
    {Id::ServerNonce},
    {Id::SynAckHmac},
    {Id::AckHmac},
    {Id::ClientBackup},
    {Id::ServerBackup},
    {Id::FirstFrame},
    {Id::LastFrame},
};

// Where the table has that column.
constexpr std::uint32_t place_in_table(Id id)
{
    std::uint32_t place = 0;
    while (kShown[place].id != id)
        ++place;
    return place;
}

// Above this number of subflows, a packet does not update the shares and rates of its
// connection's subflows: a hostile capture could stall the window.
constexpr std::size_t kMostRelative = 256;

const char *title_of(const ShownColumn &shown)
{
    const ColumnNames &names = shown.first().names;
    return (shown.form == ShownColumn::Pair ? names.pair : names.title).data();
}

// A line of the table of connections or of subflows.
class Line {
public:
    Line(FallbackTable &table, std::uint32_t number, const TableRow &row)
        : table_(table), number_(number), row_(row)
    {
    }

    // All columns but those that change with other subflows: write_relative() writes them.
    void write_all() const
    {
        write_if([this](const Column &column) { return !is_relative(column); });
    }
    // Those of them that one more packet may change.
    void write_counted() const
    {
        write_if([this](const Column &column) { return column.counted && !is_relative(column); });
    }
    void write_relative() const
    {
        write_if([this](const Column &column) { return is_relative(column); });
    }
    void write(std::uint32_t place) const
    {
        const ShownColumn &shown = kShown[place];
        const Cell cell = row_[shown.first()];
        const auto *number = std::get_if<std::uint64_t>(&cell);
        if (shown.form == ShownColumn::Pair || number == nullptr)
            write_text(place);
        else if (shown.id == Id::Connection)
            table_.set_index(number_, place, static_cast<std::uint32_t>(*number));
        else
            table_.set_number(number_, place, *number);
    }

private:
    bool is_relative(const Column &column) const
    {
        return row_.subflow != nullptr &&
               (column.kind == CellKind::Share || column.kind == CellKind::Megabits);
    }
    template <class Condition> void write_if(Condition condition) const
    {
        for (std::uint32_t place = 0; place < std::size(kShown); ++place)
            if (condition(kShown[place].first()))
                write(place);
    }
    void write_text(std::uint32_t place) const
    {
        std::string text;
        kShown[place].append_to(text, row_);
        table_.set_text(number_, place, text);
    }

    FallbackTable &table_;
    std::uint32_t number_;
    TableRow row_;
};

// Adds a packet to the row of its connection or of its subflow.
template <class Row> void count(Row &row, Role sender, const packet_info *pinfo,
                                std::uint32_t payload, const std::optional<ByteKinds> &kinds)
{
    const Time time = to_time(pinfo->abs_ts);
    row.sent[sender] += {1, payload};
    row.span.include(pinfo->num, time);
    if (!kinds)
        return;
    row.data[sender].ByteKinds::operator+=(*kinds);
    row.data[sender].span.include(pinfo->num, time);
    ++row.data[sender].packets;
}

std::optional<ByteKinds> kinds_in(const DataLevel &data, std::uint32_t frame, SubflowId id)
{
    const DataPacket *packet = data.find(frame, id);
    return packet == nullptr ? std::nullopt
                             : std::optional{kinds_of(*packet, data.extras(*packet))};
}

} // namespace

void FallbackDialog::packet(const Capture &capture, const packet_info *pinfo,
                            const TapRecord &record)
{
    const auto &observation = record.observation;
    if (!observation || !observation->is_copy())
        ++packets_;
    if (!observation)
        return write_totals();
    const Tracker &tracker = capture.tracker();
    const SubflowId id = observation->subflow;
    const std::uint32_t payload = record.segment.payload;
    const Place &place = place_of(capture, id);
    Entry &entry = *place.entry;
    SubflowRow &subflow = entry.row.subflows[place.row];

    const Role sender = subflow.subflow->role(observation->sender);
    if (observation->is_copy()) {
        ++entry.row.copies[sender];
        ++subflow.copies[sender];
    } else {
        const auto kinds = kinds_in(tracker.data(), pinfo->num, id);
        count(entry.row, sender, pinfo, payload, kinds);
        count(subflow, sender, pinfo, payload, kinds);
        sums_.payload += payload;
    }
    Line{connections_, entry.line, {&entry.row}}.write_counted();
    Line{subflows_, place.line, {&entry.row, &subflow}}.write_counted();
    write_relative(entry.row);
    write_totals();
}

// The connection's entry; its first packet adds a line.
FallbackDialog::Entry &FallbackDialog::entry_of(const Tracker &tracker,
                                                const Connection &connection)
{
    const auto [found, is_new] = entries_.try_emplace(&connection);
    Entry &entry = found->second;
    if (is_new) {
        entry.line = connections_.add_row();
        entry.row = uncounted_row(tracker, connection);
        Line{connections_, entry.line, {&entry.row}}.write_all();
        ++sums_.connections;
        sums_.established += connection.handshake() == Handshake::Complete ? 1 : 0;
    }
    return entry;
}

const FallbackDialog::Place &FallbackDialog::place_of(const Capture &capture, SubflowId id)
{
    const auto number = static_cast<std::size_t>(id);
    if (places_.size() <= number)
        places_.resize(number + 1);
    auto &place = places_[number];
    if (!place) {
        const Tracker &tracker = capture.tracker();
        Entry &entry = entry_of(tracker, tracker.registry().connection_of(id));
        place = Place{subflows_.add_row(), &entry, entry.row.subflows.size()};
        entry.row.subflows.push_back(
            uncounted_row(tracker, capture.streams(), id, tracker.registry().index_of(id)));
        Line{subflows_, place->line, {&entry.row, &entry.row.subflows.back()}}.write_all();
        ++sums_.subflows;
    }
    return *place;
}

void FallbackDialog::write_relative(const ConnectionRow &row)
{
    if (row.subflows.size() > kMostRelative)
        return;
    for (const SubflowRow &subflow : row.subflows) {
        const std::uint32_t line = places_[static_cast<std::size_t>(subflow.id)]->line;
        Line{subflows_, line, {&row, &subflow}}.write_relative();
    }
}

void FallbackDialog::write_totals()
{
    if (totals_.empty())
        totals_.add_row();
    const auto write = [this](Id id, const std::string &text) {
        totals_.set_text(0, place_in_table(id), text);
    };
    write(Id::Connection, "Connections " + std::to_string(sums_.connections));
    write(Id::Subflow, "Subflows " + std::to_string(sums_.subflows));
    write(Id::State, "Established " + std::to_string(sums_.established));
    write(Id::Client, "Payload " + std::to_string(sums_.payload) + " bytes");
    write(Id::Server, "TCP packets " + std::to_string(packets_));
}

void FallbackDialog::clear()
{
    for (FallbackTable *table : {&connections_, &subflows_, &totals_})
        table->clear();
    listener_ = nullptr;
    packets_ = 0;
    sums_ = {};
    entries_.clear();
    places_.clear();
}

void forget_packets(std::unique_ptr<FallbackDialog> &dialog)
{
    if (dialog == nullptr)
        return;
    if (dialog->has_tables())
        dialog->clear();
    else
        dialog.reset();
}

namespace {

std::vector<stat_tap_table_item> make_fields()
{
    std::vector<stat_tap_table_item> fields;
    for (const ShownColumn &shown : kShown) {
        const bool left = shown.first().kind == CellKind::Words;
        const bool index = shown.id == Id::Connection;
        fields.push_back({index ? TABLE_ITEM_UINT : TABLE_ITEM_STRING,
                          left ? TAP_ALIGN_LEFT : TAP_ALIGN_RIGHT, title_of(shown),
                          index ? "%u" : "%s"});
    }
    return fields;
}

// Called at each Apply: the tables may be there, or may have been freed.
void open_dialog(stat_tap_table_ui *ui) noexcept
{
    auto &dialog = tap_session().dialog;
    forget_packets(dialog);
    if (dialog == nullptr)
        dialog = std::make_unique<FallbackDialog>(*ui);
}

tap_packet_status count_packet(void *listener, packet_info *pinfo, epan_dissect_t *,
                               const void *record, tap_flags_t) noexcept
{
    auto &dialog = tap_session().dialog;
    if (dialog != nullptr && !dialog->has_tables())
        dialog.reset(); // sharkd never removed this listener
    const Capture *capture = session().capture.get();
    if (capture != nullptr && dialog != nullptr && dialog->counts_for(listener))
        dialog->packet(*capture, pinfo, *static_cast<const TapRecord *>(record));
    return TAP_PACKET_REDRAW;
}

// Called for each of the three tables; the first call clears them all.
void clear_table(stat_tap_table *) noexcept
{
    if (auto &dialog = tap_session().dialog)
        dialog->clear();
}

void free_item(stat_tap_table *, unsigned, unsigned, stat_tap_table_item_type *item)
{
    if (item->type == TABLE_ITEM_STRING)
        g_free(const_cast<char *>(item->value.string_value));
}

} // namespace

void register_dialog()
{
    // Wireshark keeps pointers to both.
    static std::vector<stat_tap_table_item> fields = make_fields();
    static stat_tap_table_ui ui{};
    // Only UNSORTED gets an entry in the Statistics menu; GENERIC has `wireshark -z` alone.
    ui.group = have_window() ? REGISTER_STAT_GROUP_GENERIC : REGISTER_PACKET_STAT_GROUP_UNSORTED;
    ui.title = "MPTCP Connections";
    ui.tap_name = kTapName;
    ui.cli_string = "mptcp,conn";
    ui.stat_tap_init_cb = open_dialog;
    ui.packet_func = count_packet;
    ui.stat_tap_reset_table_cb = clear_table;
    ui.stat_tap_free_table_item_cb = free_item;
    ui.nfields = fields.size();
    ui.fields = fields.data();
    register_stat_tap_table_ui(&ui);
}

} // namespace mptcp
