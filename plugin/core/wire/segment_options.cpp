// SPDX-License-Identifier: GPL-2.0-or-later
#include "wire/segment_options.h"

#include "wire/dss_parser.h"

namespace mptcp {
namespace {

template <class T> void keep_first(std::optional<T> &kept, const T &option)
{
    if (!kept)
        kept = option;
}

Signals::Others &others_of(Signals &signals)
{
    return signals.others ? *signals.others : signals.others.emplace();
}

// Of a mapping in a DSS.
[[gnu::always_inline]] inline void gather(const DssMapping &mapping, bool data_fin,
                                          Signals &signals)
{
    unsigned what = Signals::kMapsData;
    if (signals.mappings++ == 0) {
        signals.mapping = mapping;
        if (mapping.subflow_offset == 1)
            what |= Signals::kFirstMapping;
    }
    if (mapping.length == 0)
        what |= Signals::kInfiniteMapping;
    if (data_fin) {
        what |= Signals::kDataFin;
        keep_first(others_of(signals).data_fin, mapping);
    }
    signals.note(what);
}

struct Gather {
    Signals &signals;

    void operator()(const MpCapable &option) const
    {
        keep_first(others_of(signals).capable, option);
        if (option.data_length) // RFC 8684 3.1
            signals.note(Signals::kMapsData);
    }
    void operator()(const MpJoinSyn &option) const
    {
        keep_first(others_of(signals).join_syn, option);
    }
    void operator()(const MpJoinSynAck &option) const
    {
        keep_first(others_of(signals).join_syn_ack, option);
    }
    void operator()(const MpJoinAck &option) const
    {
        keep_first(others_of(signals).join_ack, option);
    }
    void operator()(const MpFastclose &option) const
    {
        keep_first(others_of(signals).fastclose, option);
    }
    void operator()(const MpFail &) const { signals.note(Signals::kFail); }
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
    if (well_formed(option))
        signals.note(Signals::kAny);
    signals.note(Signals::kSignalling);
    std::visit(Gather{signals}, option);
}

} // namespace

Signals::Signals() = default; // not in the class: as a constant, all of it would be written

Signals read_signals(const Segment &segment)
{
    Signals signals;
    OptionReader reader{segment};
    const auto gather_dss = [&](bool data_fin, const WireDataSeq *data_ack,
                                const DssMapping *mapping) {
        signals.note(Signals::kAny | Signals::kDataLevel);
        if (data_ack != nullptr)
            keep_first(signals.data_ack, *data_ack);
        if (mapping != nullptr)
            gather(*mapping, data_fin, signals);
    };
    while (true) {
        const ByteView octets = reader.next_octets();
        if (octets.empty())
            break;
        if (!read_dss(octets, gather_dss)) // hardly ever
            gather_other(octets, signals);
    }
    if (reader.ends_malformed())
        signals.note(Signals::kSignalling);
    if (reader.truncated())
        signals.note(Signals::kTruncated);
    return signals;
}

} // namespace mptcp
