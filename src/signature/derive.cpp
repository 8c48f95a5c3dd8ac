#include "signature/derive.hpp"

#include "base/invariant.hpp"
#include "hash/blake2b.hpp"
#include "signature/multiscalar.hpp"
#include "signature/ristretto.hpp"

#include <algorithm>
#include <charconv>
#include <sodium.h>

namespace signature {
namespace {

std::optional<uint64_t> decimal(std::string_view text)
{
    if (text.starts_with('+')) // as Rust's parse does
        text.remove_prefix(1);
    uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

/// SCALE: the length as a compact integer, then the bytes. Names are below kUriBytesMax bytes, 2¹⁴ at most.
base::Bytes scale_string(std::string_view text)
{
    base::invariant(text.size() < 1u << 14);
    base::Writer writer;
    if (text.size() < 1u << 6)
        writer.put(uint8_t(text.size() << 2));
    else
        writer.put(uint16_t(text.size() << 2 | 1));
    writer.put(base::view(text));
    return writer.take();
}

/// ed25519 and ECDSA: the next seed is a hash of this one.
Seed derive_hashed(std::string_view domain, const Seed& parent, const ChainCode& code)
{
    hash::Blake2b<256> hash;
    auto bytes = hash.update(scale_string(domain)).update(parent.expose()).update(code).digest();
    Seed seed(bytes);
    crypto::wipe(bytes);
    crypto::wipe({reinterpret_cast<uint8_t*>(&hash), sizeof(hash)});
    return seed;
}

std::expected<Seed, UriRefusal> hashed_from_uri(std::string_view uri, std::string_view domain)
{
    auto path = parse_uri(uri);
    if (!path)
        return std::unexpected(path.error());
    for (const auto& junction : path->junctions)
    {
        if (!junction.hard)
            return std::unexpected(UriRefusal::soft_junction);
        path->root = derive_hashed(domain, path->root, junction.code);
    }
    return std::move(path->root);
}

} // namespace

Junction junction(std::string_view name, bool hard)
{
    Junction out{.code = {}, .hard = hard};
    if (const auto number = decimal(name))
    {
        base::Writer writer;
        writer.put(*number);
        std::ranges::copy(writer.bytes(), out.code.begin());
        return out;
    }
    const auto encoded = scale_string(name);
    if (encoded.size() > out.code.size())
        out.code = hash::blake2_256(encoded);
    else
        std::ranges::copy(encoded, out.code.begin());
    return out;
}

namespace sr25519 {
namespace {

/// What a soft junction adds to the secret scalar: known to everybody who knows the public key.
Scalar soft_addend(Transcript& transcript, View32 public_key, const ChainCode& code)
{
    Bytes64 wide;
    transcript.append("chain-code", code).append("public-key", public_key).challenge("HDKD-scalar", wide);
    return Scalar::from_wide(wide);
}

Transcript derivation_transcript()
{
    Transcript transcript("SchnorrRistrettoHDKD");
    transcript.append("sign-bytes", ByteView{});
    return transcript;
}

/// The seed behind a hard junction.
Seed hard_seed(const Keypair& parent, const ChainCode& code)
{
    Seed seed;
    derivation_transcript()
        .append("chain-code", code)
        .append("secret-key", parent.scalar().expose())
        .challenge("HDKD-hard", seed.expose());
    return seed;
}

} // namespace

Keypair derive(const Keypair& parent, const Junction& junction)
{
    if (junction.hard)
        return Keypair::from_seed(hard_seed(parent, junction.code));

    Transcript transcript = derivation_transcript();
    const Bytes32 addend = soft_addend(transcript, parent.public_key(), junction.code).bytes();
    Secret<32> scalar, nonce;
    crypto_core_ristretto255_scalar_add(scalar.expose().data(), parent.scalar().expose().data(), addend.data());

    // The nonce key concerns nobody else; derived without randomness, the same URI always gives the same pair.
    Secret<64> secrets;
    std::ranges::copy(parent.nonce().expose(), secrets.expose().begin());
    std::ranges::copy(parent.scalar().expose(), secrets.expose().begin() + 32);
    transcript.witness("HDKD-nonce", secrets.expose(), Bytes32{}, nonce.expose());
    return {std::move(scalar), std::move(nonce)};
}

std::optional<Bytes32> derive_soft(View32 parent, const ChainCode& code)
{
    const auto point = decode_ristretto(parent);
    if (!point)
        return std::nullopt;
    Transcript transcript = derivation_transcript();
    return encode_ristretto(*point + multiscalar(soft_addend(transcript, parent, code), {}));
}

std::expected<Keypair, UriRefusal> from_uri(std::string_view uri)
{
    const auto path = parse_uri(uri);
    if (!path)
        return std::unexpected(path.error());
    Keypair pair = Keypair::from_seed(path->root);
    for (const auto& junction : path->junctions)
        pair = derive(pair, junction);
    return pair;
}

std::expected<std::optional<Seed>, UriRefusal> seed_from_uri(std::string_view uri)
{
    auto path = parse_uri(uri);
    if (!path)
        return std::unexpected(path.error());
    std::optional<Seed> seed(std::move(path->root));
    Keypair pair = Keypair::from_seed(*seed);
    for (const auto& junction : path->junctions)
    {
        if (junction.hard)
            seed = hard_seed(pair, junction.code);
        else
            seed.reset();
        pair = derive(pair, junction);
    }
    return seed;
}

} // namespace sr25519

std::expected<ed25519::Keypair, UriRefusal> ed25519::from_uri(std::string_view uri)
{
    const auto seed = hashed_from_uri(uri, "Ed25519HDKD");
    if (!seed)
        return std::unexpected(seed.error());
    return Keypair::from_seed(*seed);
}

std::expected<ecdsa::Keypair, UriRefusal> ecdsa::from_uri(std::string_view uri)
{
    const auto seed = hashed_from_uri(uri, "Secp256k1HDKD");
    if (!seed)
        return std::unexpected(seed.error());
    auto pair = Keypair::from_seed(*seed);
    if (!pair)
        return std::unexpected(UriRefusal::key);
    return std::move(*pair);
}

} // namespace signature
