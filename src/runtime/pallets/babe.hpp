#pragma once

#include "primitives/babe.hpp"
#include "runtime/pallets/equivocation.hpp"

/// BABE: epochs, their authorities and randomness, announced in digests one epoch ahead.
///
/// Source  pallet_babe, whose storage names and layouts these are. Two differences: slot duration and epoch length are
///         storage, written at genesis, so that one runtime serves development and production chains; and the
///         randomness of a block is BLAKE2b-256 over the VRF's output (RFC 9381, section 5.2, in form), not its
///         `make_bytes`, which would need curve arithmetic in the runtime. Clients see only its mix, in NextEpochData.
namespace runtime::babe {

using primitives::babe::Authority;
using primitives::babe::EpochConfiguration;
using primitives::babe::NextConfigDescriptor;
using primitives::babe::PreDigest;
using primitives::babe::Randomness;

/// VRF outputs collected in one storage entry before the next is begun.
inline constexpr uint32_t kSegmentLength = 256;
inline constexpr uint32_t kAuthoritiesMax = 1000;
inline constexpr uint32_t kSkippedEpochsMax = 100;

/// The shipped chain's values, where genesis says nothing.
struct DefaultSlotDuration
{
    static constexpr Moment value() { return 3000; }
};
struct DefaultEpochDuration
{
    static constexpr uint64_t value() { return 1200; }
};
struct DefaultConfiguration
{
    static constexpr EpochConfiguration value()
    {
        return {{1, 4}, primitives::babe::AllowedSlots::PrimaryAndSecondaryVRFSlots};
    }
};

using EpochIndex = StorageValue<"Babe", "EpochIndex", uint64_t>;
using Authorities = StorageValue<"Babe", "Authorities", std::vector<Authority>>;
using GenesisSlot = StorageValue<"Babe", "GenesisSlot", Slot>;
using CurrentSlot = StorageValue<"Babe", "CurrentSlot", Slot>;
using CurrentRandomness = StorageValue<"Babe", "Randomness", Randomness>;
using PendingEpochConfigChange = OptionalValue<"Babe", "PendingEpochConfigChange", NextConfigDescriptor>;
using NextRandomness = StorageValue<"Babe", "NextRandomness", Randomness>;
using NextAuthorities = StorageValue<"Babe", "NextAuthorities", std::vector<Authority>>;
using SegmentIndex = StorageValue<"Babe", "SegmentIndex", uint32_t>;
using UnderConstruction =
    StorageMap<"Babe", "UnderConstruction", Twox64Concat, uint32_t, scale::BoundedVec<Randomness, kSegmentLength>>;
using Initialized = OptionalValue<"Babe", "Initialized", std::optional<PreDigest>>;
using AuthorVrfRandomness = StorageValue<"Babe", "AuthorVrfRandomness", std::optional<Randomness>>;
using EpochStart = StorageValue<"Babe", "EpochStart", std::pair<BlockNumber, BlockNumber>>;
using Lateness = StorageValue<"Babe", "Lateness", BlockNumber>;
using EpochConfig = StorageValue<"Babe", "EpochConfig", EpochConfiguration, DefaultConfiguration>;
using NextEpochConfig = OptionalValue<"Babe", "NextEpochConfig", EpochConfiguration>;
using SlotDuration = StorageValue<"Babe", "SlotDuration", Moment, DefaultSlotDuration>;
using EpochDuration = StorageValue<"Babe", "EpochDuration", uint64_t, DefaultEpochDuration>;
/// The last epochs that began after others were skipped, with their sessions.
using SkippedEpochs =
    StorageValue<"Babe", "SkippedEpochs", scale::BoundedVec<std::pair<uint64_t, SessionIndex>, kSkippedEpochsMax>>;

/// The claim of the slot in the digest of the block under construction.
inline std::optional<PreDigest> pre_digest()
{
    const auto digest = system::Digest::get();
    const auto* data = primitives::only_item<primitives::digest::PreRuntime>(digest, primitives::kBabeEngine);
    if (data == nullptr)
        return std::nullopt;
    const auto claim = scale::decode<PreDigest>(ByteView{*data});
    return claim ? std::optional{*claim} : std::nullopt;
}

inline Slot epoch_start(uint64_t epoch_index) { return GenesisSlot::get() + epoch_index * EpochDuration::get(); }
inline Slot current_epoch_start() { return epoch_start(EpochIndex::get()); }

/// The session of the epoch in which a slot lies; nothing before the first slot.
inline std::optional<SessionIndex> session_of(Slot slot)
{
    const auto genesis = GenesisSlot::get();
    if (slot < genesis)
        return std::nullopt;
    const auto epoch = (slot - genesis) / EpochDuration::get();
    // From each skip on, epochs are as far ahead of sessions as there.
    uint64_t session = epoch;
    for (const auto& [first, its_session] : SkippedEpochs::get())
        if (first <= epoch)
            session = its_session + (epoch - first);
    return SessionIndex(session);
}

using EquivocationProof = primitives::babe::EquivocationProof;
struct ReportEquivocation
{
    static constexpr uint8_t kIndex = 0;
    static constexpr std::string_view kDocs =
        "Report that an authority sealed two blocks in one slot. Costs nothing if it did and nobody said so before.";
    scale::Box<EquivocationProof> equivocation_proof;
    historical::MembershipProof key_owner_proof;
};
struct ReportEquivocationUnsigned
{
    static constexpr uint8_t kIndex = 1;
    static constexpr std::string_view kDocs =
        "As `report_equivocation`, without a signature, by block authors only: no node takes it from another.";
    scale::Box<EquivocationProof> equivocation_proof;
    historical::MembershipProof key_owner_proof;
};
struct PlanConfigChange
{
    static constexpr uint8_t kIndex = 2;
    static constexpr std::string_view kDocs = "Plan an epoch config change, recorded now and enacted in two epochs.";
    NextConfigDescriptor config;
};

enum class Error : uint8_t
{
    invalid_equivocation_proof,
    invalid_key_ownership_proof,
    duplicate_offence_report,
    invalid_configuration,
};
constexpr std::string_view path_of(Error) { return "pallet_babe::pallet::Error"; }

/// For equivocation::Reports.
struct Equivocations
{
    static constexpr offences::Kind kKind = offences::kBabeEquivocation;
    static constexpr std::string_view kTag = "BabeEquivocation";
    using Error = babe::Error;
    static session::OwnedKey key_of(const EquivocationProof& proof)
    {
        return {session::kBabeKey, Bytes(proof.offender.bytes.begin(), proof.offender.bytes.end())};
    }
    static Bytes time_slot(const EquivocationProof& proof) { return scale::encode(proof.slot); }
    static bool is_of(const EquivocationProof& proof, SessionIndex session)
    {
        return session_of(proof.slot) == session;
    }
};

template <class R>
struct Pallet
{
    static constexpr std::string_view kName = "Babe";
    static constexpr std::string_view kCrate = "pallet_babe";
    using Storage =
        List<EpochIndex, Authorities, GenesisSlot, CurrentSlot, CurrentRandomness, PendingEpochConfigChange,
             NextRandomness, NextAuthorities, SegmentIndex, UnderConstruction, Initialized, AuthorVrfRandomness,
             EpochStart, Lateness, EpochConfig, NextEpochConfig, SlotDuration, babe::EpochDuration, SkippedEpochs>;
    using Call = scale::Variant<ReportEquivocation, ReportEquivocationUnsigned, PlanConfigChange>;
    using Error = babe::Error;
    using Reports = equivocation::Reports<R, Equivocations>;

