// SPDX-License-Identifier: GPL-2.0-or-later
//
// Builders for the packets of the unit tests. `TcpFlow` keeps the sequence
// numbers of a subflow and builds its segments. `Peers` and `Join` build the
// MPTCP options of a handshake. `Trace` passes packets to a tracker, one frame
// each:
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

// GoogleTest prints values with these functions: enumerators by name, numbers
// in hex.
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

// "1e 0c 10 02 7ce00c4f": hex digits, two per byte, spaces are ignored.
Bytes from_hex(std::string_view hex);

Address ip(std::string_view address); // 10.0.0.1 or fd00::1
Endpoint at(std::string_view address, std::uint16_t port);

// A TCP segment that owns its options and payload bytes.
struct Packet {
    Segment segment;
    Bytes options;
    bool options_complete = true; // false: truncated by the snaplen
    Bytes data;                   // the captured part of the payload

    // Appends an option.
    Packet with(const Bytes &option) const;
    // Truncates the options to `captured` bytes, like a snaplen.
    Packet cut_to(std::size_t captured) const;
    // Copies with one header field replaced.
    Packet with_seq(TcpSeq seq) const;
    Packet with_ack(TcpSeq ack) const;
    Packet with_window(std::uint16_t window) const;
    // Sets the captured payload bytes, which may be fewer than the payload has.
    Packet holding(const Bytes &bytes) const;

    // The payload is a view into this packet.
    Segment as_segment() const;
};

// The two ends of a subflow and their next sequence numbers.
class TcpFlow {
    struct End {
        Endpoint endpoint;
        TcpSeq isn;
        TcpSeq next;
    };

public:
    // Every segment advances its sender's sequence number. For a retransmission,
    // pass the same packet to the trace twice.
    class Sender {
    public:
        Packet syn();
        Packet syn_ack();
        Packet ack() { return segment(kAck, 0); }
        Packet data(std::uint32_t payload) { return segment(kAck, payload); }
        Packet fin() { return segment(kAck | kFin, 0); }
        Packet rst() { return segment(kAck | kRst, 0); }

        // The next sequence number, relative to the ISN.
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

// MPTCP options. The parser tests do not use them; they contain literal bytes.
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
Bytes dss(const Dss &option);
Bytes dss_ack(std::uint32_t data_ack);
Bytes dss_ack(DataSeq data_ack); // 8 bytes
Bytes dss_map(std::uint32_t data_seq, std::uint32_t subflow_offset, std::uint16_t length);
Bytes dss_map(DataSeq data_seq, std::uint32_t subflow_offset, std::uint16_t length); // 8 bytes
Bytes dss_fin(std::uint32_t data_seq); // a mapping of only the DATA_FIN
Bytes dss_map_and_fin(std::uint32_t data_seq, std::uint32_t subflow_offset, std::uint16_t length);
Bytes add_addr(const AddAddr &announced); // v1 if it has an HMAC or is an echo, otherwise v0
Bytes remove_addr(const Bytes &address_ids);
Bytes mp_prio(bool backup, std::optional<std::uint8_t> address_id = {});
Bytes mp_fail(DataSeq data_seq);
Bytes mp_fastclose(Key receiver_key);
Bytes mp_tcprst(std::uint8_t reason, bool transient = false);

// The keys of a connection's hosts and the MP_CAPABLE options of its handshake.
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

    // The ADD_ADDR of a host; in v1 with its valid HMAC.
    AddAddr announcement(Role sender, std::uint8_t address_id, std::string_view address,
                         std::optional<std::uint16_t> port = {}) const;
};

// The MP_JOIN options of an additional subflow's handshake.
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

// An event of the event detector, in the form that tests compare.
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

// A capture and the tracker that processes it.
class Trace {
public:
    // Passes the packet to the tracker as the next frame, one millisecond later.
    std::optional<Observation> see(const Packet &packet);
    std::uint32_t frames() const { return frames_; }
    Time now() const { return time_; } // of the last frame
    void wait(Time time) { time_ += time; }

    // A complete handshake: SYN, SYN/ACK, ACK.
    Attribution see_handshake(TcpFlow &flow, const Peers &peers);
    // A complete MP_JOIN handshake and the acceptor's first segment after it.
    Attribution see_join(TcpFlow &flow, const Join &join);
    // A FIN from each side, and the last ACK.
    void see_close(TcpFlow &flow);

    const Tracker &tracker() const { return tracker_; }
    PointTable &points() { return tracker_.points(); }
    std::size_t connections() const { return tracker_.registry().connections().size(); }
    // By the indexes that are shown to users.
    const Connection &connection(std::size_t index) const;
    const Subflow &subflow(std::size_t connection, std::size_t index) const;
    ConnectionState state(std::size_t index) const;

    // The events after frame `behind`; the last event of a type.
    std::vector<DetectedEvent> detected(std::uint32_t behind = 0) const;
    Event last(EventType type) const;

    // The connection index, subflow index and sender of a packet.
    std::uint32_t connection_of(const Attribution &attribution) const;
    std::uint32_t subflow_of(const Attribution &attribution) const;
    Role sender_of(const Attribution &attribution) const;

private:
    Tracker tracker_;
    std::uint32_t frames_ = 0;
    Time time_ = 0;
};

} // namespace mptcp::test
