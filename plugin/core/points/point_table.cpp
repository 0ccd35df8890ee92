// SPDX-License-Identifier: GPL-2.0-or-later
//
// Points, and their names.
#include "points/point_table.h"

#include <array>
#include <utility>

#include "base/format.h"
#include "containers/keyed_hash.h"

namespace mptcp {
namespace {

Marks without_link(const Marks &marks)
{
    Marks rest = marks;
    rest.link_low = rest.link_high = 0;
    rest.vlan = 0;
    return rest;
}

Marks without_ttl(const Marks &marks)
{
    Marks rest = marks;
    rest.ttl = 0;
    return rest;
}

// "02:00:00:00:01:0a"
std::string link_address(std::uint64_t address)
{
    constexpr std::string_view kDigits = "0123456789abcdef";
    constexpr unsigned kBits = 48;
    std::string text;
    for (unsigned shift = kBits; shift > 0; shift -= 8) {
        const auto byte = static_cast<std::uint8_t>(address >> (shift - 8));
        text += {kDigits[byte >> 4], kDigits[byte & 0xf]};
        if (shift > 8)
            text += ':';
    }
    return text;
}

void append_words(std::string &to, const std::string &words)
{
    if (!to.empty() && !words.empty())
        to += ", ";
    to += words;
}

std::string link_in_words(const Marks &marks)
{
    std::string words;
    if (marks.link_low != 0 && marks.link_high != 0)
        words = "via " + link_address(marks.link_low) + " - " + link_address(marks.link_high);
    else if (marks.link_high != 0)
        words = "from " + link_address(marks.link_high);
    if (marks.vlan != 0)
        append_words(words, "VLAN " + to_text(std::uint64_t{marks.vlan}));
    return words.empty() ? "no link-layer address" : words;
}

} // namespace

std::size_t PointTable::Hash::operator()(const Marks &marks) const
{
    return KeyedHash{}
        .add(std::uint64_t{marks.section} << 32 | marks.interface)
        .add(std::uint64_t{marks.interface_index} << 32 | std::uint64_t{marks.ttl} << 8 |
             static_cast<std::uint64_t>(marks.direction))
        .add(marks.tunnel ^ std::uint64_t{marks.vlan} << 32)
        .add(marks.link_low)
        .add(marks.link_high)
        .finish();
}

std::optional<std::uint32_t> PointTable::find_anywhere(const Marks &marks) const
{
    if (const auto found = indexes_.find(marks); found != indexes_.end())
        return last_ = found->second;
    if (records_.size() < kMostMarks)
        return std::nullopt;
    const auto group = group_of_.find(without_ttl(without_link(marks)));
    return group == group_of_.end() ? 0 : groups_[group->second].members.front();
}

std::uint32_t PointTable::add(const Marks &marks, std::string name)
{
    const auto index = static_cast<std::uint32_t>(records_.size());
    const auto [group, is_new] = group_of_.try_emplace(without_ttl(without_link(marks)),
                                                       static_cast<std::uint32_t>(groups_.size()));
    if (is_new)
        groups_.push_back({std::move(name), false, false, {}});
    groups_[group->second].members.push_back(index);
    const auto interface_of = [](const Marks &of) { return std::pair{of.section, of.interface}; };
    if (!records_.empty() && interface_of(records_.front().marks) != interface_of(marks))
        several_interfaces_ = true;
    records_.push_back({marks, group->second, std::nullopt});
    indexes_.emplace(marks, index);
    return index;
}

Marks PointTable::separated(const Record &record) const
{
    const Group &group = groups_[record.group];
    const Marks marks = group.by_link ? record.marks : without_link(record.marks);
    return group.by_ttl ? marks : without_ttl(marks);
}

std::string PointTable::name_of(const Record &record) const
{
    const Group &group = groups_[record.group];
    std::string name = group.name;
    if (group.by_link)
        append_words(name, link_in_words(record.marks));
    if (group.by_ttl)
        append_words(name, "TTL " + to_text(std::uint64_t{record.marks.ttl}));
    return name.empty() ? "the capture interface" : name;
}

void PointTable::assign(std::uint32_t marks)
{
    Record &record = records_[marks];
    const auto [place, is_new] =
        point_at_.try_emplace(separated(record), static_cast<std::uint32_t>(points_.size()));
    if (is_new)
        points_.push_back({marks, name_of(record)});
    record.point = place->second;
}

// Each point keeps its index for the marks of its first packet.
void PointTable::assign_anew(const Group &group)
{
    for (const std::uint32_t member : group.members) {
        const Record &record = records_[member];
        if (record.point && points_[*record.point].marks == member) {
            point_at_[separated(record)] = *record.point;
            points_[*record.point].name = name_of(record);
        }
    }
    for (const std::uint32_t member : group.members)
        if (records_[member].point)
            assign(member);
}

void PointTable::separate(std::uint32_t first, std::uint32_t second)
{
    note(first);
    note(second);
    if (first == second || first >= records_.size() || second >= records_.size())
        return;
    const Record &original = records_[first];
    const Record &copy = records_[second];
    if (original.group != copy.group || original.point != copy.point)
        return;
    Group &group = groups_[original.group];
    (differ_beyond_ttl(first, second) ? group.by_link : group.by_ttl) = true;
    assign_anew(group);
}

bool PointTable::differ_beyond_ttl(std::uint32_t first, std::uint32_t second) const
{
    return without_ttl(records_[first].marks) != without_ttl(records_[second].marks);
}

bool PointTable::may_be_apart(std::uint32_t first, std::uint32_t second) const
{
    if (first == second || first >= records_.size() || second >= records_.size())
        return first != second;
    const Marks &marks = records_[first].marks;
    const bool has_link = marks.link_low != 0 || marks.link_high != 0;
    return !has_link || differ_beyond_ttl(first, second);
}

} // namespace mptcp
