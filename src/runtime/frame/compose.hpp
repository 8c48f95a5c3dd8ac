#pragma once

#include "runtime/frame/cost.hpp"
#include "runtime/frame/error.hpp"
#include "runtime/frame/origin.hpp"
#include "runtime/frame/storage.hpp"

#include <concepts>

/// A runtime composed of pallets.
///
/// A pallet is a struct, most often a template of the runtime R, with
///     kName      "Balances": prefix of its storage, name in metadata
///     kCrate     "pallet_balances": where clients expect its types
/// and any of
///     Storage    List<…> of storage items          Constants  List<…> of structs with `static … value()`
///     Call       Variant of structs, one a call    dispatch(origin, call) for each; weight(call) or info(call) for
///     those
///                                                 that weigh more than their row of R::kCosts says, or are not normal
///     Event      Variant of structs                Error      enum class
///     on_initialize(n), which returns the Weight of what not every block does, if there is any; on_finalize(n),
///     on_idle(n, left) -> Weight, on_runtime_upgrade() -> Weight,
///     offchain_worker(n), create_inherent(data), check_inherent(call, data), validate_unsigned(source, call)
///
/// A runtime is a struct with `using Pallets = Indexed<At<0, System<R>>, …>`, in the order in which hooks run. Indices
/// are part of every encoded call, event and error: they never change.
namespace runtime {

template <uint8_t i, class P>
struct At
{
    static constexpr uint8_t index = i;
    using Pallet = P;
};

template <class... Entry>
using Indexed = List<Entry...>;

template <class P>
concept HasCalls = requires { typename P::Call; };
template <class P>
concept HasEvents = requires { typename P::Event; };
template <class P>
concept HasErrors = requires { typename P::Error; };

namespace detail {

template <class V, class A>
inline constexpr bool kHolds = false;
template <class... Case, class A>
inline constexpr bool kHolds<scale::Variant<Case...>, A> = (std::same_as<Case, A> || ...);

template <class... A>
scale::Variant<A...> variant_of(const scale::Variant<A...>&);
template <class V>
using BaseVariant = decltype(variant_of(std::declval<const V&>()));

/// The tag of alternative A in V.
template <class V, class A>
struct Tag;
template <class... Case, class A>
struct Tag<scale::Variant<Case...>, A>
{
    static constexpr uint8_t value = [] {
        constexpr auto tags = scale::Variant<Case...>::tags();
        constexpr bool same[]{std::same_as<Case, A>...};
        for (size_t i = 0; i != tags.size(); ++i)
            if (same[i])
                return tags[i];
        return uint8_t{0};
    }();
};

template <class P, class C>
consteval bool calls_hold()
{
    if constexpr (HasCalls<P>)
        return kHolds<BaseVariant<typename P::Call>, C>;
    else
        return false;
}
template <class P, class E>
consteval bool events_hold()
{
    if constexpr (HasEvents<P>)
        return kHolds<BaseVariant<typename P::Event>, E>;
    else
        return false;
}
template <class P, class E>
consteval bool errors_are()
{
    if constexpr (HasErrors<P>)
        return std::same_as<typename P::Error, E>;
    else
        return false;
}

} // namespace detail

/// The calls of one pallet within the runtime's.
template <uint8_t i, class P>
struct PalletCall
{
    static constexpr uint8_t kIndex = i;
    using Pallet = P;
    typename P::Call value;
    friend bool operator==(const PalletCall&, const PalletCall&) = default;
};

namespace detail {

template <class List, class... Kept>
struct CallsOf;
template <class... Kept>
struct CallsOf<List<>, Kept...>
{
    using type = scale::Variant<Kept...>;
};
template <class First, class... Rest, class... Kept>
struct CallsOf<List<First, Rest...>, Kept...>
{
    static consteval auto next()
    {
        if constexpr (HasCalls<typename First::Pallet>)
            return CallsOf<List<Rest...>, Kept..., PalletCall<First::index, typename First::Pallet>>{};
        else
            return CallsOf<List<Rest...>, Kept...>{};
    }
    using type = typename decltype(next())::type;
};

/// The alternative of a runtime's calls in which C is.
template <class List, class C>
struct HomeOf;
template <class First, class... Rest, class C>
struct HomeOf<List<First, Rest...>, C>
    : std::conditional_t<calls_hold<typename First::Pallet, C>(),
                         std::type_identity<PalletCall<First::index, typename First::Pallet>>, HomeOf<List<Rest...>, C>>
{
};

} // namespace detail

/// Any call of the runtime R; complete once R's pallets are. What costs the compiler much is defined outside the class:
/// a runtime that is used in many files declares `extern template struct Call<R>`.
template <class R>
struct Call
{
    using Held = typename detail::CallsOf<typename R::Pallets>::type;
    Held held;

