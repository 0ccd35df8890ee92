// SPDX-License-Identifier: GPL-2.0-or-later
//
// Which subflows are backups, and from which frame on: the B flag of MP_JOIN (RFC 8684 3.2) and of
// MP_PRIO (3.3.8). A host that sets the flag asks its peer to send on this subflow only if no other
// is available.
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "base/enum_set.h"
#include "connections/connection_change.h"
#include "connections/registry.h"
#include "wire/segment.h"

namespace mptcp {

// RFC 8684 3.3.8: unlike in version 0 (RFC 6824 3.3.8), the option has no address ID.
inline bool is_valid(const MpPrio &option, const Connection &connection)
{
    return !option.address_id || connection.version.value_or(kV0) == kV0;
}

// Memory: 8 bytes for each change of a flag.
class BackupFlags {
public:
    // Notes the flag that the segment carries. Call it in capture order, after ConnectionRules,
    // whose result is `change`.
    void note(const Registry &registry, const Attribution &attribution, const Segment &segment,
              const ConnectionChange &change);

    // Returns the hosts that, at this frame, ask to use the subflow as a backup. Cost: O(log n) in
    // the changes of the subflow.
    EnumSet<Role> of(const Registry &registry, SubflowId id, std::uint32_t frame) const;

private:
    struct Change {
        std::uint32_t frame = 0;
        bool backup = false;
    };
    using History = std::vector<Change>; // in capture order; each differs from the one before

    // One end of a subflow, or all subflows at one address of a host.
    struct Scope {
        std::size_t id = 0;          // of the subflow or of the connection
        std::uint8_t end = 0;        // a Side or a Role
        bool by_address = false;     // RFC 6824 3.3.8: MP_PRIO with an address ID
        std::uint8_t address_id = 0; // if `by_address`

        friend bool operator==(const Scope &, const Scope &) = default;
    };
    struct Hash {
        std::size_t operator()(const Scope &scope) const;
    };

    static Scope of_subflow(SubflowId id, Side end);
    static Scope of_address(const Subflow &subflow, Role host, std::uint8_t address_id);

    void note_prio(const Registry &registry, const Attribution &attribution, std::uint32_t frame,
                   const MpPrio &prio);
    void set(const Scope &scope, std::uint32_t frame, bool backup);
    Change at(const Scope &scope, std::uint32_t frame) const;

    std::unordered_map<Scope, History, Hash> histories_; // none: not a backup
};

} // namespace mptcp
