// SPDX-License-Identifier: GPL-2.0-or-later
#include "segments.h"

#include <algorithm>
#include <span>
#include <stdexcept>
#include <string>

#include <arpa/inet.h>

#include "base/seq.h"
#include "wire/option.h"

namespace mptcp::test {
namespace {

// Writes the fields of an option in network byte order, then sets its length.
class Writer {
public:
    Writer(Subtype subtype, unsigned low_nibble)
        : bytes_{kMptcpOptionKind, 0,
                 static_cast<std::uint8_t>(static_cast<unsigned>(subtype) << 4 | low_nibble)}
    {
    }

    Writer &u8(std::uint8_t value) { return number(value, 1); }
    Writer &u16(std::uint16_t value) { return number(value, 2); }
    Writer &u32(std::uint32_t value) { return number(value, 4); }
    Writer &u64(std::uint64_t value) { return number(value, 8); }
    Writer &bytes(std::span<const std::uint8_t> values)
    {
        bytes_.insert(bytes_.end(), values.begin(), values.end());
        return *this;
    }

    Bytes done()
    {
        bytes_[1] = static_cast<std::uint8_t>(bytes_.size());
        return bytes_;
    }

private:
    Writer &number(std::uint64_t value, unsigned count)
    {
        while (count-- > 0)
            bytes_.push_back(static_cast<std::uint8_t>(value >> (8 * count)));
        return *this;
    }

