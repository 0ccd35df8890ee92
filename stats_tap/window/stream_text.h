// SPDX-License-Identifier: GPL-2.0-or-later
//
// The data of a connection as text, in the formats of Wireshark's Follow Stream.
#pragma once

#include <cstdint>

#include <QByteArray>
#include <QString>

#include "analysis/connection_stream.h"

namespace mptcp {

enum class StreamFormat : std::uint8_t { Ascii, CArrays, HexDump, Raw, Utf8, Yaml };

struct StreamFormatName {
    StreamFormat format;
    const char *name;
    const char *ending; // of files
};

// In the order of Wireshark's own list.
inline constexpr StreamFormatName kStreamFormats[] = {
    {StreamFormat::Ascii, "ASCII", "txt"},      {StreamFormat::CArrays, "C Arrays", "c"},
    {StreamFormat::HexDump, "Hex Dump", "txt"}, {StreamFormat::Raw, "Raw", "bin"},
    {StreamFormat::Utf8, "UTF-8", "txt"},       {StreamFormat::Yaml, "YAML", "yaml"},
};

// Writes the parts of one stream, in their order.
class StreamText {
public:
    explicit StreamText(StreamFormat format) : format_(format) {}

    // What precedes all parts.
    QString head(const ConnectionStream &stream) const;
    // The text of the next part. It names the bytes that the capture does not have.
    QString of(const StreamPart &part);
    // What follows the last part: the bytes of a character that does not end.
    QString rest(Role sender) const { return QString::fromUtf8(begun_[sender]); }

private:
    QString text(const StreamPart &part, const QByteArray &bytes);
    QString hex_dump(Role sender, const QByteArray &bytes);
    QString c_array(const StreamPart &part, const QByteArray &bytes);
    QString utf8(Role sender, const QByteArray &bytes);
    QString missing(std::uint64_t bytes) const;

    StreamFormat format_;
    PerRole<qint64> offset_{{0, 0}}; // in the hex dump
    PerRole<int> arrays_{{0, 0}};    // so far
    PerRole<QByteArray> begun_;      // a character of UTF-8 whose end is in the next part
};

} // namespace mptcp
