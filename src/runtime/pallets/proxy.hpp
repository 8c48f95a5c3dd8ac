#pragma once

#include "runtime/pallets/balances.hpp"
#include "runtime/pallets/proxy_types.hpp"
#include "runtime/pallets/timepoint.hpp"

/// Accounts that act for other accounts, within bounds.
///
/// R gives  ProxyType, an enumeration whose 0 may do everything; proxy_allows(kind, call), for calls themselves and not
///          for what they hold; proxy_is_superset(a, b): a may do all that b may
/// Holds    a call made by proxy is bound by the kind of the proxy at any depth: in batches, derived accounts,
///          multisigs, and through proxies of proxies, where all kinds on the way bind it. (Substrate forgets the outer
///          ones where a pallet makes a new origin.) A kind that is to bind must not allow calls known by their hash
///          alone: Multisig.approve_as_multi, Proxy.announce
/// Source   pallet_proxy
namespace runtime::proxy {

/// Under which the pallet reserves what it has in deposit: it gives back what is its own.
inline constexpr balances::Identifier kDeposits{'p', 'y', '/', 'p', 'r', 'o', 'x', 'y'};

/// The account that `who` makes with create_pure in the extrinsic `when`.
template <class Type>
AccountId pure_account(const AccountId& who, Type proxy_type, uint16_t index, multisig::Timepoint when)
{
    scale::Writer seed;
    seed.put(base::view("modlpy/proxy____"));
    scale::encode(std::tuple{who, when, proxy_type, index}, seed);
    return {host::blake2_256(seed.bytes())};
}

template <class R>
struct Pallet
{
    using Type = typename R::ProxyType;
    using Definition = ProxyDefinition<Type>;
    using Delegates = Proxies<Type>;

    static constexpr std::string_view kName = "Proxy";
    static constexpr std::string_view kCrate = "pallet_proxy";
    using Storage = List<Delegates, Announcements, PureDeposits>;
    using Call = scale::Variant<Proxy<R>, AddProxy<R>, RemoveProxy<R>, RemoveProxies, CreatePure<R>, KillPure<R>,
                                Announce, RemoveAnnouncement, RejectAnnouncement, ProxyAnnounced<R>, PokeDeposit>;
    using Event = scale::Variant<ProxyExecuted, PureCreated<R>, PureKilled<R>, Announced, ProxyAdded<R>,
                                 ProxyRemoved<R>, DepositPoked>;
    using Error = proxy::Error;

    struct ProxyDepositBase
    {
        static Balance value() { return R::kProxyDepositBase; }
    };
    struct ProxyDepositFactor
    {
        static Balance value() { return R::kProxyDepositFactor; }
    };
    struct MaxProxies
    {
        static uint32_t value() { return kProxiesMax; }
    };
    struct MaxPending
    {
        static uint32_t value() { return kPendingMax; }
    };
    struct AnnouncementDepositBase
    {
        static Balance value() { return R::kAnnouncementDepositBase; }
    };
    struct AnnouncementDepositFactor
    {
        static Balance value() { return R::kAnnouncementDepositFactor; }
    };
    using Constants = List<ProxyDepositBase, ProxyDepositFactor, MaxProxies, MaxPending, AnnouncementDepositBase,
                           AnnouncementDepositFactor>;

    static DispatchInfo info(const Proxy<R>& call) { return around(call); }
    static DispatchInfo info(const ProxyAnnounced<R>& call) { return around(call); }

    static Result<> dispatch(const Origin& origin, const Proxy<R>& call)
    {
        const auto who = ensure_signed(origin);
        if (!who)
            return std::unexpected(who.error());
        const auto real = balances::lookup(call.real);
        if (!real)
            return std::unexpected(real.error());
        const auto found = find(*real, *who, call.force_proxy_type);
        if (!found)
            return std::unexpected(found.error());
        if (found->delay != 0)
            return fail<R>(Error::unannounced);
        run(origin, *real, *found, *call.call);
        return {};
    }

    static Result<> dispatch(const Origin& origin, const AddProxy<R>& call)
    {
        const auto pair = signer_and(origin, call.delegate);
        if (!pair)
            return std::unexpected(pair.error());
        const auto& [who, delegate] = *pair;
        if (who == delegate)
            return fail<R>(Error::no_self_proxy);
        auto [list, deposit] = Delegates::get(who);
        auto items = list.items();
        const Definition definition{delegate, call.proxy_type, call.delay};
        const auto place = std::ranges::lower_bound(items, definition);
        if (place != items.end() && *place == definition)
            return fail<R>(Error::duplicate);
        items.insert(place, definition);
        if (const auto kept = store<Delegates>(who, std::move(items), deposit); !kept)
            return kept;
        system::deposit_event<R>(ProxyAdded<R>{who, delegate, call.proxy_type, call.delay});
        return {};
    }

