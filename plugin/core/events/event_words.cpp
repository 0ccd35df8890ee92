// SPDX-License-Identifier: GPL-2.0-or-later
//
// The description of each option and event for users.
#include "events/event_words.h"

#include <algorithm>
#include <array>

#include "base/format.h"
#include "base/phrases.h"

namespace mptcp {
namespace {

std::string flags_in_words(const MpCapable &option)
{
    std::string flags;
    flags += option.checksum_required ? "A" : "";
    flags += option.extensibility ? "B" : "";
    flags += option.join_denied ? "C" : "";
    flags += option.hmac ? "H" : "";
    return flags.empty() ? "no flags" : "flags " + flags;
}

std::string number(const char *what, std::uint64_t value)
{
    return std::string{what} + " " + std::to_string(value);
}

std::string since(std::uint32_t frame) { return "since frame " + std::to_string(frame); }

std::string after(Time elapsed) { return "after " + to_seconds(elapsed, kTimeDigits) + " s"; }

struct Describe {
    const EventContext &context;
    const Event &event;
    const Subflow &subflow;

    std::string operator()(const std::monostate &) const { return {}; }
    std::string operator()(const ByteCount &data) const { return number("bytes", data.count); }
    std::string operator()(const BurstCount &burst) const
    {
        return Phrases{}
            .add(number("packets", burst.packets))
            .add(number("bytes", burst.bytes))
            .add(since(burst.since_frame))
            .text();
    }
    std::string operator()(const Interval &interval) const
    {
        return Phrases{}
            .add("for ", to_seconds(interval.duration, kTimeDigits), " s")
            .add(since(interval.since_frame))
            .text();
    }
    std::string operator()(const MpCapable &option) const
    {
        if (event.type == EventType::KeyMismatch)
            return wrong_keys(option);
        if (event.type == EventType::OddForm)
            return number("version", option.version) + (option.receiver_key ? " with both keys"
                                                        : option.sender_key ? " with one key"
                                                                            : " without a key");
        Phrases phrases;
        phrases.add(number("version", option.version)).add(flags_in_words(option));
        if (option.sender_key)
            phrases.add("key " + to_text(option.sender_key));
        if (option.receiver_key)
            phrases.add("peer's key " + to_text(option.receiver_key));
        if (option.data_length)
            phrases.add(number("data length", *option.data_length));
        return phrases.text();
    }
    std::string operator()(const MpJoinSyn &option) const
    {
        return Phrases{}
            .add("token ", std::optional{option.receiver_token})
            .add_if(!host(Role::Client).key && !host(Role::Server).key, "unknown in this capture")
            .add(number("address ID", option.address_id))
            .add(number("nonce", option.sender_nonce.value))
            .add_if(option.backup, "backup")
            .add(ends_in_words())
            .text();
    }
    std::string operator()(const MpJoinSynAck &option) const
    {
        return Phrases{}
            .add(hmac_in_words())
            .add(number("address ID", option.address_id))
            .add(number("nonce", option.sender_nonce.value))
            .add_if(option.backup, "backup")
            .text();
    }
    std::string operator()(const MpJoinAck &) const { return hmac_in_words(); }
    std::string operator()(const AddAddr &option) const
    {
        Phrases phrases;
        phrases.add(number("ID", option.address_id));
        phrases.add(option.port ? to_text(Endpoint{option.address, *option.port})
                                : to_text(option.address));
        phrases.add_if(has_hmac(event), hmac_in_words());
        return phrases.text();
    }
    std::string operator()(const RemoveAddr &option) const
    {
        Phrases phrases;
        for (const std::uint8_t id : option.address_ids())
            phrases.add(number("ID", id));
        return phrases.text();
    }
    std::string operator()(const MpPrio &option) const
    {
        return Phrases{}
            .add(option.backup ? "backup" : "no longer backup")
            .add_if(option.address_id.has_value(),
                    number("address ID", option.address_id.value_or(0)))
            .text();
    }
    std::string operator()(const MpFail &option) const
    {
        return "from DSN " + to_text(std::optional{option.data_seq});
    }
    std::string operator()(const MpFastclose &option) const
    {
        const Verdict key = verdict(context, event);
        return "key " + to_text(std::optional{option.receiver_key}) +
               (key == Verdict::Bad          ? ", not the receiver's key"
                : key == Verdict::Unverified ? ", unverified"
                                             : "");
    }
    std::string operator()(const SubflowOutcome &outcome) const
    {
        Phrases phrases;
        phrases.add(after(outcome.after));
        if (outcome.rst)
            phrases
                .add(std::string{reason_in_words(outcome.rst->reason)} + " (reason " +
                     std::to_string(outcome.rst->reason) + ")")
                .add_if(outcome.rst->transient, "transient");
        else if (nobody_listens())
            phrases.add("nothing listens at " + to_text(subflow.ends[event.sender].endpoint));
        return phrases.text();
    }
    std::string operator()(FallbackReason reason) const
    {
        return std::string{mptcp::describe(reason)};
    }
    std::string operator()(const WireDataSeq &seq) const { return "DSN " + to_text(seq); }
    std::string operator()(const WayBetween &way) const
    {
        return Phrases{}
            .add(number("from point", way.from) + number(" (frame", way.frame_before) + ")" +
                 number(" to point", way.to) + number(" (frame", event.frame) + ")")
            .add_if(way.packets > 1, number("packets", way.packets))
            .text();
    }

private:
    std::string ends_in_words() const
    {
        return to_text(subflow.ends[event.sender].endpoint) + " to " +
               to_text(subflow.ends[other(event.sender)].endpoint);
    }
    // RFC 9293 3.5.2: an RST in response to a SYN, without a reason.
    bool nobody_listens() const
    {
        const bool refused =
            event.type == EventType::JoinRefused || event.type == EventType::Refused;
        return refused && !subflow.seen.has(SubflowSeen::SynAck);
    }
    std::string hmac_in_words() const
    {
        const Verdict hmac = verdict(context, event);
        return hmac == Verdict::Leftmost
                   ? "HMAC truncated to the leftmost instead of the rightmost 64 bits"
                   : "HMAC " + std::string{name(hmac)};
    }
    const Connection &connection() const { return context.registry.connection_of(event.subflow); }
    const Host &host(Role role) const { return connection().hosts[role]; }

