#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

/// Names and fields of plain structs and enumerations, taken from the types themselves: the codec walks the fields,
/// the metadata prints the names, and neither is kept by hand.
///
/// Source  structured binding packs (P1061, an extension of clang in C++23), and what clang prints for
///         __PRETTY_FUNCTION__; the static_asserts at the end hold it to that.
namespace scale {

#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wc++26-extensions"
#pragma clang diagnostic ignored "-Wundefined-var-template"
#pragma clang diagnostic ignored "-Wundefined-internal"

/// A struct whose fields are all public and named.
template <class T>
concept Reflected = std::is_aggregate_v<T> && std::is_class_v<T>;

/// References to the fields of `value`, in order of declaration.
template <class T>
    requires Reflected<std::remove_const_t<T>>
constexpr auto fields(T& value)
{
    auto& [... field] = value;
    return std::tuple<decltype((field))...>(field...);
}

/// visit(field) on every field in order, until one returns false. True if none did.
template <class T, class Visit>
    requires Reflected<std::remove_const_t<T>>
constexpr bool all_fields(T& value, Visit visit)
{
    auto& [... field] = value;
    return (visit(field) && ...);
}

/// visit(field) on every field in order.
template <class T, class Visit>
    requires Reflected<std::remove_const_t<T>>
constexpr void for_each_field(T& value, Visit visit)
{
    auto& [... field] = value;
    (visit(field), ...);
}

namespace detail {

template <class T>
using References = decltype(fields(std::declval<T&>()));

} // namespace detail

template <Reflected T>
inline constexpr size_t field_count = std::tuple_size_v<detail::References<T>>;

/// The type of field i.
template <Reflected T, size_t i>
using FieldType = std::remove_reference_t<std::tuple_element_t<i, detail::References<T>>>;

namespace detail {

template <class T>
struct Held
{
    T value;
};
template <class T>
extern const Held<T> nowhere; // never defined: only the names of its fields are asked for

template <class Pointer>
struct Address
{
    Pointer pointer;
};

template <auto address>
consteval std::string_view printed_field()
{
    return __PRETTY_FUNCTION__; // … [address = Address<…>{&nowhere.value.name}]
}

template <class T>
consteval std::string_view printed_type()
{
    return __PRETTY_FUNCTION__; // … [T = name]
}

// A plain pointer: a view for each of 256 values would cost the compiler more than all the rest.
template <class E, E value>
consteval const char* printed_value()
{
    return __PRETTY_FUNCTION__; // … [E = name, value = name::first], or value = (name)1 where there is no enumerator
}

// A copy of just the name, so that the long printed text does not enter the program.
template <size_t size>
struct Name
{
    std::array<char, size + 1> text{};
    consteval explicit Name(std::string_view name)
    {
        for (size_t i = 0; i != size; ++i)
            text[i] = name[i];
    }
    constexpr operator std::string_view() const { return {text.data(), size}; }
};

consteval std::string_view between(std::string_view text, std::string_view first, std::string_view last)
{
    const auto from = text.rfind(first) + first.size();
    return text.substr(from, text.rfind(last) - from);
}

template <class T, size_t i>
consteval std::string_view find_field_name()
{
    return between(printed_field<Address{&std::get<i>(fields(nowhere<T>.value))}>(), ".", "}]");
}

template <class T>
consteval std::string_view find_type_name()
{
    constexpr auto text = printed_type<T>();
    const auto from = text.find("[T = ") + 5;
    return text.substr(from, text.size() - 1 - from);
}

// The last identifier before the template arguments.
consteval std::string_view find_short_name(std::string_view name)
{
    name = name.substr(0, name.find('<'));
    const auto colon = name.rfind("::");
    return colon == name.npos ? name : name.substr(colon + 2);
}

template <class T, size_t i>
inline constexpr Name<find_field_name<T, i>().size()> kFieldName{find_field_name<T, i>()};
template <class T>
inline constexpr Name<find_type_name<T>().size()> kTypeName{find_type_name<T>()};
template <class T>
inline constexpr Name<find_short_name(find_type_name<T>()).size()> kShortName{find_short_name(find_type_name<T>())};

} // namespace detail

/// The name of field i of T, as declared.
template <Reflected T, size_t i>
constexpr std::string_view field_name()
{
    return detail::kFieldName<T, i>;
}

/// T with its namespaces and template arguments, as clang prints it.
template <class T>
constexpr std::string_view type_name()
{
    return detail::kTypeName<T>;
}

/// T without namespaces, enclosing classes and template arguments.
template <class T>
constexpr std::string_view short_type_name()
{
    return detail::kShortName<T>;
}

/// An enumeration that the codec writes as one byte.
template <class E>
concept ByteEnum = std::is_scoped_enum_v<E> && std::is_same_v<std::underlying_type_t<E>, uint8_t>;

/// An enumerator and its name.
struct Enumerator
{
    uint8_t value;
    std::string_view name;
};

namespace detail {

// For each of the 256 values, whether it has a name.
template <class E>
consteval std::array<bool, 256> find_named()
{
    // Looking anything up makes clang instantiate an enumeration that is a member of a class template.
    (void) requires { E::instantiate; };
    constexpr std::string_view mark = "value = ";
    constexpr auto at = std::string_view{printed_value<E, E(0)>()}.rfind(mark) + mark.size();
    return []<size_t... v>(std::index_sequence<v...>) {
        return std::array<bool, 256>{(printed_value<E, E(v)>()[at] != '(')...};
    }(std::make_index_sequence<256>{});
}

template <class E>
inline constexpr auto kNamed = find_named<E>();

template <class E>
inline constexpr size_t kNamedCount = [] {
    size_t count = 0;
    for (const bool named : kNamed<E>)
        count += named;
    return count;
}();

template <class E>
inline constexpr auto kNamedValues = [] {
    std::array<uint8_t, kNamedCount<E>> values{};
    for (size_t value = 0, n = 0; value != 256; ++value)
        if (kNamed<E>[value])
            values[n++] = uint8_t(value);
    return values;
}();

template <class E, E value>
inline constexpr auto kEnumeratorName = [] {
    constexpr auto name = between(printed_value<E, value>(), "::", "]");
    return Name<name.size()>{name};
}();

template <class E>
inline constexpr auto kEnumerators = []<size_t... n>(std::index_sequence<n...>) {
    return std::array<Enumerator, sizeof...(n)>{
        Enumerator{kNamedValues<E>[n], kEnumeratorName<E, E(kNamedValues<E>[n])>}...};
}(std::make_index_sequence<kNamedCount<E>>{});

} // namespace detail

/// The enumerators of E, in order of value.
template <ByteEnum E>
constexpr std::span<const Enumerator> enumerators()
{
    return detail::kEnumerators<E>;
}

/// True if `value` is one of E's enumerators.
template <ByteEnum E>
constexpr bool is_enumerator(uint8_t value)
{
    return detail::kNamed<E>[value];
}

namespace detail::reflect_check {

struct Pair
{
    uint8_t first;
    std::array<char, 3> second_one;
};
template <class T, int n>
struct Box
{
    T held;
    enum class Kind : uint8_t
    {
        small,
        big = 200
    };
};
struct Empty
{
};

static_assert(field_count<Pair> == 2 && field_count<Empty> == 0 && field_count<Box<Pair, 1>> == 1);
static_assert(field_name<Pair, 0>() == "first" && field_name<Pair, 1>() == "second_one");
static_assert(field_name<Box<Pair, 1>, 0>() == "held");
static_assert(std::is_same_v<FieldType<Pair, 1>, std::array<char, 3>>);
static_assert(type_name<Pair>() == "scale::detail::reflect_check::Pair");
static_assert(short_type_name<Box<Pair, 1>>() == "Box" && short_type_name<int>() == "int");
static_assert(enumerators<Box<Pair, 1>::Kind>().size() == 2 && enumerators<Box<Pair, 1>::Kind>()[1].name == "big");
static_assert(is_enumerator<Box<Pair, 1>::Kind>(200) && !is_enumerator<Box<Pair, 1>::Kind>(1));

} // namespace detail::reflect_check

#pragma clang diagnostic pop

} // namespace scale