    struct EpochDuration
    {
        static uint64_t value() { return babe::EpochDuration::get(); }
    };
    struct ExpectedBlockTime
    {
        static Moment value() { return SlotDuration::get(); }
    };
    struct MaxAuthorities
    {
        static uint32_t value() { return kAuthoritiesMax; }
    };
    using Constants = List<EpochDuration, ExpectedBlockTime, MaxAuthorities>;

    static Outcome dispatch(const Origin& origin, const ReportEquivocation& call)
    {
        return Reports::take_signed(origin, call);
    }
    static Outcome dispatch(const Origin& origin, const ReportEquivocationUnsigned& call)
    {
        return Reports::take_unsigned(origin, call);
    }
    static Validity<ValidTransaction> validate_unsigned(primitives::TransactionSource source,
                                                        const ReportEquivocationUnsigned& call)
    {
        return Reports::validate(source, call);
    }

    static Result<> dispatch(const Origin& origin, const PlanConfigChange& call)
    {
        if (const auto root = ensure_root(origin); !root)
            return root;
        PendingEpochConfigChange::put(call.config);
        return {};
    }

    static void on_initialize(BlockNumber) { initialize(); }

    static void on_finalize(BlockNumber)
    {
        const auto claim = Initialized::take().value_or(std::nullopt);
        std::optional<Randomness> randomness;
        if (claim)
            if (const auto* vrf = claim->vrf())
                randomness = randomness_of(*vrf, *claim);
        if (randomness)
            deposit_randomness(*randomness);
        AuthorVrfRandomness::put(randomness);
        Lateness::kill();
    }

