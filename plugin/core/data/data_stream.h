// SPDX-License-Identifier: GPL-2.0-or-later
//
// One direction of a connection at the data level (RFC 8684 3.3): the data captured so far, the
// packet that sent each byte first, the DATA_ACK, the receive window, and head-of-line blocking.
// subflow_data.h converts subflow sequence numbers to DSNs.
//
// The first relative DSN of a stream is 2^63, so that relative DSNs do not wrap. They are valid
// even if only the lower 32 bits of each DSN were captured; the absolute DSNs are then unknown.
#pragma once

#include <cstdint>
#include <optional>

#include "base/seq.h"
#include "base/types.h"
#include "containers/first_sender_index.h"
#include "containers/interval_set.h"
#include "wire/option.h"

namespace mptcp {

// RFC 8684 3.3.5: all subflows share one receive window, which starts at the DATA_ACK.
struct DataWindow {
    std::uint32_t last = 0, least = UINT32_MAX, most = 0; // bytes
    std::uint64_t zeros = 0;                              // DATA_ACKs with a zero window
};

// The range of `length` relative DSNs that starts at `begin`.
constexpr Range range_from(RelativeDsn begin, std::uint64_t length)
{
    return {begin.value, begin.value + length};
}

class DataStream {
public:
    // RFC 8684 3.1: the first byte has the DSN IDSN + 1. Only the first call has an effect.
    void learn_idsn(DataSeq idsn);

    // RFC 8684 3.3.1: a 4-byte DSN is extended to the number nearest to the expected DSN.
    RelativeDsn relative_dsn(const WireDataSeq &seq);
    bool placed() const { return placed_; }       // a DSN or the IDSN is known
    bool is_64_bit() const { return is_64_bit_; } // all 64 bits of the DSNs are known
    std::optional<DataSeq> dsn_of(RelativeDsn dsn) const;

    // The effect of data that is not simply new and in order.
    struct Passed {
        std::uint64_t fresh = 0;             // bytes not seen before
        std::optional<RelativeDsn> repeated; // the first DSN seen before
        bool out_of_order = false;           // data before it is missing
        std::optional<Time> blocked_time;    // head-of-line blocking time, if it ends blocking
        std::uint64_t blocked_bytes = 0;     // bytes unblocked
    };
    // Adds data of a packet, identified by its number. Returns nothing if all of it is new and
    // in order. Cost: O(log n), amortised; O(1) in order.
    std::optional<Passed> pass(const Range &dsns, std::uint32_t packet, Time now)
    {
        return pass_in_order(dsns, packet) ? std::nullopt
                                           : std::optional{pass_anywhere(dsns, packet, now)};
    }

    // RFC 8684 3.3.3: a DATA_FIN occupies one DSN, but no byte of payload.
    void pass_fin(RelativeDsn dsn);

    // Applies a DATA_ACK of the peer. Calls covered(packet) for each packet whose last byte it is
    // the first to acknowledge. Returns the number of newly acknowledged bytes that were not
    // captured. Cost: O(log n + packets acknowledged).
    template <class Covered> std::uint64_t acknowledge(RelativeDsn dsn, Covered covered)
    {
        const auto range = advance(dsn.value);
        if (!range)
            return 0;
        first_senders_.visit(*range, [&](const FirstSenderIndex::Entry &entry) {
            if (entry.end() <= range->end)
                covered(entry.packet);
            return true;
        });
        return range->size() - seen_.count(*range);
    }

    void note_window(std::uint32_t bytes);
    const std::optional<DataWindow> &window() const { return window_; }

    // The number of bytes from the DATA_ACK to the highest DSN seen. None before a DATA_ACK if the
    // IDSN is unknown.
    std::optional<std::uint64_t> in_flight() const;
    std::optional<std::uint64_t> most_in_flight() const { return most_in_flight_; }
    // Returns in_flight(), and updates most_in_flight().
    std::optional<std::uint64_t> note_in_flight();

    // Data not captured, up to the highest DSN seen or acknowledged.
    struct Gaps {
        std::uint64_t count = 0;
        std::uint64_t bytes = 0;
        std::uint64_t acknowledged = 0; // bytes of them that were acknowledged
    };
    Gaps gaps() const; // Cost: O(gaps)

    bool has_data() const { return !first_senders_.empty(); }
    const FirstSenderIndex &first_senders() const { return first_senders_; }
    FirstSenderIndex &first_senders() { return first_senders_; }

private:
    static constexpr std::uint64_t kStart = std::uint64_t{1} << 63;
    static constexpr std::uint64_t kHalf = std::uint64_t{1} << 31;

    // Returns false, without effect, if the data is not new and in order.
    bool pass_in_order(const Range &dsns, std::uint32_t packet);
    Passed pass_anywhere(const Range &dsns, std::uint32_t packet, Time now);
    void note_unblocked(std::uint64_t before, std::uint64_t own, Time now, Passed &passed);
    std::uint64_t extended(std::uint64_t low) const;
    void follow(std::uint64_t dsn);
    std::optional<Range> advance(std::uint64_t ack);

    bool placed_ = false;             // origin_ is set
    bool is_64_bit_ = false;          // the upper 32 bits of origin_ are known
    bool from_start_ = false;         // kStart is the first byte of the stream
    std::uint64_t origin_ = 0;        // DSN minus relative DSN
    std::uint64_t expected_ = kStart; // reference for the extension of 4-byte DSNs
    std::uint64_t next_ = kStart;     // all data before it was seen
    std::optional<std::uint64_t> acked_;
    std::uint64_t data_end_ = 0; // one past the highest byte seen
    std::uint64_t fin_end_ = 0;  // one past the DATA_FIN; 0: none
    std::optional<Time> blocked_since_;
    std::optional<DataWindow> window_;
    std::optional<std::uint64_t> most_in_flight_;
    IntervalSet seen_;
    FirstSenderIndex first_senders_;
};

} // namespace mptcp
