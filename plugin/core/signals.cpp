// SPDX-License-Identifier: GPL-2.0-or-later
#include "signals.h"

#include "dss_parser.h"

namespace mptcp {
namespace {

template <class T> void keep_first(std::optional<T> &kept, const T &option)
{
    if (!kept)
        kept = option;
}

struct Gather {
    Signals &signals;

    void operator()(const MpCapable &option) const
    {
        keep_first(signals.capable, option);
        signals.maps_data |= option.data_length.has_value(); // RFC 8684 3.1
    }
    void operator()(const MpJoinSyn &option) const { keep_first(signals.join_syn, option); }
    void operator()(const MpJoinSynAck &option) const { keep_first(signals.join_syn_ack, option); }
    void operator()(const MpJoinAck &option) const { keep_first(signals.join_ack, option); }
    void operator()(const MpFastclose &option) const { keep_first(signals.fastclose, option); }
    void operator()(const MpFail &) const { signals.fail = true; }
    void operator()(const Dss &option) const
    {
        signals.data_level = true;
        signals.maps_data |= option.mapping.has_value();
        if (option.mapping) {
            ++signals.mappings;
            keep_first(signals.mapping, *option.mapping);
        }
        if (option.mapping && option.data_fin)
            keep_first(signals.data_fin, *option.mapping);
        signals.infinite_mapping |= option.mapping && option.mapping->length == 0;
        if (option.data_ack)
            keep_first(signals.data_ack, *option.data_ack);
    }
    template <class Other> void operator()(const Other &) const {}
};

bool well_formed(const Option &option)
{
    return !std::holds_alternative<Malformed>(option) &&
           !std::holds_alternative<UnknownSubtype>(option);
}

// Of an option that is no DSS.
[[gnu::cold, gnu::noinline]] void gather_other(ByteView octets, Signals &signals)
{
    const Option option = parse_option(octets);
    signals.any |= well_formed(option);
    signals.signalling = true;
    std::visit(Gather{signals}, option);
}

} // namespace

Signals::Signals() = default; // not in the class: as a constant, all of it would be written

Signals read_signals(const Segment &segment)
{
    Signals signals;
    OptionReader reader{segment};
    while (true) {
        const ByteView octets = reader.next_octets();
        if (octets.empty())
            break;
        if (const auto dss = parse_dss(octets)) { // nearly always
            signals.any = true;
            Gather{signals}(*dss);
        } else {
            gather_other(octets, signals);
        }
    }
    signals.signalling |= reader.ends_malformed();
    signals.truncated = reader.truncated();
    return signals;
}

} // namespace mptcp
