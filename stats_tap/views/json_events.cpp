// SPDX-License-Identifier: GPL-2.0-or-later
#include "views/json_events.h"

namespace mptcp {
namespace {

// The members of an event that depend on its type.
struct WriteDetail {
    Json &json;
    const TimelineEntry &entry;

    void operator()(const std::monostate &) const {}
    void operator()(const MpCapable &option) const
    {
        json.number("version", std::uint64_t{option.version});
        json.hex("key", option.sender_key);
        json.hex("peer_key", option.receiver_key);
    }
    void operator()(const MpJoinSyn &option) const
    {
        json.number("token", std::uint64_t{option.receiver_token.value});
        write_joining_address(option);
    }
    void operator()(const MpJoinSynAck &option) const
    {
        write_joining_address(option);
        write_verdict();
    }
    void operator()(const MpJoinAck &) const { write_verdict(); }
    void operator()(const AddAddr &option) const
    {
        json.number("address_id", std::uint64_t{option.address_id});
        json.string("address", to_text(option.address));
        json.number("port", option.port);
        if (option.hmac)
            write_verdict();
    }
    void operator()(const RemoveAddr &option) const
    {
        json.numbers("address_ids", option.address_ids());
    }
    void operator()(const MpPrio &option) const
    {
        json.boolean("backup", option.backup);
        json.number("address_id", option.address_id);
    }
    void operator()(const MpFail &option) const { json.hex("dsn", std::optional{option.data_seq}); }
    void operator()(const MpFastclose &option) const
    {
        json.hex("key", std::optional{option.receiver_key});
    }
    void operator()(const SubflowOutcome &outcome) const
    {
        json.seconds("after", outcome.after);
        write_reason(json, outcome.rst);
    }
    void operator()(const ByteCount &data) const { json.number("bytes", data.count); }
    void operator()(const BurstCount &burst) const
    {
        json.number("since_frame", std::uint64_t{burst.since_frame});
        json.number("packets", burst.packets);
        json.number("bytes", burst.bytes);
    }
    void operator()(const Interval &interval) const
    {
        json.number("since_frame", std::uint64_t{interval.since_frame});
        json.seconds("duration", interval.duration);
    }
    void operator()(FallbackReason reason) const { json.string("reason", describe(reason)); }
    void operator()(const WireDataSeq &seq) const { json.string("dsn", to_text(seq)); }
    void operator()(const WayBetween &way) const
    {
        json.number("from_point", std::uint64_t{way.from});
        json.number("to_point", std::uint64_t{way.to});
        json.number("frame_before", std::uint64_t{way.frame_before});
        json.number("packets", way.packets);
    }

    // RFC 8684 3.6: MP_TCPRST, in an RST that has one.
    static void write_reason(Json &json, const std::optional<MpTcpRst> &rst)
    {
        if (!rst) {
            json.null("reason");
            return;
        }
        json.number("reason", std::uint64_t{rst->reason});
        json.string("reason_in_words", reason_in_words(rst->reason));
        json.boolean("transient", rst->transient);
    }

private:
    template <class Join> void write_joining_address(const Join &option) const
    {
        json.number("address_id", std::uint64_t{option.address_id});
        json.number("nonce", std::uint64_t{option.sender_nonce.value});
        json.boolean("backup", option.backup);
    }
    void write_verdict() const { json.string("hmac", name(entry.verdict)); }
};

void write_event(Json &json, const TimelineEntry &entry)
{
    const Event &event = entry.event;
    json.string("type", name(event.type));
    json.number("frame", std::uint64_t{event.frame});
    json.seconds("time", event.time);
    json.number("conn", std::uint64_t{entry.connection});
    json.number("subflow", std::uint64_t{entry.subflow});
    json.string("from", name(entry.from));
    json.string("severity", name(entry.severity));
    json.boolean("repeated", event.repeated);
    json.boolean("ignored", event.ignored != Ignored::No);
    json.string("details", entry.details);
    std::visit(WriteDetail{json, entry}, event.detail);
}

void write_address(Json &json, const AddressEntry &entry)
{
    json.number("id", std::uint64_t{entry.id});
    json.string("address", to_text(entry.address));
    json.number("port", entry.port);
    json.number("announced", entry.announced);
    json.number("echoed", entry.echoed);
    json.number("used", entry.used);
    json.number("removed", entry.removed);
}

void write_priority(Json &json, const PriorityChange &change)
{
    json.number("frame", std::uint64_t{change.frame});
    json.seconds("time", change.time);
    json.string("from", name(change.from));
    json.boolean("backup", change.backup);
}

} // namespace

void write_events(Json &json, const Timeline &timeline)
{
    json.array("events", timeline, [&](const TimelineEntry &entry) { write_event(json, entry); });
}

void write_addresses(Json &json, const PerRole<AddressTable> &addresses)
{
    json.object("addresses", [&] {
        for_each_role([&](Role role, const char *member) {
            json.array(member, addresses[role],
                       [&](const AddressEntry &entry) { write_address(json, entry); });
        });
    });
}

void write_history(Json &json, const SubflowHistory &history)
{
    json.array("priorities", history.priorities,
               [&](const PriorityChange &change) { write_priority(json, change); });
    if (!history.ending) {
        json.null("end");
        return;
    }
    json.object("end", [&] {
        json.number("frame", std::uint64_t{history.ending->frame});
        json.string("from", name(history.ending->from));
        json.string("how", name(history.ending->how));
        WriteDetail::write_reason(json, history.ending->rst);
    });
}

void write_counters(Json &json, const PerRole<Counters> &counters, Zeros zeros)
{
    json.object("counters", [&] {
        for_each_role([&](Role role, const char *member) {
            json.object(member, [&] {
                for (std::size_t i = 0; i < kCounters; ++i) {
                    const auto counter = static_cast<Counter>(i);
                    const std::uint64_t value = counters[role][counter];
                    if (value > 0 || zeros == Zeros::Shown)
                        json.number(std::string{name(counter)}.c_str(), value);
                }
            });
        });
    });
}

} // namespace mptcp
