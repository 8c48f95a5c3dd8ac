#pragma once

#include "scale/codec.hpp"

#include <array>
#include <concepts>
#include <type_traits>
#include <utility>
#include <variant>

namespace scale {
namespace detail {

/// The tag of alternative `position`: A::kIndex where A has one, else the position.
template <class A, size_t position>
consteval uint8_t tag_of()
{
    if constexpr (requires { A::kIndex; })
        return A::kIndex;
    else
        return uint8_t(position);
}

template <class... A>
consteval std::array<uint8_t, sizeof...(A)> tags_of()
{
    return []<size_t... i>(std::index_sequence<i...>) {
        return std::array<uint8_t, sizeof...(A)>{tag_of<A, i>()...};
    }(std::index_sequence_for<A...>{});
}

consteval bool distinct(std::span<const uint8_t> tags)
{
    for (size_t i = 0; i != tags.size(); ++i)
        for (size_t k = 0; k != i; ++k)
            if (tags[i] == tags[k])
                return false;
    return true;
}

/// call(alternative) for the one that `held` holds, by a switch: a compiler sees through it, and std::visit's table of
/// functions costs seconds a variant to compile and an indirect call each time.
///
/// Bounds  all results have one type; eight alternatives a step
template <size_t first = 0, class... A, class Visit>
constexpr decltype(auto) visit_from(const std::variant<A...>& held, Visit& call)
{
    constexpr size_t count = sizeof...(A);
    switch (held.index() - first)
    {
    case 0:
        return call(*std::get_if<first>(&held));
    case 1:
        if constexpr (first + 1 < count)
            return call(*std::get_if<first + 1>(&held));
        [[fallthrough]];
    case 2:
        if constexpr (first + 2 < count)
            return call(*std::get_if<first + 2>(&held));
        [[fallthrough]];
    case 3:
        if constexpr (first + 3 < count)
            return call(*std::get_if<first + 3>(&held));
        [[fallthrough]];
    case 4:
        if constexpr (first + 4 < count)
            return call(*std::get_if<first + 4>(&held));
        [[fallthrough]];
    case 5:
        if constexpr (first + 5 < count)
            return call(*std::get_if<first + 5>(&held));
        [[fallthrough]];
    case 6:
        if constexpr (first + 6 < count)
            return call(*std::get_if<first + 6>(&held));
        [[fallthrough]];
    case 7:
        if constexpr (first + 7 < count)
            return call(*std::get_if<first + 7>(&held));
        [[fallthrough]];
    default:
        if constexpr (first + 8 < count)
            return visit_from<first + 8>(held, call);
        else
            __builtin_trap(); // it holds none: a constructor threw, as where memory ends
    }
}

} // namespace detail

/// A Rust enum with data: one tag byte, then the alternative. The tag is the alternative's position, or its constant
/// `kIndex`. Alternatives are plain structs, or anything else that has a codec; they may be used inside themselves
/// through std::vector and scale::Box. A sum type with a name of its own derives from it:
///     struct MultiSigner : scale::Variant<Ed25519Public, Sr25519Public>
///     {
///         using Variant::Variant;
///     };
///
/// Bounds  at most 256 alternatives, all of different types
template <class... Alternative>
struct Variant
{
    static_assert(sizeof...(Alternative) != 0 && sizeof...(Alternative) <= 256);

    static constexpr size_t kCount = sizeof...(Alternative);
    template <size_t i>
    using At = std::variant_alternative_t<i, std::variant<Alternative...>>;

    std::variant<Alternative...> value;

    constexpr Variant() = default;
    template <class A>
        requires(std::same_as<std::remove_cvref_t<A>, Alternative> || ...)
    constexpr Variant(A&& alternative) : value(std::in_place_type<std::remove_cvref_t<A>>, std::forward<A>(alternative))
    {
    }

    template <class A>
    constexpr bool is() const
    {
        return std::holds_alternative<A>(value);
    }
    /// The alternative if it is the one held, else null.
    template <class A>
    constexpr const A* get() const
    {
        return std::get_if<A>(&value);
    }
    template <class A>
    constexpr A* get()
    {
        return std::get_if<A>(&value);
    }
    template <class Visit>
    constexpr decltype(auto) visit(Visit&& call) const
    {
        return detail::visit_from(value, call);
    }

    /// The tag that is encoded.
    constexpr uint8_t tag() const { return tags()[value.index()]; }
    /// Tags of all alternatives, by position.
    static constexpr auto tags() -> std::array<uint8_t, sizeof...(Alternative)>
    {
        constexpr auto all = detail::tags_of<Alternative...>();
        static_assert(detail::distinct(all), "two alternatives have the same tag");
        return all;
    }

    static constexpr size_t kEncodedMin = 1;
    constexpr void encode_to(Writer& writer) const
    {
        writer.put(tag());
        visit([&](const auto& alternative) { scale::encode(alternative, writer); });
    }
    constexpr bool decode_from(Reader& reader)
    {
        const auto at = reader.at();
        uint8_t found = 0;
        if (!reader.take(found))
            return false;
        bool ok = false;
        const auto take_if_meant = [&]<size_t i>() {
            if (tags()[i] != found)
                return false;
            ok = decode_into(reader, value.template emplace<i>());
            return true;
        };
        const bool known = [&]<size_t... i>(std::index_sequence<i...>) {
            return (take_if_meant.template operator()<i>() || ...);
        }(std::index_sequence_for<Alternative...>{});
        return known ? ok : reader.fail(Fault::unknown_tag, at);
    }

    friend bool operator==(const Variant&, const Variant&) = default;
};

} // namespace scale
