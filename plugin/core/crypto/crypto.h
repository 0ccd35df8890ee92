// SPDX-License-Identifier: GPL-2.0-or-later
//
// The cryptography of MPTCP: from a key to its token and IDSN (RFC 8684 3.2
// and 3.1, RFC 6824 the same with SHA-1), the HMACs of joins (RFC 8684 3.2) and
// those of announced addresses (3.4.1). The only file that knows OpenSSL.
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

// What identifies a connection at the host that owns the key.
struct KeyDigest {
    Token token;  // first 32 bits of the digest
    DataSeq idsn; // last 64 bits of it; the first byte of data has IDSN + 1
};

// 160 bits: all of an HMAC-SHA1, the leftmost of an HMAC-SHA256.
using Hmac = std::array<std::uint8_t, 20>;

// Holds the algorithms and what they work in, so that nothing is looked up or
// allocated per packet; one thread at a time may use it. Everything is
// std::nullopt for versions other than 0 and 1, and where OpenSSL refuses an
// algorithm (a policy may forbid SHA-1): then keys have no known tokens.
class Crypto {
public:
    Crypto();
    ~Crypto();
    Crypto(const Crypto &) = delete;
    Crypto &operator=(const Crypto &) = delete;

    std::optional<KeyDigest> digest(Version version, Key key) const;

    // The HMAC that the host with `own_key` and `own_nonce` sends in an
    // MP_JOIN. RFC 8684 3.2: key = own key, then the peer's; message = own
    // nonce, then the peer's. A SYN/ACK carries its first 8 bytes.
    std::optional<Hmac> join_hmac(Version version, Key own_key, Key peer_key, Nonce own_nonce,
                                  Nonce peer_nonce) const;

    // The HMAC-SHA256 that the host with `own_key` sends in an ADD_ADDR of
    // version 1. RFC 8684 3.4.1: key = own key, then the peer's; message =
    // address ID, address, port (0 if there is none).
    struct AddressHmac {
        std::array<std::uint8_t, 8> leftmost{};
        std::array<std::uint8_t, 8> rightmost{}; // what an ADD_ADDR carries
    };
    std::optional<AddressHmac> address_hmac(Key own_key, Key peer_key, std::uint8_t address_id,
                                            const Address &address, std::uint16_t port) const;

private:
    struct Free {
        void operator()(evp_md_st *digest) const;
        void operator()(evp_md_ctx_st *context) const;
        void operator()(evp_mac_ctx_st *context) const;
    };
    using HmacContext = std::unique_ptr<evp_mac_ctx_st, Free>; // of one digest

    // All bytes of a digest or an HMAC.
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