    /// Reads the block's slot; the first block ever opens epoch 0 and announces epoch 1. Runs once a block.
    static void initialize()
    {
        if (Initialized::exists())
            return;
        const auto claim = pre_digest();
        if (claim)
        {
            if (GenesisSlot::get() == 0)
                open_first_epoch(claim->slot());
            const auto expected = CurrentSlot::get() + 1;
            Lateness::put(BlockNumber(saturating_sub(claim->slot(), expected)));
            CurrentSlot::put(claim->slot());
        }
        Initialized::put(claim);
    }

    /// True in the first block whose slot lies beyond the current epoch. Block 1 opens epoch 0 and ends nothing.
    static bool should_epoch_change(BlockNumber now)
    {
        return now != 1 && saturating_sub(CurrentSlot::get(), current_epoch_start()) >= babe::EpochDuration::get();
    }

    /// Moves on to the epoch of the current slot, however many were skipped, and announces the next.
    static void enact_epoch_change(const std::vector<Authority>& authorities,
                                   const std::vector<Authority>& next_authorities, SessionIndex session)
    {
        if (authorities.empty() || next_authorities.empty())
        {
            host::log(host::LogLevel::warn, "babe: an empty authority set was not enacted");
            return;
        }
        const auto epoch = (CurrentSlot::get() - GenesisSlot::get()) / babe::EpochDuration::get();
        if (epoch != EpochIndex::get() + 1)
            note_skipped(epoch, session);
        EpochIndex::put(epoch);
        Authorities::put(authorities);
        CurrentRandomness::put(turn_randomness(epoch + 1));
        NextAuthorities::put(next_authorities);
        EpochStart::mutate([](auto& start) { start = {start.second, system::Number::get()}; });
        announce(primitives::babe::NextEpochData{next_authorities, NextRandomness::get()});
        if (const auto config = NextEpochConfig::get())
            EpochConfig::put(*config);
        if (const auto pending = PendingEpochConfigChange::take())
        {
            NextEpochConfig::put(pending->template get<primitives::babe::ConfigurationV1>()->configuration);
            announce(primitives::babe::NextConfigData{*pending});
        }
    }

    /// The author's clock must agree with the slot that it claims.
    static void on_timestamp_set(Moment now)
    {
        if (now / SlotDuration::get() != CurrentSlot::get())
            host::panic("babe: the timestamp is not in the block's slot");
    }

    static void set_genesis_authorities(const std::vector<Authority>& authorities)
    {
        Authorities::put(authorities);
        NextAuthorities::put(authorities);
    }

private:
    static void announce(const primitives::babe::ConsensusLog& log)
    {
        system::deposit_log(primitives::digest::Consensus{primitives::kBabeEngine, scale::encode(log)});
    }

    static void note_skipped(uint64_t epoch, SessionIndex session)
    {
        SkippedEpochs::mutate([&](auto& skipped) {
            if (skipped.size() == kSkippedEpochsMax)
                skipped.erase(0);
            (void)skipped.try_push({epoch, session});
        });
    }

    static void open_first_epoch(Slot slot)
    {
        GenesisSlot::put(slot);
        announce(primitives::babe::NextEpochData{Authorities::get(), CurrentRandomness::get()});
    }

    static Randomness randomness_of(const primitives::babe::VrfSignature& vrf, const PreDigest& claim)
    {
        const auto authorities = Authorities::get();
        if (claim.authority_index() >= authorities.size())
            host::panic("babe: no such authority");
        const auto input = std::tuple{std::array<uint8_t, 8>{'z', 'k', 'p', ' ', 'b', 'a', 'b', 'e'},
                                      authorities[claim.authority_index()].id, claim.slot(), vrf.output};
        return host::blake2_256(scale::encode(input));
    }

    static void deposit_randomness(const Randomness& randomness)
    {
        auto index = SegmentIndex::get();
        auto segment = UnderConstruction::get(index);
        if (!segment.try_push(randomness))
        {
            SegmentIndex::put(++index);
            segment = *scale::BoundedVec<Randomness, kSegmentLength>::from({randomness});
        }
        UnderConstruction::insert(index, segment);
    }

    /// Takes all collected outputs into the randomness after next; returns the next.
    static Randomness turn_randomness(uint64_t next_epoch)
    {
        const auto current = NextRandomness::get();
        scale::Writer mixed;
        scale::encode(current, mixed);
        scale::encode(next_epoch, mixed);
        const auto last = SegmentIndex::get();
        for (uint32_t i = 0; i <= last; ++i)
            if (const auto segment = UnderConstruction::take(i))
                for (const auto& output : *segment)
                    scale::encode(output, mixed);
        SegmentIndex::kill();
        NextRandomness::put(host::blake2_256(mixed.bytes()));
        return current;
    }
};

} // namespace runtime::babe
