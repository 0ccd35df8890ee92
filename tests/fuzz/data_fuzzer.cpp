// SPDX-License-Identifier: GPL-2.0-or-later
//
// Fuzzes the data level: data in any order on the two subflows of a connection,
// with any mappings. The kinds of bytes of packets, subflows and the connection,
// and the gaps, must match the reference accounting.
//
// All data lies within a few hundred bytes, so that packets and mappings overlap.
// Sequence numbers and DSNs wrap within this range. The first byte of the input
// selects how the connection begins (see Begin); records of 9 bytes follow.
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "analysis/report.h"
#include "analysis/summary.h"
#include "check.h"
#include "data/dss_checksum.h"
#include "reference_accounting.h"
#include "unit/segments.h"

namespace {

using namespace mptcp;
using fuzz::check;
using test::ReferenceAccounting;

constexpr TcpSeq kClientIsn{0 - 100U}, kServerIsn{0x80000000U - 100U};
// Limits of the input.
constexpr int kMostRecords = 100;
constexpr std::uint8_t kMostData = 15, kMostMapped = 31; // bytes of a packet and of a mapping
constexpr std::uint32_t kFinData = 600;                  // the offset of the DATA_FIN
constexpr std::uint32_t kEndless = 300; // length of an infinite mapping: beyond all offsets
// The core's limits for data that waits for a mapping and for incomplete
// checksums. Beyond them, the reference would know more than the core.
constexpr std::size_t kMostWaiting = 128, kMostChecksums = 64;

// How the connection appears in the capture.
struct Begin {
    bool handshake = false;   // otherwise only joins, so the IDSNs are unknown
    bool checksums = false;   // DSS checksums are in use
    std::uint64_t data_0 = 0; // without a handshake: the lowest DSN

    explicit Begin(std::uint8_t byte)
        : handshake((byte & 1) != 0), checksums((byte & 2) != 0 || !handshake)
    {
        constexpr std::array<std::uint64_t, 4> kFirsts{
            0, (std::uint64_t{1} << 32) - 50, 0 - std::uint64_t{50}, (std::uint64_t{1} << 63) - 50};
        data_0 = kFirsts[byte >> 2 & 3];
    }
};

struct Record {
    bool second = false, by_server = false, rst = false, cut = false;
    bool maps = false, wide_dsn = false, fin = false, checksum = false, wrong = false;
    bool acks = false, wide_ack = false;
    std::uint32_t offset = 0, length = 0;             // of the payload
    std::uint32_t relative = 0, data = 0, mapped = 0; // of the mapping
    std::uint32_t data_ack = 0, tcp_ack = 0;

    explicit Record(Cursor &cursor)
    {
        const std::uint16_t flags = cursor.u16();
        const auto flag = [flags](int bit) { return (flags >> bit & 1) != 0; };
        second = flag(0), by_server = flag(1);
        maps = flag(2), wide_dsn = flag(3), fin = flag(4), checksum = flag(5);
        acks = flag(6), wide_ack = flag(7);
        wrong = flag(8) && flag(9), cut = flag(10) && flag(11), rst = flag(12) && flag(13);
        offset = cursor.u8(), length = cursor.u8() % (kMostData + 1);
        relative = cursor.u8(), data = cursor.u8(), mapped = cursor.u8() % (kMostMapped + 1);
        data_ack = cursor.u8(), tcp_ack = cursor.u8();
        if (fin)
            data = kFinData - mapped; // all DATA_FINs have the same DSN
    }

    Role sender() const { return by_server ? Role::Server : Role::Client; }
    bool endless() const { return mapped == 0 && !fin; } // RFC 8684 3.7
};

// The payload bytes of a subflow.
test::Bytes bytes_at(std::uint32_t offset, std::uint32_t length)
{
    test::Bytes bytes;
    for (std::uint32_t i = offset; i < offset + length; ++i)
        bytes.push_back(static_cast<std::uint8_t>(i * 29 + 7));
    return bytes;
}

class Scene {
public:
    explicit Scene(const Begin &begin) : begin_(begin)
    {
        if (begin_.handshake) {
            const std::uint8_t flags =
                begin_.checksums ? test::kCapableChecksum : test::kCapableHmac;
            trace_.see(flows_[0].initiator().syn().with(test::mp_capable(kV1, {}, flags)));
            trace_.see(flows_[0].acceptor().syn_ack().with(peers_.syn_ack()));
            trace_.see(flows_[0].initiator().ack().with(peers_.ack()));
            trace_.see_join(flows_[1], join_);
        } else {
            for (test::TcpFlow &flow : flows_)
                see_join_without_data_ack(flow);
        }
    }

