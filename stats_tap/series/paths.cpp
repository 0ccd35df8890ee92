// SPDX-License-Identifier: GPL-2.0-or-later
#include "series/paths.h"

#include <algorithm>
#include <array>
#include <map>

#include "series/goodput.h"

namespace mptcp {
namespace {

std::string bytes_in_words(std::uint64_t bytes, const char *what)
{
    return std::to_string(bytes) + what;
}

// Adds the spans of one connection.
class PathsBuilder {
public:
    PathsBuilder(const DrawnViews &views, std::vector<PathSpan> &spans)
        : views_(views), spans_(spans), histories_(make_subflow_histories(drawn_.tracker()))
    {
        for (const DrawnConnection *view :
             {&views.near_host(Role::Client), &views.near_host(Role::Server), &views.whole()})
            note_extents(*view);
    }

    // Subflows with a counted packet.
    void add_lanes()
    {
        for (const SubflowId id : drawn_.connection().subflows) {
            if (drawn_.counted().find(id) == nullptr)
                continue;
            const Subflow &subflow = drawn_.registry()[id];
            PathSpan &lane = add(PathKind::Subflow, id, extents_.at(id).begin, end_of(id));
            lane.words =
                std::string{name(subflow.kind)} + ", " + std::string{name(subflow.state())};
        }
    }

    void add_data(Role sender, const Sequence &sequence, Time width)
    {
        const PathKind kind = sender == Role::Client ? PathKind::ClientData : PathKind::ServerData;
        const Goodput goodput = make_goodput(sequence, views_.duration(), width);
        for (const SubflowBins &subflow : goodput.subflows) {
            Time begin = 0;
            for (const ByteBin &bin : subflow.bins) {
                if (bin.bytes > 0) {
                    PathSpan &span = add(kind, subflow_at(subflow.subflow), begin, begin + width);
                    span.bytes = bin.bytes;
                    span.words = bytes_in_words(bin.bytes, " bytes");
                }
                begin += width;
            }
        }
    }

    // As the receiver gets the data.
    void add_blocked(Role sender)
    {
        const DrawnConnection &seen = views_.near_host(other(sender));
        seen.visit_data(sender, [&](const SegmentNote &note, const DataPacket &packet) {
            const DataExtras *extras = seen.data().extras(packet);
            if (extras == nullptr || extras->blocked_bytes == 0)
                return;
            const Time end = seen.since_start(note.time);
            PathSpan &span = add(PathKind::Blocked, note.subflow, end - extras->blocked_time, end);
            span.bytes = extras->blocked_bytes;
            span.words = bytes_in_words(extras->blocked_bytes, " bytes waited");
        });
    }

    void add_backups(Role host)
    {
        for (const SubflowId id : drawn_.connection().subflows)
            if (drawn_.counted().find(id) != nullptr)
                add_backups_of(id, host);
    }

    void add_events(const std::optional<Role> &sender)
    {
        const Timeline timeline = make_timeline(drawn_.tracker(), drawn_.counted(),
                                                events_of(drawn_.points()), drawn_.connection());
        for (const TimelineEntry &entry : timeline) {
            if (sender && entry.from != *sender)
                continue;
            const Event &event = entry.event;
            const Time time = views_.since_start(event.frame, event.subflow, event.time);
            PathSpan &span = add(PathKind::Event, event.subflow, time, time);
            span.words = std::string{title(event.type)};
            if (!entry.details.empty())
                span.words += ": " + entry.details;
            span.frame = event.frame;
            span.severity = entry.severity;
            span.event = event.type;
            span.is_repeated = event.repeated;
        }
    }

private:
    struct Extent {
        Time begin = 0, end = 0; // since the start
    };

    // Of the subflows, unless they are known from another view.
    void note_extents(const DrawnConnection &view)
    {
        std::map<SubflowId, Extent> extents;
        for (const SegmentNote &note : view.notes()) {
            const Time time = view.since_start(note.time);
            Extent &extent = extents.try_emplace(note.subflow, Extent{time, time}).first->second;
            extent = {std::min(extent.begin, time), std::max(extent.end, time)};
        }
        extents_.merge(extents);
    }

    PathSpan &add(PathKind kind, SubflowId id, Time begin, Time end)
    {
        PathSpan &span = spans_.emplace_back();
        span.begin = begin;
        span.end = end;
        span.subflow = drawn_.index_of(id);
        span.kind = kind;
        return span;
    }

