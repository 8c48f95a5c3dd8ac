#pragma once

#include "runtime/pallets/session_types.hpp"

/// Sessions: who validates, with which keys. A session ends with its epoch; keys set now serve from the session after
/// next, and keys that serve go on serving until their session is over, whatever becomes of them here.
///
/// Seats   entry i of Validators is the owner of seat i, which is BABE's authority i and GRANDPA's voter i. The seats
/// of
///         an account lie together, accounts in the order of the allocation. The order decides nothing: BABE's lottery
///         and its turns draw among keys, GRANDPA counts them; an absent owner is primary of as many rounds in a row as
///         it has seats, and rounds do without a primary.
/// Keys    a key serves one account, which proved that it has it; at most kSeatsPerAccountMax key sets an account
/// Source  pallet_session, whose storage names and layouts these are
namespace runtime::session {

/// R gives
///     should_end_session(block)
///     on_end_session(index)      before anything changes; may take seats away
///     new_session(index)         the allocation for that session, each account once, or nothing for the same
///     on_new_session(changed, seats, queued, index)
template <class R>
struct Pallet
{
    static constexpr std::string_view kName = "Session";
    static constexpr std::string_view kCrate = "pallet_session";
    using Storage =
        List<Validators, CurrentIndex, QueuedChanged, QueuedKeys, NextKeys, FurtherKeys, KeyOwner, session::Allocation>;
    using Call = scale::Variant<SetKeys, PurgeKeys, SetSeatKeys>;
    using Event = scale::Variant<NewSession, SeatsWithoutKeys>;
    using Error = session::Error;

    struct SeatsPerAccountMax
    {
        static uint32_t value() { return kSeatsPerAccountMax; }
    };
    using Constants = List<SeatsPerAccountMax>;

    static Weight weight(const SetKeys& call) { return measured<R, Pallet>(call) + seats_weight(kSeatsPerAccountMax); }
    static Weight weight(const PurgeKeys& call)
    {
        return measured<R, Pallet>(call) + seats_weight(kSeatsPerAccountMax);
    }
    static Weight weight(const SetSeatKeys& call)
    {
        return measured<R, Pallet>(call) + seats_weight(call.keys.size() + kSeatsPerAccountMax);
    }

    static Outcome dispatch(const Origin& origin, const SetKeys& call)
    {
        return set_keys(origin, {call.keys}, call.proof,
                        [&](size_t old) { return measured<R, Pallet>(call) + seats_weight(old); });
    }

    static Outcome dispatch(const Origin& origin, const SetSeatKeys& call)
    {
        return set_keys(origin, call.keys.items(), call.proof,
                        [&](size_t old) { return measured<R, Pallet>(call) + seats_weight(call.keys.size() + old); });
    }

    static Outcome dispatch(const Origin& origin, const PurgeKeys& call)
    {
        const auto who = ensure_signed(origin);
        if (!who)
            return std::unexpected(who.error());
        const auto old = keys_of(*who);
        if (old.empty())
            return fail<R>(Error::no_keys);
        for (const auto& keys : old)
            disown(keys);
        NextKeys::remove(*who);
        FurtherKeys::remove(*who);
        system::dec_consumers(*who);
        return PostInfo{measured<R, Pallet>(call) + seats_weight(old.size())};
    }

    static Weight on_initialize(BlockNumber now)
    {
        if (!R::should_end_session(now))
            return {};
        return hook<R, "Session.rotate">(rotate());
    }

    /// The key sets that an account registered, its first seat's first.
    static KeySets keys_of(const AccountId& who)
    {
        const auto first = NextKeys::get(who);
        if (!first)
            return {};
        KeySets all{*first};
        const auto further = FurtherKeys::get(who);
        all.insert(all.end(), further.begin(), further.end());
        return all;
    }

    /// How many seats `who` can hold.
    static uint32_t key_sets(const AccountId& who) { return uint32_t(keys_of(who).size()); }

    /// Takes all seats of `who` out of the allocation: it has none from the next session on that is not announced yet,
    /// until seats are allotted to it anew. The last holder of seats keeps them: a chain without seats makes no blocks.
    static void drop_seats(const AccountId& who)
    {
        auto allocation = session::Allocation::get();
        std::erase_if(allocation, [&](const Allotment& one) { return one.who == who; });
        if (!allocation.empty())
            session::Allocation::put(allocation);
    }

