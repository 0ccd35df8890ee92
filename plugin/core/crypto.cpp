// SPDX-License-Identifier: GPL-2.0-or-later
#include "crypto.h"

#include <algorithm>

#include <openssl/evp.h>

#include "bytes.h"

namespace mptcp {
namespace {

// FIPS 180-4 1: of both algorithms, in octets.
constexpr std::size_t kBlock = 64;

// A block, and behind it a digest or what is shorter.
struct Padded {
    std::array<std::uint8_t, kBlock + EVP_MAX_MD_SIZE> room{};
    std::size_t length = 0;

    ByteView view() const { return ByteView{room}.first(length); }
};

// RFC 8684 3.1: keys and nonces enter the digests as they stand on the wire.
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

Crypto::Digest::Digest(const char *name)
    : algorithm_(EVP_MD_fetch(nullptr, name, nullptr)), context_(EVP_MD_CTX_new())
{
}

void Crypto::Digest::Free::operator()(evp_md_st *algorithm) const { EVP_MD_free(algorithm); }
void Crypto::Digest::Free::operator()(evp_md_ctx_st *context) const { EVP_MD_CTX_free(context); }

std::optional<Crypto::Octets> Crypto::Digest::of(ByteView message) const
{
    Octets out;
    EVP_MD_CTX *context = context_.get();
    if (algorithm_ == nullptr || context == nullptr ||
        EVP_DigestInit_ex2(context, algorithm_.get(), nullptr) != 1 ||
        EVP_DigestUpdate(context, message.data(), message.size()) != 1 ||
        EVP_DigestFinal_ex(context, out.room.data(), &out.length) != 1)
        return std::nullopt;
    return out;
}

// RFC 2104 2: H(K XOR opad, H(K XOR ipad, text)).
std::optional<Crypto::Octets> Crypto::Digest::hmac(ByteView key, ByteView message) const
{
    const auto padded = [key](std::uint8_t pad, ByteView text) {
        Padded all{};
        std::ranges::copy(key, all.room.begin());
        for (std::size_t i = 0; i < kBlock; ++i)
            all.room[i] ^= pad;
        std::ranges::copy(text, all.room.begin() + kBlock);
        all.length = kBlock + text.size();
        return all;
    };
    const auto inner = of(padded(0x36, message).view());
    return inner ? of(padded(0x5c, inner->view()).view()) : std::nullopt;
}

Crypto::Crypto() : sha1_("SHA1"), sha256_("SHA2-256") {}

const Crypto::Digest *Crypto::digest_of(Version version) const
{
    switch (version) {
    case kV0:
        return &sha1_; // RFC 6824 3.2
    case kV1:
        return &sha256_; // RFC 8684 3.2
    default:
        return nullptr;
    }
}

std::optional<KeyDigest> Crypto::digest(Version version, Key key) const
{
    const Digest *digest = digest_of(version);
    std::array<std::uint8_t, 8> octets{};
    put_big_endian(octets.data(), key.value);
    const auto all = digest != nullptr ? digest->of(octets) : std::nullopt;
    if (!all)
        return std::nullopt;
    const ByteView bytes = all->view();
    return KeyDigest{Token{Cursor{bytes.first(4)}.u32()}, DataSeq{Cursor{bytes.last(8)}.u64()}};
}

std::optional<Hmac> Crypto::join_hmac(Version version, Key own_key, Key peer_key, Nonce own_nonce,
                                      Nonce peer_nonce) const
{
    const auto key = join_big_endian(own_key, peer_key);
    const auto message = join_big_endian(own_nonce, peer_nonce);
    const Digest *digest = digest_of(version);
    const auto octets = digest != nullptr ? digest->hmac(key, message) : std::nullopt;
    if (!octets)
        return std::nullopt;
    Hmac leftmost{};
    std::ranges::copy(octets->view().first(leftmost.size()), leftmost.begin());
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
    std::copy_n(address.octets.begin(), address_length, message.begin() + 1);
    put_big_endian(message.data() + 1 + address_length, port);
    const auto octets = sha256_.hmac(key, ByteView{message}.first(1 + address_length + 2));
    if (!octets)
        return std::nullopt;
    AddressHmac result;
    std::ranges::copy(octets->view().first(result.leftmost.size()), result.leftmost.begin());
    std::ranges::copy(octets->view().last(result.rightmost.size()), result.rightmost.begin());
    return result;
}

} // namespace mptcp
