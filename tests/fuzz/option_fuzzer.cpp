// SPDX-License-Identifier: GPL-2.0-or-later
//
// Fuzzes the parsers with any bytes: as the options of a TCP header, as a single option 30 and as
// a TCP segment. Parsing must end, and the result must be consistent.
#include <cstddef>
#include <cstdint>
#include <variant>

#include "check.h"
#include "wire/segment_options.h"
#include "wire/tcp_header.h"

namespace {

using namespace mptcp;
using fuzz::check;

void check_option(const Option &option)
{
    if (const auto *removal = std::get_if<RemoveAddr>(&option))
        check(removal->count > 0 && removal->count <= removal->ids.size());
    if (const auto *malformed = std::get_if<Malformed>(&option))
        check(!malformed->reason.empty());
}

void check_options(const SegmentOptions &options, std::size_t length, bool complete)
{
    check(options.mptcp.size() <= length);
    for (const Option &option : options.mptcp)
        check_option(option);
    check(!complete || !options.truncated);
    check(options.window_scale.shift <= 14);
    check(!options.maps_data() || options.any());
    check(!(options.any() && options.none()));
    check(options.data_fin() == nullptr || options.mapping() != nullptr);
}

// Parses the bytes as a TCP segment of `length` bytes on the wire.
void check_segment(ByteView captured, std::size_t length)
{
    Segment segment;
    if (!parse_tcp(captured, length, segment))
        return;
    check(segment.payload <= length);
    check(segment.payload_bytes.size() <= captured.size());
    check_options(segment.options, captured.size(), false);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    if (size == 0)
        return 0;
    const bool complete = (data[0] & 1) != 0;
    const ByteView bytes{data + 1, size - 1};
    check_options(parse_options(bytes, complete), bytes.size(), complete);
    check_option(parse_option(bytes));
    check_segment(bytes, bytes.size());
    check_segment(bytes, bytes.size() + data[0]);
    return 0;
}
