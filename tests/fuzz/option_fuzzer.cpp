// SPDX-License-Identifier: GPL-2.0-or-later
//
// Any octets as the options of a TCP header. Whatever they are, the reader ends,
// gives nothing that lies outside of them, and reads what read_dss() reads.
#include <cstddef>
#include <cstdint>
#include <variant>

#include "check.h"
#include "wire/dss_parser.h"
#include "wire/segment_options.h"

namespace {

using namespace mptcp;
using fuzz::check;

bool lies_in(ByteView part, ByteView whole)
{
    return part.empty() || (part.data() >= whole.data() &&
                            part.data() + part.size() <= whole.data() + whole.size());
}

void check_option(ByteView octets, ByteView all)
{
    const Option option = parse_option(octets);
    check(std::holds_alternative<Dss>(option) == read_dss(octets, [](bool, auto, auto) {}));
    if (const auto *removal = std::get_if<RemoveAddr>(&option))
        check(!removal->address_ids.empty() && lies_in(removal->address_ids, all));
    if (const auto *malformed = std::get_if<Malformed>(&option))
        check(!malformed->reason.empty());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    if (size == 0)
        return 0;
    const bool whole = (data[0] & 1) != 0;
    const ByteView options{data + 1, size - 1};

    OptionReader by_option{options, whole};
    std::size_t read = 0;
    while (by_option.next())
        check(++read <= options.size());

    OptionReader by_octets{options, whole};
    for (ByteView octets = by_octets.next_octets(); !octets.empty();
         octets = by_octets.next_octets()) {
        check(lies_in(octets, options));
        check_option(octets, options);
    }
    check_option(options, options);

    Segment segment;
    segment.options = options;
    segment.options_whole = whole;
    const Signals signals = read_signals(segment);
    check(!whole || !signals.truncated());
    return 0;
}
