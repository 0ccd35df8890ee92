// SPDX-License-Identifier: GPL-2.0-or-later
//
// The verdicts on HMACs: of MP_JOIN (RFC 8684 3.2) and of ADD_ADDR (3.4.1), in both versions.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "base/types.h"
#include "base/verdict.h"
#include "crypto/crypto.h"
#include "wire/option.h"

namespace mptcp {

// What the HMAC of a join is made of, from its sender's side; none: not captured.
struct JoinSecrets {
    std::optional<Version> version;
    std::optional<Key> own_key;
    std::optional<Key> peer_key;
    std::optional<Nonce> own_nonce;
    std::optional<Nonce> peer_nonce;
};

// `sent` is what the option carried: the leftmost 8 bytes of the HMAC in a SYN/ACK, 20 in a
// third ACK.
Verdict verify_join(const Crypto &crypto, const JoinSecrets &secrets,
                    std::span<const std::uint8_t> sent);

// Absent for version 0, and for an echo, which have no HMAC.
Verdict verify_add_addr(const Crypto &crypto, const std::optional<Key> &own_key,
                        const std::optional<Key> &peer_key, const AddAddr &option);

} // namespace mptcp
