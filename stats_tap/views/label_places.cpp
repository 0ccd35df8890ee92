// SPDX-License-Identifier: GPL-2.0-or-later
#include "views/label_places.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <numeric>

namespace mptcp {
namespace {

constexpr double kMarkWidth = 7;

class LabelRow {
public:
    LabelRow(const std::vector<MarkLabel> &labels, double begin, double end)
        : labels_(labels), begin_(begin), end_(end)
    {
    }

    LabelSide place(const MarkLabel &label)
    {
        if (label.mark < begin_ || label.mark > end_)
            return LabelSide::Hidden;
        if (take(label, label.mark, label.mark + label.width))
            return LabelSide::Right;
        return take(label, label.mark - label.width, label.mark) ? LabelSide::Left
                                                                 : LabelSide::Hidden;
    }

private:
    bool take(const MarkLabel &label, double begin, double end)
    {
        if (begin < begin_ || end > end_ || is_taken(begin, end) || covers(label, begin, end))
            return false;
        taken_.emplace(begin, end);
        return true;
    }
    bool is_taken(double begin, double end) const
    {
        const auto next = taken_.lower_bound(end);
        return next != taken_.begin() && std::prev(next)->second > begin;
    }
    bool covers(const MarkLabel &label, double begin, double end) const
    {
        const auto first =
            std::ranges::lower_bound(labels_, begin - kMarkWidth / 2, {}, &MarkLabel::mark);
        const auto last = std::ranges::upper_bound(labels_, end, {}, &MarkLabel::mark);
        return std::any_of(first, last, [&](const MarkLabel &other) {
            return other.kind != label.kind && std::abs(other.mark - label.mark) >= kMarkWidth;
        });
    }

    const std::vector<MarkLabel> &labels_;
    double begin_, end_;
    std::map<double, double> taken_; // begin to end of the shown labels
};

} // namespace

std::vector<LabelSide> place_labels(const std::vector<MarkLabel> &labels, double begin, double end)
{
    std::vector<std::size_t> order(labels.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, std::ranges::greater{},
                             [&](std::size_t index) { return labels[index].importance; });
    std::vector<LabelSide> sides(labels.size());
    LabelRow row(labels, begin, end);
    for (const std::size_t index : order)
        sides[index] = row.place(labels[index]);
    return sides;
}

} // namespace mptcp
