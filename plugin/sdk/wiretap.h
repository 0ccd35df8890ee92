// SPDX-License-Identifier: GPL-2.0-or-later
//
// Wiretap's writer of capture files, for all versions of Wireshark.
#pragma once

#include <type_traits>

#include <wireshark.h>

#include <wiretap/wtap.h>
#include <wsutil/buffer.h>

#include "wire/bytes.h"

namespace mptcp {

// The name of the type of compression has changed; 0 has always been none.
template <class Compression> wtap_dumper *open_uncompressed(
    wtap_dumper *(*open)(const char *, int, Compression, const wtap_dump_params *, int *, char **),
    const char *path, int type, const wtap_dump_params &params, int &error, char *&details)
{
    return open(path, type, Compression{}, &params, &error, &details);
}
template <class Compression> wtap_dumper *
open_uncompressed(wtap_dumper *(*open)(int, Compression, const wtap_dump_params *, int *, char **),
                  int type, const wtap_dump_params &params, int &error, char *&details)
{
    return open(type, Compression{}, &params, &error, &details);
}

// Since 4.6 a record contains the data, and its function takes an initial size.
template <class Initialize> void initialize_record(Initialize initialize, wtap_rec &record)
{
    if constexpr (std::is_invocable_v<Initialize, wtap_rec *>)
        initialize(&record);
    else
        initialize(&record, 0);
}
template <class Dump, class Record> bool write_record(Dump dump, wtap_dumper *dumper,
                                                      Record &record, ByteView bytes, int &error,
                                                      char *&details)
{
    if constexpr (std::is_invocable_v<Dump, wtap_dumper *, const Record *, const guint8 *, int *,
                                      char **>) {
        return dump(dumper, &record, bytes.data(), &error, &details);
    } else {
        ws_buffer_clean(&record.data);
        ws_buffer_append(&record.data, const_cast<guint8 *>(bytes.data()), bytes.size());
        return dump(dumper, &record, &error, &details);
    }
}

} // namespace mptcp
