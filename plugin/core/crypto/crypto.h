// SPDX-License-Identifier: GPL-2.0-or-later
//
// The cryptography of MPTCP: the token and the IDSN of a key (RFC 8684 3.2 and 3.1; RFC 6824 with
// SHA-1), the HMAC of MP_JOIN (RFC 8684 3.2) and the HMAC of ADD_ADDR (3.4.1). crypto.cpp is the
// only user of OpenSSL. verify.h compares HMACs.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "base/address.h"
#include "base/types.h"
#include "wire/bytes.h"

struct evp_md_st;
struct evp_md_ctx_st;
struct evp_mac_ctx_st;

namespace mptcp {

// RFC 8684 3.2 and 3.1: the values derived from a key.
struct KeyDigest {
    Token token;  // first 32 bits of the digest
    DataSeq idsn; // last 64 bits of the digest; the first byte of data has the DSN IDSN + 1
};

// 160 bits: a whole HMAC-SHA1, or the leftmost bits of an HMAC-SHA256.
using Hmac = std::array<std::uint8_t, 20>;

// Holds the OpenSSL algorithms and contexts, so that no call looks up an algorithm or allocates.
// Not thread-safe, including the const functions. All functions return std::nullopt for a version
// other than 0 and 1, and if OpenSSL does not provide an algorithm (a policy may disable SHA-1).
class Crypto {
public:
    Crypto();
    ~Crypto();
    Crypto(const Crypto &) = delete;
    Crypto &operator=(const Crypto &) = delete;

    std::optional<KeyDigest> digest(Version version, Key key) const;

    // The HMAC that the host with `own_key` and `own_nonce` sends in MP_JOIN. RFC 8684 3.2: the
    // HMAC key is own key || peer key, and the message is own nonce || peer nonce. The SYN/ACK
    // carries the first 8 bytes.
    std::optional<Hmac> join_hmac(Version version, Key own_key, Key peer_key, Nonce own_nonce,
                                  Nonce peer_nonce) const;

    // The HMAC-SHA256 that the host with `own_key` sends in ADD_ADDR of version 1. RFC 8684 3.4.1:
    // the HMAC key is own key || peer key, and the message is address ID || address || port. The
    // port is 0 if the option has none.
    struct AddressHmac {
        std::array<std::uint8_t, 8> leftmost{};
        std::array<std::uint8_t, 8> rightmost{}; // sent in ADD_ADDR
    };
    std::optional<AddressHmac> address_hmac(Key own_key, Key peer_key, std::uint8_t address_id,
                                            const Address &address, std::uint16_t port) const;

private:
    struct Free {
        void operator()(evp_md_st *digest) const;
        void operator()(evp_md_ctx_st *context) const;
        void operator()(evp_mac_ctx_st *context) const;
    };
    using HmacContext = std::unique_ptr<evp_mac_ctx_st, Free>; // for one digest

    // A whole digest or HMAC.
    struct DigestBytes {
        std::array<std::uint8_t, 64> room{};
        std::size_t length = 0;

        ByteView view() const { return ByteView{room}.first(length); }
    };

    const evp_md_st *digest_of(Version version) const;
    static HmacContext hmac_with(const char *digest);
    static std::optional<DigestBytes> hmac(const HmacContext &context, ByteView key,
                                           ByteView message);

    std::unique_ptr<evp_md_st, Free> sha1_;
    std::unique_ptr<evp_md_st, Free> sha256_;
    std::unique_ptr<evp_md_ctx_st, Free> digest_context_;
    HmacContext hmac_sha1_;
    HmacContext hmac_sha256_;
};

} // namespace mptcp
