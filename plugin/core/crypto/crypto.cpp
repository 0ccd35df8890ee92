// SPDX-License-Identifier: GPL-2.0-or-later
//
// Digests and HMACs by OpenSSL 3: SHA-1 for version 0 (RFC 6824 3.2), SHA-256 for version 1 (RFC
// 8684 3.2).
#include "crypto/crypto.h"

#include <algorithm>
#include <string>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include "wire/bytes.h"

namespace mptcp {
namespace {

constexpr std::size_t kLargestDigest = EVP_MAX_MD_SIZE;

constexpr char kSha1[] = "SHA1";
constexpr char kSha256[] = "SHA2-256";

// RFC 8684 3.1: digests take keys and nonces in network byte order.
template <class Number> void put_big_endian(std::uint8_t *to, Number value)
{
    for (std::size_t i = 0; i < sizeof value; ++i)
        to[i] = static_cast<std::uint8_t>(value >> (8 * (sizeof value - 1 - i)));
}

template <class A, class B> auto join_big_endian(A first, B second)
{
    std::array<std::uint8_t, sizeof(first.value) + sizeof(second.value)> bytes{};
    put_big_endian(bytes.data(), first.value);
    put_big_endian(bytes.data() + sizeof(first.value), second.value);
    return bytes;
}

} // namespace

Crypto::Crypto()
    : sha1_(EVP_MD_fetch(nullptr, kSha1, nullptr)),
      sha256_(EVP_MD_fetch(nullptr, kSha256, nullptr)),
      digest_context_(EVP_MD_CTX_new()),
      hmac_sha1_(hmac_with(kSha1)),
      hmac_sha256_(hmac_with(kSha256))
{
}

Crypto::~Crypto() = default;

void Crypto::Free::operator()(evp_md_st *digest) const { EVP_MD_free(digest); }
void Crypto::Free::operator()(evp_md_ctx_st *context) const { EVP_MD_CTX_free(context); }
void Crypto::Free::operator()(evp_mac_ctx_st *context) const { EVP_MAC_CTX_free(context); }

const evp_md_st *Crypto::digest_of(Version version) const
{
    switch (version) {
    case kV0:
        return sha1_.get(); // RFC 6824 3.2
    case kV1:
        return sha256_.get(); // RFC 8684 3.2
    default:
        return nullptr;
    }
}

std::optional<KeyDigest> Crypto::digest(Version version, Key key) const
{
    const evp_md_st *algorithm = digest_of(version);
    if (algorithm == nullptr || digest_context_ == nullptr)
        return std::nullopt;

    std::array<std::uint8_t, 8> key_bytes{};
    put_big_endian(key_bytes.data(), key.value);
    std::array<std::uint8_t, kLargestDigest> out{};
    unsigned length = 0;
    EVP_MD_CTX *context = digest_context_.get();
    if (EVP_DigestInit_ex2(context, algorithm, nullptr) != 1 ||
        EVP_DigestUpdate(context, key_bytes.data(), key_bytes.size()) != 1 ||
        EVP_DigestFinal_ex(context, out.data(), &length) != 1)
        return std::nullopt;

    const ByteView bytes = ByteView{out}.first(length);
    return KeyDigest{Token{Cursor{bytes.first(4)}.u32()}, DataSeq{Cursor{bytes.last(8)}.u64()}};
}

// Returns nullptr if OpenSSL does not provide the HMAC.
Crypto::HmacContext Crypto::hmac_with(const char *digest)
{
    EVP_MAC *algorithm = EVP_MAC_fetch(nullptr, OSSL_MAC_NAME_HMAC, nullptr);
    HmacContext context{EVP_MAC_CTX_new(algorithm)};
    EVP_MAC_free(algorithm); // the context holds a reference
    std::string name = digest;
    const std::array<OSSL_PARAM, 2> parameters{
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name.data(), 0),
        OSSL_PARAM_construct_end()};
    if (context == nullptr || EVP_MAC_CTX_set_params(context.get(), parameters.data()) != 1)
        return nullptr;
    return context;
}

std::optional<Crypto::DigestBytes> Crypto::hmac(const HmacContext &context, ByteView key,
                                                ByteView message)
{
    DigestBytes out;
    if (context == nullptr || EVP_MAC_init(context.get(), key.data(), key.size(), nullptr) != 1 ||
        EVP_MAC_update(context.get(), message.data(), message.size()) != 1 ||
        EVP_MAC_final(context.get(), out.room.data(), &out.length, out.room.size()) != 1)
        return std::nullopt;
    return out;
}

std::optional<Hmac> Crypto::join_hmac(Version version, Key own_key, Key peer_key, Nonce own_nonce,
                                      Nonce peer_nonce) const
{
    const auto key = join_big_endian(own_key, peer_key);
    const auto message = join_big_endian(own_nonce, peer_nonce);
    if (digest_of(version) == nullptr)
        return std::nullopt;
    const auto bytes = hmac(version == kV0 ? hmac_sha1_ : hmac_sha256_, key, message);
    if (!bytes)
        return std::nullopt;
    Hmac leftmost{};
    std::ranges::copy(bytes->view().first(leftmost.size()), leftmost.begin());
    return leftmost;
}

std::optional<Crypto::AddressHmac> Crypto::address_hmac(Key own_key, Key peer_key,
                                                        std::uint8_t address_id,
                                                        const Address &address,
                                                        std::uint16_t port) const
{
    const auto key = join_big_endian(own_key, peer_key);
    const std::size_t address_length = address.family == Family::IPv4 ? 4 : 16;
    std::array<std::uint8_t, 1 + 16 + 2> message{address_id};
    std::copy_n(address.bytes.begin(), address_length, message.begin() + 1);
    put_big_endian(message.data() + 1 + address_length, port);
    const auto bytes = hmac(hmac_sha256_, key, ByteView{message}.first(1 + address_length + 2));
    if (!bytes)
        return std::nullopt;
    AddressHmac result;
    std::ranges::copy(bytes->view().first(result.leftmost.size()), result.leftmost.begin());
    std::ranges::copy(bytes->view().last(result.rightmost.size()), result.rightmost.begin());
    return result;
}

} // namespace mptcp
