#pragma once

#include "runtime/frame/compose.hpp"
#include "runtime/pallets/balances.hpp"

/// One key that may do everything, for chains without governance yet.
///
/// Source  pallet_sudo
namespace runtime::sudo {

using Key = OptionalValue<"Sudo", "Key", AccountId>;

template <class R>
struct Sudo
{
    static constexpr uint8_t kIndex = 0;
    static constexpr std::string_view kDocs =
        "Authenticates the sudo key and dispatches a function call with `Root` origin.";
    scale::Box<Call<R>> call;
    friend bool operator==(const Sudo&, const Sudo&) = default;
};
template <class R>
struct SudoUncheckedWeight
{
    static constexpr uint8_t kIndex = 1;
    static constexpr std::string_view kDocs = "As `sudo`, with the weight that the sudo key says.";
    scale::Box<Call<R>> call;
    Weight weight;
    friend bool operator==(const SudoUncheckedWeight&, const SudoUncheckedWeight&) = default;
};
struct SetKey
{
    static constexpr uint8_t kIndex = 2;
    static constexpr std::string_view kDocs =
        "Authenticates the current sudo key and sets the given account as the new one.";
    MultiAddress new_;
    friend bool operator==(const SetKey&, const SetKey&) = default;
};
template <class R>
struct SudoAs
{
    static constexpr uint8_t kIndex = 3;
    static constexpr std::string_view kDocs = "Dispatches a function call with `Signed` origin from a given account.";
    MultiAddress who;
    scale::Box<Call<R>> call;
    friend bool operator==(const SudoAs&, const SudoAs&) = default;
};
struct RemoveKey
{
    static constexpr uint8_t kIndex = 4;
    static constexpr std::string_view kDocs = "Permanently removes the sudo key.";
    friend bool operator==(const RemoveKey&, const RemoveKey&) = default;
};

struct Sudid
{
    Result<> sudo_result;
};
struct KeyChanged
{
    std::optional<AccountId> old;
    AccountId new_;
};
struct KeyRemoved
{
};
struct SudoAsDone
{
    Result<> sudo_result;
};

enum class Error : uint8_t
{
    require_sudo,
};
constexpr std::string_view path_of(Error) { return "pallet_sudo::pallet::Error"; }

template <class R>
struct Pallet
{
    static constexpr std::string_view kName = "Sudo";
    static constexpr std::string_view kCrate = "pallet_sudo";
    using Storage = List<Key>;
    using Call = scale::Variant<Sudo<R>, SudoUncheckedWeight<R>, SetKey, SudoAs<R>, RemoveKey>;
    using Event = scale::Variant<Sudid, KeyChanged, KeyRemoved, SudoAsDone>;
    using Error = sudo::Error;

    static DispatchInfo info(const Sudo<R>& call)
    {
        const auto inner = info_of<R>(*call.call);
        return {inner.weight + measured<R, Pallet>(call), inner.dispatch_class};
    }
    static DispatchInfo info(const SudoUncheckedWeight<R>& call)
    {
        return {call.weight, info_of<R>(*call.call).dispatch_class};
    }
    static DispatchInfo info(const SudoAs<R>& call)
    {
        const auto inner = info_of<R>(*call.call);
        return {inner.weight + measured<R, Pallet>(call), inner.dispatch_class};
    }

    static Outcome dispatch(const Origin& origin, const Sudo<R>& call)
    {
        if (const auto allowed = ensure_sudo(origin); !allowed)
            return std::unexpected(Failure{allowed.error()});
        return done(Sudid{run(*call.call, Origin::root())});
    }
    static Outcome dispatch(const Origin& origin, const SudoUncheckedWeight<R>& call)
    {
        if (const auto allowed = ensure_sudo(origin); !allowed)
            return std::unexpected(Failure{allowed.error()});
        return done(Sudid{run(*call.call, Origin::root())});
    }
    static Outcome dispatch(const Origin& origin, const SetKey& call)
    {
        if (const auto allowed = ensure_sudo(origin); !allowed)
            return std::unexpected(Failure{allowed.error()});
        const auto next = balances::lookup(call.new_);
        if (!next)
            return std::unexpected(Failure{next.error()});
        const auto old = Key::get();
        Key::put(*next);
        return done(KeyChanged{old, *next});
    }
    static Outcome dispatch(const Origin& origin, const SudoAs<R>& call)
    {
        if (const auto allowed = ensure_sudo(origin); !allowed)
            return std::unexpected(Failure{allowed.error()});
        const auto who = balances::lookup(call.who);
        if (!who)
            return std::unexpected(Failure{who.error()});
        return done(SudoAsDone{run(*call.call, Origin::signed_by(*who))});
    }
    static Outcome dispatch(const Origin& origin, const RemoveKey&)
    {
        if (const auto allowed = ensure_sudo(origin); !allowed)
            return std::unexpected(Failure{allowed.error()});
        Key::kill();
        return done(KeyRemoved{});
    }

private:
    static Result<> ensure_sudo(const Origin& origin)
    {
        const auto who = ensure_signed(origin);
        if (!who || Key::get() != *who)
            return fail<R>(Error::require_sudo);
        return {};
    }

    static Result<> run(const runtime::Call<R>& call, const Origin& as)
    {
        const auto outcome = runtime::dispatch<R>(call, as);
        return outcome ? Result<>{} : Result<>{std::unexpected(outcome.error().error)};
    }

    /// The sudo key does not pay.
    static Outcome done(const auto& event)
    {
        system::deposit_event<R>(event);
        return PostInfo{.actual_weight = std::nullopt, .pays_fee = Pays::no};
    }
};

} // namespace runtime::sudo
