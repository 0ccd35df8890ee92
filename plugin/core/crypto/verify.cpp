// SPDX-License-Identifier: GPL-2.0-or-later
//
// Comparison of HMACs as sent with HMACs as computed (RFC 8684 3.2, 3.4.1).
#include "crypto/verify.h"

#include <algorithm>

namespace mptcp {
namespace {

std::optional<Hmac> expected(const Crypto &crypto, const JoinSecrets &secrets)
{
    if (!secrets.version || !secrets.own_key || !secrets.peer_key || !secrets.own_nonce ||
        !secrets.peer_nonce)
        return std::nullopt;
    return crypto.join_hmac(*secrets.version, *secrets.own_key, *secrets.peer_key,
                            *secrets.own_nonce, *secrets.peer_nonce);
}

} // namespace

Verdict verify_join(const Crypto &crypto, const JoinSecrets &secrets,
                    std::span<const std::uint8_t> sent)
{
    const auto hmac = expected(crypto, secrets);
    if (!hmac)
        return Verdict::Unverified;
    // RFC 8684 3.2: a truncated HMAC consists of the leftmost bits.
    return std::ranges::equal(sent, std::span{*hmac}.first(sent.size())) ? Verdict::Good
                                                                         : Verdict::Bad;
}

Verdict verify_add_addr(const Crypto &crypto, const std::optional<Key> &own_key,
                        const std::optional<Key> &peer_key, const AddAddr &option)
{
    if (!option.hmac)
        return Verdict::Absent;
    if (!own_key || !peer_key)
        return Verdict::Unverified;
    const auto expected = crypto.address_hmac(*own_key, *peer_key, option.address_id,
                                              option.address, option.port.value_or(0));
    if (!expected)
        return Verdict::Unverified;
    if (*option.hmac == expected->rightmost)
        return Verdict::Good;
    // Implementations of drafts truncate the HMAC to the leftmost bits, as in MP_JOIN.
    return *option.hmac == expected->leftmost ? Verdict::Leftmost : Verdict::Bad;
}

} // namespace mptcp