    Call();
    Call(const Call&);
    Call(Call&&) noexcept;
    Call& operator=(const Call&);
    Call& operator=(Call&&) noexcept;
    ~Call();
    /// From a pallet's call struct: Call<R>{balances::TransferKeepAlive{…}}.
    template <class C>
        requires(!std::same_as<std::remove_cvref_t<C>, Call>)
    Call(C call) : held(typename detail::HomeOf<typename R::Pallets, C>::type{.value = {std::move(call)}})
    {
    }

    /// The call if it is a C, else null.
    template <class C>
    const C* get() const
    {
        const C* found = nullptr;
        held.visit([&](const auto& pallet) {
            if constexpr (detail::calls_hold<typename std::remove_cvref_t<decltype(pallet)>::Pallet, C>())
                found = pallet.value.template get<C>();
        });
        return found;
    }

    /// visit.operator()<Pallet>(call struct)
    decltype(auto) visit(auto visit) const
    {
        return held.visit([&](const auto& pallet) -> decltype(auto) {
            return pallet.value.visit([&](const auto& call) -> decltype(auto) {
                return visit.template operator()<typename std::remove_cvref_t<decltype(pallet)>::Pallet>(call);
            });
        });
    }

    static constexpr size_t kEncodedMin = 2;
    void encode_to(scale::Writer& writer) const;
    bool decode_from(scale::Reader& reader);
    friend bool operator==(const Call&, const Call&) = default;
};

template <class R>
Call<R>::Call() = default;
template <class R>
Call<R>::Call(const Call&) = default;
template <class R>
Call<R>::Call(Call&&) noexcept = default;
template <class R>
Call<R>& Call<R>::operator=(const Call&) = default;
template <class R>
Call<R>& Call<R>::operator=(Call&&) noexcept = default;
template <class R>
Call<R>::~Call() = default;

template <class R>
void Call<R>::encode_to(scale::Writer& writer) const
{
    held.encode_to(writer);
}

template <class R>
bool Call<R>::decode_from(scale::Reader& reader)
{
    // Calls hold calls: each level counts.
    if (!reader.enter())
        return false;
    const bool ok = held.decode_from(reader);
    reader.leave();
    return ok;
}

/// What `call` weighs and pays, before it runs.
template <class R>
DispatchInfo info_of(const Call<R>& call)
{
    return call.visit([]<class P>(const auto& one) -> DispatchInfo {
        if constexpr (requires { P::info(one); })
            return P::info(one);
        else if constexpr (requires { P::weight(one); })
            return {P::weight(one)};
        else
            return {measured<R, P>(one)};
    });
}

/// True if no filter of `origin` forbids `call`. Calls inside `call` are asked about when they run.
template <class R>
bool permits(const Origin& origin, const Call<R>& call)
{
    return std::ranges::all_of(origin.filters(),
                               [&](const CallFilter& filter) { return filter.allows(&call, filter.kind); });
}

/// The error of a call that a filter forbids: System's call_filtered.
template <class R>
std::unexpected<DispatchError> call_filtered()
{
    dispatch_error::Module module;
    R::Pallets::for_each([&]<class Entry>() {
        if constexpr (Entry::Pallet::kName == "System")
            module.value = {Entry::index, {uint8_t(Entry::Pallet::Error::call_filtered)}};
    });
    return std::unexpected(DispatchError{module});
}

/// Runs `call` in a storage layer: a call that fails leaves nothing behind.
///
/// Errors  call_filtered, then the call's own
template <class R>
Outcome dispatch(const Call<R>& call, const Origin& origin)
{
    if (!permits<R>(origin, call))
        return call_filtered<R>();
    return with_storage_layer(
        [&] { return call.visit([&]<class P>(const auto& one) { return as_outcome(P::dispatch(origin, one)); }); });
}

/// The error `why` of the pallet that has it.
template <class R, class E>
std::unexpected<DispatchError> fail(E why)
{
    dispatch_error::Module module;
    R::Pallets::for_each([&]<class Entry>() {
        if constexpr (detail::errors_are<typename Entry::Pallet, E>())
            module.value = {Entry::index, {uint8_t(why)}};
    });
    return std::unexpected(DispatchError{module});
}

/// The two bytes in front of an encoded event: its pallet and its number there.
template <class R, class E>
inline constexpr std::array<uint8_t, 2> kEventPlace = [] {
    std::array<uint8_t, 2> place{};
    [[maybe_unused]] bool found = false;
    R::Pallets::for_each([&]<class Entry>() {
        if constexpr (detail::events_hold<typename Entry::Pallet, E>())
        {
            place = {Entry::index, detail::Tag<detail::BaseVariant<typename Entry::Pallet::Event>, E>::value};
            found = true;
        }
    });
    return place;
}();

/// The index of pallet P.
template <class R, class P>
inline constexpr uint8_t kPalletIndex = [] {
    uint8_t index = 0;
    R::Pallets::for_each([&]<class Entry>() {
        if constexpr (std::same_as<typename Entry::Pallet, P>)
            index = Entry::index;
    });
    return index;
}();

} // namespace runtime