    // RFC 8684 3.2 and 3.3.8: the B flag of MP_JOIN, and that of MP_PRIO.
    void add_backups_of(SubflowId id, Role host)
    {
        bool backup = drawn_.registry()[id].end(host).backup.value_or(false);
        Time since = extents_.at(id).begin;
        for (const PriorityChange &change : histories_[static_cast<std::size_t>(id)].priorities) {
            if (change.from != host || change.backup == backup)
                continue;
            const Time time = views_.since_start(change.frame, id, change.time);
            if (backup)
                add_backup(id, host, since, time);
            backup = change.backup;
            since = time;
        }
        if (backup)
            add_backup(id, host, since, end_of(id));
    }

    void add_backup(SubflowId id, Role host, Time begin, Time end)
    {
        add(PathKind::Backup, id, begin, end).words = "asked for by the " + std::string{name(host)};
    }

    SubflowId subflow_at(std::uint32_t index) const { return drawn_.connection().subflows[index]; }

    // A subflow that was not seen to end lasts as long as the connection.
    Time end_of(SubflowId id) const
    {
        return drawn_.registry()[id].is_open() ? views_.duration() : extents_.at(id).end;
    }

    const DrawnViews &views_;
    const DrawnConnection &drawn_ = views_.whole();
    std::vector<PathSpan> &spans_;
    std::vector<SubflowHistory> histories_; // by SubflowId
    std::map<SubflowId, Extent> extents_;
};

} // namespace

std::string_view name(PathKind kind)
{
    constexpr std::array<std::string_view, kPathKinds> kNames{
        "subflow", "client_data", "server_data", "backup", "blocked", "event"};
    return kNames[static_cast<std::size_t>(kind)];
}

std::vector<PathSpan> make_paths(const DrawnViews &views, const std::optional<Role> &sender,
                                 Time width)
{
    PerRole<Sequence> sequences;
    for (const Role role : {Role::Client, Role::Server})
        if (!sender || role == *sender)
            sequences[role] = make_sequence(views.near_host(role), role);
    return make_paths(views, sequences, sender, width);
}

std::vector<PathSpan> make_paths(const DrawnViews &views, const PerRole<Sequence> &sequences,
                                 const std::optional<Role> &sender, Time width)
{
    std::vector<PathSpan> spans;
    PathsBuilder builder{views, spans};
    builder.add_lanes();
    for (const Role role : {Role::Client, Role::Server}) {
        if (sender && role != *sender)
            continue;
        builder.add_data(role, sequences[role], width);
        builder.add_blocked(role);
        builder.add_backups(role);
    }
    builder.add_events(sender);
    std::ranges::stable_sort(spans, {}, &PathSpan::begin);
    return spans;
}

bool is_listed(const PathSpan &span)
{
    if (span.kind != PathKind::Event || span.is_repeated)
        return false;
    switch (span.event) {
    case EventType::CapableSyn:
    case EventType::CapableSynAck:
    case EventType::CapableAck:
    case EventType::JoinSyn:
    case EventType::JoinSynAck:
    case EventType::JoinAck:
    case EventType::AddAddrEcho:
    case EventType::WindowOpen:
    case EventType::DataFin:
    case EventType::DataFinAcked:
    case EventType::SubflowFin:
        return span.severity != Severity::Chat;
    default:
        return true;
    }
}

std::uint64_t most_data(const std::vector<PathSpan> &spans)
{
    std::uint64_t most = 1;
    for (const PathSpan &span : spans)
        if (span.kind == PathKind::ClientData || span.kind == PathKind::ServerData)
            most = std::max(most, span.bytes);
    return most;
}

std::vector<PathSpan> joined_blocks(const std::vector<PathSpan> &spans, Time gap)
{
    std::vector<PathSpan> blocks;
    std::map<std::uint32_t, std::size_t> last; // of each subflow, in `blocks`
    for (const PathSpan &span : spans) {
        if (span.kind != PathKind::Blocked)
            continue;
        const auto [known, is_first] = last.try_emplace(span.subflow, blocks.size());
        if (!is_first && span.begin <= blocks[known->second].end + gap) {
            Time &end = blocks[known->second].end;
            end = std::max(end, span.end);
            continue;
        }
        known->second = blocks.size();
        blocks.push_back(span);
    }
    return blocks;
}

} // namespace mptcp