    /// The first sessions, from genesis: keys are believed, the seats of an account are put together. Returns the seats
    /// in their order.
    static Queued set_genesis_seats(const Queued& entries)
    {
        std::vector<std::pair<AccountId, KeySets>> accounts;
        for (const auto& [who, keys] : entries)
        {
            auto found = std::ranges::find(accounts, who, &std::pair<AccountId, KeySets>::first);
            if (found == accounts.end())
                found = accounts.insert(found, {who, {}});
            found->second.push_back(keys);
        }
        std::vector<Allotment> allocation;
        for (const auto& [who, sets] : accounts)
        {
            if (sets.size() > kSeatsPerAccountMax)
                host::panic("session: too many seats of one account in the genesis");
            if (!are_free(who, sets))
                host::panic("session: a key is given twice in the genesis");
            register_keys(who, sets, {});
            allocation.push_back({who, uint32_t(sets.size())});
            system::Account::mutate(who, [](system::AccountInfo& info) {
                ++info.consumers;
                info.providers = 1;
            });
        }
        session::Allocation::put(allocation);
        const auto seats = seats_of(allocation);
        Validators::put(owners(seats));
        QueuedKeys::put(seats);
        return seats;
    }

private:
    /// What so many seats cost beyond the call: registered, or removed, which is less.
    static Weight seats_weight(size_t seats)
    {
        return measured<R, Pallet>(SetSeatKeys{}, seats) - measured<R, Pallet>(SetSeatKeys{});
    }

    /// Errors  bad_origin, no_keys, invalid_proof for a wrong length, duplicated_key, invalid_proof, no_account
    static Outcome set_keys(const Origin& origin, const KeySets& sets, const Bytes& proof, auto weight_of)
    {
        const auto who = ensure_signed(origin);
        if (!who)
            return std::unexpected(who.error());
        if (sets.empty())
            return fail<R>(Error::no_keys);
        if (proof.size() != sets.size() * kPossessionProofBytes)
            return fail<R>(Error::invalid_proof);
        if (!are_free(*who, sets))
            return fail<R>(Error::duplicated_key);
        scale::Reader reader{proof};
        for (const auto& keys : sets)
        {
            PossessionProof one;
            if (!scale::decode_into(reader, one) || !possesses(*who, keys, one))
                return fail<R>(Error::invalid_proof);
        }
        const auto old = keys_of(*who);
        if (old.empty() && !system::inc_consumers(*who))
            return fail<R>(Error::no_account);
        register_keys(*who, sets, old);
        return PostInfo{weight_of(old.size())};
    }

    /// True if no key is given twice and nobody else has one of them.
    static bool are_free(const AccountId& who, const KeySets& sets)
    {
        std::vector<OwnedKey> all;
        for (const auto& keys : sets)
            std::ranges::move(keys.keys(), std::back_inserter(all));
        std::ranges::sort(all);
        return std::ranges::adjacent_find(all) == all.end() && std::ranges::all_of(all, [&](const OwnedKey& key) {
                   const auto owner = KeyOwner::get(key);
                   return !owner || *owner == who;
               });
    }

    static void disown(const SessionKeys& keys)
    {
        for (const auto& key : keys.keys())
            KeyOwner::remove(key);
    }

    static void register_keys(const AccountId& who, const KeySets& sets, const KeySets& old)
    {
        for (const auto& keys : old)
            disown(keys);
        for (const auto& keys : sets)
            for (const auto& key : keys.keys())
                KeyOwner::insert(key, who);
        NextKeys::insert(who, sets.front());
        const auto further =
            scale::BoundedVec<SessionKeys, kSeatsPerAccountMax - 1>::from({sets.begin() + 1, sets.end()});
        if (further && !further->empty())
            FurtherKeys::insert(who, *further);
        else
            FurtherKeys::remove(who);
    }

    /// Returns how many seats are queued.
    static size_t rotate()
    {
        R::on_end_session(CurrentIndex::get());
        const auto changed = QueuedChanged::get();
        const auto current = QueuedKeys::get();
        Validators::put(owners(current));
        const auto index = CurrentIndex::mutate([](SessionIndex& i) { return ++i; });

        if (const auto allocation = R::new_session(index + 1))
            session::Allocation::put(*allocation);
        auto queued = seats_of(session::Allocation::get());
        if (queued.empty())
            queued = current;
        QueuedKeys::put(queued);
        QueuedChanged::put(queued != current);
        system::deposit_event<R>(NewSession{index});
        R::on_new_session(changed, current, queued, index);
        return queued.size();
    }

    static std::vector<AccountId> owners(const Queued& seats)
    {
        std::vector<AccountId> all;
        for (const auto& [who, keys] : seats)
            all.push_back(who);
        return all;
    }

    /// The seats of an allocation: those for which there are keys, kSeatsMax in all. Says which went to nobody.
    static Queued seats_of(const std::vector<Allotment>& allocation)
    {
        Queued seats;
        for (const auto& [who, count] : allocation)
        {
            if (std::ranges::find(seats, who, &Queued::value_type::first) != seats.end())
                continue; // named twice: the first counts
            const auto sets = keys_of(who);
            const auto held = std::min({size_t{count}, sets.size(), kSeatsMax - seats.size()});
            for (size_t i = 0; i != held; ++i)
                seats.emplace_back(who, sets[i]);
            if (held < count)
                system::deposit_event<R>(SeatsWithoutKeys{who, uint32_t(count - held)});
        }
        return seats;
    }
};

} // namespace runtime::session
