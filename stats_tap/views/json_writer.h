// SPDX-License-Identifier: GPL-2.0-or-later
//
// Wireshark's JSON writer, with a method for each kind of value in our
// documents.
#pragma once

#include <cinttypes>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include <wireshark.h>

#include <wsutil/json_dumper.h>

#include "base/format.h"
#include "base/types.h"
#include "views/output.h"

namespace mptcp {

// Calls each(role, the name of its member) for both of them.
template <class Each> void for_each_role(Each each)
{
    each(Role::Client, "client");
    each(Role::Server, "server");
}

// Unknown values are null. `member` is the name of the value in an object,
// or nullptr in an array and at the top.
class Json {
public:
    explicit Json(Output out) : out_(std::move(out)), text_(g_string_new(nullptr))
    {
        dumper_.output_string = text_;
        dumper_.flags = JSON_DUMPER_FLAGS_PRETTY_PRINT;
    }
    // Ends the document.
    ~Json()
    {
        json_dumper_finish(&dumper_);
        drain();
        g_string_free(text_, TRUE);
    }
    Json(const Json &) = delete;
    Json &operator=(const Json &) = delete;

    template <class Members> void object(const char *member, Members members)
    {
        name(member);
        json_dumper_begin_object(&dumper_);
        members();
        json_dumper_end_object(&dumper_);
        if (text_->len >= kPiece)
            drain();
    }

    // `elements` writes them, each without a name.
    template <class Elements> void array(const char *member, Elements elements)
    {
        name(member);
        json_dumper_begin_array(&dumper_);
        elements();
        json_dumper_end_array(&dumper_);
    }

    // An array of objects: `element` writes the members of each.
    template <class List, class Element>
    void array(const char *member, const List &list, Element element)
    {
        array(member, [&] {
            for (const auto &each : list)
                object(nullptr, [&] { element(each); });
        });
    }

    // Bytes that are not UTF-8 are replaced by U+FFFD.
    void string(const char *member, const std::string &value)
    {
        name(member);
        const auto length = static_cast<gssize>(value.size());
        if (g_utf8_validate(value.data(), length, nullptr) != 0) {
            json_dumper_value_string(&dumper_, value.c_str());
            return;
        }
        char *valid = g_utf8_make_valid(value.data(), length);
        json_dumper_value_string(&dumper_, valid);
        g_free(valid);
    }
    void string(const char *member, std::string_view value) { string(member, std::string{value}); }

    void number(const char *member, std::uint64_t value)
    {
        name(member);
        json_dumper_value_anyf(&dumper_, "%" PRIu64, value);
    }

    template <class List> void numbers(const char *member, const List &list)
    {
        array(member, [&] {
            for (const auto each : list)
                number(nullptr, std::uint64_t{each});
        });
    }

    void boolean(const char *member, bool value) { literal(member, value ? "true" : "false"); }
    void null(const char *member) { literal(member, "null"); }
    void seconds(const char *member, Time time)
    {
        constexpr int kDigits = 9; // captures with nanoseconds keep them
        literal(member, to_seconds(time, kDigits).c_str());
    }

    void seconds(const char *member, const std::optional<Time> &time)
    {
        time ? seconds(member, *time) : null(member);
    }
    // 0 to 1, with six digits, the same in every locale.
    void real(const char *member, double part) { literal(member, to_fraction(part).c_str()); }

    template <class Number> void number(const char *member, const std::optional<Number> &value)
    {
        value ? number(member, std::uint64_t{*value}) : null(member);
    }
    template <class Tag>
    void number(const char *member, const std::optional<Strong<Tag, std::uint32_t>> &value)
    {
        value ? number(member, std::uint64_t{value->value}) : null(member);
    }
    void boolean(const char *member, const std::optional<bool> &value)
    {
        value ? boolean(member, *value) : null(member);
    }
    // A string: not every reader has numbers of 64 bits.
    template <class Tag>
    void hex(const char *member, const std::optional<Strong<Tag, std::uint64_t>> &value)
    {
        value ? string(member, to_text(value)) : null(member);
    }

private:
    void name(const char *member)
    {
        if (member != nullptr)
            json_dumper_set_member_name(&dumper_, member);
    }

    void literal(const char *member, const char *value)
    {
        name(member);
        json_dumper_value_anyf(&dumper_, "%s", value);
    }

    static constexpr std::size_t kPiece = 1 << 16; // bytes

    // The writer never reads back what it has appended.
    void drain()
    {
        out_({text_->str, text_->len});
        g_string_truncate(text_, 0);
    }

    Output out_;
    GString *text_;
    json_dumper dumper_{};
};

} // namespace mptcp
