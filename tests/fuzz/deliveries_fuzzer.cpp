// SPDX-License-Identifier: GPL-2.0-or-later
//
// Fuzzes what packets deliver to the applications, with any segments in any order. The sequence
// numbers of each sender's data must have no gaps but those that are told. A packet must not
// deliver more than it or earlier packets carried.
#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>

#include "check.h"
#include "segments_input.h"
#include "streams/deliveries.h"

namespace {

using namespace mptcp;
using fuzz::check;

class Delivered {
public:
    void on_segment(const Segment &segment)
    {
        layer_ = segment.frame == frame_ ? layer_ + 1 : 0;
        frame_ = segment.frame;
        const auto observation = tracker_.on_segment(segment);
        if (!observation)
            return;
        const bool taken = deliveries_.apply(tracker_, segment, layer_, *observation);
        check(taken == deliveries_.took(frame_, layer_));
        check(!taken || segment.payload > 0);
        for (auto [index, end] = deliveries_.find(frame_, layer_); index != end; ++index)
            check_delivery(deliveries_[index], segment, observation->is_copy());
    }

private:
    void check_delivery(const Delivery &delivery, const Segment &segment, bool is_copy)
    {
        check(delivery.frame == frame_ && delivery.layer == layer_ && !is_copy);
        std::uint32_t &next =
            next_.try_emplace({delivery.connection, delivery.sender}, 1).first->second;
        const DeliveredRun *run = deliveries_.run_of(delivery);
        if (run == nullptr) {
            check(std::uint64_t{delivery.place} + delivery.length <= segment.payload);
        } else {
            next += static_cast<std::uint32_t>(run->missing);
            std::uint64_t length = 0;
            for (const DeliveredPart &part : run->parts) {
                check(part.frame != 0 && part.frame <= frame_);
                length += part.length;
            }
            check(length == delivery.length && run->bytes.size() <= length);
            check(length > 0);
        }
        check(!delivery.ends || delivery.length == 0);
        check(delivery.seq == next);
        next += delivery.length;
    }

    Tracker tracker_;
    Deliveries deliveries_;
    std::map<std::pair<ConnectionId, Role>, std::uint32_t> next_;
    std::uint32_t frame_ = 0, layer_ = 0;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    Delivered delivered;
    fuzz::each_segment({data, size},
                       [&](const Segment &segment) { delivered.on_segment(segment); });
    return 0;
}
