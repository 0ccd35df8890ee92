// SPDX-License-Identifier: GPL-2.0-or-later
#include "tap/pcapng_file.h"

#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

#include "sdk/frame_time.h"
#include "sdk/wiretap.h"
#include "version.h"

namespace mptcp {
namespace {

namespace fs = std::filesystem;

// Whether this program has the file open, by any name. Only regular files are compared: writing to
// a pipe or to a terminal loses nothing.
bool is_open_here(const std::string &path)
{
    std::error_code error;
    if (!fs::is_regular_file(path, error))
        return false;
    for (fs::directory_iterator each("/dev/fd", error), end; !error && each != end;
         each.increment(error)) {
        std::error_code none; // an entry may have gone
        if (fs::equivalent(path, each->path(), none))
            return true;
    }
    return false;
}

void add_text(wtap_block_t block, guint option, std::string_view text)
{
    wtap_block_add_string_option(block, option, text.data(), text.size());
}

GArray *array_of(wtap_block_t block)
{
    GArray *blocks = g_array_new(FALSE, FALSE, sizeof(wtap_block_t));
    g_array_append_val(blocks, block);
    return blocks;
}

GArray *make_section(const std::string &comment)
{
    wtap_block_t section = wtap_block_create(WTAP_BLOCK_SECTION);
    add_text(section, OPT_COMMENT, comment);
    add_text(section, OPT_SHB_USERAPPL, "MPTCP plugin " MPTCP_PLUGIN_VERSION " for Wireshark");
    return array_of(section);
}

// Raw IP, with times in nanoseconds.
GArray *make_interface()
{
    constexpr std::uint8_t kNanoseconds = 9; // powers of 10
    wtap_block_t interface = wtap_block_create(WTAP_BLOCK_IF_ID_AND_INFO);
    auto *fields =
        static_cast<wtapng_if_descr_mandatory_t *>(wtap_block_get_mandatory_data(interface));
    fields->wtap_encap = WTAP_ENCAP_RAW_IP;
    fields->time_units_per_second = kSecond;
    fields->tsprecision = WTAP_TSPREC_NSEC;
    add_text(interface, OPT_IDB_NAME, "mptcp");
    add_text(interface, OPT_IDB_DESCRIPTION, "Data of an MPTCP connection as plain TCP");
    wtap_block_add_uint8_option(interface, OPT_IDB_TSRESOL, kNanoseconds);
    return array_of(interface);
}

} // namespace

void PcapngFile::open(const std::string &path, const std::string &comment)
{
    path_ = path;
    if (!is_standard_output() && is_open_here(path)) {
        error_ = "it is open: it is the capture, or another export writes it";
        return;
    }
    sections_ = make_section(comment);
    interfaces_ = g_new0(wtapng_iface_descriptions_t, 1);
    interfaces_->interface_data = make_interface();
    wtap_dump_params params{};
    params.encap = WTAP_ENCAP_RAW_IP;
    params.tsprec = WTAP_TSPREC_NSEC;
    params.shb_hdrs = sections_;
    params.idb_inf = interfaces_;
    int error = 0;
    char *details = nullptr;
    const int type = wtap_pcapng_file_type_subtype();
    dumper_ = is_standard_output()
                  ? open_uncompressed(wtap_dump_open_stdout, type, params, error, details)
                  : open_uncompressed(wtap_dump_open, path.c_str(), type, params, error, details);
    if (dumper_ == nullptr)
        fail(error, details);
}

void PcapngFile::write(const ExportedPacket &packet)
{
    if (dumper_ == nullptr)
        return;
    wtap_rec record;
    initialize_record(wtap_rec_init, record);
    record.rec_type = REC_TYPE_PACKET;
    record.presence_flags = WTAP_HAS_TS | WTAP_HAS_CAP_LEN;
    record.ts = to_nstime(packet.time);
    record.tsprec = WTAP_TSPREC_NSEC;
    record.rec_header.packet_header.caplen = static_cast<guint32>(packet.bytes.size());
    record.rec_header.packet_header.len = packet.length;
    record.rec_header.packet_header.pkt_encap = WTAP_ENCAP_RAW_IP;
    record.block = wtap_block_create(WTAP_BLOCK_PACKET);
    record.block_was_modified = true;
    add_text(record.block, OPT_COMMENT, packet.comment);
    int error = 0;
    char *details = nullptr;
    const bool written = write_record(wtap_dump, dumper_, record, packet.bytes, error, details);
    wtap_rec_cleanup(&record);
    if (!written) {
        fail(error, details);
        discard();
    }
}

void PcapngFile::close()
{
    int error = 0;
    char *details = nullptr;
    if (dumper_ != nullptr &&
        !wtap_dump_close(std::exchange(dumper_, nullptr), nullptr, &error, &details)) {
        fail(error, details);
        remove();
    }
    if (sections_ != nullptr)
        wtap_block_array_free(std::exchange(sections_, nullptr));
    wtap_free_idb_info(std::exchange(interfaces_, nullptr));
}

void PcapngFile::discard()
{
    const bool incomplete = is_open();
    close();
    if (incomplete)
        remove();
}

void PcapngFile::fail(int error, char *details)
{
    if (error_.empty()) {
        error_ = wtap_strerror(error);
        if (details != nullptr)
            error_ += std::string{" ("} + details + ")";
    }
    g_free(details);
}

// A device is no incomplete file.
void PcapngFile::remove() const
{
    std::error_code ignored;
    if (!is_standard_output() && fs::is_regular_file(path_, ignored))
        fs::remove(path_, ignored);
}

} // namespace mptcp
