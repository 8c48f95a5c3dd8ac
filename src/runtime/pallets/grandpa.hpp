#pragma once

#include "primitives/grandpa.hpp"
#include "runtime/pallets/equivocation.hpp"

/// GRANDPA: the finality authorities. A change is announced in the block that makes it, with delay 0. There are no
/// forced changes, which light clients do not follow: no note_stalled.
///
/// Source  pallet_grandpa, whose storage names and layouts these are
namespace runtime::grandpa {

using primitives::grandpa::Authority;
using primitives::grandpa::AuthorityList;
using primitives::grandpa::SetId;

inline constexpr uint32_t kAuthoritiesMax = 1000;
/// Sets remembered by the session in which they began, for reports of equivocations.
inline constexpr uint64_t kSetIdSessionEntriesMax = 168;

struct StoredPendingChange
{
    static constexpr std::string_view kPath = "pallet_grandpa::StoredPendingChange";
    BlockNumber scheduled_at = 0;
    BlockNumber delay = 0;
    AuthorityList next_authorities;
    std::optional<BlockNumber> forced;
};

using PendingChange = OptionalValue<"Grandpa", "PendingChange", StoredPendingChange>;
using CurrentSetId = StorageValue<"Grandpa", "CurrentSetId", SetId>;
using SetIdSession = OptionalMap<"Grandpa", "SetIdSession", Twox64Concat, SetId, SessionIndex>;
using Authorities = StorageValue<"Grandpa", "Authorities", AuthorityList>;

struct NewAuthorities
{
    AuthorityList authority_set;
};

using EquivocationProof = primitives::grandpa::EquivocationProof;
struct ReportEquivocation
{
    static constexpr uint8_t kIndex = 0;
    static constexpr std::string_view kDocs =
        "Report that a voter voted twice in one round. Costs nothing if it did and nobody said so before.";
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

/// Numbered as Substrate's, of which the first four are not met here.
enum class Error : uint8_t
{
    pause_failed,
    resume_failed,
    change_pending,
    too_soon,
    invalid_key_ownership_proof,
    invalid_equivocation_proof,
    duplicate_offence_report,
};
constexpr std::string_view path_of(Error) { return "pallet_grandpa::pallet::Error"; }

/// For equivocation::Reports.
struct Equivocations
{
    static constexpr offences::Kind kKind = offences::kGrandpaEquivocation;
    static constexpr std::string_view kTag = "GrandpaEquivocation";
    using Error = grandpa::Error;
    static session::OwnedKey key_of(const EquivocationProof& proof)
    {
        return proof.equivocation.visit([](const auto& two) {
            return session::OwnedKey{session::kGrandpaKey, Bytes(two.identity.bytes.begin(), two.identity.bytes.end())};
        });
    }
    static Bytes time_slot(const EquivocationProof& proof)
    {
        const auto round = proof.equivocation.visit([](const auto& two) { return two.round_number; });
        return scale::encode(std::pair{proof.set_id, round});
    }
    /// The set ruled after the last session of the set before it, up to its own last.
    static bool is_of(const EquivocationProof& proof, SessionIndex session)
    {
        const auto last = SetIdSession::get(proof.set_id);
        if (!last || session > *last)
            return false;
        if (proof.set_id == 0)
            return true;
        const auto before = SetIdSession::get(proof.set_id - 1);
        return before && session > *before;
    }
};

template <class R>
struct Pallet
{
    static constexpr std::string_view kName = "Grandpa";
    static constexpr std::string_view kCrate = "pallet_grandpa";
    using Storage = List<PendingChange, CurrentSetId, SetIdSession, Authorities>;
    using Call = scale::Variant<ReportEquivocation, ReportEquivocationUnsigned>;
    using Event = scale::Variant<NewAuthorities>;
    using Error = grandpa::Error;
    using Reports = equivocation::Reports<R, Equivocations>;

    struct MaxAuthorities
    {
        static uint32_t value() { return kAuthoritiesMax; }
    };
    struct MaxSetIdSessionEntries
    {
        static uint64_t value() { return kSetIdSessionEntriesMax; }
    };
    using Constants = List<MaxAuthorities, MaxSetIdSessionEntries>;

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

    static void on_finalize(BlockNumber now)
    {
        const auto change = PendingChange::get();
        if (!change)
            return;
        if (now == change->scheduled_at)
            announce(primitives::grandpa::ScheduledChange{change->next_authorities, change->delay});
        if (now == change->scheduled_at + change->delay)
        {
            Authorities::put(change->next_authorities);
            system::deposit_event<R>(NewAuthorities{change->next_authorities});
            PendingChange::kill();
        }
    }

    /// A new session: a new set if the authorities changed.
    static void on_new_session(bool changed, AuthorityList authorities, SessionIndex session)
    {
        if (changed && !PendingChange::exists())
        {
            PendingChange::put({system::Number::get(), 0, std::move(authorities), std::nullopt});
            const auto set = CurrentSetId::mutate([](SetId& id) { return ++id; });
            if (set >= kSetIdSessionEntriesMax)
                SetIdSession::remove(set - kSetIdSessionEntriesMax);
        }
        SetIdSession::insert(CurrentSetId::get(), session);
    }

    static void set_genesis_authorities(const AuthorityList& authorities)
    {
        Authorities::put(authorities);
        CurrentSetId::put(0);
        SetIdSession::insert(0, 0);
    }

private:
    static void announce(const primitives::grandpa::ConsensusLog& log)
    {
        system::deposit_log(primitives::digest::Consensus{primitives::kGrandpaEngine, scale::encode(log)});
    }
};

} // namespace runtime::grandpa
