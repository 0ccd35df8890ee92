// SPDX-License-Identifier: GPL-2.0-or-later
//
// Fuzzes the order of data: parts of a stream in any order, with overlaps, holes and bytes that
// were not captured. Each byte must be passed on once, in order, and be the right one.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "check.h"
#include "streams/ordered_data.h"

namespace {

using namespace mptcp;
using fuzz::check;

constexpr std::uint64_t kStart = std::uint64_t{1} << 63;
constexpr std::size_t kLength = 512; // of the stream, in bytes

std::array<std::uint8_t, kLength> make_stream()
{
    std::array<std::uint8_t, kLength> stream{};
    for (std::size_t place = 0; place < kLength; ++place)
        stream[place] = static_cast<std::uint8_t>(place * 31 + place / 256);
    return stream;
}

// What was passed on.
struct Taken {
    std::array<std::uint8_t, kLength> stream = make_stream();
    std::uint64_t next = kStart;

    void operator()(const DataPart &part)
    {
        check(part.dsns.begin == next && !part.dsns.empty());
        check(part.bytes.size() <= part.dsns.size());
        check(part.frame != 0 || part.bytes.empty());
        const auto place = static_cast<std::size_t>(next - kStart);
        check(std::equal(part.bytes.begin(), part.bytes.end(), stream.begin() + place));
        next = part.dsns.end;
    }
};

} // namespace

// Each part is four bytes: the place, the length, how many bytes are missing, and what to do.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    constexpr std::size_t kRecord = 4;
    Taken taken;
    OrderedData ordered{kStart};
    std::uint64_t highest = kStart;
    for (std::size_t at = 0; at + kRecord <= size; at += kRecord) {
        const std::size_t place = std::size_t{data[at]} + (data[at + 3] & 1U) * 256;
        const std::size_t length = std::min<std::size_t>(data[at + 1], kLength - place);
        const std::size_t captured = length - std::min<std::size_t>(length, data[at + 2] / 16);
        const ByteView bytes = ByteView{taken.stream}.subspan(place, captured);
        const auto take = [&](const DataPart &part) { taken(part); };
        ordered.add({{kStart + place, kStart + place + length}, 1, 0, bytes}, take);
        if (length > 0)
            highest = std::max<std::uint64_t>(highest, kStart + place + length);
        check(ordered.next() == taken.next);
        check(ordered.hole().empty() || ordered.hole().begin == taken.next);
        if ((data[at + 3] & 0x80U) != 0)
            ordered.skip_hole(take);
    }
    while (!ordered.hole().empty())
        ordered.skip_hole([&](const DataPart &part) { taken(part); });
    check(taken.next == highest);
    check(ordered.memory() == 0);
    return 0;
}
