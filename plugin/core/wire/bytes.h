// SPDX-License-Identifier: GPL-2.0-or-later
//
// A bounds-checked cursor over captured bytes. MPTCP fields are in network byte order (RFC 8684
// 3), so all numbers are read as big-endian. tcp_options.h iterates over the options of a
// header; no other code iterates over a buffer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace mptcp {

using ByteView = std::span<const std::uint8_t>;

// Reads from the front of a view, never past its end. After a read that does not fit, that read
// and all later reads return zero or an empty view, and ok() returns false. Callers may read all
// fields and then check ok() once.
class Cursor {
public:
    explicit Cursor(ByteView bytes) : bytes_(bytes) {}

    bool ok() const { return ok_; }
    std::size_t remaining() const { return bytes_.size(); }

    // Returns the next `count` bytes, or an empty view if fewer remain.
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

    // Empties the view, so that all later reads fail.
    void fail()
    {
        ok_ = false;
        bytes_ = {};
    }

    // Compilers reduce this expression to a single load.
    template <std::size_t N, std::size_t... I>
    static std::uint64_t joined(std::span<const std::uint8_t, N> bytes, std::index_sequence<I...>)
    {
        return ((std::uint64_t{bytes[I]} << (8 * (N - 1 - I))) | ...);
    }

    ByteView bytes_;
    bool ok_ = true;
};

} // namespace mptcp
