#pragma once

#include "signature/ecdsa.hpp"
#include "signature/ed25519.hpp"
#include "signature/sr25519.hpp"

#include <expected>
#include <string_view>
#include <vector>

/// From one root to many keys: junctions, secret URIs such as `//Alice/7`, and mnemonic phrases, as Substrate has them.
///
/// Source  Polkadot specification, appendix A.1 "Key derivation"; sp-core crypto.rs; schnorrkel 0.11 src/derive.rs
namespace signature {

using ChainCode = Bytes32;

/// One step of a path. A soft step can also be taken by who knows the public key alone (sr25519 only).
struct Junction
{
    ChainCode code;
    bool hard;
    friend bool operator==(const Junction&, const Junction&) = default;
};

/// The junction of a name: a decimal number below 2⁶⁴ as its eight bytes, else the SCALE string, hashed with
/// BLAKE2b-256 when longer than 32 bytes, padded with zeros when shorter.
Junction junction(std::string_view name, bool hard);

enum class UriRefusal : uint8_t
{
    too_long,       ///< more than kUriBytesMax bytes
    form,           ///< not [phrase or 0x-hex][/soft or //hard]…[///password]
    hex_seed,       ///< 0x is not followed by 64 hexadecimal digits
    word_count,     ///< a phrase of other than 12, 15, 18, 21 or 24 words
    word,           ///< a word that is not in the English list
    checksum,       ///< the words do not belong together
    junction_count, ///< more than kJunctionsMax junctions
    soft_junction,  ///< ed25519 and ECDSA have hard junctions only
    key,            ///< the derived ECDSA scalar is 0 or not below the group order
};

/// One line: what is wrong and what to do. Says nothing of the secret.
std::string_view words(UriRefusal why);

inline constexpr size_t kUriBytesMax = 4096;
inline constexpr size_t kJunctionsMax = 64;

/// The phrase of every development chain, meant where a URI names none.
inline constexpr std::string_view kDevelopmentPhrase =
    "bottom drive obey lake curtain smoke basket hold race lonely fit walk";

/// The seed of a mnemonic phrase: PBKDF2-HMAC-SHA512 with 2,048 rounds over its *entropy* (BIP 39 takes the words
/// themselves), salted with "mnemonic" ‖ password. The password is taken byte by byte.
///
/// Errors  word_count, word, checksum
/// Cost    3 ms
/// Source  BIP 39, English word list; the substrate-bip39 crate
std::expected<Seed, UriRefusal> seed_of_phrase(std::string_view phrase, std::string_view password);

/// The phrase of secret bytes, whose seed_of_phrase() is theirs: 12, 15, 18, 21 or 24 words, one space between them.
///
/// Caller  gives 16, 20, 24, 28 or 32 bytes
/// Source  BIP 39, "Generating the mnemonic"
SecretText phrase_of(ByteView entropy);

/// The same URI with another password, or with one.
SecretText with_password(std::string_view uri, std::string_view password);

/// A parsed secret URI: where the path starts, and the path.
struct KeyPath
{
    Seed root;
    std::vector<Junction> junctions;
};

/// Reads `phrase//hard/soft///password`; every part may be missing, the phrase may be a seed `0x…`.
///
/// Errors  too_long, form, junction_count, hex_seed, word_count, word, checksum
std::expected<KeyPath, UriRefusal> parse_uri(std::string_view uri);

namespace sr25519 {

Keypair derive(const Keypair& parent, const Junction& junction);

/// The public key of derive() for a soft junction. Nothing when `parent` is not a point.
std::optional<Bytes32> derive_soft(View32 parent, const ChainCode& code);

/// The key pair of a secret URI.
std::expected<Keypair, UriRefusal> from_uri(std::string_view uri);

/// The seed that Keypair::from_seed makes the same pair from. Nothing after a soft junction: such a pair has none.
///
/// Errors  those of parse_uri
std::expected<std::optional<Seed>, UriRefusal> seed_from_uri(std::string_view uri);

} // namespace sr25519

namespace ed25519 {

/// Errors  those of parse_uri, soft_junction
std::expected<Keypair, UriRefusal> from_uri(std::string_view uri);

} // namespace ed25519

namespace ecdsa {

/// Errors  those of parse_uri, soft_junction, key
std::expected<Keypair, UriRefusal> from_uri(std::string_view uri);

} // namespace ecdsa
} // namespace signature
