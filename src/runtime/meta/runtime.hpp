#pragma once

#include "runtime/frame/compose.hpp"
#include "runtime/frame/reason.hpp"
#include "runtime/frame/transaction.hpp"
#include "runtime/meta/describe.hpp"
#include "runtime/meta/model.hpp"
#include "runtime/pallets/system_types.hpp"

/// The metadata model of a runtime, derived from its pallets.
namespace runtime::meta {

namespace detail {

template <class P>
inline constexpr auto kCallPath = joined<[] { return P::kCrate; }, [] { return "::pallet::Call"; }>;
template <class P>
inline constexpr auto kEventPath = joined<[] { return P::kCrate; }, [] { return "::pallet::Event"; }>;

template <class P>
constinit const Type kCalls = variant_type<typename P::Call, Spelling::function>(kCallPath<P>);
template <class P>
constinit const Type kEvents = variant_type<typename P::Event, Spelling::type>(kEventPath<P>);

template <class P>
constexpr const Type* calls_of()
{
    if constexpr (HasCalls<P>)
        return &kCalls<P>;
    else
        return nullptr;
}
template <class P>
constexpr const Type* events_of()
{
    if constexpr (HasEvents<P>)
        return &kEvents<P>;
    else
        return nullptr;
}
template <class P>
constexpr const Type* errors_of()
{
    if constexpr (HasErrors<P>)
        return describe<typename P::Error>();
    else
        return nullptr;
}

/// One case for each pallet that has a type of this kind.
template <class Entries, auto type_of>
struct Outer;
template <class... Entry, auto type_of>
struct Outer<List<Entry...>, type_of>
{
    template <class E>
    static constexpr std::array<Field, 1> kField{Field{{}, type_of.template operator()<typename E::Pallet>(), {}}};

