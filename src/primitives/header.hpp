#pragma once

#include "primitives/digest.hpp"

#include <utility>

namespace primitives {

struct Header
{
    Hash parent_hash{};
    scale::Compact<BlockNumber> number;
    Hash state_root{};
    Hash extrinsics_root{};
    Digest digest;
    friend bool operator==(const Header&, const Header&) = default;
};

/// The hash that names a block: BLAKE2b-256 of the encoded header, seal included.
constexpr Hash hash_of(const Header& header) { return hash::blake2_256(ByteView{scale::encode(header)}); }

/// A header without its last digest item, which is a seal, and that seal.
struct Unsealed
{
    Header header;
    digest::Seal seal;
};

/// Takes the seal off, to check it against hash_of(header); nothing if the last digest item is not a seal.
constexpr std::optional<Unsealed> unseal(Header header)
{
    auto& logs = header.digest.logs;
    if (logs.empty() || !logs.back().is<digest::Seal>())
        return std::nullopt;
    auto seal = std::move(*logs.back().get<digest::Seal>());
    logs.pop_back();
    return Unsealed{std::move(header), std::move(seal)};
}

/// A block as the network and the database see it: each extrinsic opaque, without the length in front of it, which
/// the encoding of Bytes puts back.
struct Block
{
    Header header;
    std::vector<Bytes> extrinsics;
    friend bool operator==(const Block&, const Block&) = default;
};

/// Proof of finality by one engine.
struct EngineJustification
{
    EngineId engine{};
    Bytes data;
    friend bool operator==(const EngineJustification&, const EngineJustification&) = default;
};
using Justifications = std::vector<EngineJustification>;

} // namespace primitives
