// SPDX-License-Identifier: GPL-2.0-or-later
//
// One direction of a connection at the data level (RFC 8684 3.3): which data
// has passed, who carried it first, how far it is acknowledged, and which
// holes made it wait.
//
// Inside, a data sequence number is a Key: its distance from the first one,
// counted from 2^63, so that keys grow where DSNs wrap. While the capture has
// shown only lower halves of DSNs, keys are right and the DSNs unknown.
#pragma once

#include <cstdint>
#include <optional>

#include "base/types.h"
#include "containers/first_sender_index.h"
#include "containers/interval_set.h"
#include "wire/option.h"

namespace mptcp {

// RFC 8684 3.3.5: the receive window is one for all subflows, from the
// DATA_ACK on.
struct DataWindow {
    std::uint32_t last = 0, least = UINT32_MAX, most = 0; // octets
    std::uint64_t zeros = 0;                              // DATA_ACKs with none at all
};

class DataStream {
public:
    using Key = std::uint64_t;

    // The stream starts behind this; of later calls the first one counts.
    void learn_idsn(DataSeq idsn);

    // RFC 8684 3.3.1: four octets are the lower half of the number that is
    // nearest to what is expected.
    Key key_of(const WireDataSeq &seq);
    bool placed() const { return placed_; }
    bool whole() const { return whole_; } // are the DSNs known?
    std::optional<DataSeq> dsn_of(Key key) const;

    // Data of one packet passes. `carried` is the packet's number. None if there is
    // nothing to tell: nearly always it is all new, and nothing is missing before it.
    struct Passed {
        std::uint64_t fresh = 0;     // octets that had not passed before
        std::optional<Key> repeated; // the first one that had
        bool early = false;          // there is a hole before it
        std::optional<Time> blocked; // it fills one: how long data had waited,
        std::uint64_t released = 0;  // and how many octets
    };
    std::optional<Passed> pass(const Range &keys, std::uint32_t carried, Time now)
    {
        return pass_in_order(keys, carried) ? std::nullopt
                                            : std::optional{pass_anywhere(keys, carried, now)};
    }

    // RFC 8684 3.3.3: the DATA_FIN has a number, and no octet.
    void pass_fin(Key key);

    // A DATA_ACK from the other host. Calls covered(packet) for the packets
    // whose data it is the first to cover, and gives how many octets it
    // covers that never passed.
    template <class Covered> std::uint64_t acknowledge(Key key, Covered covered)
    {
        const auto range = advance(key);
        if (!range)
            return 0;
        first_senders_.visit(*range, [&](const FirstSenderIndex::Entry &entry) {
            if (entry.end() <= range->end)
                covered(entry.packet);
            return true;
        });
        return range->size() - seen_.count(*range);
    }

    void note_window(std::uint32_t octets);
    const std::optional<DataWindow> &window() const { return window_; }

    // Octets that passed, or whose place is known, and are not acknowledged.
    std::optional<std::uint64_t> in_flight() const;
    std::optional<std::uint64_t> most_in_flight() const { return most_in_flight_; }
    // The same now, for most_in_flight() too.
    std::optional<std::uint64_t> note_in_flight();

    // What never passed, up to the last thing that did or was acknowledged.
    struct Gaps {
        std::uint64_t count = 0;
        std::uint64_t octets = 0;
        std::uint64_t acknowledged = 0; // of the octets
    };
    Gaps gaps() const;

    bool has_data() const { return !first_senders_.empty(); }
    const FirstSenderIndex &first_senders() const { return first_senders_; }
    FirstSenderIndex &first_senders() { return first_senders_; }

private:
    static constexpr Key kStart = Key{1} << 63;
    static constexpr std::uint64_t kHalf = std::uint64_t{1} << 31;

    // False if it is not in order; then nothing has passed.
    bool pass_in_order(const Range &keys, std::uint32_t carried);
    Passed pass_anywhere(const Range &keys, std::uint32_t carried, Time now);
    void release(Key before, std::uint64_t own, Time now, Passed &passed);
    Key extended(std::uint64_t low) const;
    void follow(Key key);
    std::optional<Range> advance(Key ack);

    bool placed_ = false;     // is there an origin?
    bool whole_ = false;      // and is its upper half right?
    bool from_start_ = false; // the first key is the first octet of the stream
    std::uint64_t origin_ = 0;
    Key expected_ = kStart; // where the stream has got to: what a half is nearest to
    Key next_ = kStart;     // all before it has passed
    std::optional<Key> acked_;
    Key data_end_ = 0; // behind the last octet that has passed
    Key fin_end_ = 0;  // and behind the DATA_FIN
    std::optional<Time> blocked_since_;
    std::optional<DataWindow> window_;
    std::optional<std::uint64_t> most_in_flight_;
    IntervalSet seen_;
    FirstSenderIndex first_senders_;
};

} // namespace mptcp
