// SPDX-License-Identifier: GPL-2.0-or-later
//
// The dialog "MPTCP Connections" of the Statistics menu, as a table that any
// front end of Wireshark can show: connections, subflows and totals, in one
// set of columns. Wireshark draws it after the last packet without asking us
// again, so every packet brings the rows that it touches up to date.
#include <iterator>
#include <memory>
#include <string>
#include <unordered_map>

#include <wireshark.h>

#include <epan/stat_tap_ui.h>

#include "analysis/data_report.h"
#include "base/format.h"
#include "capture/capture.h"
#include "capture/tap.h"
#include "sdk/frame_time.h"
#include "tap/fallback_table.h"
#include "tap/listener.h"
#include "tap/menu.h"
#include "tap/statistics.h"

namespace mptcp {
namespace {

enum class Cell : std::uint32_t {
    Connection,
    Subflow,
    State,
    Client,
    Server,
    PayloadUp,
    PayloadDown,
    Share,
    UniqueUp,
    UniqueDown,
    ReinjectedUp,
    ReinjectedDown,
    RetransmittedUp,
    RetransmittedDown,
    UnmappedUp,
    UnmappedDown,
    Goodput,
    PacketsUp,
    PacketsDown,
    Duration,
    Subflows,
    Stream,
    Handshake,
    Version,
    ClientToken,
    ServerToken,
    ClientKey,
    ServerKey,
    Kind,
    Initiator,
    ClientId,
    ServerId,
    ClientNonce,
    ServerNonce,
    SynAckHmac,
    AckHmac,
    ClientBackup,
    ServerBackup,
    FirstFrame,
    LastFrame,
};

// In the order of Cell.
stat_tap_table_item columns[] = {
    {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Connection", "%u"},
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Subflow", "%s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "State", "%s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Client", "%s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Server", "%s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Payload C>S", "%s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Payload S>C", "%s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Share", "%s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Unique C>S", "%s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Unique S>C", "%s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Reinjected C>S", "%s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Reinjected S>C", "%s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Retransmitted C>S", "%s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Retransmitted S>C", "%s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Unmapped C>S", "%s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Unmapped S>C", "%s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Mbit/s C/S", "%s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Packets C>S", "%s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Packets S>C", "%s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Duration", "%s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Subflows", "%s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Stream", "%s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Handshake", "%s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Version", "%s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Client token", "%s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Server token", "%s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Client key", "%s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Server key", "%s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Kind", "%s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Initiator", "%s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Client ID", "%s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Server ID", "%s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Client nonce", "%s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Server nonce", "%s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "HMAC SYN/ACK", "%s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "HMAC ACK", "%s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Client backup", "%s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Server backup", "%s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "First frame", "%s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Last frame", "%s"},
};

// Beyond this many subflows, a packet does not bring the shares of all of its
// connection's subflows up to date: a hostile capture could stall the window.
constexpr std::size_t kMostShares = 256;

// A row with cells named instead of numbered.
class Row {
public:
    Row(DialogTable &table, std::uint32_t number) : table_(table), number_(number) {}

    void text(Cell cell, std::string_view text) const
    {
        table_.set_text(number_, static_cast<std::uint32_t>(cell), std::string{text});
    }
    void number(Cell cell, std::uint64_t number) const
    {
        table_.set_number(number_, static_cast<std::uint32_t>(cell), number);
    }
    template <class Number> void number(Cell cell, const std::optional<Number> &number) const
    {
        number ? this->number(cell, std::uint64_t{*number}) : text(cell, kUnknown);
    }
    template <class Tag>
    void number(Cell cell, const std::optional<Strong<Tag, std::uint32_t>> &number) const
    {
        number ? this->number(cell, std::uint64_t{number->value}) : text(cell, kUnknown);
    }
    void index(Cell cell, std::uint32_t index) const
    {
        table_.set_index(number_, static_cast<std::uint32_t>(cell), index);
    }

private:
    DialogTable &table_;
    std::uint32_t number_;
};

void write_counts(const Row &row, const PerRole<Volume> &sent, const Span &span)
{
    row.number(Cell::PayloadUp, sent[Role::Client].payload);
    row.number(Cell::PayloadDown, sent[Role::Server].payload);
    row.number(Cell::PacketsUp, sent[Role::Client].packets);
    row.number(Cell::PacketsDown, sent[Role::Server].packets);
    row.number(Cell::FirstFrame, std::uint64_t{span.first_frame});
    row.number(Cell::LastFrame, std::uint64_t{span.last_frame});
    row.text(Cell::Duration, to_seconds(span.duration(), kTimeDigits));
}

// What was carried by one sender, and when.
struct Carried {
    ByteKinds kinds;
    Span span; // of the packets with payload
};

void write_data(const Row &row, const PerRole<Carried> &data)
{
    const ByteKinds &up = data[Role::Client].kinds;
    const ByteKinds &down = data[Role::Server].kinds;
    row.number(Cell::UniqueUp, up.unique);
    row.number(Cell::UniqueDown, down.unique);
    row.number(Cell::ReinjectedUp, up.reinjected);
    row.number(Cell::ReinjectedDown, down.reinjected);
    row.number(Cell::RetransmittedUp, up.retransmitted);
    row.number(Cell::RetransmittedDown, down.retransmitted);
    row.number(Cell::UnmappedUp, up.unmapped);
    row.number(Cell::UnmappedDown, down.unmapped);
    const auto goodput = [&](Role role) {
        return to_megabits(rate(data[role].kinds.unique, data[role].span.duration()));
    };
    row.text(Cell::Goodput, goodput(Role::Client) + "/" + goodput(Role::Server));
}

void write_facts(const Row &row, const Tracker &tracker, const Connection &connection)
{
    const Subflow &first = tracker.subflow(connection.subflows.front());
    const Host &client = connection.hosts[Role::Client];
    const Host &server = connection.hosts[Role::Server];
    row.index(Cell::Connection, tracker.index_of(connection));
    row.text(Cell::State, name(tracker.state_of(connection)));
    row.text(Cell::Client, to_text(first.end(Role::Client).endpoint));
    row.text(Cell::Server, to_text(first.end(Role::Server).endpoint));
    row.text(Cell::Handshake, name(connection.handshake()));
    row.number(Cell::Version, connection.version);
    row.number(Cell::ClientToken, client.token);
    row.number(Cell::ServerToken, server.token);
    row.text(Cell::ClientKey, to_text(client.key));
    row.text(Cell::ServerKey, to_text(server.key));
}

void write_facts(const Row &row, const Tracker &tracker, SubflowId id,
                 std::optional<std::uint32_t> stream)
{
    const Subflow &subflow = tracker.subflow(id);
    const SubflowEnd &client = subflow.end(Role::Client);
    const SubflowEnd &server = subflow.end(Role::Server);
    row.index(Cell::Connection, tracker.index_of(tracker.connection_of(id)));
    row.number(Cell::Subflow, std::uint64_t{tracker.index_of(id)});
    row.text(Cell::State, name(subflow.state()));
    row.text(Cell::Client, to_text(client.endpoint));
    row.text(Cell::Server, to_text(server.endpoint));
    row.number(Cell::Stream, stream);
    row.text(Cell::Kind, name(subflow.kind));
    row.text(Cell::Initiator, subflow.opener ? name(subflow.role(*subflow.opener)) : kUnknown);
    row.number(Cell::ClientId, client.address_id);
    row.number(Cell::ServerId, server.address_id);
    row.number(Cell::ClientNonce, client.nonce);
    row.number(Cell::ServerNonce, server.nonce);
    row.text(Cell::SynAckHmac, name(subflow.hmacs.syn_ack_verdict));
    row.text(Cell::AckHmac, name(subflow.hmacs.ack_verdict));
    row.text(Cell::ClientBackup, yes_or_no(client.backup));
    row.text(Cell::ServerBackup, yes_or_no(server.backup));
}

// The tables of the one dialog that Wireshark keeps for a statistic, and what
// was counted for them.
class Dialog {
public:
    explicit Dialog(stat_tap_table_ui &ui)
        : connections_(ui, "Connections"), subflows_(ui, "Subflows"), totals_(ui, "Totals")
    {
    }

    // sharkd has one listener for each time that a request names the table, and
    // keeps those of a request that it refuses: one of them counts for all.
    bool counts_for(const void *listener)
    {
        if (listener_ == nullptr)
            listener_ = listener;
        return listener == listener_;
    }
    void packet(const Capture &capture, const packet_info *pinfo, const TapRecord &record);
    void clear();

private:
    struct Entry {
        std::uint32_t row = 0;
        PerRole<Volume> sent;
        PerRole<Carried> data;
        Span span;
        std::vector<SubflowId> subflows; // that have a row
    };

    Entry &entry_of(const Tracker &tracker, const Connection &connection);
    std::uint32_t row_of(const Capture &capture, SubflowId id, Entry &connection);
    void write_shares(const Entry &connection);
    void write_totals();

    DialogTable connections_, subflows_, totals_;
    const void *listener_ = nullptr;
    Summary summary_;
    Totals sums_;
    std::unordered_map<const Connection *, Entry> entries_;
    std::vector<std::optional<std::uint32_t>> subflow_rows_; // by SubflowId
    std::unordered_map<SubflowId, PerRole<Carried>> subflow_data_;
};

void Dialog::packet(const Capture &capture, const packet_info *pinfo, const TapRecord &record)
{
    const Time time = to_time(pinfo->abs_ts);
    summary_.add(record.attribution, record.segment.payload, pinfo->num, time);
    if (!record.attribution) {
        write_totals(); // it is a TCP packet all the same
        return;
    }
    const Tracker &tracker = capture.tracker();
    const SubflowId id = record.attribution->subflow;
    const Subflow &subflow = tracker.subflow(id);
    const SubflowCount &count = *summary_.find(id);

    Entry &connection = entry_of(tracker, tracker.connection_of(id));
    connection.sent[subflow.role(record.attribution->sender)] += {1, record.segment.payload};
    connection.span.include(pinfo->num, time);
    write_counts({connections_, connection.row}, connection.sent, connection.span);
    const PerRole<Volume> sent{
        {count.sent[subflow.side(Role::Client)], count.sent[subflow.side(Role::Server)]}};
    const std::uint32_t subflow_row = row_of(capture, id, connection);
    write_counts({subflows_, subflow_row}, sent, count.span);
    const Role sender = subflow.role(record.attribution->sender);
    if (const DataPacket *carried = tracker.data().find(pinfo->num, id)) {
        const ByteKinds kinds = kinds_of(*carried, tracker.data().extras(*carried));
        PerRole<Carried> &own = subflow_data_[id];
        for (PerRole<Carried> *data : {&connection.data, &own}) {
            (*data)[sender].kinds += kinds;
            (*data)[sender].span.include(pinfo->num, time);
        }
        write_data({connections_, connection.row}, connection.data);
        write_data({subflows_, subflow_row}, own);
    }
    write_shares(connection);
    sums_.payload += record.segment.payload;
    write_totals();
}

// The connection's entry; with its first packet it gets a row.
Dialog::Entry &Dialog::entry_of(const Tracker &tracker, const Connection &connection)
{
    const auto [place, is_new] = entries_.try_emplace(&connection);
    if (is_new) {
        place->second.row = connections_.add_row();
        write_facts({connections_, place->second.row}, tracker, connection);
        write_data({connections_, place->second.row}, {}); // most have more, but some never
        ++sums_.connections;
        sums_.established += connection.handshake() == Handshake::Complete ? 1 : 0;
    }
    return place->second;
}

std::uint32_t Dialog::row_of(const Capture &capture, SubflowId id, Entry &connection)
{
    const auto place = static_cast<std::size_t>(id);
    if (subflow_rows_.size() <= place)
        subflow_rows_.resize(place + 1);
    if (!subflow_rows_[place]) {
        subflow_rows_[place] = subflows_.add_row();
        const Tracker &tracker = capture.tracker();
        write_facts({subflows_, *subflow_rows_[place]}, tracker, id, capture.stream(id));
        write_data({subflows_, *subflow_rows_[place]}, {});
        connection.subflows.push_back(id);
        Row{connections_, connection.row}.number(Cell::Subflows,
                                                 std::uint64_t{connection.subflows.size()});
        ++sums_.subflows;
    }
    return *subflow_rows_[place];
}

void Dialog::write_shares(const Entry &connection)
{
    const auto payload = payload_of(connection.sent);
    if (connection.subflows.size() > kMostShares)
        return;
    for (const SubflowId id : connection.subflows) {
        const PerSide<Volume> &sent = summary_.find(id)->sent;
        const std::uint64_t part = sent[Side::A].payload + sent[Side::B].payload;
        const auto row = *subflow_rows_[static_cast<std::size_t>(id)];
        Row{subflows_, row}.text(Cell::Share, to_percent(share(part, payload)));
    }
}

void Dialog::write_totals()
{
    if (totals_.empty())
        totals_.add_row();
    const Row row{totals_, 0};
    row.text(Cell::Connection, "Connections " + std::to_string(sums_.connections));
    row.text(Cell::Subflow, "Subflows " + std::to_string(sums_.subflows));
    row.text(Cell::State, "Established " + std::to_string(sums_.established));
    row.text(Cell::Client, "Payload " + std::to_string(sums_.payload) + " bytes");
    row.text(Cell::Server, "TCP packets " + std::to_string(summary_.packets()));
}

void Dialog::clear()
{
    for (DialogTable *table : {&connections_, &subflows_, &totals_})
        table->clear();
    listener_ = nullptr;
    summary_.reset();
    sums_ = {};
    entries_.clear();
    subflow_rows_.clear();
    subflow_data_.clear();
}

std::unique_ptr<Dialog> dialog;

bool has_tables(const stat_tap_table_ui &ui) { return ui.tables != nullptr && ui.tables->len > 0; }

// Called at each Apply: the tables may be there, or may have been freed.
void open_dialog(stat_tap_table_ui *ui)
{
    if (has_tables(*ui) && dialog != nullptr) {
        dialog->clear();
        return;
    }
    dialog.reset();
    dialog = std::make_unique<Dialog>(*ui);
}

tap_packet_status count_packet(void *listener, packet_info *pinfo, epan_dissect_t *,
                               const void *record, tap_flags_t)
{
    if (!has_tables(*static_cast<const stat_data_t *>(listener)->stat_tap_data))
        dialog.reset(); // Wireshark has freed them, and this listener was forgotten
    const Capture *capture = Capture::current();
    if (capture != nullptr && dialog != nullptr && dialog->counts_for(listener))
        dialog->packet(*capture, pinfo, *static_cast<const TapRecord *>(record));
    return TAP_PACKET_REDRAW;
}

// Called for each of the three tables; the first call clears them all.
void clear_table(stat_tap_table *)
{
    if (dialog != nullptr)
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
    static stat_tap_table_ui ui{};
    // One of these lands in the Statistics menu; of the other there is only `wireshark -z`.
    ui.group = have_window() ? REGISTER_STAT_GROUP_GENERIC : REGISTER_PACKET_STAT_GROUP_UNSORTED;
    ui.title = "MPTCP Connections";
    ui.tap_name = kTapName;
    ui.cli_string = "mptcp,conn";
    ui.stat_tap_init_cb = open_dialog;
    ui.packet_func = count_packet;
    ui.stat_tap_reset_table_cb = clear_table;
    ui.stat_tap_free_table_item_cb = free_item;
    ui.nfields = std::size(columns);
    ui.fields = columns;
    register_stat_tap_table_ui(&ui);
}

} // namespace mptcp
