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
#include <memory>
#include <optional>
#include <vector>

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
    std::uint32_t closed_frame = 0; // the first one of them since the window was open; 0: it is
    Time closed_since = 0;
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

    // RFC 8684 3.3.1: a 4-byte DSN is extended to the number nearest to the expected DSN. An 8-byte
    // DSN is unambiguous, also where it is far ahead because the data in between was not captured.
    RelativeDsn relative_dsn(const WireDataSeq &seq);
    // The same without a change of state, for a number of any packet: a 4-byte one is extended to
    // the number nearest to `near`. None if no DSN of the stream is known.
    std::optional<RelativeDsn> place_of(const WireDataSeq &seq,
                                        const std::optional<RelativeDsn> &near) const;
    // The relative DSN of data without a mapping after a fallback: that of the first byte of the
    // stream, or the next one if earlier data was not captured.
    RelativeDsn unmapped_dsn();
    bool from_start() const { return from_start_ || !placed_; }
    // The relative DSN of the first byte of the stream. None if its place is not known.
    std::optional<RelativeDsn> start() const
    {
        return from_start_ && placed_ ? std::optional{RelativeDsn{kStart}} : std::nullopt;
    }
    bool placed() const { return placed_; }       // a DSN or the IDSN is known
    bool is_64_bit() const { return is_64_bit_; } // all 64 bits of the DSNs are known
    std::optional<DataSeq> dsn_of(RelativeDsn dsn) const;
    // One past the highest DSN seen or acknowledged.
    RelativeDsn expected() const { return {expected_}; }
    // The lower half of the DSN at expected(), which is known for each placed stream.
    std::uint32_t lower_expected() const { return static_cast<std::uint32_t>(expected_ + origin_); }
    // The difference between relative DSNs of this stream and of another part of the same stream.
    // None if either is not known. 4-byte DSNs are taken to be near each other.
    std::optional<std::uint64_t> offset_from(const DataStream &part) const;

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
    // One past the last byte of the stream. None before its DATA_FIN.
    std::optional<RelativeDsn> end() const
    {
        return fin_end_ == 0 ? std::nullopt : std::optional{RelativeDsn{fin_end_ - 1}};
    }

    // Applies a DATA_ACK of the peer. Calls covered(packet) for each packet whose last byte it is
    // the first to acknowledge. Returns the newly acknowledged range, which may be empty.
    // Cost: O(log n + packets acknowledged).
    template <class Covered> Range acknowledge(RelativeDsn dsn, Covered covered)
    {
        const auto range = advance(dsn.value);
        if (!range)
            return {};
        first_senders_.visit(*range, [&](const FirstSenderIndex::Entry &entry) {
            if (entry.end() <= range->end)
                covered(entry.packet);
            return true;
        });
        return *range;
    }
    // The number of bytes of the range that were not captured.
    std::uint64_t count_unseen(const Range &dsns) const { return dsns.size() - seen_.count(dsns); }
    // One past the last number that a DATA_ACK covers; 0 before the first DATA_ACK.
    std::uint64_t acknowledged_end() const { return acked_.value_or(0); }

    // Packets that were sent ahead of missing data count as out of order. If that data is
    // acknowledged and was never captured, nothing is known of their order. Both functions look at
    // the last kMaxUnconfirmed packets. take_unconfirmed() returns those before `dsn`.
    void note_out_of_order(RelativeDsn dsn, std::uint32_t packet);
    std::vector<std::uint32_t> take_unconfirmed(RelativeDsn before);

    // Acknowledged data that was not captured. It may be captured later, if the file is not in
    // order of time.
    struct Unseen {
        std::uint32_t frame = 0; // of the first DATA_ACK that covers it
        std::uint32_t subflow = 0;
        std::uint64_t bytes = 0; // that are still missing
    };
    // Adds such data. `lost` is true if TCP acknowledged data that was not captured on a captured
    // subflow; otherwise the data was sent on another path, and all of it is one gap.
    Unseen note_unseen(const Range &dsns, const Unseen &unseen, bool lost);
    // The gaps that were filled, in part or in full, since the last call.
    std::vector<Unseen> take_filled();
    // Bytes that TCP acknowledged, and that were neither captured nor attributed to a gap.
    void note_tcp_unseen(std::uint64_t bytes) { rare().tcp_unseen += bytes; }
    bool take_tcp_unseen(std::uint64_t bytes);

    // Adds the data of another part of the stream, whose relative DSNs are `offset` lower. Calls
    // repeated(range, packet) for data that both have; the packet is the later one.
    template <class Repeated>
    void absorb(const DataStream &part, std::uint64_t offset, Repeated repeated)
    {
        part.first_senders_.visit({0, UINT64_MAX}, [&](const FirstSenderIndex::Entry &entry) {
            const Range range{entry.begin + offset, entry.end() + offset};
            std::uint64_t next = range.begin;
            const auto repeat = [&](const Range &known) {
                if (known.empty())
                    return;
                first_senders_.take_over(known, entry.packet, [&](const Range &, std::uint32_t) {});
                repeated(known, entry.packet);
            };
            seen_.add(range, [&](const Range &fresh) {
                repeat({next, fresh.begin});
                first_senders_.add(fresh, entry.packet);
                next = fresh.end;
            });
            repeat({next, range.end});
            return true;
        });
        absorb_state(part, offset);
    }

    // Returns how long the window had been closed, if this opens it. `frame` is 0 if the window is
    // an older one that arrived late.
    std::optional<Interval> note_window(std::uint32_t bytes, std::uint32_t frame, Time time);
    const std::optional<DataWindow> &window() const { return window_; }

    // The number of bytes from the DATA_ACK to the highest DSN seen. None before a DATA_ACK if the
    // IDSN is unknown.
    std::optional<std::uint64_t> in_flight() const;
    std::optional<std::uint64_t> most_in_flight() const { return most_in_flight_; }
    // Returns in_flight(), and updates most_in_flight().
    std::optional<std::uint64_t> note_in_flight();

    // Reinjections with short pauses between them.
    struct Burst {
        std::uint32_t since_frame = 0;
        std::uint64_t packets = 0;
        std::uint64_t bytes = 0;
        Time last = 0;
        // The packet that made them a burst, kBurst packets; 0: they are none so far.
        std::uint32_t frame = 0;
        std::uint32_t subflow = 0;
    };
    static constexpr std::uint64_t kBurst = 10; // packets
    static constexpr Time kBurstPause = kSecond;

    // Adds a packet with reinjected bytes. Returns the burst that it belongs to, if it is one.
    std::optional<Burst> note_reinjection(std::uint32_t frame, std::uint32_t subflow,
                                          std::uint64_t bytes, Time time);

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
    // A larger jump of an 8-byte DSN is not believed.
    static constexpr std::uint64_t kMaxJump = std::uint64_t{1} << 40;
    static constexpr std::size_t kMaxUnconfirmed = 64;
    static constexpr std::size_t kMaxGaps = 64; // that are kept until they are filled

    // Returns false, without effect, if the data is not new and in order.
    bool pass_in_order(const Range &dsns, std::uint32_t packet);
    Passed pass_anywhere(const Range &dsns, std::uint32_t packet, Time now);
    void note_unblocked(std::uint64_t before, std::uint64_t own, Time now, Passed &passed);
    std::uint64_t extended(std::uint64_t low) const;
    void follow(std::uint64_t dsn);
    std::optional<Range> advance(std::uint64_t ack);
    void absorb_state(const DataStream &part, std::uint64_t offset);
    void fill(const Range &fresh);
    void confirm_order(const Range &fresh);

    struct Gap {
        Range dsns;
        Unseen unseen;
    };
    // State that most streams do not need. It is allocated on first use.
    struct RareState {
        std::vector<Gap> gaps;
        std::optional<Gap> other_path; // the data that was sent on paths not captured
        std::vector<Unseen> filled;
        Burst burst;
        std::uint64_t tcp_unseen = 0;
        std::vector<std::pair<std::uint64_t, std::uint32_t>> unconfirmed; // relative DSN, packet
    };
    RareState &rare()
    {
        if (!rare_)
            rare_ = std::make_unique<RareState>();
        return *rare_;
    }

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
    std::unique_ptr<RareState> rare_; // nullptr: none
};

} // namespace mptcp
