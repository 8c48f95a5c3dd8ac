#pragma once

#include "metadata/portable.hpp"

#include <expected>

namespace metadata {

/// The chain's token, as signers show amounts. Chain specs name it, runtimes do not.
struct Token
{
    std::string symbol;
    uint8_t decimals = 0;
};

/// The metadata hash that a signer may commit to: BLAKE3 of `MetadataDigest::V1`, over the types that extrinsics are
/// made of, the extrinsic's format, and the chain's name, version, address prefix and token.
///
/// metadata  V15, as Metadata_metadata_at_version(15) returns it inside
/// Errors    those of decode(), then unknown_type, compact, bit_sequence, constant
/// Bound     time and memory linear in the input
/// Cost      5 ms for 1,500 leaves
/// Source    Polkadot RFC-78, Merkleized Metadata
std::expected<base::Digest, Refusal> digest(base::ByteView metadata, const Token& token);

/// Root of RFC-78's complete binary tree over hashes of leaves; zeros for none. Where the RFC's drawings differ from
/// what its implementations do (6 leaves), this does what they do.
base::Digest tree_root(std::vector<base::Digest> leaves);

} // namespace metadata
