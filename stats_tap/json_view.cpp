// SPDX-License-Identifier: GPL-2.0-or-later
#include "json_view.h"

#include <cinttypes>

#include <wireshark.h>

#include <wsutil/json_dumper.h>

#include "format.h"

namespace mptcp {
namespace {

constexpr int kTimeDigits = 9; // captures with nanoseconds keep them

// Wireshark's JSON writer, with a method for each kind of value that the
// document has. What is not known is null.
class Json {
public:
    Json() : text_(g_string_new(nullptr))
    {
        dumper_.output_string = text_;
        dumper_.flags = JSON_DUMPER_FLAGS_PRETTY_PRINT;
    }
    ~Json() { g_string_free(text_, TRUE); }
    Json(const Json &) = delete;
    Json &operator=(const Json &) = delete;

    std::string finish()
    {
        json_dumper_finish(&dumper_);
        return {text_->str, text_->len};
    }

    template <class Members> void object(const char *member, Members members)
    {
        name(member);
        json_dumper_begin_object(&dumper_);
        members();
        json_dumper_end_object(&dumper_);
    }

    template <class List, class Element>
    void array(const char *member, const List &list, Element element)
    {
        name(member);
        json_dumper_begin_array(&dumper_);
        for (const auto &each : list)
            object(nullptr, [&] { element(each); });
        json_dumper_end_array(&dumper_);
    }

    void string(const char *member, const std::string &value)
    {
        name(member);
        json_dumper_value_string(&dumper_, value.c_str());
    }

    void number(const char *member, std::uint64_t value)
    {
        name(member);
        json_dumper_value_anyf(&dumper_, "%" PRIu64, value);
    }

    void boolean(const char *member, bool value) { literal(member, value ? "true" : "false"); }
    void null(const char *member) { literal(member, "null"); }
    void seconds(const char *member, Time time)
    {
        literal(member, to_seconds(time, kTimeDigits).c_str());
    }

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
    // 64 bits do not fit the numbers of every reader: they go out as strings.
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

    GString *text_;
    json_dumper dumper_{};
};

constexpr PerRole<const char *> kRoleNames{{"client", "server"}};

template <class Each> void for_each_role(Each each)
{
    each(Role::Client, kRoleNames[Role::Client]);
    each(Role::Server, kRoleNames[Role::Server]);
}

void write_span(Json &json, const Span &span)
{
    json.number("first_frame", std::uint64_t{span.first_frame});
    json.number("last_frame", std::uint64_t{span.last_frame});
    json.seconds("start", span.start);
    json.seconds("duration", span.duration());
}

void write_volumes(Json &json, const PerRole<Volume> &sent)
{
    json.object("packets", [&] {
        for_each_role([&](Role role, const char *name) { json.number(name, sent[role].packets); });
    });
    json.object("payload", [&] {
        for_each_role([&](Role role, const char *name) { json.number(name, sent[role].payload); });
    });
}

void write_endpoint(Json &json, const Endpoint &endpoint)
{
    json.string("address", to_text(endpoint.address));
    json.number("port", std::uint64_t{endpoint.port});
}

void write_host(Json &json, const Endpoint &endpoint, const Host &host)
{
    write_endpoint(json, endpoint);
    json.hex("key", host.key);
    json.number("token", host.token);
    json.hex("idsn", host.idsn);
}

void write_fallback(Json &json, const std::optional<Fallback> &fallback)
{
    if (!fallback)
        return json.null("fallback");
    json.object("fallback", [&] {
        json.number("frame", std::uint64_t{fallback->frame});
        json.string("reason", std::string{describe(fallback->reason)});
    });
}

void write_end(Json &json, const SubflowEnd &end)
{
    write_endpoint(json, end.endpoint);
    json.number("address_id", end.address_id);
    json.number("nonce", end.nonce);
    json.boolean("backup", end.backup);
}

void write_initiator(Json &json, const Subflow &subflow)
{
    if (subflow.opener)
        json.string("initiator", std::string{name(subflow.role(*subflow.opener))});
    else
        json.null("initiator");
}

void write_subflow(Json &json, const SubflowRow &row)
{
    const Subflow &subflow = *row.subflow;
    json.number("subflow", std::uint64_t{subflow.index});
    json.number("stream", row.stream);
    json.string("kind", std::string{name(subflow.kind)});
    write_initiator(json, subflow);
    json.string("state", std::string{name(subflow.state())});
    for_each_role([&](Role role, const char *name) {
        json.object(name, [&] { write_end(json, subflow.end(role)); });
    });
    json.object("hmac", [&] {
        json.string("synack", std::string{name(subflow.hmacs.syn_ack_verdict)});
        json.string("ack", std::string{name(subflow.hmacs.ack_verdict)});
    });
    write_span(json, row.span);
    write_volumes(json, row.sent);
}

void write_connection(Json &json, const ConnectionRow &row)
{
    const Connection &connection = *row.connection;
    json.number("conn", std::uint64_t{row.index});
    json.number("version", connection.version);
    json.string("handshake", std::string{name(connection.handshake())});
    json.string("state", std::string{name(row.state)});
    json.boolean("partial", connection.partial());
    json.boolean("checksum_required", connection.checksums());
    for_each_role([&](Role role, const char *name) {
        json.object(name, [&] { write_host(json, row.endpoints[role], connection.hosts[role]); });
    });
    write_span(json, row.span);
    write_volumes(json, row.sent);
    write_fallback(json, connection.fallback);
    json.array("subflows", row.subflows,
               [&](const SubflowRow &subflow) { write_subflow(json, subflow); });
}

void write_totals(Json &json, const Totals &totals)
{
    json.number("connections", totals.connections);
    json.number("established", totals.established);
    json.number("subflows", totals.subflows);
    json.number("payload", totals.payload);
}

} // namespace

std::string render_json(const Report &report)
{
    constexpr std::uint64_t kSchema = 1;
    Json json;
    json.object(nullptr, [&] {
        json.number("schema", kSchema);
        json.number("packets", report.packets);
        json.array("connections", report.connections,
                   [&](const ConnectionRow &row) { write_connection(json, row); });
        json.object("totals", [&] { write_totals(json, report.totals); });
    });
    return json.finish();
}

} // namespace mptcp
