// SPDX-License-Identifier: GPL-2.0-or-later
//
// A sorted list for what comes nearly in order and in any number: in pieces,
// so that an entry at the end is appended, one from anywhere else moves a few
// hundred others at the most, and none needs an allocation of its own.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <utility>
#include <vector>

namespace mptcp {

// Entry::begin orders them; no two may have the same.
template <class Entry> class SortedPieces {
public:
    bool empty() const { return last_.empty(); }

    // The last one; there is one.
    Entry &back() { return last_.back(); }

    void add(const Entry &entry)
    {
        const bool in_order = !last_.empty() && last_.back().begin < entry.begin;
        if (in_order && last_.size() != last_.capacity())
            last_.push_back(entry); // the usual case, and there is room
        else
            add_anywhere(entry);
    }

    // Takes out the one with this begin, which is there.
    void remove(std::uint64_t begin)
    {
        Entries &piece = piece_of(begin);
        piece.erase(place_of(piece, begin));
        if (piece.empty())
            drop(piece);
    }

    // Calls each(entry) in order, from the last one that begins at or before
    // `number`, or else from the first, until it gives false.
    template <class Each> void visit_from(std::uint64_t number, Each each) const
    {
        if (empty())
            return;
        if (number < last_.front().begin && is_cut())
            for (auto piece = piece_in(*earlier_, number); piece != earlier_->end(); ++piece)
                if (!visit(*piece, number, each))
                    return;
        visit(last_, number, each);
    }

    // The last one that begins at or before `number`; nullptr if none does.
    const Entry *find(std::uint64_t number) const
    {
        const Entries *piece = &last_;
        if (!empty() && number < last_.front().begin && is_cut())
            piece = &*piece_in(*earlier_, number);
        if (piece->empty() || number < piece->front().begin)
            return nullptr;
        return &*last_before(*piece, number);
    }

    // Forgets entries from the front, a piece at a time, as long as
    // unwanted(last entry of the piece) and there is another piece.
    template <class Unwanted> void shed(Unwanted unwanted)
    {
        if (is_cut())
            shed_pieces(unwanted);
    }

    void clear()
    {
        last_ = {};
        earlier_.reset();
    }

private:
    static constexpr std::size_t kMost = 256; // entries in a piece

    using Entries = std::vector<Entry>;  // they grow by doubling: no capacity is above kMost
    using Pieces = std::vector<Entries>; // a list of them moves when one comes between

    bool is_cut() const { return earlier_ && !earlier_->empty(); }

    // False if each() has given that.
    template <class Each> static bool visit(const Entries &piece, std::uint64_t number, Each &each)
    {
        for (auto it = last_before(piece, number); it != piece.end(); ++it)
            if (!each(*it))
                return false;
        return true;
    }

    template <class Unwanted> [[gnu::cold, gnu::noinline]] void shed_pieces(Unwanted unwanted)
    {
        const auto first = std::ranges::find_if_not(
            *earlier_, [&](const Entries &piece) { return unwanted(piece.back()); });
        earlier_->erase(earlier_->begin(), first);
    }

    [[gnu::cold, gnu::noinline]] void add_anywhere(const Entry &entry)
    {
        Entries &piece = piece_of(entry.begin);
        if (piece.size() < kMost) {
            piece.insert(place_of(piece, entry.begin), entry);
        } else if (&piece == &last_ && last_.back().begin < entry.begin) {
            keep_last(); // in order: full pieces stay full
            last_ = {entry};
        } else {
            Entries &half = split(piece, entry.begin);
            half.insert(place_of(half, entry.begin), entry);
        }
    }

    // The last one becomes an earlier one.
    void keep_last()
    {
        if (!earlier_)
            earlier_ = std::make_unique<Pieces>();
        earlier_->push_back(std::move(last_));
    }

    // Nothing is left in that piece.
    void drop(Entries &piece)
    {
        if (&piece != &last_) {
            earlier_->erase(earlier_->begin() + (&piece - earlier_->data()));
        } else if (is_cut()) {
            last_ = std::move(earlier_->back());
            earlier_->pop_back();
        }
    }

    // The piece that an entry with this begin is in, or would be put in: the
    // last one that begins there or before, or else the first.
    template <class Of> static auto piece_in(Of &pieces, std::uint64_t begin)
    {
        const auto front = [](const Entries &piece) { return piece.front().begin; };
        const auto next = std::ranges::upper_bound(pieces, begin, {}, front);
        return next == pieces.begin() ? next : std::prev(next);
    }
    Entries &piece_of(std::uint64_t begin)
    {
        const bool in_last = !is_cut() || begin >= last_.front().begin; // nearly always
        return in_last ? last_ : *piece_in(*earlier_, begin);
    }

    static auto place_of(const Entries &entries, std::uint64_t begin) ->
        typename Entries::const_iterator
    {
        return std::ranges::lower_bound(entries, begin, {}, &Entry::begin);
    }

    static auto last_before(const Entries &entries, std::uint64_t number) ->
        typename Entries::const_iterator
    {
        if (entries.back().begin <= number)
            return std::prev(entries.end());
        const auto next = std::ranges::upper_bound(entries, number, {}, &Entry::begin);
        return next == entries.begin() ? next : std::prev(next);
    }

    // Cuts a full piece in the middle; gives the half that `begin` belongs to.
    Entries &split(Entries &piece, std::uint64_t begin)
    {
        const auto middle = piece.begin() + static_cast<std::ptrdiff_t>(piece.size() / 2);
        Entries upper{middle, piece.end()};
        piece.erase(middle, piece.end());
        piece.shrink_to_fit();
        const bool in_lower = begin < upper.front().begin;
        if (&piece == &last_) {
            keep_last();
            last_ = std::move(upper);
            return in_lower ? earlier_->back() : last_;
        }
        const auto next = earlier_->begin() + (&piece - earlier_->data()) + 1;
        const auto half = earlier_->insert(next, std::move(upper));
        return in_lower ? *std::prev(half) : *half;
    }

    Entries last_;                    // none only if there are no others
    std::unique_ptr<Pieces> earlier_; // those before it, none of them empty; nullptr: none
};

} // namespace mptcp
