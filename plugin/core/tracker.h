// SPDX-License-Identifier: GPL-2.0-or-later
//
// Every MPTCP connection of a capture. Fed with TCP segments in the order of
// the capture, each once, it tells to which subflow of which connection each
// belongs, and keeps what the handshakes say: keys, tokens, nonces, verdicts.
//
//   initial subflows  by MP_CAPABLE                         RFC 8684 3.1
//   joins             by the token of the host they go to   RFC 8684 3.2
//   ends, fallback    as far as flags and handshakes tell   RFC 8684 3.3.3, 3.5, 3.7
//
// Plain values in, plain values out: no printing, no callbacks, no clock.
// Memory grows with connections and subflows, not with segments; the work for
// a segment grows with neither.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "connections/address_hmac.h"
#include "connections/connection.h"
#include "connections/flow_table.h"
#include "connections/join_table.h"
#include "connections/registry.h"
#include "crypto/crypto.h"
#include "data/data_level.h"
#include "events/event_detector.h"
#include "wire/segment.h"
#include "wire/segment_options.h"

namespace mptcp {

class Tracker {
public:
    Tracker() = default;
    Tracker(const Tracker &) = delete;
    Tracker &operator=(const Tracker &) = delete;

    // The subflow that the segment belongs to; none if it is plain TCP as far
    // as the capture tells by now.
    std::optional<Attribution> on_segment(const Segment &segment);

    const Subflow &subflow(SubflowId id) const { return registry_[id]; }
    const Connection &connection_of(SubflowId id) const
    {
        return registry_[registry_[id].connection];
    }

    // The index that users see. It moves down by one if a record below it
    // turns out to be part of another connection.
    std::uint32_t index_of(const Connection &connection) const
    {
        return registry_.index_of(connection);
    }

    // And that of a subflow within its connection.
    std::uint32_t index_of(SubflowId id) const { return registry_.index_of(id); }

    // What happened, in the order of the capture.
    const Journal &journal() const { return journal_; }

    // The frame that answers an ADD_ADDR with its echo, or that an echo answers.
    std::optional<std::uint32_t> echo_in(const Event &announced) const
    {
        return journal_.echo_in(registry_, announced);
    }
    std::optional<std::uint32_t> echo_to(const Event &echo) const
    {
        return journal_.echo_to(registry_, echo);
    }

    // What the payload is at the data level.
    const DataLevel &data() const { return data_; }

    // All connections, by index.
    std::vector<const Connection *> connections() const { return registry_.connections(); }
    std::size_t subflow_count() const { return registry_.subflow_count(); }

    ConnectionState state_of(const Connection &connection) const;

    // The verdict on the HMAC of one packet, which need not be the first of
    // its kind on this subflow.
    HmacVerdict verdict_on(SubflowId id, const MpJoinSynAck &join) const;
    HmacVerdict verdict_on(SubflowId id, const MpJoinAck &join) const;
    AddressVerdict verdict_on(SubflowId id, Side sender, const AddAddr &announced) const;

    // What a key stands for, where it is a key of this connection.
    std::optional<KeyDigest> digest_of(const Connection &connection, Key key) const;

private:
    [[gnu::cold, gnu::noinline]] std::optional<SubflowId>
    subflow_of(const Segment &segment, const Signals &signals, std::optional<SubflowId> current);
    [[gnu::cold, gnu::noinline]] std::optional<SubflowId>
    on_syn(const Segment &segment, const Signals &signals, std::optional<SubflowId> current);
    [[gnu::cold, gnu::noinline]] std::optional<SubflowId>
    on_pending_reuse(const Segment &segment, const Signals &signals, const PendingReuse &reuse);
    [[gnu::cold, gnu::noinline]] void hand_over(const Segment &segment,
                                                std::optional<SubflowId> to);

    std::optional<SubflowId> open_by_syn(const Segment &segment, const Signals &signals);
    SubflowId open_initial(const Segment &segment);
    SubflowId open_join(const Segment &segment, const MpJoinSyn &join);
    [[gnu::cold, gnu::noinline]] std::optional<SubflowId> open_midway(const Segment &segment,
                                                                      const Signals &signals);

    [[gnu::cold, gnu::noinline]] void apply_and_tell(SubflowId id, Subflow &subflow,
                                                     const Connection &connection, Side sender,
                                                     const Segment &segment,
                                                     const Signals &signals);
    static void apply_routine(Subflow &subflow, Connection &connection, Side sender,
                              const Segment &segment, const Signals &signals);
    void apply(SubflowId id, Subflow &subflow, Side sender, const Segment &segment,
               const Signals &signals);
    [[gnu::cold, gnu::noinline]] void apply_syn(SubflowId id, Side sender, const Segment &segment,
                                                const Signals &signals);
    void apply_capable_syn(SubflowId id, Side sender, const MpCapable &capable);
    void apply_join_syn(SubflowId id, Side sender, const Segment &segment, const MpJoinSyn &join);
    [[gnu::cold, gnu::noinline]] void apply_syn_ack(SubflowId id, Side sender,
                                                    const Segment &segment, const Signals &signals);
    void apply_capable_syn_ack(Subflow &subflow, Side sender, const Segment &segment,
                               const Signals &signals);
    void apply_join_syn_ack(SubflowId id, Side sender, const Segment &segment,
                            const MpJoinSynAck &join);
    void apply_ack(SubflowId id, Subflow &subflow, Side sender, const Segment &segment,
                   const Signals &signals);
    [[gnu::cold, gnu::noinline]] void apply_capable_ack(SubflowId id, Side sender,
                                                        const MpCapable &capable);
    [[gnu::cold, gnu::noinline]] void apply_join_ack(Subflow &subflow, const MpJoinAck &join);
    void become_initial(SubflowId id, Side opener);
    static void settle(Subflow &subflow, Connection &connection, const Segment &segment);

    void learn_key(ConnectionId id, Role role, Key key);
    struct Ownership {
        JoinTable::Owner owner;
        bool ambiguous = false; // others have the token, and only HMACs can tell
    };
    Ownership owner_of(const Segment &syn, Token token);
    std::optional<Ownership> known_owner_of(const Segment &syn, Token token);
    ConnectionId partial_for(const Segment &syn, Token token);
    void move_to_owner_by_hmac(SubflowId id);
    void adopt_partials(ConnectionId id, Role role, Token token);
    void adopt(ConnectionId id, ConnectionId partial, Role role);
    bool is_older(const Connection &partial, const Connection &owner) const;
    bool may_adopt(const Connection &owner, Role role, const Connection &partial) const;

    Crypto crypto_;
    Registry registry_;
    FlowTable flows_{registry_};
    JoinTable joins_;
    Journal journal_;
    DataLevel data_;
    std::uint32_t frame_ = 0; // of the segment that is looked at
};

} // namespace mptcp
