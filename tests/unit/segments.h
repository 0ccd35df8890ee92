// SPDX-License-Identifier: GPL-2.0-or-later
//
// Packets as the tests write them. A `TcpFlow` knows the sequence numbers of a
// subflow and gives its segments by what they are; `Peers` and `Join` give the
// options 30 of a handshake; a `Trace` shows packets to a tracker, frame after
// frame:
//
//     TcpFlow flow{at("10.0.0.1", 4000), at("10.0.0.2", 80)};
//     trace.see(flow.initiator().syn().with(peers.syn()));
//     trace.see(flow.acceptor().syn_ack().with(peers.syn_ack()));
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <ostream>
#include <string_view>
#include <vector>

#include "base/seq.h"
#include "tracker.h"
#include "wire/option.h"

namespace mptcp {

// GoogleTest shows what differs by these: states by their names, numbers in
// hex as they stand on the wire.
template <class E>
requires requires(const E &e)
{
    {
        name(e)
        } -> std::convertible_to<std::string_view>;
}
void PrintTo(const E &e, std::ostream *out) // NOLINT(readability-identifier-naming)
{
    *out << name(e);
}

template <class Tag, class Number>
void PrintTo(const Strong<Tag, Number> &number, std::ostream *out) // NOLINT
{
    *out << "0x" << std::hex << number.value << std::dec;
}

} // namespace mptcp

namespace mptcp::test {

using Bytes = std::vector<std::uint8_t>;

// "1e 0c 10 02 7ce00c4f": hex digits, two an byte, with blanks anywhere.
Bytes from_hex(std::string_view hex);

Address ip(std::string_view address); // 10.0.0.1 or fd00::1
Endpoint at(std::string_view address, std::uint16_t port);

// One TCP segment that owns its options and the bytes of its payload.
struct Packet {
    Segment segment;
    Bytes options;
    bool options_complete = true; // false: a snaplen cut them
    Bytes data;                   // the payload, as far as it was captured

    // With one more option, behind those that it has.
    Packet with(const Bytes &option) const;
    // As a snaplen leaves it that ends behind so many bytes of options.
    Packet cut_to(std::size_t captured) const;
    // Anew, with other sequence numbers.
    Packet with_seq(TcpSeq seq) const;
    Packet with_ack(TcpSeq ack) const;
    Packet with_window(std::uint16_t window) const;
    // With the bytes of its payload, or as many of them as a snaplen keeps.
    Packet holding(const Bytes &bytes) const;

    // Its payload is valid as long as the packet.
    Segment as_segment() const;
};

// A subflow's two ends and where their sequence numbers stand.
class TcpFlow {
    struct End {
        Endpoint endpoint;
        TcpSeq isn;
        TcpSeq next;
    };

public:
    // Every segment moves its sender's sequence number on: a retransmission is
    // the same packet seen twice.
    class Sender {
    public:
        Packet syn();
        Packet syn_ack();
        Packet ack() { return segment(kAck, 0); }
        Packet data(std::uint32_t payload) { return segment(kAck, payload); }
        Packet fin() { return segment(kAck | kFin, 0); }
        Packet rst() { return segment(kAck | kRst, 0); }

        // Where the next byte stands, relative to the ISN.
        std::uint32_t relative() const { return distance(own_.isn, own_.next); }

    private:
        friend class TcpFlow;
        Sender(End &own, const End &peer) : own_(own), peer_(peer) {}
        Packet segment(unsigned flags, std::uint32_t payload);

        End &own_;
        const End &peer_;
    };

    TcpFlow(Endpoint initiator, Endpoint acceptor, TcpSeq initiator_isn = {1000},
            TcpSeq acceptor_isn = {5000})
        : initiator_{initiator, initiator_isn, initiator_isn},
          acceptor_{acceptor, acceptor_isn, acceptor_isn}
    {
    }