    std::string wrong_keys(const MpCapable &option) const
    {
        const Role sender = subflow.role(event.sender);
        Phrases phrases;
        const auto compare = [&](Role role, const std::optional<Key> &sent) {
            const auto &known = host(role).key;
            phrases.add_if(sent && known && sent != known, std::string{name(role)} + " key " +
                                                               to_text(sent) + ", previously " +
                                                               to_text(known));
        };
        compare(sender, option.sender_key);
        compare(other(sender), option.receiver_key);
        return phrases.text();
    }
};

} // namespace

std::string describe(const EventContext &context, const Event &event)
{
    const Describe words{context, event, context.registry[event.subflow]};
    // RFC 8684 3.1: in version 1, the first data carries the keys again. This is not a
    // retransmission.
    const auto *capable = std::get_if<MpCapable>(&event.detail);
    const bool has_data = capable != nullptr && capable->data_length;
    return Phrases{}
        .add(std::visit(words, event.detail))
        .add_if(event.repeated && !has_data, "repeated")
        .add(std::string{describe(event.ignored)})
        .text();
}

std::string sentence(const EventContext &context, const Event &event)
{
    const std::string details = describe(context, event);
    return std::string{title(event.type)} + (details.empty() ? "" : ": ") + details;
}

std::string_view reason_in_words(std::uint8_t reason)
{
    static constexpr std::array<std::string_view, 7> kReasons{
        "unspecified error",           "MPTCP-specific error",      "lack of resources",
        "administratively prohibited", "too much outstanding data", "unacceptable performance",
        "middlebox interference",
    };
    if (reason < kReasons.size())
        return kReasons[reason];
    return "unassigned reason";
}

} // namespace mptcp
