#pragma once

#include "primitives/grandpa.hpp"
#include "runtime/frame/compose.hpp"
#include "runtime/pallets/system_types.hpp"

/// GRANDPA: the finality authorities. A change is announced in the block that makes it, with delay 0.
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

template <class R>
struct Pallet
{
    static constexpr std::string_view kName = "Grandpa";
    static constexpr std::string_view kCrate = "pallet_grandpa";
    using Storage = List<PendingChange, CurrentSetId, SetIdSession, Authorities>;
    using Event = scale::Variant<NewAuthorities>;

    struct MaxAuthorities
    {
        static uint32_t value() { return kAuthoritiesMax; }
    };
    struct MaxSetIdSessionEntries
    {
        static uint64_t value() { return kSetIdSessionEntriesMax; }
    };
    using Constants = List<MaxAuthorities, MaxSetIdSessionEntries>;

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