    Sender initiator() { return {initiator_, acceptor_}; }
    Sender acceptor() { return {acceptor_, initiator_}; }

private:
    End initiator_;
    End acceptor_;
};

// Options 30. The tests of the parser do not use them: those spell the bytes.
inline constexpr std::uint8_t kCapableHmac = 0x01;     // H
inline constexpr std::uint8_t kCapableChecksum = 0x81; // H and A
inline constexpr std::uint8_t kCapableNoJoins = 0x21;  // H and C
Bytes mp_capable(Version version, const std::vector<Key> &keys, std::uint8_t flags = kCapableHmac);
Bytes mp_capable_with_data(Key client, Key server, std::uint16_t data_length,
                           std::optional<std::uint16_t> checksum = {}); // v1
Bytes mp_join_syn(Token token, Nonce nonce, std::uint8_t address_id = 0, bool backup = false);
Bytes mp_join_syn_ack(const Hmac &hmac, Nonce nonce, std::uint8_t address_id = 0,
                      bool backup = false);
Bytes mp_join_ack(const Hmac &hmac);
Bytes dss(const Dss &option); // any
Bytes dss_ack(std::uint32_t data_ack);
Bytes dss_ack(DataSeq data_ack); // 8 bytes
Bytes dss_map(std::uint32_t data_seq, std::uint32_t subflow_offset, std::uint16_t length);
Bytes dss_map(DataSeq data_seq, std::uint32_t subflow_offset, std::uint16_t length); // 8 bytes
Bytes dss_fin(std::uint32_t data_seq); // a mapping of the DATA_FIN alone
Bytes dss_map_and_fin(std::uint32_t data_seq, std::uint32_t subflow_offset, std::uint16_t length);
Bytes add_addr(const AddAddr &announced); // of v1 with an HMAC or as echo, else of v0
Bytes remove_addr(const Bytes &address_ids);
Bytes mp_prio(bool backup, std::optional<std::uint8_t> address_id = {});
Bytes mp_fail(DataSeq data_seq);
Bytes mp_fastclose(Key receiver_key);
Bytes mp_tcprst(std::uint8_t reason, bool transient = false);

// Two hosts with an MPTCP connection, and the MP_CAPABLE of its handshake.
struct Peers {
    Version version = kV1;
    Key client{0x21d98ac85e6ac392};
    Key server{0x2b55ad2762930571};

    Bytes syn() const;
    Bytes syn_ack() const { return mp_capable(version, {server}); }
    Bytes ack() const { return mp_capable(version, {client, server}); }

    Key key(Role role) const { return role == Role::Client ? client : server; }
    KeyDigest digest(Role role) const;
    Token token(Role role) const { return digest(role).token; }
    DataSeq first_data(Role role) const { return {digest(role).idsn.value + 1}; }

    // What a host announces, in v1 with the HMAC that belongs to it.
    AddAddr announcement(Role sender, std::uint8_t address_id, std::string_view address,
                         std::optional<std::uint16_t> port = {}) const;
};

// A subflow that one of them opens, and the MP_JOIN of its handshake.
struct Join {
    Peers peers;
    Role initiator = Role::Client;
    Nonce initiator_nonce{0x11111111};
    Nonce acceptor_nonce{0x22222222};

    Bytes syn() const { return mp_join_syn(peers.token(other(initiator)), initiator_nonce, 2); }
    Bytes syn_ack() const { return mp_join_syn_ack(acceptor_hmac(), acceptor_nonce, 3); }
    Bytes ack() const { return mp_join_ack(initiator_hmac()); }

    Hmac initiator_hmac() const;
    Hmac acceptor_hmac() const;
};

// What the journal tells of a frame, as tests list it.
struct DetectedEvent {
    std::uint32_t frame = 0;
    EventType type{};
    Role from{};
    std::uint32_t subflow = 0; // its index
    bool repeated = false;

    DetectedEvent on(std::uint32_t index) const { return {frame, type, from, index, repeated}; }
    DetectedEvent again() const { return {frame, type, from, subflow, true}; }

    friend bool operator==(const DetectedEvent &, const DetectedEvent &) = default;
};
inline DetectedEvent by_client(std::uint32_t frame, EventType type)
{
    return {frame, type, Role::Client};
}
inline DetectedEvent by_server(std::uint32_t frame, EventType type)
{
    return {frame, type, Role::Server};
}
void PrintTo(const DetectedEvent &event,
             std::ostream *out); // NOLINT(readability-identifier-naming)

inline constexpr Time kMillisecond = 1'000'000;

// A capture, and the tracker that watches it.
class Trace {
public:
    // The next frame, a millisecond later. It is the same whether a segment is
    // new or repeated.
    std::optional<Attribution> see(const Packet &packet);
    std::uint32_t frames() const { return frames_; }
    void wait(Time time) { time_ += time; }

    // A whole handshake: SYN, SYN/ACK, ACK.
    Attribution see_handshake(TcpFlow &flow, const Peers &peers);
    // A whole join, with the first segment of the acceptor behind it.
    Attribution see_join(TcpFlow &flow, const Join &join);
    // FIN of either side, and the last ACK.
    void see_close(TcpFlow &flow);

    const Tracker &tracker() const { return tracker_; }
    std::size_t connections() const { return tracker_.registry().connections().size(); }
    // By the indexes that users see.
    const Connection &connection(std::size_t index) const;
    const Subflow &subflow(std::size_t connection, std::size_t index) const;
    ConnectionState state(std::size_t index) const;

    // What happened behind that frame; and the last event of a type.
    std::vector<DetectedEvent> detected(std::uint32_t behind = 0) const;
    Event last(EventType type) const;

    // Whose a packet is: the indexes of its connection and its subflow.
    std::uint32_t connection_of(const Attribution &attribution) const;
    std::uint32_t subflow_of(const Attribution &attribution) const;
    Role sender_of(const Attribution &attribution) const;

private:
    Tracker tracker_;
    std::uint32_t frames_ = 0;
    Time time_ = 0;
};

} // namespace mptcp::test