    static constexpr size_t kCount =
        (size_t{0} + ... + (type_of.template operator()<typename Entry::Pallet>() != nullptr));
    static constexpr auto kCases = [] {
        std::array<Case, kCount> cases{};
        size_t n = 0;
        const auto add = [&]<class E>() {
            if (kField<E>[0].type != nullptr)
                cases[n++] = {E::Pallet::kName, kField<E>, E::index, {}};
        };
        (add.template operator()<Entry>(), ...);
        return cases;
    }();
};

inline constexpr auto kCallsOf = []<class P>() { return calls_of<P>(); };
inline constexpr auto kEventsOf = []<class P>() { return events_of<P>(); };
inline constexpr auto kErrorsOf = []<class P>() { return errors_of<P>(); };
template <class Kind>
inline constexpr auto kReasonsOf = []<class P>() -> const Type* {
    if constexpr (Kind::template has<P>())
        return describe<typename Kind::template Of<P>>();
    else
        return nullptr;
};

template <class R>
constinit const Type kRuntimeEvent{
    .kind = Kind::variant, .path = "zkp_runtime::RuntimeEvent", .cases = Outer<typename R::Pallets, kEventsOf>::kCases};
template <class R>
constinit const Type kRuntimeError{
    .kind = Kind::variant, .path = "zkp_runtime::RuntimeError", .cases = Outer<typename R::Pallets, kErrorsOf>::kCases};

/// The stored list of events.
template <class R>
struct EventRecord
{
    static constexpr Parameter kParameters[]{{"E", &kRuntimeEvent<R>}, {"T", describe<H256>()}};
    static constexpr Field kFields[]{{"phase", describe<system::Phase>(), "Phase"},
                                     {"event", &kRuntimeEvent<R>, "E"},
                                     {"topics", describe<std::vector<H256>>(), "Vec<T>"}};
    static constinit const Type kRecord;
    static constinit const Type kRecords;
};
template <class R>
constinit const Type EventRecord<R>::kRecord{
    .kind = Kind::composite, .path = "frame_system::EventRecord", .parameters = kParameters, .fields = kFields};
template <class R>
constinit const Type EventRecord<R>::kRecords{.kind = Kind::sequence, .inner = &kRecord};

template <class Item>
struct Storage;
/// A single value.
template <class Item>
    requires requires { Item::key.size(); }
struct Storage<Item>
{
    static constexpr StorageItem kItem{Item::name,     Item::has_default, {}, nullptr, describe<typename Item::Value>(),
                                       &Item::fallback};
};

template <class... Part>
struct KeyParts
{
    static constexpr Hasher kHashers[]{Part::Hasher::kind...};
    static constexpr const Type* type()
    {
        if constexpr (sizeof...(Part) == 1)
            return (describe<typename Part::Type>(), ...);
        else
            return describe<std::tuple<typename Part::Type...>>();
    }
};
template <Text pallet, Text item, class T, class Default, class... Part>
KeyParts<Part...> key_parts(const StorageMapOf<pallet, item, T, Default, Part...>&);

/// A map.
template <class Item>
    requires requires(const Item& map) { key_parts(map); }
struct Storage<Item>
{
    using Parts = decltype(key_parts(std::declval<const Item&>()));
    static constexpr StorageItem kItem{
        Item::name,     Item::has_default, Parts::kHashers, Parts::type(), describe<typename Item::Value>(),
        &Item::fallback};
};

inline base::Bytes no_items() { return {0}; }

/// Storage of a pallet; System's has the events too, whose type is the runtime's.
template <class R, class P>
inline constexpr auto kStorage = [] {
    if constexpr (!requires { typename P::Storage; })
        return std::array<StorageItem, 0>{};
    else
        return []<class... Item>(List<Item...>) {
            if constexpr (P::kName == "System")
                return std::array<StorageItem, sizeof...(Item) + 1>{
                    Storage<Item>::kItem...,
                    StorageItem{"Events", true, {}, nullptr, &EventRecord<R>::kRecords, &no_items}};
            else
                return std::array<StorageItem, sizeof...(Item)>{Storage<Item>::kItem...};
        }(typename P::Storage{});
}();

/// The last name in `type`, a struct of a pallet's class template: scale::short_type_name would give the pallet's.
consteval std::string_view member_name(std::string_view type) { return type.substr(type.rfind(':') + 1); }

template <class C>
consteval Constant constant()
{
    using T = decltype(C::value());
    std::string_view name = member_name(scale::type_name<C>());
    if constexpr (requires { C::kName; })
        name = C::kName;
    return {name, describe<T>(), [] { return scale::encode(C::value()); }};
}

template <class P>
inline constexpr auto kConstants = [] {
    if constexpr (!requires { typename P::Constants; })
        return std::array<Constant, 0>{};
    else
        return []<class... C>(List<C...>) {
            return std::array<Constant, sizeof...(C)>{constant<C>()...};
        }(typename P::Constants{});
}();

template <class R>
inline constexpr auto kPallets = []<class... Entry>(List<Entry...>) {
    return std::array<Pallet, sizeof...(Entry)>{Pallet{Entry::Pallet::kName,
                                                       Entry::index,
                                                       {},
                                                       kStorage<R, typename Entry::Pallet>,
                                                       calls_of<typename Entry::Pallet>(),
                                                       events_of<typename Entry::Pallet>(),
                                                       errors_of<typename Entry::Pallet>(),
                                                       kConstants<typename Entry::Pallet>}...};
}(typename R::Pallets{});

template <class E>
struct ImplicitOf
{
    using type = std::tuple<>;
};
template <class E>
    requires requires { typename E::Implicit; }
struct ImplicitOf<E>
{
    using type = typename E::Implicit;
};

template <class Extra>
struct Extensions;
template <class... E>
struct Extensions<std::tuple<E...>>
{
    static constexpr std::array<Extension, sizeof...(E)> kAll{
        Extension{scale::short_type_name<E>(), describe<E>(), describe<typename ImplicitOf<E>::type>()}...};
};

template <class R>
struct UncheckedExtrinsic
{
    static constexpr Parameter kParameters[]{{"Address", describe<MultiAddress>()},
                                             {"Call", describe<Call<R>>()},
                                             {"Signature", describe<primitives::MultiSignature>()},
                                             {"Extra", describe<typename R::Extra>()}};
};

} // namespace detail

template <class R>
struct Describe<Call<R>>
{
    static constexpr Type type()
    {
        return {.kind = Kind::variant,
                .path = "zkp_runtime::RuntimeCall",
                .cases = detail::Outer<typename R::Pallets, detail::kCallsOf>::kCases};
    }
};

template <class R, class Which>
struct Describe<Reason<R, Which>>
{
    static constexpr Type type()
    {
        return {.kind = Kind::variant,
                .path = Which::kPath,
                .cases = detail::Outer<typename R::Pallets, detail::kReasonsOf<Which>>::kCases};
    }
};

template <class R>
struct Describe<Extrinsic<R>>
{
    static constexpr Type type()
    {
        return {.kind = Kind::composite,
                .path = "sp_runtime::generic::unchecked_extrinsic::UncheckedExtrinsic",
                .parameters = detail::UncheckedExtrinsic<R>::kParameters,
                .fields = detail::kNameless<base::Bytes>};
    }
};

/// All that metadata says of R; `apis` are its runtime APIs.
template <class R>
constexpr Runtime model(std::span<const Api> apis)
{
    return {.runtime = describe<R>(),
            .extrinsic = describe<Extrinsic<R>>(),
            .address = describe<MultiAddress>(),
            .call = describe<Call<R>>(),
            .signature = describe<primitives::MultiSignature>(),
            .extra = describe<typename R::Extra>(),
            .event = &detail::kRuntimeEvent<R>,
            .error = &detail::kRuntimeError<R>,
            .extensions = detail::Extensions<typename R::Extra>::kAll,
            .pallets = detail::kPallets<R>,
            .apis = apis};
}

} // namespace runtime::meta
