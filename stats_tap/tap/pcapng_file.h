// SPDX-License-Identifier: GPL-2.0-or-later
//
// A pcapng file of IP packets with comments, written by Wireshark's own writer (wiretap).
#pragma once

#include <string>

#include <wireshark.h>

#include <wiretap/wtap.h>

#include "streams/tcp_export.h"

namespace mptcp {

// Only the first error is kept; after it, nothing is written. An incomplete file is removed.
class PcapngFile {
public:
    PcapngFile() = default;
    ~PcapngFile() { discard(); }
    PcapngFile(const PcapngFile &) = delete;
    PcapngFile &operator=(const PcapngFile &) = delete;

    // Replaces the file, unless it is open in this program, as the capture that is being read is.
    // "-" is the standard output. `comment` describes the whole file.
    void open(const std::string &path, const std::string &comment);
    bool is_open() const { return dumper_ != nullptr; }
    void write(const ExportedPacket &packet);
    void close();
    // Closes and removes the file, if it is open.
    void discard();

    const std::string &error() const { return error_; } // "": none

private:
    bool is_standard_output() const { return path_ == "-"; }
    void fail(int error, char *details);
    void remove() const;

    std::string path_, error_;
    wtap_dumper *dumper_ = nullptr;
    // The writer needs them until it is closed.
    GArray *sections_ = nullptr;
    wtapng_iface_descriptions_t *interfaces_ = nullptr;
};

} // namespace mptcp
