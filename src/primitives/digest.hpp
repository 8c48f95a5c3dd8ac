#pragma once

#include "primitives/keys.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace primitives {

/// Names a consensus engine in digests and justifications.
using EngineId = std::array<uint8_t, 4>;

consteval EngineId engine(std::string_view name)
{
    return {uint8_t(name.at(0)), uint8_t(name.at(1)), uint8_t(name.at(2)), uint8_t(name.at(3))};
}
inline constexpr EngineId kBabeEngine = engine("BABE");
inline constexpr EngineId kGrandpaEngine = engine("FRNK");

/// Items of a header's digest, with the tags of sp_runtime::generic::DigestItem. Engines that nobody here knows are
/// kept as they are.
namespace digest {

struct Other
{
    static constexpr uint8_t kIndex = 0;
    Bytes data;
    friend bool operator==(const Other&, const Other&) = default;
};
/// From the runtime to the engine: announcements of authorities.
struct Consensus
{
    static constexpr uint8_t kIndex = 4;
    EngineId engine{};
    Bytes data;
    friend bool operator==(const Consensus&, const Consensus&) = default;
};
/// Added after execution, by the author: the signature. Not part of what it signs.
struct Seal
{
    static constexpr uint8_t kIndex = 5;
    EngineId engine{};
    Bytes data;
    friend bool operator==(const Seal&, const Seal&) = default;
};
/// From the engine to the runtime, before execution: the slot and its claim.
struct PreRuntime
{
    static constexpr uint8_t kIndex = 6;
    EngineId engine{};
    Bytes data;
    friend bool operator==(const PreRuntime&, const PreRuntime&) = default;
};
/// The code or the number of heap pages changed in this block.
struct RuntimeEnvironmentUpdated
{
    static constexpr uint8_t kIndex = 8;
    friend bool operator==(const RuntimeEnvironmentUpdated&, const RuntimeEnvironmentUpdated&) = default;
};

} // namespace digest

struct DigestItem : scale::Variant<digest::PreRuntime, digest::Consensus, digest::Seal, digest::Other,
                                   digest::RuntimeEnvironmentUpdated>
{
    using Variant::Variant;
};

struct Digest
{
    std::vector<DigestItem> logs;
    friend bool operator==(const Digest&, const Digest&) = default;
};

/// The data of the only item of kind Item (PreRuntime, Consensus or Seal) that `engine` has in the digest; null if it
/// has none, or more than one.
template <class Item>
constexpr const Bytes* only_item(const Digest& digest, const EngineId& engine)
{
    const Bytes* found = nullptr;
    for (const auto& log : digest.logs)
        if (const auto* item = log.get<Item>(); item && item->engine == engine)
        {
            if (found)
                return nullptr;
            found = &item->data;
        }
    return found;
}

} // namespace primitives