    Bytes bytes_;
};

const Crypto &crypto()
{
    static const Crypto crypto;
    return crypto;
}

std::uint8_t hex_digit(char digit)
{
    constexpr std::string_view kDigits = "0123456789abcdef";
    const auto value = kDigits.find(digit);
    if (value == std::string_view::npos)
        throw std::invalid_argument{"not a hex digit"};
    return static_cast<std::uint8_t>(value);
}

} // namespace

Bytes from_hex(std::string_view hex)
{
    std::string digits{hex};
    std::erase(digits, ' ');
    Bytes bytes;
    for (std::size_t i = 0; i < digits.size(); i += 2)
        bytes.push_back(
            static_cast<std::uint8_t>(hex_digit(digits.at(i)) << 4 | hex_digit(digits.at(i + 1))));
    return bytes;
}

Address ip(std::string_view text)
{
    const bool v6 = text.find(':') != std::string_view::npos;
    Address address{v6 ? Family::IPv6 : Family::IPv4};
    if (inet_pton(v6 ? AF_INET6 : AF_INET, std::string{text}.c_str(), address.bytes.data()) != 1)
        throw std::invalid_argument{"not an IP address"};
    return address;
}

Endpoint at(std::string_view address, std::uint16_t port) { return {ip(address), port}; }

Packet Packet::with(const Bytes &option) const
{
    Packet packet = *this;
    packet.options.insert(packet.options.end(), option.begin(), option.end());
    return packet;
}

Packet Packet::cut_to(std::size_t captured) const
{
    Packet packet = *this;
    packet.options.resize(std::min(captured, options.size()));
    packet.options_complete = false;
    return packet;
}

Packet Packet::with_seq(TcpSeq seq) const
{
    Packet packet = *this;
    packet.segment.seq = seq;
    return packet;
}

Packet Packet::with_ack(TcpSeq ack) const
{
    Packet packet = *this;
    packet.segment.ack = ack;
    return packet;
}

Packet Packet::with_window(std::uint16_t window) const
{
    Packet packet = *this;
    packet.segment.window = window;
    return packet;
}

Packet Packet::holding(const Bytes &bytes) const
{
    Packet packet = *this;
    packet.data = bytes;
    return packet;
}

Segment Packet::as_segment() const
{
    Segment result = segment;
    result.options = parse_options(options, options_complete);
    result.payload_bytes = data;
    return result;
}

Packet TcpFlow::Sender::syn()
{
    own_.next = own_.isn;
    Packet packet = segment(kSyn, 0);
    packet.segment.ack = TcpSeq{0};
    return packet;
}

Packet TcpFlow::Sender::syn_ack()
{
    own_.next = own_.isn;
    Packet packet = segment(kSyn | kAck, 0);
    packet.segment.ack = peer_.isn + 1;
    return packet;
}

Packet TcpFlow::Sender::segment(unsigned flags, std::uint32_t payload)
{
    Packet packet;
    packet.segment.source = own_.endpoint;
    packet.segment.destination = peer_.endpoint;
    packet.segment.window = 65535;
    packet.segment.seq = own_.next;
    packet.segment.ack = peer_.next;
    packet.segment.flags = static_cast<std::uint8_t>(flags);
    packet.segment.payload = payload;
    // RFC 9293 3.4: SYN and FIN each occupy one sequence number.
    own_.next = own_.next + payload + ((flags & (kSyn | kFin)) != 0 ? 1U : 0U);
    return packet;
}

Bytes mp_capable(Version version, const std::vector<Key> &keys, std::uint8_t flags)
{
    Writer writer{Subtype::MpCapable, version};
    writer.u8(flags);
    for (const Key key : keys)
        writer.u64(key.value);
    return writer.done();
}

Bytes mp_capable_with_data(Key client, Key server, std::uint16_t data_length,
                           std::optional<std::uint16_t> checksum)
{
    Writer writer{Subtype::MpCapable, kV1};
    writer.u8(checksum ? kCapableChecksum : kCapableHmac);
    writer.u64(client.value).u64(server.value).u16(data_length);
    if (checksum)
        writer.u16(*checksum);
    return writer.done();
}

Bytes mp_join_syn(Token token, Nonce nonce, std::uint8_t address_id, bool backup)
{
    return Writer{Subtype::MpJoin, backup}.u8(address_id).u32(token.value).u32(nonce.value).done();
}

Bytes mp_join_syn_ack(const Hmac &hmac, Nonce nonce, std::uint8_t address_id, bool backup)
{
    return Writer{Subtype::MpJoin, backup}
        .u8(address_id)
        .bytes(std::span{hmac}.first(8))
        .u32(nonce.value)
        .done();
}

Bytes mp_join_ack(const Hmac &hmac) { return Writer{Subtype::MpJoin, 0}.u8(0).bytes(hmac).done(); }

// RFC 8684 3.3: the flags F, m, M, a and A determine which fields follow.
Bytes dss(const Dss &option)
{
    const auto number = [](Writer &writer, const WireDataSeq &seq) {
        seq.is_64_bit ? writer.u64(seq.value) : writer.u32(static_cast<std::uint32_t>(seq.value));
    };
    unsigned flags = option.data_fin ? 0x10 : 0;
    if (option.mapping)
        flags |= option.mapping->data_seq.is_64_bit ? 0x0c : 0x04;
    if (option.data_ack)
        flags |= option.data_ack->is_64_bit ? 0x03 : 0x01;
    Writer writer{Subtype::Dss, 0};
    writer.u8(static_cast<std::uint8_t>(flags));
    if (option.data_ack)
        number(writer, *option.data_ack);
    if (option.mapping) {
        number(writer, option.mapping->data_seq);
        writer.u32(option.mapping->subflow_offset).u16(option.mapping->length);
        if (option.mapping->checksum)
            writer.u16(*option.mapping->checksum);
    }
    return writer.done();
}

Bytes dss_ack(DataSeq data_ack) { return dss({.data_ack = WireDataSeq{data_ack.value, true}}); }

Bytes dss_ack(std::uint32_t data_ack)
{
    return Writer{Subtype::Dss, 0}.u8(0x01).u32(data_ack).done();
}

Bytes dss_map(std::uint32_t data_seq, std::uint32_t subflow_offset, std::uint16_t length)
{
    return Writer{Subtype::Dss, 0}.u8(0x04).u32(data_seq).u32(subflow_offset).u16(length).done();
}

Bytes dss_map(DataSeq data_seq, std::uint32_t subflow_offset, std::uint16_t length)
{
    return Writer{Subtype::Dss, 0}
        .u8(0x0c)
        .u64(data_seq.value)
        .u32(subflow_offset)
        .u16(length)
        .done();
}

// RFC 8684 3.3.3: a DATA_FIN without data has the subflow sequence number 0.
Bytes dss_fin(std::uint32_t data_seq) { return dss_map_and_fin(data_seq, 0, 1); }

Bytes dss_map_and_fin(std::uint32_t data_seq, std::uint32_t subflow_offset, std::uint16_t length)
{
    return Writer{Subtype::Dss, 0}.u8(0x14).u32(data_seq).u32(subflow_offset).u16(length).done();
}

// RFC 8684 3.4.1: the flag E in the nibble; RFC 6824 3.4.1: the version of IP.
Bytes add_addr(const AddAddr &announced)
{
    const bool v4 = announced.address.family == Family::IPv4;
    const bool v1 = announced.echo || announced.hmac;
    const unsigned nibble = v1 ? announced.echo : v4 ? 4 : 6;
    Writer writer{Subtype::AddAddr, nibble};
    writer.u8(announced.address_id);
    writer.bytes(std::span{announced.address.bytes}.first(v4 ? 4 : 16));
    if (announced.port)
        writer.u16(*announced.port);
    if (announced.hmac)
        writer.bytes(*announced.hmac);
    return writer.done();
}

Bytes remove_addr(const Bytes &address_ids)
{
    return Writer{Subtype::RemoveAddr, 0}.bytes(address_ids).done();
}

Bytes mp_prio(bool backup, std::optional<std::uint8_t> address_id)
{
    Writer writer{Subtype::MpPrio, backup};
    if (address_id)
        writer.u8(*address_id);
    return writer.done();
}

Bytes mp_fail(DataSeq data_seq)
{
    return Writer{Subtype::MpFail, 0}.u8(0).u64(data_seq.value).done();
}

Bytes mp_fastclose(Key receiver_key)
{
    return Writer{Subtype::MpFastclose, 0}.u8(0).u64(receiver_key.value).done();
}

Bytes mp_tcprst(std::uint8_t reason, bool transient)
{
    return Writer{Subtype::MpTcpRst, transient}.u8(reason).done();
}

// RFC 6824 3.1: the client's key is in the SYN; RFC 8684 3.1: it is not.
Bytes Peers::syn() const
{
    return mp_capable(version, version == kV0 ? std::vector{client} : std::vector<Key>{});
}

KeyDigest Peers::digest(Role role) const { return crypto().digest(version, key(role)).value(); }

AddAddr Peers::announcement(Role sender, std::uint8_t address_id, std::string_view address,
                            std::optional<std::uint16_t> port) const
{
    AddAddr announced;
    announced.address_id = address_id;
    announced.address = ip(address);
    announced.port = port;
    if (version == kV1)
        announced.hmac = crypto()
                             .address_hmac(key(sender), key(other(sender)), address_id,
                                           announced.address, port.value_or(0))
                             .value()
                             .rightmost;
    return announced;
}

Hmac Join::initiator_hmac() const
{
    return crypto()
        .join_hmac(peers.version, peers.key(initiator), peers.key(other(initiator)),
                   initiator_nonce, acceptor_nonce)
        .value();
}

Hmac Join::acceptor_hmac() const
{
    return crypto()
        .join_hmac(peers.version, peers.key(other(initiator)), peers.key(initiator), acceptor_nonce,
                   initiator_nonce)
        .value();
}

void PrintTo(const DetectedEvent &event, std::ostream *out) // NOLINT(readability-identifier-naming)
{
    *out << "frame " << event.frame << ": " << name(event.type) << " by " << name(event.from)
         << " on subflow " << event.subflow << (event.repeated ? " again" : "");
}

std::optional<Observation> Trace::see(const Packet &packet)
{
    Segment segment = packet.as_segment();
    segment.frame = ++frames_;
    segment.time = time_ += kMillisecond;
    return tracker_.on_segment(segment);
}

Attribution Trace::see_handshake(TcpFlow &flow, const Peers &peers)
{
    see(flow.initiator().syn().with(peers.syn()));
    see(flow.acceptor().syn_ack().with(peers.syn_ack()));
    return see(flow.initiator().ack().with(peers.ack())).value();
}

Attribution Trace::see_join(TcpFlow &flow, const Join &join)
{
    see(flow.initiator().syn().with(join.syn()));
    see(flow.acceptor().syn_ack().with(join.syn_ack()));
    see(flow.initiator().ack().with(join.ack()));
    const DataSeq first = join.peers.first_data(join.initiator);
    return see(flow.acceptor().ack().with(dss_ack(static_cast<std::uint32_t>(first.value))))
        .value();
}

void Trace::see_close(TcpFlow &flow)
{
    see(flow.initiator().fin());
    see(flow.acceptor().fin());
    see(flow.initiator().ack());
}

const Connection &Trace::connection(std::size_t index) const
{
    return *tracker_.registry().connections().at(index);
}

const Subflow &Trace::subflow(std::size_t connection_index, std::size_t index) const
{
    const SubflowList &subflows = connection(connection_index).subflows;
    if (index >= subflows.size())
        throw std::out_of_range{"no such subflow"};
    return tracker_.registry()[subflows[index]];
}

ConnectionState Trace::state(std::size_t index) const
{
    return state_of(tracker_.registry(), connection(index));
}

std::vector<DetectedEvent> Trace::detected(std::uint32_t behind) const
{
    std::vector<DetectedEvent> detected;
    for (const Event &event : tracker_.events().all()) {
        const Subflow &subflow = tracker_.registry()[event.subflow];
        if (event.frame > behind)
            detected.push_back({event.frame, event.type, subflow.role(event.sender),
                                tracker_.registry().index_of(event.subflow), event.repeated});
    }
    return detected;
}

Event Trace::last(EventType type) const
{
    const auto events = tracker_.events().all();
    for (std::size_t i = events.size(); i-- > 0;)
        if (const Event event = events[i]; event.type == type)
            return event;
    throw std::out_of_range{"no such event"};
}

std::uint32_t Trace::connection_of(const Attribution &attribution) const
{
    return tracker_.registry().index_of(tracker_.registry().connection_of(attribution.subflow));
}

std::uint32_t Trace::subflow_of(const Attribution &attribution) const
{
    return tracker_.registry().index_of(attribution.subflow);
}

Role Trace::sender_of(const Attribution &attribution) const
{
    return tracker_.registry()[attribution.subflow].role(attribution.sender);
}

} // namespace mptcp::test
