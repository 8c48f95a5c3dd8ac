#include "host/function.hpp"
#include "host/table.hpp"

#include "scale/scale.hpp"
#include "signature/ecdsa.hpp"
#include "signature/sr25519.hpp"

/// Verification. Version 1 of the sr25519 and secp256k1 functions reads signatures as leniently as it always did.
///
/// Source  Polkadot specification, appendix B.4 "Crypto"
namespace host {
namespace {

namespace ecdsa = signature::ecdsa;

using View32 = std::span<const uint8_t, 32>;
using View33 = std::span<const uint8_t, 33>;
using View64 = std::span<const uint8_t, 64>;
using View65 = std::span<const uint8_t, 65>;

template <class To, size_t n>
To copied(std::span<const uint8_t, n> bytes)
{
    To to{};
    std::ranges::copy(bytes, to.begin());
    return to;
}

/// Every verification counts towards an open batch.
bool counted(State& state, bool good)
{
    if (state.batch)
        *state.batch &= good;
    return good;
}

bool ed25519_verify(State& state, View64 signature, ByteView message, View32 key)
{
    return state.verify({signature::Scheme::ed25519, key, signature, message});
}
bool sr25519_verify_1(State&, View64 signature, ByteView message, View32 key)
{
    return signature::sr25519::verify_deprecated(message, signature, key).has_value();
}
bool sr25519_verify_2(State& state, View64 signature, ByteView message, View32 key)
{
    return state.verify({signature::Scheme::sr25519, key, signature, message});
}
template <ecdsa::Reading reading>
bool ecdsa_verify(State&, View65 signature, ByteView message, View33 key)
{
    return ecdsa::verify(signature, message, copied<ecdsa::PublicKey>(key), reading);
}
bool ecdsa_verify_prehashed(State&, View65 signature, View32 hash, View33 key)
{
    return ecdsa::verify_prehashed(signature, copied<base::Digest>(hash), copied<ecdsa::PublicKey>(key));
}

bool ed25519_batch(State& state, View64 signature, ByteView message, View32 key)
{
    return counted(state, ed25519_verify(state, signature, message, key));
}
bool sr25519_batch(State& state, View64 signature, ByteView message, View32 key)
{
    return counted(state, sr25519_verify_2(state, signature, message, key));
}
bool ecdsa_batch(State& state, View65 signature, ByteView message, View33 key)
{
    return counted(state, ecdsa_verify<ecdsa::Reading::strict>(state, signature, message, key));
}

/// Encodes Result<key, EcdsaVerifyError>.
template <class Key>
Bytes recovered(const std::expected<Key, ecdsa::RecoveryRefusal>& key)
{
    if (!key)
        return {1, uint8_t(key.error())};
    Bytes out{0};
    out.insert(out.end(), key->begin(), key->end());
    return out;
}
template <ecdsa::Reading reading>
Bytes recover(State&, View65 signature, View32 hash)
{
    return recovered(ecdsa::recover(signature, copied<base::Digest>(hash), reading));
}
template <ecdsa::Reading reading>
Bytes recover_compressed(State&, View65 signature, View32 hash)
{
    return recovered(ecdsa::recover_compressed(signature, copied<base::Digest>(hash), reading));
}

std::expected<void, Trap> start_batch(State& state)
{
    if (state.batch)
        return executor::trap(TrapCode::host, "ext_crypto_start_batch_verify: a batch is open already");
    state.batch = true;
    return {};
}
std::expected<bool, Trap> finish_batch(State& state)
{
    if (!state.batch)
        return executor::trap(TrapCode::host, "ext_crypto_finish_batch_verify: no batch is open");
    const bool good = *state.batch;
    state.batch.reset();
    return good;
}

} // namespace

std::vector<HostFunction> crypto_functions()
{
    using enum ecdsa::Reading;
    return {
        host_function("ext_crypto_ed25519_verify_version_1", ed25519_verify),
        host_function("ext_crypto_sr25519_verify_version_1", sr25519_verify_1),
        host_function("ext_crypto_sr25519_verify_version_2", sr25519_verify_2),
        host_function("ext_crypto_ecdsa_verify_version_1", ecdsa_verify<lenient>),
        host_function("ext_crypto_ecdsa_verify_version_2", ecdsa_verify<strict>),
        host_function("ext_crypto_ecdsa_verify_prehashed_version_1", ecdsa_verify_prehashed),
        host_function("ext_crypto_ed25519_batch_verify_version_1", ed25519_batch),
        host_function("ext_crypto_sr25519_batch_verify_version_1", sr25519_batch),
        host_function("ext_crypto_ecdsa_batch_verify_version_1", ecdsa_batch),
        host_function("ext_crypto_start_batch_verify_version_1", start_batch),
        host_function("ext_crypto_finish_batch_verify_version_1", finish_batch),
        host_function("ext_crypto_secp256k1_ecdsa_recover_version_1", recover<lenient>),
        host_function("ext_crypto_secp256k1_ecdsa_recover_version_2", recover<strict>),
        host_function("ext_crypto_secp256k1_ecdsa_recover_compressed_version_1", recover_compressed<lenient>),
        host_function("ext_crypto_secp256k1_ecdsa_recover_compressed_version_2", recover_compressed<strict>),
    };
}

} // namespace host