    void see(const Record &record)
    {
        const test::Packet packet = packet_of(record);
        const auto whose = trace_.see(packet);
        check(whose.has_value());
        const Subflow &subflow = trace_.tracker().registry()[whose->subflow];
        check(trace_.tracker().registry().index_of(whose->subflow) == (record.second ? 1 : 0));
        check(subflow.role(whose->sender) == record.sender());
        summary_.add(whose, packet.segment.payload, trace_.frames(), 0);
        note(record,
             trace_.tracker().registry().connection_of(whose->subflow).fallback.has_value());
    }

    // True while the next record cannot exceed the core's limits.
    bool has_room() const
    {
        return reference(Role::Client).waiting() + reference(Role::Server).waiting() +
                       2 * std::size_t{kMostData} <=
                   kMostWaiting &&
               checksums_ < kMostChecksums;
    }

    void check_all() const
    {
        if (fell_back_)
            return check_sums();
        check_packets();
        check_streams();
        const Report report = make_report(trace_.tracker(), summary_, {});
        if (report.connections.empty())
            return;
        check(report.connections.size() == 1);
        for (const Role role : {Role::Client, Role::Server})
            check_report(report.connections.front(), role);
    }

private:
    // Its DATA_ACK would tell a position of the stream other than that of `data_0`.
    void see_join_without_data_ack(test::TcpFlow &flow)
    {
        trace_.see(flow.initiator().syn().with(join_.syn()));
        trace_.see(flow.acceptor().syn_ack().with(join_.syn_ack()));
        trace_.see(flow.initiator().ack().with(join_.ack()));
        trace_.see(flow.acceptor().ack());
    }

    // After a fallback, mappings are implied, which the reference does not know: each byte has one
    // kind all the same.
    void check_sums() const
    {
        const DataLevel &level = trace_.tracker().data();
        for (const DataPacket &packet : level.packets())
            check(kinds_of(packet, level.extras(packet)).payload() == packet.payload);
    }

    ReferenceAccounting &reference(Role role) { return references_[role]; }
    const ReferenceAccounting &reference(Role role) const { return references_[role]; }

    // The DSN of an offset of the reference accounting.
    DataSeq dsn(Role role, std::uint32_t data) const
    {
        return (begin_.handshake ? peers_.first_data(role) : DataSeq{begin_.data_0}) + data;
    }

    test::Packet packet_of(const Record &record) const
    {
        const bool by_server = record.by_server;
        test::TcpFlow flow = flows_[record.second ? 1 : 0];
        test::Packet packet = (by_server ? flow.acceptor() : flow.initiator()).data(record.length);
        const auto [own, peer] =
            by_server ? std::pair{kServerIsn, kClientIsn} : std::pair{kClientIsn, kServerIsn};
        packet = packet.with_seq(own + record.offset)
                     .with_ack(peer + record.tcp_ack)
                     .holding(bytes_at(record.offset, record.length / (record.cut ? 2 : 1)));
        if (record.rst)
            packet.segment.flags |= kRst;
        Dss option;
        if (record.acks)
            option.data_ack =
                WireDataSeq{dsn(other(record.sender()), record.data_ack).value, record.wide_ack};
        if (record.maps)
            option.mapping = mapping_of(record);
        option.data_fin = record.maps && record.fin;
        return record.acks || record.maps ? packet.with(test::dss(option)) : packet;
    }

    DssMapping mapping_of(const Record &record) const
    {
        const DataSeq first = dsn(record.sender(), record.data);
        DssMapping mapping{{first.value, record.wide_dsn},
                           record.relative,
                           static_cast<std::uint16_t>(record.mapped + (record.fin ? 1 : 0)),
                           std::nullopt};
        if (record.checksum) { // RFC 8684 3.3.1: covers pseudo-header and data
            const std::uint64_t header = (first.value >> 48) + (first.value >> 32 & 0xffff) +
                                         (first.value >> 16 & 0xffff) + (first.value & 0xffff) +
                                         (mapping.subflow_offset >> 16) +
                                         (mapping.subflow_offset & 0xffff) + mapping.length;
            const test::Bytes data = bytes_at(record.relative, record.mapped);
            const int sum = folded(header + sum_words(data, 0));
            mapping.checksum = static_cast<std::uint16_t>(~sum ^ (record.wrong ? 0x0100 : 0));
        }
        return mapping;
    }

