#include "signature/ecdsa.hpp"

#include "base/invariant.hpp"
#include "hash/blake2b.hpp"

#include <algorithm>
#include <memory>
#include <secp256k1.h>
#include <secp256k1_recovery.h>

namespace signature::ecdsa {
namespace {

using base::invariant;

/// A context without secrets: enough for everything but making public keys and signatures.
const secp256k1_context* reader() { return secp256k1_context_static; }

using Context = std::unique_ptr<secp256k1_context, decltype(&secp256k1_context_destroy)>;

/// A context of its own for each use of a secret, blinded with what the secret itself yields.
Context writer(const Secret<32>& scalar)
{
    Context context(secp256k1_context_create(SECP256K1_CONTEXT_NONE), &secp256k1_context_destroy);
    invariant(context != nullptr);
    const auto secret = scalar.expose();
    hash::Blake2b<256> hash(secret);
    auto blinding = hash.update("secp256k1 blinding").digest();
    invariant(secp256k1_context_randomize(context.get(), blinding.data()) == 1);
    crypto::wipe(blinding);
    crypto::wipe({reinterpret_cast<uint8_t*>(&hash), sizeof(hash)});
    return context;
}

/// The group order n, big-endian.  [SEC 2 §2.4.1]
constexpr Bytes32 kOrder{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                         0xff, 0xff, 0xff, 0xff, 0xfe, 0xba, 0xae, 0xdc, 0xe6, 0xaf, 0x48,
                         0xa0, 0x3b, 0xbf, 0xd2, 0x5e, 0x8c, 0xd0, 0x36, 0x41, 0x41};

/// Takes a 256-bit big-endian number modulo n: at most one subtraction, since 2²⁵⁶ < 2n.
void reduce(std::span<uint8_t, 32> number)
{
    if (std::ranges::lexicographical_compare(number, kOrder))
        return;
    int borrow = 0;
    for (size_t i = 32; i-- != 0;)
    {
        const int difference = number[i] - kOrder[i] - borrow;
        number[i] = uint8_t(difference);
        borrow = difference < 0;
    }
}

std::expected<secp256k1_pubkey, RecoveryRefusal> recover_point(SignatureView signature, int id, const Digest& hash,
                                                               Reading reading)
{
    if (id < 0 || id > 3)
        return std::unexpected(RecoveryRefusal::bad_v);
    Bytes64 rs;
    std::ranges::copy(signature.first<64>(), rs.begin());
    if (reading == Reading::lenient)
    {
        reduce(std::span(rs).first<32>());
        reduce(std::span(rs).last<32>());
    }
    secp256k1_ecdsa_recoverable_signature parsed;
    if (secp256k1_ecdsa_recoverable_signature_parse_compact(reader(), &parsed, rs.data(), id) != 1)
        return std::unexpected(RecoveryRefusal::bad_rs);
    secp256k1_pubkey key;
    if (secp256k1_ecdsa_recover(reader(), &key, &parsed, hash.data()) != 1)
        return std::unexpected(RecoveryRefusal::bad_signature);
    return key;
}

template <size_t size>
std::array<uint8_t, size> serialize(const secp256k1_pubkey& key)
{
    std::array<uint8_t, size> bytes;
    size_t written = size;
    const unsigned form = size == 33 ? SECP256K1_EC_COMPRESSED : SECP256K1_EC_UNCOMPRESSED;
    invariant(secp256k1_ec_pubkey_serialize(reader(), bytes.data(), &written, &key, form) == 1 && written == size);
    return bytes;
}

/// Ethereum's 27 to 30 mean 0 to 3.
int recovery_id(SignatureView signature) { return signature[64] > 26 ? signature[64] - 27 : signature[64]; }

} // namespace

std::optional<Keypair> Keypair::from_seed(const Seed& seed)
{
    const auto secret = seed.expose();
    if (secp256k1_ec_seckey_verify(reader(), secret.data()) != 1)
        return std::nullopt;
    Keypair pair;
    pair.scalar_ = seed.clone();
    secp256k1_pubkey key;
    invariant(secp256k1_ec_pubkey_create(writer(pair.scalar_).get(), &key, secret.data()) == 1);
    pair.public_ = serialize<33>(key);
    return pair;
}

Signature sign_prehashed(const Keypair& pair, const Digest& hash)
{
    const Context context = writer(pair.scalar());
    secp256k1_ecdsa_recoverable_signature made;
    invariant(secp256k1_ecdsa_sign_recoverable(context.get(), &made, hash.data(), pair.scalar().expose().data(),
                                               secp256k1_nonce_function_rfc6979, nullptr) == 1);
    Signature signature;
    int id = 0;
    secp256k1_ecdsa_recoverable_signature_serialize_compact(context.get(), signature.data(), &id, &made);
    signature[64] = uint8_t(id);
    return signature;
}

Signature sign(const Keypair& pair, ByteView message) { return sign_prehashed(pair, hash::blake2_256(message)); }

std::expected<UncompressedPublicKey, RecoveryRefusal> recover(SignatureView signature, const Digest& hash,
                                                              Reading reading)
{
    const auto key = recover_point(signature, recovery_id(signature), hash, reading);
    if (!key)
        return std::unexpected(key.error());
    const auto bytes = serialize<65>(*key);
    UncompressedPublicKey out;
    std::ranges::copy(std::span(bytes).last<64>(), out.begin());
    return out;
}

std::expected<PublicKey, RecoveryRefusal> recover_compressed(SignatureView signature, const Digest& hash,
                                                             Reading reading)
{
    const auto key = recover_point(signature, recovery_id(signature), hash, reading);
    if (!key)
        return std::unexpected(key.error());
    return serialize<33>(*key);
}

bool verify_prehashed(SignatureView signature, const Digest& hash, const PublicKey& public_key, Reading reading)
{
    const auto key = recover_point(signature, signature[64], hash, reading);
    return key && serialize<33>(*key) == public_key;
}

bool verify(SignatureView signature, ByteView message, const PublicKey& public_key, Reading reading)
{
    return verify_prehashed(signature, hash::blake2_256(message), public_key, reading);
}

} // namespace signature::ecdsa
