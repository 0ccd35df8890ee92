// SPDX-License-Identifier: GPL-2.0-or-later
//
// The one bounds-checked cursor over captured bytes. Everything that MPTCP
// puts on the wire is big-endian (RFC 8684 3: network byte order), so the
// readers are too. Only this and tcp_options.h walk over a buffer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace mptcp {

using ByteView = std::span<const std::uint8_t>;

// Reads from the front of a view and never past its end. The first read that
// does not fit makes the cursor bad for good: it and all later reads give
// zeros or empty views. Callers read everything, then ask ok() once.
class Cursor {
public:
    explicit Cursor(ByteView bytes) : bytes_(bytes) {}

    bool ok() const { return ok_; }
    std::size_t remaining() const { return bytes_.size(); }

    // The next `count` bytes, or an empty view.
    ByteView take(std::size_t count)
    {
        if (count > bytes_.size()) {
            fail();
            return {};
        }
        const ByteView taken = bytes_.first(count);
        bytes_ = bytes_.subspan(count);
        return taken;
    }

    std::uint8_t u8() { return static_cast<std::uint8_t>(big_endian<1>()); }
    std::uint16_t u16() { return static_cast<std::uint16_t>(big_endian<2>()); }
    std::uint32_t u32() { return static_cast<std::uint32_t>(big_endian<4>()); }
    std::uint64_t u64() { return big_endian<8>(); }

private:
    template <std::size_t N> std::uint64_t big_endian()
    {
        if (N > bytes_.size()) {
            fail();
            return 0;
        }
        const auto taken = bytes_.first<N>();
        bytes_ = bytes_.subspan(N);
        return joined(taken, std::make_index_sequence<N>{});
    }

    // Nothing is left then, so that no later read fits either.
    void fail()
    {
        ok_ = false;
        bytes_ = {};
    }

    // One expression without a loop: compilers make one load of it.
    template <std::size_t N, std::size_t... I>
    static std::uint64_t joined(std::span<const std::uint8_t, N> bytes, std::index_sequence<I...>)
    {
        return ((std::uint64_t{bytes[I]} << (8 * (N - 1 - I))) | ...);
    }

    ByteView bytes_;
    bool ok_ = true;
};

} // namespace mptcp
