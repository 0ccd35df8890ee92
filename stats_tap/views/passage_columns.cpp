// SPDX-License-Identifier: GPL-2.0-or-later
#include "views/passage_columns.h"

#include <array>

#include "views/csv.h"
#include "views/csv_view.h"
#include "views/points_words.h"
#include "views/readable_cell.h"
#include "views/yaml.h"
#include "views/yaml_view.h"

namespace mptcp {
namespace {

using PassageId = PassageColumnId;

template <auto Member> Cell number(const Passage &passage)
{
    return std::uint64_t{passage.*Member};
}

template <auto Member> Cell delay(const Passage &passage)
{
    return passage.delay ? Cell{(*passage.delay).*Member} : Cell{Unknown{}};
}

Cell points(const Passage &passage) { return std::uint64_t{passage.from} << 32 | passage.to; }
Cell sender(const Passage &passage) { return name(passage.sender); }
Cell lost(const Passage &passage) { return std::uint64_t{passage.lost_frames.size()}; }
Cell lost_data(const Passage &passage) { return passage.lost_kinds.data; }
Cell lost_signalling(const Passage &passage) { return passage.lost_kinds.signalling; }
Cell lost_acks(const Passage &passage) { return passage.lost_kinds.ack; }
Cell changes(const Passage &passage) { return std::uint64_t{passage.changes.size()}; }
Cell jitter(const Passage &passage)
{
    return passage.delay ? Cell{passage.jitter} : Cell{Unknown{}};
}

constexpr std::array<PassageColumn, kPassageColumns> kPassageTable{{
    {PassageId::Points, "Points",
     "Points that recorded the packets, the one nearer to the sender first; with ?, this order is "
     "a guess",
     CellKind::Words, points},
    {PassageId::Connection, "Conn", "Index of the connection", CellKind::Number,
     number<&Passage::connection>},
    {PassageId::Subflow, "Subflow", "Index of the subflow in its connection", CellKind::Number,
     number<&Passage::subflow>},
    {PassageId::Sender, "Sender", "Host that sent the packets", CellKind::Words, sender},
    {PassageId::Both, "Both", "Packets that both points recorded", CellKind::Count,
     number<&Passage::both>},
    {PassageId::Lost, "Lost",
     "Packets of the first point that neither the second one nor a later one recorded, although it "
     "was recording when they should have arrived",
     CellKind::Count, lost},
    {PassageId::Missed, "Missed", "Packets that passed the second point, which did not record them",
     CellKind::Count, number<&Passage::missed>},
    {PassageId::Unseen, "Unseen", "Packets of the second point that no earlier one recorded",
     CellKind::Count, number<&Passage::unseen>},
    {PassageId::Late, "Late", "Packets that a later one overtook between the points",
     CellKind::Count, number<&Passage::reordered>},
    {PassageId::Min, "Min ms", "Least one-way delay", CellKind::Milliseconds,
     delay<&Distribution::least>, "Min"},
    {PassageId::Median, "Median ms", "Median of the one-way delays", CellKind::Milliseconds,
     delay<&Distribution::median>, "Median"},
    {PassageId::P95, "95 % ms", "One-way delay that 95 % of the packets do not exceed",
     CellKind::Milliseconds, delay<&Distribution::p95>, "95 %"},
    {PassageId::Max, "Max ms", "Greatest one-way delay", CellKind::Milliseconds,
     delay<&Distribution::most>, "Max"},
    {PassageId::Jitter, "Jitter ms",
     "Mean change of the one-way delay from one packet to the next (RFC 3393)",
     CellKind::Milliseconds, jitter, "Jitter"},
    {PassageId::ResegmentedFrom, "Resegmented from",
     "Packets of the first point whose bytes are in other segments at the second one: merged or "
     "split (GRO, TSO)",
     CellKind::Count, number<&Passage::resegmented_from>, "Resegmented"},
    {PassageId::ResegmentedTo, "Resegmented to",
     "Packets of the second point that carry these bytes", CellKind::Count,
     number<&Passage::resegmented_to>},
    {PassageId::Changes, "Changes", "Kinds of changes to the headers of the packets",
     CellKind::Count, changes},
    {PassageId::LostData, "Lost data", "Lost packets with payload", CellKind::Count, lost_data},
    {PassageId::LostSignalling, "Lost signalling",
     "Lost packets without payload that are no pure ACKs: SYN, FIN, RST, or an MPTCP option other "
     "than DSS",
     CellKind::Count, lost_signalling},
    {PassageId::LostAcks, "Lost ACKs", "Lost packets that only acknowledge", CellKind::Count,
     lost_acks},
    {PassageId::Duplicated, "Duplicated", "Packets that the second point recorded once more",
     CellKind::Count, number<&Passage::duplicated>},
}};

bool is_points(const PassageColumn &column) { return column.id == PassageId::Points; }

} // namespace

std::span<const PassageColumn, kPassageColumns> passage_columns() { return kPassageTable; }

std::string_view readable_title(const PassageColumn &column)
{
    return column.readable.empty() ? column.title : column.readable;
}

std::string to_readable(const Passage &passage, const PassageColumn &column)
{
    return is_points(column) ? points_in_words(passage)
                             : to_readable(column.value(passage), column.kind);
}

std::string passage_csv_header()
{
    return csv_line_of(kPassageTable, [](const PassageColumn &column) {
        return csv_field(std::string{column.title});
    });
}

std::string passage_csv_line(const Passage &passage)
{
    return csv_line_of(kPassageTable, [&](const PassageColumn &column) {
        return is_points(column) ? csv_field(points_in_words(passage))
                                 : csv_field(column.value(passage), column.kind);
    });
}

std::string passage_yaml_item(const Passage &passage)
{
    std::string item;
    for (const PassageColumn &column : kPassageTable)
        append_yaml(item, item.empty(), column.title,
                    is_points(column) ? yaml_string(points_in_words(passage))
                                      : yaml_value(column.value(passage), column.kind));
    return item;
}

} // namespace mptcp
