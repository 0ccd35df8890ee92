// SPDX-License-Identifier: GPL-2.0-or-later
#include "window/stream_text.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/format.h"

namespace mptcp {
namespace {

int number_of(Role role) { return role == Role::Client ? 0 : 1; } // Wireshark's "peer"

bool is_printable(char c) { return c >= ' ' && c <= '~'; }

QString ascii(QByteArray bytes)
{
    for (char &c : bytes)
        if (!is_printable(c) && c != '\n' && c != '\r' && c != '\t')
            c = '.';
    return QString::fromLatin1(bytes);
}

// The bytes of a character that begins at the end of `bytes` and does not end there.
int length_of_begun_character(const QByteArray &bytes)
{
    constexpr int kLongest = 4;
    const int size = static_cast<int>(bytes.size());
    for (int back = 1; back < kLongest && back <= size; ++back) {
        const auto byte = static_cast<unsigned char>(bytes[size - back]);
        if ((byte & 0xc0) == 0x80)
            continue;
        const int length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
        return length > back ? back : 0;
    }
    return 0;
}

QString hex_byte(char byte)
{
    return QString("%1").arg(static_cast<unsigned char>(byte), 2, 16, QChar('0'));
}

QString yaml_of(const StreamPart &part, const QByteArray &bytes)
{
    constexpr qint64 kSecondInNs = 1'000'000'000;
    constexpr int kLine = 76; // RFC 2045 6.8
    QString text =
        QString("  - packet: %1\n    peer: %2\n    timestamp: %3.%4\n    data: !!binary |\n")
            .arg(part.frame)
            .arg(number_of(part.sender))
            .arg(part.time / kSecondInNs)
            .arg(part.time % kSecondInNs, 9, 10, QChar('0'));
    const QByteArray encoded = bytes.toBase64();
    for (int begin = 0; begin < encoded.size(); begin += kLine)
        text += "      " + QString::fromLatin1(encoded.mid(begin, kLine)) + "\n";
    return text;
}

} // namespace

QString StreamText::head(const ConnectionStream &stream) const
{
    if (format_ != StreamFormat::Yaml)
        return {};
    QString text = "peers:\n";
    for (const Role role : {Role::Client, Role::Server}) {
        const Endpoint &end = stream.endpoints[role];
        std::string host;
        append(host, end.address);
        text += QString("  - peer: %1\n    host: %2\n    port: %3\n")
                    .arg(number_of(role))
                    .arg(QString::fromStdString(host))
                    .arg(end.port);
    }
    return text + "packets:\n";
}

QString StreamText::of(const StreamPart &part)
{
    const QByteArray bytes(reinterpret_cast<const char *>(part.bytes.data()),
                           static_cast<int>(part.bytes.size()));
    return (bytes.isEmpty() ? QString{} : text(part, bytes)) +
           (part.missing == 0 ? QString{} : missing(part.missing));
}

QString StreamText::text(const StreamPart &part, const QByteArray &bytes)
{
    switch (format_) {
    case StreamFormat::Ascii:
        return ascii(bytes);
    case StreamFormat::CArrays:
        return c_array(part, bytes);
    case StreamFormat::HexDump:
        return hex_dump(part.sender, bytes);
    case StreamFormat::Raw:
        return QString::fromLatin1(bytes.toHex()) + "\n";
    case StreamFormat::Utf8:
        return utf8(part.sender, bytes);
    case StreamFormat::Yaml:
        break;
    }
    return yaml_of(part, bytes);
}

QString StreamText::missing(std::uint64_t bytes) const
{
    const QString words = QString::fromStdString(missing_words(bytes));
    switch (format_) {
    case StreamFormat::Ascii:
    case StreamFormat::Utf8:
        return "[" + words + "]";
    case StreamFormat::HexDump:
    case StreamFormat::Raw:
        return "[" + words + "]\n";
    case StreamFormat::CArrays:
        return "/* " + words + " */\n";
    case StreamFormat::Yaml:
        break;
    }
    return "  # " + words + "\n";
}

QString StreamText::hex_dump(Role sender, const QByteArray &bytes)
{
    constexpr int kInALine = 16;
    QString text;
    for (int begin = 0; begin < bytes.size(); begin += kInALine) {
        QString hex;
        QString chars;
        for (int place = 0; place < kInALine; ++place) {
            const char *gap = place == kInALine / 2 ? " " : "";
            const bool has = begin + place < bytes.size();
            hex += gap + (has ? hex_byte(bytes[begin + place]) : QString("  ")) + " ";
            if (has)
                chars += gap + (is_printable(bytes[begin + place])
                                    ? QString(QLatin1Char(bytes[begin + place]))
                                    : QString("."));
        }
        const QString indent = sender == Role::Server ? "    " : "";
        text += indent + QString("%1  ").arg(offset_[sender] + begin, 8, 16, QChar('0')).toUpper() +
                hex + " " + chars + "\n";
    }
    offset_[sender] += bytes.size();
    return text;
}

QString StreamText::c_array(const StreamPart &part, const QByteArray &bytes)
{
    constexpr int kInALine = 8;
    QString text = QString("char peer%1_%2[] = { /* Packet %3 */\n")
                       .arg(number_of(part.sender))
                       .arg(arrays_[part.sender]++)
                       .arg(part.frame);
    for (int place = 0; place < bytes.size(); ++place) {
        const bool is_last = place + 1 == bytes.size();
        const bool ends_line = is_last || place % kInALine == kInALine - 1;
        text += "0x" + hex_byte(bytes[place]) + (is_last ? " };" : ",") + (ends_line ? "\n" : " ");
    }
    return text;
}

QString StreamText::utf8(Role sender, const QByteArray &bytes)
{
    QByteArray all = std::exchange(begun_[sender], {}) + bytes;
    const int begun = length_of_begun_character(all);
    begun_[sender] = all.right(begun);
    all.chop(begun);
    return QString::fromUtf8(all);
}

} // namespace mptcp
