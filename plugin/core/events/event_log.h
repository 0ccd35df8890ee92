// SPDX-License-Identifier: GPL-2.0-or-later
//
// All events of a capture, in little room: 24 octets for each, and behind them
// what the packet carried, by its kind. They are read by value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

#include "containers/blocks.h"
#include "events/event.h"

namespace mptcp {

// Variants, each kind in a list of its own, so that none takes the room of the
// largest one.
template <class Variant> class VariantLists;

template <class... Kinds> class VariantLists<std::variant<Kinds...>> {
public:
    using Variant = std::variant<Kinds...>;

    // Where it is to be found, with its index().
    std::uint32_t add(const Variant &value)
    {
        return std::visit(
            [this](const auto &kind) -> std::uint32_t {
                using Kind = std::remove_cvref_t<decltype(kind)>;
                if constexpr (std::is_empty_v<Kind>) {
                    return 0;
                } else {
                    auto &list = std::get<Blocks<Kind>>(lists_);
                    list.add() = kind;
                    return static_cast<std::uint32_t>(list.size() - 1);
                }
            },
            value);
    }

    Variant get(std::size_t index, std::uint32_t place) const
    {
        Variant value;
        std::size_t at = 0;
        ((at++ == index ? read<Kinds>(place, value) : void()), ...);
        return value;
    }

private:
    template <class Kind> void read(std::uint32_t place, Variant &value) const
    {
        if constexpr (!std::is_empty_v<Kind>)
            value = std::get<Blocks<Kind>>(lists_)[place];
    }

    std::tuple<Blocks<Kinds>...> lists_;
};

class EventLog {
public:
    // Some of the log, in its order: good as long as the log.
    class Events {
    public:
        class Iterator {
        public:
            Iterator(const EventLog *log, std::size_t place) : log_(log), place_(place) {}
            Event operator*() const { return log_->at(place_); }
            Iterator &operator++()
            {
                ++place_;
                return *this;
            }
            friend bool operator==(const Iterator &, const Iterator &) = default;

        private:
            const EventLog *log_;
            std::size_t place_;
        };

        Events(const EventLog *log, std::size_t first, std::size_t last)
            : log_(log), first_(first), last_(last)
        {
        }
        Iterator begin() const { return {log_, first_}; }
        Iterator end() const { return {log_, last_}; }
        std::size_t size() const { return last_ - first_; }
        bool empty() const { return first_ == last_; }
        Event operator[](std::size_t i) const { return log_->at(first_ + i); }

    private:
        const EventLog *log_;
        std::size_t first_;
        std::size_t last_;
    };

    // Behind those of earlier frames.
    void add(const Event &event)
    {
        records_.add() = {event.time,    event.frame,
                          event.subflow, details_.add(event.detail),
                          event.type,    static_cast<std::uint8_t>(event.detail.index()),
                          event.sender,  event.repeated};
    }

    Events all() const { return {this, 0, records_.size()}; }
    // Cost: O(log n).
    Events of_frame(std::uint32_t frame) const
    {
        const auto before = [frame](const Record &each) { return each.frame < frame; };
        const auto up_to = [frame](const Record &each) { return each.frame <= frame; };
        return {this, records_.partition_point(before), records_.partition_point(up_to)};
    }

private:
    struct Record {
        Time time;
        std::uint32_t frame;
        SubflowId subflow;
        std::uint32_t detail;
        EventType type;
        std::uint8_t kind; // of the detail
        Side sender;
        bool repeated;
    };
    static_assert(sizeof(Record) == 24);

    Event at(std::size_t place) const
    {
        const Record &record = records_[place];
        return {record.frame,
                record.type,
                record.sender,
                record.repeated,
                record.subflow,
                record.time,
                details_.get(record.kind, record.detail)};
    }

    Blocks<Record> records_;
    VariantLists<EventDetail> details_;
};

} // namespace mptcp
