// SPDX-License-Identifier: GPL-2.0-or-later
//
// The TCP options of a segment: all options of kind 30 in order (RFC 8684 3), the window scale
// (RFC 7323 2.2) and the timestamps (RFC 7323 3.2). option.h parses one option of kind 30.
// connections/, data/ and points/ interpret them.
#pragma once

#include <cstdint>
#include <optional>
#include <variant>

#include <boost/container/small_vector.hpp>

#include "wire/option.h"

namespace mptcp {

// RFC 7323 2.2: the window scale option of a SYN.
struct WindowScale {
    bool offered = false;
    std::uint8_t shift = 0; // 0 to 14
};

// RFC 7323 3.2: the timestamps option.
struct TcpTimestamps {
    std::uint32_t value = 0;      // TSval
    std::uint32_t echo_reply = 0; // TSecr

    friend bool operator==(const TcpTimestamps &, const TcpTimestamps &) = default;
};

struct SegmentOptions {
    boost::container::small_vector<Option, 1> mptcp; // kind 30; rarely more than one
    WindowScale window_scale;
    std::optional<TcpTimestamps> timestamps;
    ByteView bytes;         // all options, as captured: a view into the packet
    bool truncated = false; // options of kind 30 may not have been captured

    // Returns the first option of type Form, or nullptr.
    template <class Form> const Form *find() const
    {
        for (const Option &option : mptcp)
            if (const auto *form = std::get_if<Form>(&option))
                return form;
        return nullptr;
    }
    template <class Form> bool has() const { return find<Form>() != nullptr; }

    // True if there is a well-formed option of a known subtype.
    bool any() const;
    // True if the segment certainly has no such option. False if options were not captured.
    bool none() const { return !truncated && !any(); }

    // Return the first mapping, the first DATA_ACK, and the first mapping with a DATA_FIN of the
    // DSS options, or nullptr. RFC 8684 3.3.3: a DATA_FIN requires a mapping.
    const DssMapping *mapping() const;
    const WireDataSeq *data_ack() const;
    const DssMapping *data_fin() const;

    // True if there is a DSS mapping, or MP_CAPABLE with a data length (RFC 8684 3.1).
    bool maps_data() const;
    // RFC 8684 3.7: an infinite mapping has the length 0.
    bool infinite_mapping() const;

private:
    // Returns the first result of of(dss) that is not nullptr, or nullptr.
    template <class Of> auto first_of_dss(Of of) const -> decltype(of(Dss{}))
    {
        for (const Option &option : mptcp)
            if (const auto *dss = std::get_if<Dss>(&option))
                if (const auto *found = of(*dss))
                    return found;
        return nullptr;
    }
};

// Parses the options of a TCP header. `complete` is false if they were not captured in full.
// Parsing stops at an option with an invalid length, which is added as Malformed if its kind is
// 30. Overwrites `to` and reuses its memory.
void parse_options(ByteView bytes, bool complete, SegmentOptions &to);

inline SegmentOptions parse_options(ByteView bytes, bool complete = true)
{
    SegmentOptions options;
    parse_options(bytes, complete, options);
    return options;
}

} // namespace mptcp
