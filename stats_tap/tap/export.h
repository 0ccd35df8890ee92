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

#include <wireshark.h>

#include <epan/tap.h>

#include "streams/tcp_export.h"
#include "tap/pcapng_file.h"

namespace mptcp {

class Exporter {
public:
    // `connection` is the index of the connection.
    Exporter(std::uint32_t connection, std::string path)
        : connection_(connection), path_(std::move(path))
    {
    }

    // Registers a tap listener, whose data is this exporter. `draw` and `finish` are those of
    // register_tap_listener(). Returns the error, or "".
    std::string listen(tap_draw_cb draw, tap_finish_cb finish);

    // Completes the file, after the last packet. Returns why there is no file, or "".
    std::string complete();

private:
    void reset();
    void add(const void *record);
    void write(const ExportedPacket &packet);
    std::string why_not() const;

    std::uint32_t connection_;
    std::string path_;
    bool seen_ = false; // a packet of the connection
    TcpExport tcp_;
    std::optional<PcapngFile> file_; // none before the first data
};

// When tap listeners are registered.
void register_export();

} // namespace mptcp