    static Result<> dispatch(const Origin& origin, const RemoveProxy<R>& call)
    {
        const auto pair = signer_and(origin, call.delegate);
        if (!pair)
            return std::unexpected(pair.error());
        const auto& [who, delegate] = *pair;
        auto [list, deposit] = Delegates::get(who);
        auto items = list.items();
        if (std::erase(items, Definition{delegate, call.proxy_type, call.delay}) == 0)
            return fail<R>(Error::not_found);
        if (const auto kept = store<Delegates>(who, std::move(items), deposit); !kept)
            return kept;
        system::deposit_event<R>(ProxyRemoved<R>{who, delegate, call.proxy_type, call.delay});
        return {};
    }

    static Result<> dispatch(const Origin& origin, const RemoveProxies&)
    {
        const auto who = ensure_signed(origin);
        if (!who)
            return std::unexpected(who.error());
        return store<Delegates>(*who, std::vector<Definition>{}, Delegates::get(*who).second);
    }

    static Result<> dispatch(const Origin& origin, const CreatePure<R>& call)
    {
        const auto who = ensure_signed(origin);
        if (!who)
            return std::unexpected(who.error());
        const auto pure = pure_account(*who, call.proxy_type, call.index, multisig::Timepoint::now());
        if (Delegates::contains(pure))
            return fail<R>(Error::duplicate);
        const auto deposit = deposit_of<Delegates>(1);
        if (const auto reserved = Token::reserve_named(kDeposits, *who, deposit); !reserved)
            return reserved;
        typename Delegates::Value entry{{}, deposit};
        if (!entry.first.try_push({*who, call.proxy_type, call.delay}))
            return fail<R>(Error::too_many);
        Delegates::insert(pure, entry);
        PureDeposits::insert(pure, {*who, deposit});
        system::deposit_event<R>(PureCreated<R>{pure, *who, call.proxy_type, call.index});
        return {};
    }

    static Result<> dispatch(const Origin& origin, const KillPure<R>& call)
    {
        const auto pair = signer_and(origin, call.spawner);
        if (!pair)
            return std::unexpected(pair.error());
        const auto& [who, spawner] = *pair;
        if (who != pure_account(spawner, call.proxy_type, call.index, {call.height, call.ext_index}))
            return fail<R>(Error::no_permission);
        if (const auto taken = Delegates::take(who))
            give_back(who, taken->second, taken->second);
        system::deposit_event<R>(PureKilled<R>{who, spawner, call.proxy_type, call.index});
        return {};
    }

    static Result<> dispatch(const Origin& origin, const Announce& call)
    {
        const auto pair = signer_and(origin, call.real);
        if (!pair)
            return std::unexpected(pair.error());
        const auto& [who, real] = *pair;
        if (const auto found = find(real, who, std::nullopt); !found)
            return std::unexpected(found.error());
        auto [list, deposit] = Announcements::get(who);
        auto items = list.items();
        items.push_back({real, call.call_hash, system::Number::get()});
        if (const auto kept = store<Announcements>(who, std::move(items), deposit); !kept)
            return kept;
        system::deposit_event<R>(Announced{real, who, call.call_hash});
        return {};
    }

    static Result<> dispatch(const Origin& origin, const RemoveAnnouncement& call)
    {
        const auto pair = signer_and(origin, call.real);
        if (!pair)
            return std::unexpected(pair.error());
        const auto& [who, real] = *pair;
        return remove_announcements(
            who, [&](const Announcement& one) { return one.real == real && one.call_hash == call.call_hash; });
    }

    static Result<> dispatch(const Origin& origin, const RejectAnnouncement& call)
    {
        const auto pair = signer_and(origin, call.delegate);
        if (!pair)
            return std::unexpected(pair.error());
        const auto& [who, delegate] = *pair;
        return remove_announcements(
            delegate, [&](const Announcement& one) { return one.real == who && one.call_hash == call.call_hash; });
    }

    /// Anybody may bring the call that was announced.
    static Result<> dispatch(const Origin& origin, const ProxyAnnounced<R>& call)
    {
        const auto pair = signer_and(origin, call.delegate);
        const auto real = balances::lookup(call.real);
        if (!pair || !real)
            return std::unexpected(pair ? real.error() : pair.error());
        const auto& delegate = pair->second;
        const auto found = find(*real, delegate, call.force_proxy_type);
        if (!found)
            return std::unexpected(found.error());
        const H256 hash{host::blake2_256(scale::encode(*call.call))};
        const auto now = system::Number::get();
        const auto due = [&](const Announcement& one) {
            return one.real == *real && one.call_hash == hash && saturating_sub(now, one.height) >= found->delay;
        };
        if (!remove_announcements(delegate, due))
            return fail<R>(Error::unannounced);
        run(origin, *real, *found, *call.call);
        return {};
    }

    static Outcome dispatch(const Origin& origin, const PokeDeposit&)
    {
        const auto who = ensure_signed(origin);
        if (!who)
            return std::unexpected(Failure{who.error()});
        const auto proxies = poke<Delegates>(*who, DepositKind::proxies);
        const auto pending = proxies ? poke<Announcements>(*who, DepositKind::announcements) : proxies;
        if (!pending)
            return std::unexpected(Failure{pending.error()});
        return PostInfo{.actual_weight = std::nullopt, .pays_fee = *proxies || *pending ? Pays::no : Pays::yes};
    }

private:
    using Token = balances::Pallet<R>;

