// SPDX-License-Identifier: GPL-2.0-or-later
#include "allocated.h"

#include <cstdlib>
#include <new>

#include <malloc.h>

namespace mptcp::test {
namespace {

Allocated allocated; // the tests have one thread

void *counted_new(std::size_t bytes)
{
    void *const place = std::malloc(bytes == 0 ? 1 : bytes);
    if (place == nullptr)
        throw std::bad_alloc{};
    const std::size_t usable = malloc_usable_size(place);
    allocated.held += usable;
    allocated.bytes += usable;
    ++allocated.times;
    return place;
}

void counted_delete(void *place) noexcept
{
    allocated.held -= malloc_usable_size(place); // 0 for nullptr
    std::free(place);
}

} // namespace

Allocated Allocated::so_far() { return allocated; }

} // namespace mptcp::test

// These replace the library's operators; the other forms call them.
void *operator new(std::size_t bytes) { return mptcp::test::counted_new(bytes); }
void operator delete(void *place) noexcept { mptcp::test::counted_delete(place); }
void operator delete(void *place, std::size_t) noexcept { mptcp::test::counted_delete(place); }
