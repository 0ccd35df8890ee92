// SPDX-License-Identifier: GPL-2.0-or-later
//
// Exports the data of a connection as one plain TCP connection (streams/tcp_export.h): a tap
// listener that writes a pcapng file while the packets pass, and the option
// `-z mptcp,export,N,FILE`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "streams/tcp_export.h"
#include "tap/connection_listener.h"
#include "tap/pcapng_file.h"

namespace mptcp {

class Exporter : public ConnectionListener {
public:
    // `connection` is the index of the connection.
    Exporter(std::uint32_t connection, std::string path)
        : ConnectionListener(connection), path_(std::move(path))
    {
    }

    // Completes the file, after the last packet. Returns why there is no file, or "".
    std::string complete();

private:
    void reset() override;
    void apply(const Tracker &tracker, const TapRecord &record,
               FollowedConnection::Seen seen) override;
    void write(const ExportedPacket &packet);
    std::string why_not() const;

    std::string path_;
    TcpExport tcp_;
    std::optional<PcapngFile> file_; // none before the first data
};

// When tap listeners are registered.
void register_export();

} // namespace mptcp
