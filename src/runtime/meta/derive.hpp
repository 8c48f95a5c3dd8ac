#pragma once

#include "runtime/frame/text.hpp"
#include "runtime/meta/type.hpp"
#include "scale/scale.hpp"

/// Descriptions of C++ types, derived from the types. What a type may say of itself:
///     kPath   "sp_weights::weight_v2::Weight", the path that clients know it by; without one, "zkp_runtime::" and its
///             own name
///     kName   of an alternative of a Variant: its name, where the type's own would not do
///     kDocs   of an alternative: one line for people
/// A struct with one field called `value` or `bytes` is a newtype: its field has no name. What another library's type
/// cannot say of itself, foreign.hpp says. Users include describe.hpp.
namespace runtime::meta {

template <class T>
struct Describe;

/// The description of T: one object in the program for each type, whoever asks.
template <class T>
constinit const Type kType = Describe<T>::type();

/// T as metadata shows it: boxes and borrowed forms are what they hold.
template <class T>
struct Alias
{
    using type = T;
};
template <class T>
struct Alias<scale::Box<T>> : Alias<T>
{
};
template <>
struct Alias<std::span<const uint8_t>>
{
    using type = std::vector<uint8_t>;
};
template <>
struct Alias<std::string_view>
{
    using type = std::string;
};
template <>
struct Alias<std::monostate>
{
    using type = std::tuple<>;
};
template <>
struct Alias<void>
{
    using type = std::tuple<>;
};
template <class T>
    requires requires { typename T::Described; }
struct Alias<T>
{
    using type = typename T::Described;
};

template <class T>
constexpr const Type* describe()
{
    return &kType<typename Alias<std::remove_cv_t<T>>::type>;
}

/// The path of a type that cannot say it.
template <class T>
inline constexpr std::string_view kForeignPath{};

/// The path of T: `T::kPath`, path_of(T) for enumerations, kForeignPath.
template <class T>
inline constexpr std::string_view kPathOf = [] -> std::string_view {
    if constexpr (requires { T::kPath; })
        return T::kPath;
    else if constexpr (requires(T value) { path_of(value); })
        return path_of(T{});
    else if constexpr (!kForeignPath<T>.empty())
        return kForeignPath<T>;
    else
        return joined<[] { return "zkp_runtime::"; }, [] { return scale::short_type_name<T>(); }>;
}();

/// True if the fields of T have no names: Rust's tuple structs and tuple variants.
template <class T>
inline constexpr bool kNamelessFields = [] {
    if constexpr (scale::field_count<T> == 1)
        return scale::field_name<T, 0>() == "value" || scale::field_name<T, 0>() == "bytes";
    else
        return false;
}();

template <class T>
inline constexpr bool kBoxed = false;
template <class T>
inline constexpr bool kBoxed<scale::Box<T>> = true;

/// How sources spell T, where clients use it: amounts are told from other 128-bit numbers by it.
template <class T>
inline constexpr std::string_view kSpelling = [] -> std::string_view {
    if constexpr (std::same_as<T, scale::u128> || std::same_as<T, scale::Compact<scale::u128>>)
        return "Balance";
    else if constexpr (requires { T::kSpelling; })
        return T::kSpelling;
    else
        return {};
}();

namespace detail {

template <class T, size_t i, bool nameless>
constexpr Field field()
{
    using F = scale::FieldType<T, i>;
    constexpr auto name = scale::field_name<T, i>();
    // A trailing underscore avoids a C++ keyword.
    constexpr auto shown = name.ends_with('_') ? name.substr(0, name.size() - 1) : name;
    return {nameless ? std::string_view{} : shown, describe<F>(), kSpelling<F>, kBoxed<F>};
}

template <class T, bool nameless = kNamelessFields<T>>
inline constexpr auto kFields = []<size_t... i>(std::index_sequence<i...>) {
    return std::array<Field, sizeof...(i)>{field<T, i, nameless>()...};
}(std::make_index_sequence<scale::field_count<T>>{});

template <class... T>
inline constexpr std::array<Field, sizeof...(T)> kNameless{Field{{}, describe<T>(), {}}...};

template <class... T>
inline constexpr std::array<Parameter, sizeof...(T)> kParameters{Parameter{"T", describe<T>()}...};

/// Calls are functions in Rust: `transfer_all`, with names for all their arguments; all else is spelled as a type:
/// `Transfer`.
enum class Spelling : uint8_t
{
    type,
    function,
};

template <class A, Spelling spelling>
inline constexpr std::string_view kCaseName = [] -> std::string_view {
    if constexpr (requires { A::kName; })
        return A::kName;
    else if constexpr (spelling == Spelling::function)
        return snake_case<[] { return scale::short_type_name<A>(); }>;
    else
        return scale::short_type_name<A>();
}();

template <class A>
constexpr std::string_view docs_of()
{
    if constexpr (requires { A::kDocs; })
        return A::kDocs;
    else
        return {};
}

template <class A, Spelling spelling>
inline constexpr bool kNamelessCase = spelling == Spelling::type && kNamelessFields<A>;

template <class V, Spelling spelling>
struct Cases;
template <class... A, Spelling spelling>
struct Cases<scale::Variant<A...>, spelling>
{
    static constexpr auto kAll = []<size_t... i>(std::index_sequence<i...>) {
        constexpr auto tags = scale::Variant<A...>::tags();
        return std::array<Case, sizeof...(A)>{
            Case{kCaseName<A, spelling>, kFields<A, kNamelessCase<A, spelling>>, tags[i], docs_of<A>()}...};
    }(std::index_sequence_for<A...>{});
};

/// The Variant that T is or derives from.
template <class... A>
scale::Variant<A...> as_variant(const scale::Variant<A...>&);
template <class T>
concept IsVariant = requires(const T& value) { as_variant(value); };
template <class T>
using VariantOf = decltype(as_variant(std::declval<const T&>()));

template <class E>
inline constexpr auto kEnumCases = []<size_t... i>(std::index_sequence<i...>) {
    return std::array<Case, sizeof...(i)>{
        Case{pascal_case<[] { return scale::enumerators<E>()[i].name; }>, {}, scale::enumerators<E>()[i].value, {}}...};
}(std::make_index_sequence<scale::enumerators<E>().size()>{});

/// What T is a template of.
template <class T>
inline constexpr std::span<const Parameter> kArguments{};
template <template <class...> class Of, class... A>
inline constexpr std::span<const Parameter> kArguments<Of<A...>> = kParameters<A...>;

} // namespace detail

/// A variant under a path that its type does not say, with cases spelled as wished.
template <class V, detail::Spelling spelling>
constexpr Type variant_type(std::string_view path)
{
    return {.kind = Kind::variant, .path = path, .cases = detail::Cases<detail::VariantOf<V>, spelling>::kAll};
}

template <scale::Integer T>
struct Describe<T>
{
    static constexpr Type type()
    {
        constexpr auto first = std::is_signed_v<T> || std::same_as<T, scale::i128> ? Primitive::i8 : Primitive::u8;
        return {.kind = Kind::primitive, .primitive = Primitive(uint8_t(first) + uint8_t(std::countr_zero(sizeof(T))))};
    }
};
template <>
struct Describe<bool>
{
    static constexpr Type type() { return {.kind = Kind::primitive, .primitive = Primitive::boolean}; }
};
template <>
struct Describe<std::string>
{
    static constexpr Type type() { return {.kind = Kind::primitive, .primitive = Primitive::text}; }
};
template <class T>
struct Describe<scale::Compact<T>>
{
    static constexpr Type type() { return {.kind = Kind::compact, .inner = describe<T>()}; }
};
template <class T>
struct Describe<std::vector<T>>
{
    static constexpr Type type() { return {.kind = Kind::sequence, .inner = describe<T>()}; }
};
template <class T, size_t n>
struct Describe<std::array<T, n>>
{
    static constexpr Type type() { return {.kind = Kind::array, .inner = describe<T>(), .length = n}; }
};
template <class... T>
struct Describe<std::tuple<T...>>
{
    static constexpr Type type() { return {.kind = Kind::tuple, .fields = detail::kNameless<T...>}; }
};
template <class A, class B>
struct Describe<std::pair<A, B>> : Describe<std::tuple<A, B>>
{
};
template <class T>
struct Describe<std::optional<T>>
{
    static constexpr Case kCases[]{{"None", {}, 0, {}}, {"Some", detail::kNameless<T>, 1, {}}};
    static constexpr Type type()
    {
        return {.kind = Kind::variant, .path = "Option", .parameters = detail::kParameters<T>, .cases = kCases};
    }
};
template <class T, class E>
struct Describe<std::expected<T, E>>
{
    static constexpr Case kCases[]{{"Ok", detail::kNameless<T>, 0, {}}, {"Err", detail::kNameless<E>, 1, {}}};
    static constexpr Parameter kParameters[]{{"T", describe<T>()}, {"E", describe<E>()}};
    static constexpr Type type()
    {
        return {.kind = Kind::variant, .path = "Result", .parameters = kParameters, .cases = kCases};
    }
};
template <class K, class V>
struct Describe<std::map<K, V>>
{
    static constexpr Parameter kParameters[]{{"K", describe<K>()}, {"V", describe<V>()}};
    static constexpr Type type()
    {
        return {.kind = Kind::composite,
                .path = "BTreeMap",
                .parameters = kParameters,
                .fields = detail::kNameless<std::vector<std::pair<K, V>>>};
    }
};
template <class T, uint32_t max>
struct Describe<scale::BoundedVec<T, max>>
{
    static constexpr Type type()
    {
        return {.kind = Kind::composite,
                .path = "bounded_collections::bounded_vec::BoundedVec",
                .parameters = detail::kParameters<T>,
                .fields = detail::kNameless<std::vector<T>>};
    }
};
template <scale::ByteEnum E>
struct Describe<E>
{
    static constexpr Type type() { return {.kind = Kind::variant, .path = kPathOf<E>, .cases = detail::kEnumCases<E>}; }
};
template <detail::IsVariant T>
struct Describe<T>
{
    static constexpr Type type() { return variant_type<T, detail::Spelling::type>(kPathOf<T>); }
};
template <scale::Reflected T>
    requires(!detail::IsVariant<T>)
struct Describe<T>
{
    static constexpr Type type()
    {
        return {.kind = Kind::composite,
                .path = kPathOf<T>,
                .parameters = detail::kArguments<T>,
                .fields = detail::kFields<T>};
    }
};

} // namespace runtime::meta
