#pragma once

#include "primitives/header.hpp"

#include <utility>
#include <vector>

/// BABE: slots, epochs, and what its digests hold.
///
/// Source  sp_consensus_babe; the Polkadot protocol specification, section 5.2
namespace primitives::babe {

using Slot = uint64_t;
using Randomness = std::array<uint8_t, 32>;

struct Authority
{
    Sr25519Public id;
    uint64_t weight = 0;
    friend bool operator==(const Authority&, const Authority&) = default;
};

struct VrfSignature
{
    std::array<uint8_t, 32> output{};
    std::array<uint8_t, 64> proof{};
    friend bool operator==(const VrfSignature&, const VrfSignature&) = default;
};

/// A claim by the VRF lottery.
struct Primary
{
    static constexpr uint8_t kIndex = 1;
    uint32_t authority_index = 0;
    Slot slot = 0;
    VrfSignature vrf;
    friend bool operator==(const Primary&, const Primary&) = default;
};
/// A claim by turn.
struct SecondaryPlain
{
    static constexpr uint8_t kIndex = 2;
    uint32_t authority_index = 0;
    Slot slot = 0;
    friend bool operator==(const SecondaryPlain&, const SecondaryPlain&) = default;
};
/// A claim by turn that brings randomness too.
struct SecondaryVrf
{
    static constexpr uint8_t kIndex = 3;
    uint32_t authority_index = 0;
    Slot slot = 0;
    VrfSignature vrf;
    friend bool operator==(const SecondaryVrf&, const SecondaryVrf&) = default;
};

/// The PreRuntime item of every block but genesis.
struct PreDigest : scale::Variant<Primary, SecondaryPlain, SecondaryVrf>
{
    using Variant::Variant;

    constexpr Slot slot() const
    {
        return visit([](const auto& claim) { return claim.slot; });
    }
    constexpr uint32_t authority_index() const
    {
        return visit([](const auto& claim) { return claim.authority_index; });
    }
    /// The VRF's output and proof; null for SecondaryPlain.
    constexpr const VrfSignature* vrf() const
    {
        if (const auto* claim = get<Primary>())
            return &claim->vrf;
        const auto* claim = get<SecondaryVrf>();
        return claim ? &claim->vrf : nullptr;
    }
};

/// Who may claim slots beside the winners of the lottery.
// NOLINTBEGIN(readability-identifier-naming): Substrate's names, which the metadata shows
enum class AllowedSlots : uint8_t
{
    PrimarySlots,
    PrimaryAndSecondaryPlainSlots,
    PrimaryAndSecondaryVRFSlots,
};
// NOLINTEND(readability-identifier-naming)

struct EpochConfiguration
{
    std::pair<uint64_t, uint64_t> c; ///< the chance that a slot has a primary claim, as a fraction
    AllowedSlots allowed_slots{};
    friend bool operator==(const EpochConfiguration&, const EpochConfiguration&) = default;
};

/// Announces the epoch after the next block's.
struct NextEpochData
{
    static constexpr uint8_t kIndex = 1;
    std::vector<Authority> authorities;
    Randomness randomness{};
    friend bool operator==(const NextEpochData&, const NextEpochData&) = default;
};
struct OnDisabled
{
    static constexpr uint8_t kIndex = 2;
    uint32_t authority_index = 0;
    friend bool operator==(const OnDisabled&, const OnDisabled&) = default;
};

/// Version 1 of a configuration, the only one; its tag is part of the encoding.
struct ConfigurationV1
{
    static constexpr uint8_t kIndex = 1;
    EpochConfiguration configuration;
    friend bool operator==(const ConfigurationV1&, const ConfigurationV1&) = default;
};
struct NextConfigDescriptor : scale::Variant<ConfigurationV1>
{
    using Variant::Variant;
};
struct NextConfigData
{
    static constexpr uint8_t kIndex = 3;
    NextConfigDescriptor descriptor;
    friend bool operator==(const NextConfigData&, const NextConfigData&) = default;
};

/// The Consensus item.
struct ConsensusLog : scale::Variant<NextEpochData, OnDisabled, NextConfigData>
{
    using Variant::Variant;
};

/// What BabeApi_configuration returns.
struct Configuration
{
    uint64_t slot_duration_ms = 0;
    uint64_t epoch_length = 0; ///< slots
    std::pair<uint64_t, uint64_t> c;
    std::vector<Authority> authorities;
    Randomness randomness{};
    AllowedSlots allowed_slots{};
    friend bool operator==(const Configuration&, const Configuration&) = default;
};

/// What BabeApi_current_epoch and BabeApi_next_epoch return.
struct Epoch
{
    uint64_t epoch_index = 0;
    Slot start_slot = 0;
    uint64_t duration = 0; ///< slots
    std::vector<Authority> authorities;
    Randomness randomness{};
    EpochConfiguration config;
    friend bool operator==(const Epoch&, const Epoch&) = default;
};

/// Two blocks of one author in one slot.
struct EquivocationProof
{
    Sr25519Public offender;
    Slot slot = 0;
    Header first_header, second_header;
    friend bool operator==(const EquivocationProof&, const EquivocationProof&) = default;
};

} // namespace primitives::babe
