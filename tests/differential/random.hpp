#pragma once

#include "machine.hpp"
#include "runtime/testing/chain.hpp"
#include "runtime/testing/keys.hpp"

#include <random>

/// Random values of any type that the runtime's calls hold, so that new calls are tried without a word here.
namespace differential {

using base::Bytes;
using base::ByteView;
using runtime::AccountId;
using runtime::testing::Person;
using runtime::testing::Runtime;
using Call = runtime::Call<Runtime>;

/// Who signs: the first is Alice, the sudo key and a validator; the last three own nothing at genesis.
std::span<const Person> people();

/// Values from one seed. Numbers, names and hashes come from small pools, so that calls often meet what others left.
class Random
{
public:
    explicit Random(uint64_t seed) : words_(seed) {}

    uint64_t word() { return words_(); }
    uint32_t below(uint32_t count) { return uint32_t(words_() % count); }
    bool one_in(uint32_t n) { return below(n) == 0; }
    const Person& person() { return people()[below(uint32_t(people().size()))]; }

    /// A value of T, filled field by field; special() overloads know better for some types.
    template <class T>
    T any()
    {
        if constexpr (requires { special(static_cast<T*>(nullptr)); })
            return special(static_cast<T*>(nullptr));
        else if constexpr (std::is_integral_v<T>)
            return T(number());
        else if constexpr (std::is_enum_v<T>)
        {
            const auto values = scale::enumerators<T>();
            return T(values[below(uint32_t(values.size()))].value);
        }
        else if constexpr (runtime::meta::detail::IsVariant<T>)
            return any_case(static_cast<T*>(nullptr));
        else
            return parts(static_cast<T*>(nullptr));
    }

    Bytes bytes(size_t size);
    /// Keys that lie in the state, for calls that name keys.
    std::vector<Bytes> keys;
    /// The block under construction: numbers near it are likely.
    uint32_t now = 0;

private:
    uint64_t number();

    runtime::u128 special(runtime::u128*);
    bool special(bool*) { return below(2) == 1; }
    AccountId special(AccountId*);
    runtime::MultiAddress special(runtime::MultiAddress*);
    runtime::H256 special(runtime::H256*);
    Bytes special(Bytes*);
    Call special(Call*);
    runtime::Origin special(runtime::Origin*);
    runtime::session::SetKeys special(runtime::session::SetKeys*);
    runtime::session::SetSeatKeys special(runtime::session::SetSeatKeys*);
    runtime::testing::SeatKeys seat_keys();
    runtime::system::SetCode special(runtime::system::SetCode*) { return {code()}; }
    runtime::system::SetCodeWithoutChecks special(runtime::system::SetCodeWithoutChecks*) { return {code()}; }
    runtime::system::ApplyAuthorizedUpgrade special(runtime::system::ApplyAuthorizedUpgrade*) { return {code()}; }
    runtime::system::KillPrefix special(runtime::system::KillPrefix*);
    Bytes code();
    Bytes state_key();

    template <class T>
    T any_case(T*)
    {
        using V = runtime::meta::detail::VariantOf<T>;
        const auto chosen = below(V::kCount);
        T value{};
        [&]<size_t... i>(std::index_sequence<i...>) {
            ((i == chosen ? void(value.value.template emplace<i>(any<typename V::template At<i>>())) : void()), ...);
        }(std::make_index_sequence<V::kCount>{});
        return value;
    }

    template <class T>
    T parts(T*)
        requires scale::Reflected<T>
    {
        T value{};
        scale::for_each_field(value, [&](auto& field) { field = any<std::remove_cvref_t<decltype(field)>>(); });
        return value;
    }
    template <class T>
    scale::Compact<T> parts(scale::Compact<T>*)
    {
        return {any<T>()};
    }
    template <class T, size_t n>
    std::array<T, n> parts(std::array<T, n>*)
    {
        std::array<T, n> value;
        for (auto& one : value)
            one = T(word());
        return value;
    }
    template <class T>
    std::vector<T> parts(std::vector<T>*)
    {
        std::vector<T> value(one_in(16) ? below(12) : below(4));
        for (auto& one : value)
            one = any<T>();
        return value;
    }
    template <class T, uint32_t max>
    scale::BoundedVec<T, max> parts(scale::BoundedVec<T, max>*)
    {
        return scale::BoundedVec<T, max>::from(any<std::vector<T>>()).value_or(scale::BoundedVec<T, max>{});
    }
    template <class T>
    std::optional<T> parts(std::optional<T>*)
    {
        return one_in(3) ? std::nullopt : std::optional{any<T>()};
    }
    template <class A, class B>
    std::pair<A, B> parts(std::pair<A, B>*)
    {
        auto first = any<A>();
        return {std::move(first), any<B>()};
    }
    template <class... A>
    std::tuple<A...> parts(std::tuple<A...>*)
    {
        return {any<A>()...};
    }
    template <class T>
    scale::Box<T> parts(scale::Box<T>*)
    {
        return {any<T>()};
    }

    std::mt19937_64 words_;
    int depth_ = 0; ///< of calls in calls
};

} // namespace differential
