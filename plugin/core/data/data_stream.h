// SPDX-License-Identifier: GPL-2.0-or-later
//
// One direction of a connection at the data level (RFC 8684 3.3): which data
// has passed, who carried it first, how far it is acknowledged, and which
// holes made it wait.
//
// Relative DSNs count from the first one of the stream, which is 2^63, so that they
// grow where DSNs wrap. While the capture has shown only lower halves of DSNs,
// relative DSNs are right and the DSNs unknown.
#pragma once

#include <cstdint>
#include <optional>

#include "base/seq.h"
#include "base/types.h"
#include "containers/first_sender_index.h"
#include "containers/interval_set.h"
#include "wire/option.h"

namespace mptcp {

// RFC 8684 3.3.5: the receive window is one for all subflows, from the
// DATA_ACK on.
struct DataWindow {
    std::uint32_t last = 0, least = UINT32_MAX, most = 0; // bytes
    std::uint64_t zeros = 0;                              // DATA_ACKs with none at all
};

// `length` relative DSNs from that one on, as numbers.
constexpr Range range_from(RelativeDsn begin, std::uint64_t length)
{
    return {begin.value, begin.value + length};
}

class DataStream {
public:
    // The stream starts behind this; of later calls the first one counts.
    void learn_idsn(DataSeq idsn);

    // RFC 8684 3.3.1: four bytes are the lower half of the number that is
    // nearest to what is expected.
    RelativeDsn relative_dsn(const WireDataSeq &seq);
    bool placed() const { return placed_; }
    bool is_64_bit() const { return is_64_bit_; } // are the DSNs known?
    std::optional<DataSeq> dsn_of(RelativeDsn dsn) const;

    // Data of one packet passes. `carried` is the packet's number. None if there is
    // nothing to tell: nearly always it is all new, and nothing is missing before it.
    struct Passed {
        std::uint64_t fresh = 0;             // bytes that had not passed before
        std::optional<RelativeDsn> repeated; // the first one that had
        bool out_of_order = false;           // there is a hole before it
        std::optional<Time> blocked_time;    // it fills one: how long data had waited,
        std::uint64_t blocked_bytes = 0;     // and how many bytes
    };
    std::optional<Passed> pass(const Range &dsns, std::uint32_t carried, Time now)
    {
        return pass_in_order(dsns, carried) ? std::nullopt
                                            : std::optional{pass_anywhere(dsns, carried, now)};
    }

    // RFC 8684 3.3.3: the DATA_FIN has a number, and no byte.
    void pass_fin(RelativeDsn dsn);

    // A DATA_ACK from the other host. Calls covered(packet) for the packets
    // whose data it is the first to cover, and gives how many bytes it
    // covers that never passed.
    template <class Covered> std::uint64_t acknowledge(RelativeDsn dsn, Covered covered)
    {
        const auto range = advance(dsn.value);
        if (!range)
            return 0;
        first_senders_.visit(*range, [&](const FirstSenderIndex::Entry &entry) {
            if (entry.end <= range->end)
                covered(entry.packet);
            return true;
        });
        return range->size() - seen_.count(*range);
    }

    void note_window(std::uint32_t bytes);
    const std::optional<DataWindow> &window() const { return window_; }

    // Bytes that passed, or whose place is known, and are not acknowledged.
    std::optional<std::uint64_t> in_flight() const;
    std::optional<std::uint64_t> most_in_flight() const { return most_in_flight_; }
    // The same now, for most_in_flight() too.
    std::optional<std::uint64_t> note_in_flight();

    // What never passed, up to the last thing that did or was acknowledged.
    struct Gaps {
        std::uint64_t count = 0;
        std::uint64_t bytes = 0;
        std::uint64_t acknowledged = 0; // of the bytes
    };
    Gaps gaps() const;

    bool has_data() const { return !first_senders_.empty(); }
    const FirstSenderIndex &first_senders() const { return first_senders_; }
    FirstSenderIndex &first_senders() { return first_senders_; }

private:
    static constexpr std::uint64_t kStart = std::uint64_t{1} << 63;
    static constexpr std::uint64_t kHalf = std::uint64_t{1} << 31;

    // False if it is not in order; then nothing has passed.
    bool pass_in_order(const Range &dsns, std::uint32_t carried);
    Passed pass_anywhere(const Range &dsns, std::uint32_t carried, Time now);
    void release(std::uint64_t before, std::uint64_t own, Time now, Passed &passed);
    std::uint64_t extended(std::uint64_t low) const;
    void follow(std::uint64_t dsn);
    std::optional<Range> advance(std::uint64_t ack);

    bool placed_ = false;     // is there an origin?
    bool is_64_bit_ = false;  // and is its upper half right?
    bool from_start_ = false; // the first dsn is the first byte of the stream
    std::uint64_t origin_ = 0;
    std::uint64_t expected_ = kStart; // where the stream has got to: what a half is nearest to
    std::uint64_t next_ = kStart;     // all before it has passed
    std::optional<std::uint64_t> acked_;
    std::uint64_t data_end_ = 0; // behind the last byte that has passed
    std::uint64_t fin_end_ = 0;  // and behind the DATA_FIN
    std::optional<Time> blocked_since_;
    std::optional<DataWindow> window_;
    std::optional<std::uint64_t> most_in_flight_;
    IntervalSet seen_;
    FirstSenderIndex first_senders_;
};

} // namespace mptcp
