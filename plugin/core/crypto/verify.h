// SPDX-License-Identifier: GPL-2.0-or-later
//
// Verifies the HMACs of MP_JOIN (RFC 8684 3.2, RFC 6824 3.2) and ADD_ADDR (RFC 8684 3.4.1).
// crypto.h computes them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "base/types.h"
#include "base/verdict.h"
#include "crypto/crypto.h"
#include "wire/option.h"

namespace mptcp {

// The inputs of the HMAC of a join, from the view of its sender. Empty: not captured.
struct JoinSecrets {
    std::optional<Version> version;
    std::optional<Key> own_key;
    std::optional<Key> peer_key;
    std::optional<Nonce> own_nonce;
    std::optional<Nonce> peer_nonce;
};

// `sent` is the HMAC in the option: the leftmost 8 bytes in the SYN/ACK, 20 bytes in the third ACK.
// Returns Unverified if an input is missing.
Verdict verify_join(const Crypto &crypto, const JoinSecrets &secrets,
                    std::span<const std::uint8_t> sent);

// Returns Absent for version 0 and for an echo, which have no HMAC, and Unverified if a key is
// missing.
Verdict verify_add_addr(const Crypto &crypto, const std::optional<Key> &own_key,
                        const std::optional<Key> &peer_key, const AddAddr &option);

} // namespace mptcp