    static DispatchInfo around(const auto& outer)
    {
        const auto inner = info_of<R>(*outer.call);
        return {measured<R, Pallet>(outer) + inner.weight, inner.dispatch_class};
    }

    static Result<std::pair<AccountId, AccountId>> signer_and(const Origin& origin, const MultiAddress& address)
    {
        const auto who = ensure_signed(origin);
        if (!who)
            return std::unexpected(who.error());
        const auto other = balances::lookup(address);
        if (!other)
            return std::unexpected(other.error());
        return std::pair{*who, *other};
    }

    static Result<Definition> find(const AccountId& real, const AccountId& delegate, const std::optional<Type>& type)
    {
        for (const auto& one : Delegates::get(real).first)
            if (one.delegate == delegate && (!type || one.proxy_type == *type))
                return one;
        return fail<R>(Error::not_proxy);
    }

    template <class Map>
    static Balance deposit_of(size_t items)
    {
        constexpr bool delegates = std::same_as<Map, Delegates>;
        constexpr Balance base = delegates ? R::kProxyDepositBase : R::kAnnouncementDepositBase;
        constexpr Balance factor = delegates ? R::kProxyDepositFactor : R::kAnnouncementDepositFactor;
        return items == 0 ? 0 : saturating_add(base, saturating_mul(factor, items));
    }

    /// Gives back `amount` of the deposit `all` for the delegates of `who`: first what it paid itself, then what the
    /// maker of a pure account paid. (Substrate gives it all to the one of them who happens to call.)
    static void give_back(const AccountId& who, Balance all, Balance amount)
    {
        const auto paid = PureDeposits::get(who);
        const auto own = std::min(amount, paid ? saturating_sub(all, paid->second) : all);
        Token::unreserve_named(kDeposits, who, own);
        if (own == amount)
            return;
        const auto rest = saturating_sub(paid->second, amount - own);
        Token::unreserve_named(kDeposits, paid->first, amount - own);
        if (rest == 0)
            PureDeposits::remove(who);
        else
            PureDeposits::insert(who, {paid->first, rest});
    }

    template <class Map>
    static Result<> adjust(const AccountId& who, Balance before, Balance now)
    {
        if (now > before)
            return Token::reserve_named(kDeposits, who, now - before);
        if constexpr (std::same_as<Map, Delegates>)
            give_back(who, before, before - now);
        else
            Token::unreserve_named(kDeposits, who, before - now);
        return {};
    }

    /// Writes a list with the deposit that it takes; an empty one goes.
    template <class Map>
    static Result<> store(const AccountId& who, auto items, Balance deposit)
    {
        const auto now = deposit_of<Map>(items.size());
        auto list = Map::Value::first_type::from(std::move(items));
        if (!list)
            return fail<R>(Error::too_many);
        if (const auto adjusted = adjust<Map>(who, deposit, now); !adjusted)
            return adjusted;
        if (list->empty())
            Map::remove(who);
        else
            Map::insert(who, {std::move(*list), now});
        return {};
    }

    static Result<> remove_announcements(const AccountId& delegate, auto matches)
    {
        auto [list, deposit] = Announcements::get(delegate);
        auto items = list.items();
        if (std::erase_if(items, matches) == 0)
            return fail<R>(Error::not_found);
        return store<Announcements>(delegate, std::move(items), deposit);
    }

    /// True if the deposit changed.
    template <class Map>
    static Result<bool> poke(const AccountId& who, DepositKind kind)
    {
        const auto [list, deposit] = Map::get(who);
        const auto now = deposit_of<Map>(list.size());
        if (now == deposit)
            return false;
        if (const auto adjusted = adjust<Map>(who, deposit, now); !adjusted)
            return std::unexpected(adjusted.error());
        Map::insert(who, {list, now});
        system::deposit_event<R>(DepositPoked{who, kind, deposit, now});
        return true;
    }

    static void run(const Origin& origin, const AccountId& real, const Definition& by, const runtime::Call<R>& call)
    {
        const auto narrowed = origin.acting_as(real).narrowed_by({&allows, uint8_t(by.proxy_type)});
        const auto outcome = runtime::dispatch<R>(call, narrowed);
        system::deposit_event<R>(
            ProxyExecuted{outcome ? Result<>{} : Result<>{std::unexpected(outcome.error().error)}});
    }

    /// A proxy gives and takes no more than it has; only the one that may do everything undoes them all.
    static bool allows(const void* erased, uint8_t kind)
    {
        const auto& call = *static_cast<const runtime::Call<R>*>(erased);
        const auto own = Type(kind);
        if (const auto* add = call.template get<AddProxy<R>>(); add && !R::proxy_is_superset(own, add->proxy_type))
            return false;
        if (const auto* gone = call.template get<RemoveProxy<R>>();
            gone && !R::proxy_is_superset(own, gone->proxy_type))
            return false;
        if ((call.template get<RemoveProxies>() || call.template get<KillPure<R>>()) && own != Type{})
            return false;
        return R::proxy_allows(own, call);
    }
};

} // namespace runtime::proxy
