#include "host/function.hpp"
#include "host/keystore.hpp"
#include "host/table.hpp"

#include "scale/scale.hpp"

/// The crypto functions that use the node's keys: off-chain workers and session keys. Outside those contexts the call
/// has no keystore and traps.
///
/// Source  Polkadot specification, appendix B.4 "Crypto"
namespace host {
namespace {

namespace sr25519 = signature::sr25519;
namespace ed25519 = signature::ed25519;
namespace ecdsa = signature::ecdsa;

using View4 = std::span<const uint8_t, 4>;

KeyType type_of(View4 bytes) { return {bytes[0], bytes[1], bytes[2], bytes[3]}; }

template <class Keypair>
inline constexpr size_t kPublicBytes = 32;
template <>
inline constexpr size_t kPublicBytes<ecdsa::Keypair> = 33;

std::unexpected<Trap> no_keystore()
{
    return executor::trap(TrapCode::host, "this call has no keystore: keys serve off-chain workers and session keys");
}

template <class Keypair>
std::expected<Bytes, Trap> public_keys(State& state, View4 type)
{
    if (state.keystore == nullptr)
        return no_keystore();
    const auto keys = state.keystore->public_keys<Keypair>(type_of(type));
    scale::Writer writer;
    scale::encode(scale::Compact<uint32_t>{uint32_t(keys.size())}, writer);
    for (const auto& key : keys)
        writer.put(ByteView{key});
    return writer.take();
}

template <class Keypair>
std::expected<std::array<uint8_t, kPublicBytes<Keypair>>, Trap> generate(State& state, View4 type, ByteView seed)
{
    if (state.keystore == nullptr)
        return no_keystore();
    const auto decoded = scale::decode<std::optional<Bytes>>(seed);
    if (!decoded)
        return executor::trap(TrapCode::host, "the seed is not an encoded Option<Vec<u8>>");
    std::optional<std::string_view> uri;
    if (*decoded)
        uri = std::string_view(reinterpret_cast<const char*>((*decoded)->data()), (*decoded)->size());
    const auto made = state.keystore->generate<Keypair>(type_of(type), uri);
    if (!made)
        return executor::trap(TrapCode::host, "the keystore refused the seed or could not keep the key");
    std::array<uint8_t, kPublicBytes<Keypair>> key{};
    std::ranges::copy(*made, key.begin());
    return key;
}

Bytes signed_by(const sr25519::Keypair& pair, ByteView message, crypto::Entropy& entropy)
{
    return scale::encode(std::optional(sr25519::sign(pair, message, entropy)));
}
Bytes signed_by(const ed25519::Keypair& pair, ByteView message, crypto::Entropy&)
{
    return scale::encode(std::optional(ed25519::sign(pair, message)));
}
Bytes signed_by(const ecdsa::Keypair& pair, ByteView message, crypto::Entropy&)
{
    return scale::encode(std::optional(ecdsa::sign(pair, message)));
}

const Bytes kNone{0}; // an encoded Option without value

template <class Keypair>
std::expected<Bytes, Trap> sign(State& state, View4 type, std::span<const uint8_t, kPublicBytes<Keypair>> key,
                                ByteView message)
{
    if (state.keystore == nullptr)
        return no_keystore();
    return state.keystore
        ->with<Keypair>(
            type_of(type), key,
            [&](const Keypair& pair, crypto::Entropy& entropy) { return signed_by(pair, message, entropy); })
        .value_or(kNone);
}

std::expected<Bytes, Trap> ecdsa_sign_prehashed(State& state, View4 type, std::span<const uint8_t, 33> key,
                                                std::span<const uint8_t, 32> hash)
{
    if (state.keystore == nullptr)
        return no_keystore();
    base::Digest digest{};
    std::ranges::copy(hash, digest.begin());
    return state.keystore
        ->with<ecdsa::Keypair>(type_of(type), key,
                               [&](const ecdsa::Keypair& pair, crypto::Entropy&) {
                                   return scale::encode(std::optional(ecdsa::sign_prehashed(pair, digest)));
                               })
        .value_or(kNone);
}

} // namespace

std::vector<HostFunction> keystore_functions()
{
    return {
        host_function("ext_crypto_sr25519_public_keys_version_1", public_keys<sr25519::Keypair>),
        host_function("ext_crypto_sr25519_generate_version_1", generate<sr25519::Keypair>),
        host_function("ext_crypto_sr25519_sign_version_1", sign<sr25519::Keypair>),
        host_function("ext_crypto_ed25519_public_keys_version_1", public_keys<ed25519::Keypair>),
        host_function("ext_crypto_ed25519_generate_version_1", generate<ed25519::Keypair>),
        host_function("ext_crypto_ed25519_sign_version_1", sign<ed25519::Keypair>),
        host_function("ext_crypto_ecdsa_public_keys_version_1", public_keys<ecdsa::Keypair>),
        host_function("ext_crypto_ecdsa_generate_version_1", generate<ecdsa::Keypair>),
        host_function("ext_crypto_ecdsa_sign_version_1", sign<ecdsa::Keypair>),
        host_function("ext_crypto_ecdsa_sign_prehashed_version_1", ecdsa_sign_prehashed),
    };
}

} // namespace host
