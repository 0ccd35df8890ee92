// SPDX-License-Identifier: GPL-2.0-or-later
//
// A buffer that ends at a page without read access. A read past its end crashes
// the test, with or without a sanitizer.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <stdexcept>

#include <sys/mman.h>
#include <unistd.h>

namespace mptcp::test {

class Guarded {
public:
    Guarded()
        : page_(static_cast<std::size_t>(sysconf(_SC_PAGESIZE))),
          start_(
              mmap(nullptr, 2 * page_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))
    {
        if (start_ == MAP_FAILED || mprotect(pages() + page_, page_, PROT_NONE) != 0)
            throw std::runtime_error{"no guarded page"};
    }
    ~Guarded() { munmap(start_, 2 * page_); }
    Guarded(const Guarded &) = delete;
    Guarded &operator=(const Guarded &) = delete;

    // Copies the bytes to the end of the page. The next call overwrites them.
    std::span<const std::uint8_t> copy(std::span<const std::uint8_t> bytes)
    {
        std::uint8_t *const place = pages() + page_ - bytes.size();
        std::ranges::copy(bytes, place);
        return {place, bytes.size()};
    }

private:
    std::uint8_t *pages() { return static_cast<std::uint8_t *>(start_); }

    std::size_t page_;
    void *start_;
};

} // namespace mptcp::test
