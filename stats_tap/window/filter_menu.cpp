// SPDX-License-Identifier: GPL-2.0-or-later
#include "window/filter_menu.h"

#include <QMenu>

namespace mptcp {
namespace {

struct Combination {
    const char *title;
    const char *with_current; // between the main window's filter and ours; nullptr: alone
    bool negated;
};

constexpr Combination kCombinations[] = {
    {"Selected", nullptr, false},        {"Not Selected", nullptr, true},
    {"…and Selected", " && ", false},    {"…or Selected", " || ", false},
    {"…and not Selected", " && ", true}, {"…or not Selected", " || ", true},
};

std::string combined(const Combination &combination, const std::string &current,
                     const std::string &filter)
{
    std::string ours = combination.negated ? "!(" + filter + ")" : filter;
    if (combination.with_current == nullptr || current.empty())
        return ours;
    const std::string bracketed = combination.negated ? ours : "(" + ours + ")";
    return "(" + current + ")" + combination.with_current + bracketed;
}

void add_combinations(QMenu &menu, const WindowHost &host, const std::string &filter,
                      void (*use)(const char *))
{
    for (const Combination &combination : kCombinations)
        menu.addAction(QString::fromUtf8(combination.title), [=, &host] {
            use(combined(combination, host.display_filter(), filter).c_str());
        });
}

} // namespace

void add_filter_menus(QMenu &menu, const WindowHost &host, const std::string &filter)
{
    add_combinations(*menu.addMenu("Apply as Filter"), host, filter, host.apply_filter);
    add_combinations(*menu.addMenu("Prepare as Filter"), host, filter, host.prepare_filter);
}

} // namespace mptcp
