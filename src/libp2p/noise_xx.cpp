#include "libp2p/noise_xx.hpp"

#include "base/invariant.hpp"

#include <algorithm>
#include <sodium.h>

namespace libp2p {
namespace {

constexpr std::string_view kProtocolName = "Noise_XX_25519_ChaChaPoly_SHA256";
static_assert(kProtocolName.size() == 32); // used as the first hash as it stands [Noise §5.2]

Key32 hmac(const Key32& key, std::initializer_list<ByteView> parts)
{
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, key.data(), key.size());
    for (const auto part : parts)
        crypto_auth_hmacsha256_update(&state, part.data(), part.size());
    Key32 out;
    crypto_auth_hmacsha256_final(&state, out.data());
    return out;
}

/// HKDF with two outputs. [Noise §4.3]
std::pair<Key32, Key32> derive(const Key32& chaining, ByteView input)
{
    const std::array<uint8_t, 1> one{1}, two{2};
    Key32 temporary = hmac(chaining, {input});
    const Key32 first = hmac(temporary, {one});
    const Key32 second = hmac(temporary, {first, two});
    crypto::wipe(temporary);
    return {first, second};
}

std::array<uint8_t, 12> nonce_bytes(uint64_t counter)
{
    std::array<uint8_t, 12> nonce{};
    for (size_t i = 0; i != 8; ++i)
        nonce[4 + i] = uint8_t(counter >> (8 * i));
    return nonce;
}

} // namespace

DhKeys DhKeys::of_secret(const Key32& secret)
{
    base::invariant(sodium_init() >= 0);
    DhKeys keys;
    keys.secret = secret;
    crypto_scalarmult_base(keys.open.data(), secret.data());
    return keys;
}

void CipherState::encrypt(ByteView associated, ByteView plain, Bytes& out)
{
    const auto nonce = nonce_bytes(nonce_++);
    const size_t at = out.size();
    out.resize(at + plain.size() + kTagBytes);
    crypto_aead_chacha20poly1305_ietf_encrypt(out.data() + at, nullptr, plain.data(), plain.size(), associated.data(),
                                              associated.size(), nullptr, nonce.data(), key_.data());
}

bool CipherState::decrypt(ByteView associated, ByteView sealed, Bytes& out)
{
    if (sealed.size() < kTagBytes)
        return false;
    const auto nonce = nonce_bytes(nonce_++);
    const size_t at = out.size();
    out.resize(at + sealed.size() - kTagBytes);
    const bool genuine =
        crypto_aead_chacha20poly1305_ietf_decrypt(out.data() + at, nullptr, nullptr, sealed.data(), sealed.size(),
                                                  associated.data(), associated.size(), nonce.data(), key_.data()) == 0;
    if (!genuine)
        out.resize(at);
    return genuine;
}

NoiseXx::NoiseXx(Role role, const DhKeys& fixed, const DhKeys& ephemeral, ByteView prologue)
    : role_(role), static_(fixed), ephemeral_(ephemeral)
{
    std::ranges::copy(base::view(kProtocolName), hash_.begin());
    chaining_ = hash_;
    mix_hash(prologue);
}

NoiseXx::~NoiseXx() { crypto::wipe(chaining_); }

void NoiseXx::mix_hash(ByteView data)
{
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, hash_.data(), hash_.size());
    crypto_hash_sha256_update(&state, data.data(), data.size());
    crypto_hash_sha256_final(&state, hash_.data());
}

void NoiseXx::mix_key(const Key32& input)
{
    const auto [chaining, key] = derive(chaining_, input);
    chaining_ = chaining;
    cipher_.emplace(key);
}

bool NoiseXx::mix_dh(const Key32& secret, const Key32& open)
{
    Key32 shared;
    if (crypto_scalarmult(shared.data(), secret.data(), open.data()) != 0)
        return false; // all zero: the other key has small order
    mix_key(shared);
    crypto::wipe(shared);
    return true;
}

void NoiseXx::encrypt_and_hash(ByteView plain, Bytes& out)
{
    const size_t at = out.size();
    if (cipher_)
        cipher_->encrypt(hash_, plain, out);
    else
        append(out, plain);
    mix_hash(ByteView(out).subspan(at));
}

bool NoiseXx::decrypt_and_hash(ByteView sealed, Bytes& out)
{
    if (!cipher_)
        append(out, sealed);
    else if (!cipher_->decrypt(hash_, sealed, out))
        return false;
    mix_hash(sealed);
    return true;
}

std::optional<Bytes> NoiseXx::write(ByteView payload)
{
    base::invariant(our_turn());
    Bytes out;
    bool agreed = true;
    if (step_ != 2)
    {
        append(out, ephemeral_.open);
        mix_hash(ephemeral_.open);
    }
    if (step_ == 1) // e, ee, s, es
    {
        agreed = mix_dh(ephemeral_.secret, remote_ephemeral_);
        encrypt_and_hash(static_.open, out);
        agreed = agreed && mix_dh(static_.secret, remote_ephemeral_);
    }
    else if (step_ == 2) // s, se
    {
        encrypt_and_hash(static_.open, out);
        agreed = mix_dh(static_.secret, remote_ephemeral_);
    }
    if (!agreed)
        return std::nullopt;
    encrypt_and_hash(payload, out);
    ++step_;
    return out;
}

std::optional<Bytes> NoiseXx::read(ByteView message)
{
    base::invariant(!our_turn() && !done());
    base::Reader reader(message);
    Bytes remote_static, payload;
    if (step_ != 2)
    {
        const auto ephemeral = reader.take(remote_ephemeral_.size());
        if (!ephemeral)
            return std::nullopt;
        std::ranges::copy(*ephemeral, remote_ephemeral_.begin());
        mix_hash(remote_ephemeral_);
    }
    if (step_ == 1 && !mix_dh(ephemeral_.secret, remote_ephemeral_)) // ee
        return std::nullopt;
    if (step_ != 0) // s, then es or se: each time our ephemeral with their static
    {
        const auto sealed = reader.take(remote_static_.size() + CipherState::kTagBytes);
        if (!sealed || !decrypt_and_hash(*sealed, remote_static))
            return std::nullopt;
        std::ranges::copy(remote_static, remote_static_.begin());
        if (!mix_dh(ephemeral_.secret, remote_static_))
            return std::nullopt;
    }
    if (!decrypt_and_hash(*reader.take(reader.left()), payload))
        return std::nullopt;
    ++step_;
    return payload;
}

NoiseXx::Ciphers NoiseXx::split() const
{
    base::invariant(done());
    const auto [first, second] = derive(chaining_, {});
    if (role_ == Role::dialer)
        return {CipherState(first), CipherState(second)};
    return {CipherState(second), CipherState(first)};
}

} // namespace libp2p
