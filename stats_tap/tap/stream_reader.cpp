// SPDX-License-Identifier: GPL-2.0-or-later
#include "tap/stream_reader.h"

#include <map>
#include <utility>

#include "capture/session.h"
#include "tap/connection_listener.h"

namespace mptcp {
namespace {

class StreamReader : public ConnectionListener {
public:
    explicit StreamReader(std::uint32_t connection) : ConnectionListener(connection) {}

    ConnectionStream read()
    {
        const bool listened = listen_once().empty();
        const Capture *capture = session().capture.get();
        if (listened && seen() && capture != nullptr)
            complete(capture->tracker());
        stream_.connection = connection();
        return std::move(stream_);
    }

private:
    void reset() override
    {
        followed_ = FollowedConnection{};
        stream_ = {};
        bytes_ = 0;
        subflows_.clear();
    }
    void apply(const Tracker &tracker, const TapRecord &record,
               FollowedConnection::Seen seen) override
    {
        id_ = tracker.registry()[record.observation->subflow].connection;
        followed_.apply(tracker, record.segment, *record.observation, seen, add_to(tracker));
    }
    void complete(const Tracker &tracker)
    {
        followed_.finish(tracker, add_to(tracker));
        stream_.endpoints = tracker.registry().endpoints_of(tracker.registry()[id_]);
        for (const auto &[index, subflow] : subflows_)
            stream_.subflows.push_back(subflow);
    }

    FollowedConnection::Deliver add_to(const Tracker &tracker)
    {
        return [&](Role sender, const DataPart &part) { add(tracker.registry(), sender, part); };
    }
    void add(const Registry &registry, Role sender, const DataPart &part)
    {
        if (bytes_ + part.bytes.size() > kMostStreamBytes)
            stream_.truncated = true;
        if (stream_.truncated)
            return;
        bytes_ += part.bytes.size();
        StreamPart added;
        added.sender = sender;
        added.frame = part.frame;
        added.time = part.time;
        added.bytes.assign(part.bytes.begin(), part.bytes.end());
        added.missing = part.dsns.size() - part.bytes.size();
        if (part.frame != 0)
            added.subflow = count(registry, part);
        stream_.parts.push_back(std::move(added));
    }
    // Returns the index of the part's subflow.
    std::uint32_t count(const Registry &registry, const DataPart &part)
    {
        const std::uint32_t index = registry.index_of(part.subflow);
        StreamSubflow &subflow = subflows_[index];
        subflow.index = index;
        for (const Role role : {Role::Client, Role::Server})
            subflow.endpoints[role] = registry[part.subflow].end(role).endpoint;
        subflow.bytes += part.bytes.size();
        return index;
    }

    FollowedConnection followed_;
    ConnectionStream stream_;
    ConnectionId id_{};
    std::uint64_t bytes_ = 0;
    std::map<std::uint32_t, StreamSubflow> subflows_; // by index
};

} // namespace

ConnectionStream read_stream(std::uint32_t connection) { return StreamReader(connection).read(); }

} // namespace mptcp
