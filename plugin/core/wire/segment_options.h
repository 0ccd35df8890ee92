// SPDX-License-Identifier: GPL-2.0-or-later
//
// The TCP options of one segment, parsed once: every option of kind 30 in its order, and
// the window scale of a SYN. What they mean for a connection is left to the rooms above.
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

struct SegmentOptions {
    boost::container::small_vector<Option, 1> mptcp; // kind 30; most segments have one at most
    WindowScale window_scale;
    bool truncated = false; // the snaplen may have cut options of kind 30

    // The first option of that form; nullptr if there is none.
    template <class Form> const Form *find() const
    {
        for (const Option &option : mptcp)
            if (const auto *form = std::get_if<Form>(&option))
                return form;
        return nullptr;
    }
    template <class Form> bool has() const { return find<Form>() != nullptr; }

    // A well-formed option of a known subtype.
    bool any() const;
    // No option of kind 30, and none that the snaplen may have cut.
    bool none() const { return !truncated && !any(); }

    // Of the DSS options: the first mapping, the first DATA_ACK, and the first mapping that
    // ends with a DATA_FIN (RFC 8684 3.3.3: a DATA_FIN without a mapping does not count).
    // nullptr if there is none.
    const DssMapping *mapping() const;
    const WireDataSeq *data_ack() const;
    const DssMapping *data_fin() const;

    // A DSS mapping, or MP_CAPABLE with the length of the first data (RFC 8684 3.1).
    bool maps_data() const;
    // RFC 8684 3.7: a mapping of length zero.
    bool infinite_mapping() const;

private:
    // The first that of(dss) gives and that is not nullptr.
    template <class Of> auto first_of_dss(Of of) const -> decltype(of(Dss{}))
    {
        for (const Option &option : mptcp)
            if (const auto *dss = std::get_if<Dss>(&option))
                if (const auto *found = of(*dss))
                    return found;
        return nullptr;
    }
};

// Parses the options of a TCP header; `complete` is false if the capture does not hold all
// of them. An option whose length is wrong ends the options: it is listed as Malformed if
// its kind is 30. Overwrites `to`, whose memory is used again.
void parse_options(ByteView bytes, bool complete, SegmentOptions &to);

inline SegmentOptions parse_options(ByteView bytes, bool complete = true)
{
    SegmentOptions options;
    parse_options(bytes, complete, options);
    return options;
}

} // namespace mptcp
