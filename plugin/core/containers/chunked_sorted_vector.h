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
    // From the first one to the last.
    class Iterator {
    public:
        Iterator() = default;
        Iterator(const SortedPieces *list, std::size_t piece) : list_(list), piece_(piece) {}
        const Entry &operator*() const { return list_->piece(piece_)[place_]; }
        const Entry *operator->() const { return &**this; }
        Iterator &operator++()
        {
            if (++place_ == list_->piece(piece_).size()) {
                ++piece_;
                place_ = 0;
            }
            return *this;
        }
        friend bool operator==(const Iterator &, const Iterator &) = default;

    private:
        const SortedPieces *list_ = nullptr;
        std::size_t piece_ = 0;
        std::size_t place_ = 0; // in the piece
    };
    Iterator begin() const { return {this, 0}; }
    Iterator end() const { return {this, empty() ? 0 : earlier_count() + 1}; }

    bool empty() const { return last_.empty(); }

    // How many begin before `number`, and the one that so many stand before. Cost:
    // O(log n), and after a change that is not at the end a step for each piece.
    std::size_t count_before(std::uint64_t number) const
    {
        if (!is_cut())
            return count_before(last_, number);
        std::size_t i = earlier_count(); // the last piece
        if (const Pieces &pieces = earlier_->pieces; number < last_.front().begin)
            i = static_cast<std::size_t>(piece_in(pieces, number) - pieces.begin());
        return starts()[i] + count_before(piece(i), number);
    }
    const Entry &operator[](std::size_t place) const
    {
        if (!is_cut())
            return last_[place];
        const auto next = std::ranges::upper_bound(starts(), place);
        const auto i = static_cast<std::size_t>(next - starts().begin()) - 1;
        return piece(i)[place - starts()[i]];
    }

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
        forget_starts();
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
            for (auto piece = piece_in(earlier_->pieces, number); piece != earlier_->pieces.end();
                 ++piece)
                if (!visit(*piece, number, each))
                    return;
        visit(last_, number, each);
    }

    // The last one that begins at or before `number`; nullptr if none does.
    const Entry *find(std::uint64_t number) const
    {
        const Entries *piece = &last_;
        if (!empty() && number < last_.front().begin && is_cut())
            piece = &*piece_in(earlier_->pieces, number);
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

    struct Earlier {
        Pieces pieces;                   // none of them empty
        std::vector<std::size_t> starts; // see starts(); none: to be counted
    };

    bool is_cut() const { return earlier_ && !earlier_->pieces.empty(); }
    std::size_t earlier_count() const { return earlier_ ? earlier_->pieces.size() : 0; }
    const Entries &piece(std::size_t i) const
    {
        return i < earlier_count() ? earlier_->pieces[i] : last_;
    }

    // How many entries stand before each piece; the list is cut.
    const std::vector<std::size_t> &starts() const
    {
        auto &starts = earlier_->starts;
        if (starts.empty()) {
            std::size_t count = 0;
            for (const Entries &entries : earlier_->pieces) {
                starts.push_back(count);
                count += entries.size();
            }
            starts.push_back(count);
        }
        return starts;
    }
    void forget_starts()
    {
        if (earlier_)
            earlier_->starts.clear();
    }

    static std::size_t count_before(const Entries &entries, std::uint64_t number)
    {
        return static_cast<std::size_t>(place_of(entries, number) - entries.begin());
    }

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
        Pieces &pieces = earlier_->pieces;
        const auto first = std::ranges::find_if_not(
            pieces, [&](const Entries &piece) { return unwanted(piece.back()); });
        pieces.erase(pieces.begin(), first);
        forget_starts();
    }

    [[gnu::cold, gnu::noinline]] void add_anywhere(const Entry &entry)
    {
        forget_starts();
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
            earlier_ = std::make_unique<Earlier>();
        earlier_->pieces.push_back(std::move(last_));
    }

    // Nothing is left in that piece.
    void drop(Entries &piece)
    {
        if (&piece != &last_) {
            earlier_->pieces.erase(earlier_->pieces.begin() + (&piece - earlier_->pieces.data()));
        } else if (is_cut()) {
            last_ = std::move(earlier_->pieces.back());
            earlier_->pieces.pop_back();
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
        return in_last ? last_ : *piece_in(earlier_->pieces, begin);
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
            return in_lower ? earlier_->pieces.back() : last_;
        }
        Pieces &pieces = earlier_->pieces;
        const auto next = pieces.begin() + (&piece - pieces.data()) + 1;
        const auto half = pieces.insert(next, std::move(upper));
        return in_lower ? *std::prev(half) : *half;
    }

    Entries last_;                     // none only if there are no others
    std::unique_ptr<Earlier> earlier_; // those before it; nullptr: none
};

} // namespace mptcp
