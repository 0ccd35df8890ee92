// SPDX-License-Identifier: GPL-2.0-or-later
#include "signals.h"

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
        signals.mapping |= option.data_length.has_value(); // RFC 8684 3.1
    }
    void operator()(const MpJoinSyn &option) const { keep_first(signals.join_syn, option); }
    void operator()(const MpJoinSynAck &option) const { keep_first(signals.join_syn_ack, option); }
    void operator()(const MpJoinAck &option) const { keep_first(signals.join_ack, option); }
    void operator()(const MpFastclose &option) const { keep_first(signals.fastclose, option); }
    void operator()(const Dss &option) const
    {
        signals.data_level = true;
        signals.mapping |= option.mapping.has_value();
        // RFC 8684 3.3: DATA_FIN takes a mapping's last octet.
        signals.data_fin |= option.data_fin && option.mapping;
        signals.infinite_mapping |= option.mapping && option.mapping->length == 0;
    }
    template <class Other> void operator()(const Other &) const {}
};

bool well_formed(const Option &option)
{
    return !std::holds_alternative<Malformed>(option) &&
           !std::holds_alternative<UnknownSubtype>(option);
}

} // namespace

Signals read_signals(const Segment &segment)
{
    Signals signals;
    OptionReader reader{segment};
    while (const auto option = reader.next()) {
        signals.any |= well_formed(*option);
        std::visit(Gather{signals}, *option);
    }
    signals.truncated = reader.truncated();
    return signals;
}

} // namespace mptcp
