// SPDX-License-Identifier: GPL-2.0-or-later
//
// The computation of the DSS checksum (RFC 8684 3.3.1, RFC 1071).
#include "data/dss_checksum.h"

namespace mptcp {
namespace {

// RFC 8684 3.3.1: the pseudo-header has the 8-byte DSN, the relative subflow sequence number, the
// length and a zero checksum. The sum includes the checksum that was sent.
std::uint64_t sum_of(const DssChecksum::Announced &announced)
{
    std::uint64_t sum = announced.length;
    for (std::uint64_t rest = announced.data_seq.value; rest != 0; rest >>= 16)
        sum += rest & 0xffff;
    for (std::uint32_t rest = announced.subflow_offset; rest != 0; rest >>= 16)
        sum += rest & 0xffff;
    return sum + announced.checksum;
}

} // namespace

std::uint64_t sum_words(ByteView bytes, std::uint64_t offset)
{
    std::uint64_t even = 0;
    std::uint64_t odd = 0;
    std::size_t i = 0;
    for (; i + 1 < bytes.size(); i += 2) {
        even += bytes[i];
        odd += bytes[i + 1];
    }
    if (i < bytes.size())
        even += bytes[i];
    return offset % 2 == 0 ? (even << 8) + odd : (odd << 8) + even;
}

std::uint16_t folded(std::uint64_t sum)
{
    while (sum > 0xffff)
        sum = (sum >> 16) + (sum & 0xffff);
    return static_cast<std::uint16_t>(sum);
}

DssChecksum::DssChecksum(const Range &place, const Announced &announced)
    : place_(place), missing_(place.size()), sum_(sum_of(announced))
{
}

void DssChecksum::add(const Range &offsets, ByteView captured)
{
    passed_.add(common(place_, offsets), [&](const Range &fresh) {
        missing_ -= fresh.size();
        const std::uint64_t skip = fresh.begin - offsets.begin;
        if (skip + fresh.size() > captured.size()) {
            known_ = false;
            return;
        }
        sum_ += sum_words(captured.subspan(skip, fresh.size()), fresh.begin - place_.begin);
    });
}

Verdict DssChecksum::status() const
{
    if (!known_ || !complete())
        return Verdict::Unverified;
    return folded(sum_) == 0xffff ? Verdict::Good : Verdict::Bad;
}

} // namespace mptcp
