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
#include <utility>
#include <vector>

namespace mptcp {

// Entry::begin orders them; no two may have the same.
template <class Entry> class SortedPieces {
public:
    bool empty() const { return pieces_.empty(); }

    // The last one; there is one.
    Entry &back() { return pieces_.back().entries.back(); }

    void add(const Entry &entry)
    {
        if (!pieces_.empty()) {
            Entries &last = pieces_.back().entries;
            if (last.back().begin < entry.begin && last.size() != last.capacity()) {
                last.push_back(entry); // the usual case: in order, and there is room
                return;
            }
        }
        add_anywhere(entry);
    }

    // Takes out the one with this begin, which is there.
    void remove(std::uint64_t begin)
    {
        const auto piece = piece_of(begin);
        piece->entries.erase(place_of(piece->entries, begin));
        if (piece->entries.empty())
            pieces_.erase(piece);
    }

    // Calls each(entry) in order, from the last one that begins at or before
    // `number`, or else from the first, until it gives false.
    template <class Each> void visit_from(std::uint64_t number, Each each) const
    {
        if (pieces_.empty())
            return;
        for (auto piece = piece_with_last_before(number); piece != pieces_.end(); ++piece)
            for (auto it = last_before(piece->entries, number); it != piece->entries.end(); ++it)
                if (!each(*it))
                    return;
    }

    // The last one that begins at or before `number`; nullptr if none does.
    const Entry *find(std::uint64_t number) const
    {
        if (pieces_.empty())
            return nullptr;
        const Entries &entries = piece_with_last_before(number)->entries;
        return entries.front().begin > number ? nullptr : &*last_before(entries, number);
    }

    // Forgets entries from the front, a piece at a time, as long as
    // unwanted(last entry of the piece) and there is another piece.
    template <class Unwanted> void shed(Unwanted unwanted)
    {
        if (pieces_.end() - pieces_.begin() > 1)
            shed_pieces(unwanted);
    }

    void clear() { pieces_.clear(); }

private:
    static constexpr std::size_t kMost = 256; // entries in a piece

    using Entries = std::vector<Entry>; // they grow by doubling: no capacity is above kMost
    struct Piece {
        std::uint64_t begin; // where its first entry may begin
        Entries entries;     // never none
    };
    using Pieces = std::vector<Piece>; // a list of them moves when one comes between

    template <class Unwanted> [[gnu::cold, gnu::noinline]] void shed_pieces(Unwanted unwanted)
    {
        auto first = pieces_.begin();
        while (pieces_.end() - first > 1 && unwanted(first->entries.back()))
            ++first;
        if (first != pieces_.begin())
            pieces_.erase(pieces_.begin(), first);
    }

    [[gnu::cold, gnu::noinline]] void add_anywhere(const Entry &entry)
    {
        if (pieces_.empty()) {
            pieces_.push_back({entry.begin, {entry}});
            return;
        }
        const auto piece = piece_of(entry.begin);
        piece->begin =
            std::min(piece->begin, entry.begin); // only the first one can begin behind it
        Entries &entries = piece->entries;
        if (entries.back().begin < entry.begin) {
            if (entries.size() < kMost) {
                entries.push_back(entry);
                return;
            }
            if (std::next(piece) == pieces_.end()) { // in order: full pieces stay full
                pieces_.push_back({entry.begin, {entry}});
                return;
            }
        }
        Piece &target = entries.size() < kMost ? *piece : split(piece, entry.begin);
        target.entries.insert(place_of(target.entries, entry.begin), entry);
    }

    // The piece that an entry with this begin is in, or would be put in.
    template <class Of> static auto piece_in(Of &pieces, std::uint64_t begin)
    {
        const auto last = std::prev(pieces.end()); // the usual case
        if (begin >= last->begin || pieces.size() == 1)
            return last;
        const auto next = std::ranges::upper_bound(pieces, begin, {}, &Piece::begin);
        return next == pieces.begin() ? next : std::prev(next);
    }
    auto piece_of(std::uint64_t begin) -> typename Pieces::iterator
    {
        return piece_in(pieces_, begin);
    }
    auto piece_of(std::uint64_t begin) const -> typename Pieces::const_iterator
    {
        return piece_in(pieces_, begin);
    }

    // Its front entries may have been removed: then the one before has the last.
    auto piece_with_last_before(std::uint64_t number) const -> typename Pieces::const_iterator
    {
        const auto piece = piece_of(number);
        const bool begins_behind = piece->entries.front().begin > number;
        return begins_behind && piece != pieces_.begin() ? std::prev(piece) : piece;
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
    Piece &split(typename Pieces::iterator piece, std::uint64_t begin)
    {
        Entries &entries = piece->entries;
        const auto middle = entries.begin() + static_cast<std::ptrdiff_t>(entries.size() / 2);
        Entries upper{middle, entries.end()};
        entries.erase(middle, entries.end());
        entries.shrink_to_fit();
        const std::uint64_t first = upper.front().begin;
        const auto next = pieces_.insert(std::next(piece), {first, std::move(upper)});
        return begin < first ? *std::prev(next) : *next;
    }

    Pieces pieces_;
};

} // namespace mptcp
