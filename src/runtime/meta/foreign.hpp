#pragma once

#include "primitives/babe.hpp"
#include "primitives/era.hpp"
#include "primitives/grandpa.hpp"
#include "primitives/header.hpp"
#include "primitives/inherent.hpp"
#include "primitives/validity.hpp"
#include "primitives/version.hpp"
#include "runtime/frame/types.hpp"
#include "runtime/meta/derive.hpp"

/// The paths and shapes under which clients know the types of `primitives`.
namespace runtime::meta {

template <>
inline constexpr std::string_view kForeignPath<primitives::AccountId32> = "sp_core::crypto::AccountId32";
template <>
inline constexpr std::string_view kForeignPath<primitives::MultiAddress> = "sp_runtime::multiaddress::MultiAddress";
template <>
inline constexpr std::string_view kForeignPath<primitives::MultiSignature> = "sp_runtime::MultiSignature";
template <>
inline constexpr std::string_view kForeignPath<primitives::Sr25519Public> = "sp_consensus_babe::app::Public";
template <>
inline constexpr std::string_view kForeignPath<primitives::Ed25519Public> = "sp_consensus_grandpa::app::Public";
template <>
inline constexpr std::string_view kForeignPath<primitives::Digest> = "sp_runtime::generic::digest::Digest";
template <>
inline constexpr std::string_view kForeignPath<primitives::DigestItem> = "sp_runtime::generic::digest::DigestItem";
template <>
inline constexpr std::string_view kForeignPath<primitives::RuntimeVersion> = "sp_version::RuntimeVersion";
template <>
inline constexpr std::string_view kForeignPath<primitives::InherentData> = "sp_inherents::InherentData";
template <>
inline constexpr std::string_view kForeignPath<primitives::CheckInherentsResult> = "sp_inherents::CheckInherentsResult";
template <>
inline constexpr std::string_view kForeignPath<primitives::TransactionSource> =
    "sp_runtime::transaction_validity::TransactionSource";
template <>
inline constexpr std::string_view kForeignPath<primitives::ValidTransaction> =
    "sp_runtime::transaction_validity::ValidTransaction";
template <>
inline constexpr std::string_view kForeignPath<primitives::babe::PreDigest> = "sp_consensus_babe::digests::PreDigest";
template <>
inline constexpr std::string_view kForeignPath<primitives::babe::AllowedSlots> = "sp_consensus_babe::AllowedSlots";
template <>
inline constexpr std::string_view kForeignPath<primitives::babe::NextConfigDescriptor> =
    "sp_consensus_babe::digests::NextConfigDescriptor";
template <>
inline constexpr std::string_view kForeignPath<primitives::babe::EpochConfiguration> =
    "sp_consensus_babe::BabeEpochConfiguration";
template <>
inline constexpr std::string_view kForeignPath<primitives::babe::Configuration> =
    "sp_consensus_babe::BabeConfiguration";
template <>
inline constexpr std::string_view kForeignPath<primitives::babe::Epoch> = "sp_consensus_babe::Epoch";
template <>
inline constexpr std::string_view kForeignPath<primitives::babe::VrfSignature> = "sp_core::sr25519::vrf::VrfSignature";

template <>
inline constexpr std::string_view kForeignPath<primitives::babe::EquivocationProof> =
    "sp_consensus_slots::EquivocationProof";
template <>
inline constexpr std::string_view kForeignPath<primitives::grandpa::EquivocationProof> =
    "sp_consensus_grandpa::EquivocationProof";
template <class Vote>
inline constexpr std::string_view kForeignPath<primitives::grandpa::Equivocation<Vote>> =
    "finality_grandpa::Equivocation";
template <>
inline constexpr std::string_view kForeignPath<primitives::grandpa::Prevote> = "finality_grandpa::Prevote";
template <>
inline constexpr std::string_view kForeignPath<primitives::grandpa::Precommit> = "finality_grandpa::Precommit";

template <>
inline constexpr bool kNamelessFields<primitives::address::Id> = true;
template <>
inline constexpr bool kNamelessFields<primitives::address::Index> = true;
template <>
inline constexpr bool kNamelessFields<primitives::digest::Other> = true;
template <>
inline constexpr bool kNamelessFields<primitives::digest::Consensus> = true;
template <>
inline constexpr bool kNamelessFields<primitives::digest::Seal> = true;
template <>
inline constexpr bool kNamelessFields<primitives::digest::PreRuntime> = true;

/// Consensus authorities are pairs in Rust.
template <>
struct Alias<primitives::babe::Authority>
{
    using type = std::tuple<primitives::Sr25519Public, uint64_t>;
};
template <>
struct Alias<primitives::grandpa::Authority>
{
    using type = std::tuple<primitives::Ed25519Public, uint64_t>;
};

/// A header, with its hashes as hashes.
struct HeaderShape
{
    static constexpr std::string_view kPath = "sp_runtime::generic::header::Header";
    H256 parent_hash;
    scale::Compact<uint32_t> number;
    H256 state_root;
    H256 extrinsics_root;
    primitives::Digest digest;
};
template <>
struct Alias<primitives::Header>
{
    using type = HeaderShape;
};

/// RuntimeVersion with its APIs as pairs.
struct VersionShape
{
    static constexpr std::string_view kPath = "sp_version::RuntimeVersion";
    std::string spec_name;
    std::string impl_name;
    uint32_t authoring_version;
    uint32_t spec_version;
    uint32_t impl_version;
    std::vector<std::tuple<std::array<uint8_t, 8>, uint32_t>> apis;
    uint32_t transaction_version;
    uint8_t system_version;
};
template <>
struct Alias<primitives::RuntimeVersion>
{
    using type = VersionShape;
};

/// Clients take the account's type from the first parameter.
template <>
struct Describe<primitives::MultiAddress>
{
    static constexpr Parameter kParameters[]{{"AccountId", describe<primitives::AccountId32>()},
                                             {"AccountIndex", describe<uint32_t>()}};
    static constexpr Type type()
    {
        auto type =
            variant_type<primitives::MultiAddress, detail::Spelling::type>(kForeignPath<primitives::MultiAddress>);
        type.parameters = kParameters;
        return type;
    }
};

namespace detail {

/// The cases of an enumeration of which one, `Custom`, brings a byte.
template <class E>
inline constexpr auto kCasesWithCustom = [] {
    auto cases = kEnumCases<E>;
    for (auto& one : cases)
        if (one.name == "Custom")
            one.fields = kNameless<uint8_t>;
    return cases;
}();

struct EraCases
{
    static constexpr size_t kCount = 256;