    void note(const Record &record, bool fallback)
    {
        fell_back_ |= fallback;
        const Role sender = record.sender();
        ReferenceAccounting &own = reference(sender);
        // RFC 8684 3.7: an infinite mapping without data has no effect.
        const bool has_effect = record.length > 0 || !record.endless();
        if (record.maps && has_effect) {
            own.map(record.second, record.relative, record.data,
                    record.endless() ? kEndless : record.mapped);
            if (record.fin)
                own.pass_fin(record.data + record.mapped);
            checksums_ += record.checksum ? 1 : 0;
            (record.wrong ? any_wrong_ : any_right_) |= record.checksum;
        }
        if (record.length > 0 && record.rst)
            own.pass_lost(trace_.frames(), record.second, record.length);
        else if (record.length > 0)
            own.pass(trace_.frames(), record.second, record.offset, record.length, !fallback);
        begun_[sender] |= record.maps || record.length > 0;
        const Role peer = other(sender);
        begun_[peer] |= record.acks;
        if (record.acks)
            reference(peer).acknowledge(record.data_ack);
    }

    void check_packets() const
    {
        const DataLevel &level = trace_.tracker().data();
        const PerRole<std::vector<ReferenceAccounting::Packet>> expected{
            {reference(Role::Client).packets(), reference(Role::Server).packets()}};
        PerRole<std::size_t> next;
        for (std::size_t i = 0; i < level.packets().size(); ++i) {
            const DataPacket &packet = level.packets()[i];
            const Subflow &subflow = trace_.tracker().registry()[packet.subflow];
            const Role sender = subflow.role(packet.sender);
            check(next[sender] < expected[sender].size());
            const ReferenceAccounting::Packet &wanted = expected[sender][next[sender]++];
            const DataExtras *extras = level.extras(packet);
            check(kinds_of(packet, extras) == wanted.kinds);
            const std::uint64_t same = extras == nullptr ? 0 : extras->reinjected_same_subflow;
            check(reference(sender).late() ? same <= wanted.kinds.reinjected : same == wanted.same);
            check(packet.mapped == wanted.first_data.has_value());
            if (const auto first = level.data_seq(packet, subflow))
                check(*first == dsn(sender, wanted.first_data.value()));
        }
        for (const Role role : {Role::Client, Role::Server})
            check(next[role] == expected[role].size());
    }

    void check_streams() const
    {
        const Connection &connection = trace_.connection(0);
        for (const Role role : {Role::Client, Role::Server}) {
            const DataStream *stream =
                trace_.tracker().data().stream(trace_.subflow(0, 0).connection, role);
            check(begin_.handshake || (stream != nullptr) == begun_[role]);
            if (stream == nullptr)
                continue;
            const DataStream::Gaps found = stream->gaps();
            const DataStream::Gaps expected = reference(role).gaps(begin_.handshake);
            check(found.count == expected.count && found.bytes == expected.bytes);
            check(found.acknowledged == expected.acknowledged);
            check(connection.fallback || !connection.merged_into);
        }
    }

    void check_report(const ConnectionRow &row, Role role) const
    {
        ByteKinds all;
        PerSubflow expected;
        for (const ReferenceAccounting::Packet &packet : reference(role).packets()) {
            expected[packet.flow] += packet.kinds;
            all += packet.kinds;
        }
        check(row.data[role] == all);
        for (const SubflowRow &subflow : row.subflows)
            check(subflow.data[role] == expected.at(subflow.index));
        check(any_wrong_ || row.data[role].checksums.bad == 0);
        check(any_right_ || row.data[role].checksums.good == 0);
    }

    using PerSubflow = std::array<ByteKinds, 2>;

    Begin begin_;
    // The lower 32 bits of both IDSNs are about to wrap.
    test::Peers peers_{kV1, {0x200000000066a86e}, {0x10000000018e11a0}};
    test::Join join_{peers_};
    std::array<test::TcpFlow, 2> flows_{
        test::TcpFlow{test::at("10.0.0.1", 4000), test::at("10.0.0.2", 80), kClientIsn, kServerIsn},
        test::TcpFlow{test::at("10.0.9.1", 4001), test::at("10.0.0.2", 80), kClientIsn,
                      kServerIsn}};
    test::Trace trace_;
    Summary summary_;
    PerRole<ReferenceAccounting> references_;
    PerRole<bool> begun_{};
    std::size_t checksums_ = 0; // mappings with a checksum
    bool fell_back_ = false;
    bool any_right_ = false, any_wrong_ = false;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    Cursor cursor{ByteView{data, size}};
    Scene scene{Begin{cursor.u8()}};
    for (int left = kMostRecords; left > 0 && cursor.remaining() > 0 && scene.has_room(); --left) {
        const Record record{cursor};
        if (cursor.ok())
            scene.see(record);
    }
    scene.check_all();
    return 0;
}