    // "Mortal1" … "Mortal255": the number is the first byte, the field the second.
    static constexpr auto kNames = [] {
        std::array<std::array<char, 10>, kCount> names{};
        for (size_t i = 1; i != kCount; ++i)
        {
            size_t at = 0;
            for (const char c : std::string_view{"Mortal"})
                names[i][at++] = c;
            for (size_t ten = i >= 100 ? 100 : i >= 10 ? 10 : 1; ten != 0; ten /= 10)
                names[i][at++] = char('0' + i / ten % 10);
        }
        return names;
    }();

    static constexpr auto kAll = [] {
        std::array<Case, kCount> cases{};
        cases[0] = {"Immortal", {}, 0, {}};
        for (size_t i = 1; i != kCount; ++i)
            cases[i] = {kNames[i].data(), kNameless<uint8_t>, uint8_t(i), {}};
        return cases;
    }();
};

} // namespace detail

template <>
struct Describe<primitives::InvalidTransaction>
{
    static constexpr Type type()
    {
        return {.kind = Kind::variant,
                .path = "sp_runtime::transaction_validity::InvalidTransaction",
                .cases = detail::kCasesWithCustom<primitives::InvalidTransaction::Why>};
    }
};
template <>
struct Describe<primitives::UnknownTransaction>
{
    static constexpr Type type()
    {
        return {.kind = Kind::variant,
                .path = "sp_runtime::transaction_validity::UnknownTransaction",
                .cases = detail::kCasesWithCustom<primitives::UnknownTransaction::Why>};
    }
};
/// Clients look for the schemes by these names.
template <>
struct Describe<primitives::MultiSignature>
{
    static constexpr Case kCases[]{{"Ed25519", detail::kNameless<primitives::Ed25519Signature>, 0, {}},
                                   {"Sr25519", detail::kNameless<primitives::Sr25519Signature>, 1, {}},
                                   {"Ecdsa", detail::kNameless<primitives::EcdsaSignature>, 2, {}}};
    static constexpr Type type()
    {
        return {.kind = Kind::variant, .path = kForeignPath<primitives::MultiSignature>, .cases = kCases};
    }
};
/// Cases are named by their votes.
template <>
struct Describe<primitives::grandpa::AnyEquivocation>
{
    static constexpr Case kCases[]{
        {"Prevote", detail::kNameless<primitives::grandpa::Equivocation<primitives::grandpa::Prevote>>, 0, {}},
        {"Precommit", detail::kNameless<primitives::grandpa::Equivocation<primitives::grandpa::Precommit>>, 1, {}}};
    static constexpr Type type()
    {
        return {.kind = Kind::variant, .path = "sp_consensus_grandpa::Equivocation", .cases = kCases};
    }
};
template <>
struct Describe<primitives::TransactionValidityError>
{
    static constexpr Case kCases[]{{"Invalid", detail::kNameless<primitives::InvalidTransaction>, 0, {}},
                                   {"Unknown", detail::kNameless<primitives::UnknownTransaction>, 1, {}}};
    static constexpr Type type()
    {
        return {.kind = Kind::variant,
                .path = "sp_runtime::transaction_validity::TransactionValidityError",
                .cases = kCases};
    }
};
template <>
struct Describe<primitives::Era>
{
    static constexpr Type type()
    {
        return {.kind = Kind::variant, .path = "sp_runtime::generic::era::Era", .cases = detail::EraCases::kAll};
    }
};

} // namespace runtime::meta
