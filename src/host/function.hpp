#pragma once

#include "executor/host.hpp"
#include "host/state.hpp"
#include "host/then.hpp"

#include <array>
#include <concepts>
#include <string>
#include <tuple>
#include <utility>

/// From a C++ function to a host function: the parameters' types say how they cross the border.
///
///     C++                              Wasm
///     ByteView, std::span<uint8_t>     i64, pointer and size of bytes in the runtime's memory
///     std::span<const uint8_t, n>      i32, pointer to n bytes
///     uint32_t, uint64_t               i32, i64
///     result Bytes                     i64, pointer and size of a new block on the runtime's heap
///     result std::array<uint8_t, n>    i32, pointer to a new block
///     result bool                      i32, 0 or 1
///
/// The first parameter is the call's State&. A result may be wrapped in std::expected<…, Trap>.
namespace host {

using executor::Caller;
using executor::HostFunction;
using executor::Trap;
using executor::TrapCode;
using executor::Value;
using executor::ValueType;

namespace detail {

template <class T>
struct Param;

template <>
struct Param<uint32_t>
{
    static constexpr auto type = ValueType::i32;
    static std::expected<uint32_t, Trap> read(Caller&, Value value) { return value.u32(); }
};
template <>
struct Param<uint64_t>
{
    static constexpr auto type = ValueType::i64;
    static std::expected<uint64_t, Trap> read(Caller&, Value value) { return value.bits; }
};
template <>
struct Param<std::span<uint8_t>>
{
    static constexpr auto type = ValueType::i64;
    static std::expected<std::span<uint8_t>, Trap> read(Caller& caller, Value value) { return caller.at(value.bits); }
};
template <>
struct Param<ByteView>
{
    static constexpr auto type = ValueType::i64;
    static std::expected<ByteView, Trap> read(Caller& caller, Value value) { return caller.at(value.bits); }
};
template <size_t n>
struct Param<std::span<const uint8_t, n>>
{
    static constexpr auto type = ValueType::i32;
    static std::expected<std::span<const uint8_t, n>, Trap> read(Caller& caller, Value value)
    {
        return then(caller.at(value.u32(), uint32_t(n)), [](auto bytes) { return std::span<const uint8_t, n>(bytes); });
    }
};

template <class T>
struct Result;

template <>
struct Result<uint32_t>
{
    static constexpr auto type = ValueType::i32;
    static std::expected<Value, Trap> write(Caller&, uint32_t value) { return Value{value}; }
};
template <>
struct Result<bool>
{
    static constexpr auto type = ValueType::i32;
    static std::expected<Value, Trap> write(Caller&, bool value) { return Value{value}; }
};
template <>
struct Result<uint64_t>
{
    static constexpr auto type = ValueType::i64;
    static std::expected<Value, Trap> write(Caller&, uint64_t value) { return Value{value}; }
};
template <>
struct Result<Bytes>
{
    static constexpr auto type = ValueType::i64;
    static std::expected<Value, Trap> write(Caller& caller, const Bytes& bytes)
    {
        return then(caller.give(bytes), [](uint64_t span) { return Value{span}; });
    }
};
template <size_t n>
struct Result<std::array<uint8_t, n>>
{
    static constexpr auto type = ValueType::i32;
    static std::expected<Value, Trap> write(Caller& caller, const std::array<uint8_t, n>& bytes)
    {
        return then(caller.give(bytes), [](uint64_t span) { return Value{uint32_t(span)}; });
    }
};

template <class T>
struct Unwrapped
{
    using type = T;
};
template <class T>
struct Unwrapped<std::expected<T, Trap>>
{
    using type = T;
};

/// Runs `invoke` on the converted parameters and converts what it returns.
template <class R, class Invoke>
std::expected<Value, Trap> finish(Caller& caller, const Invoke& invoke)
{
    using Plain = typename Unwrapped<R>::type;
    if constexpr (std::is_void_v<R>)
    {
        invoke();
        return Value{};
    }
    else if constexpr (std::is_same_v<R, Plain>)
        return Result<Plain>::write(caller, invoke());
    else
    {
        const R result = invoke();
        if (!result)
            return std::unexpected(result.error());
        if constexpr (std::is_void_v<Plain>)
            return Value{};
        else
            return Result<Plain>::write(caller, *result);
    }
}

template <class R, class... Params, size_t... i>
HostFunction make(std::string name, R (*function)(State&, Params...), std::index_sequence<i...>)
{
    using Plain = typename Unwrapped<R>::type;
    executor::FunctionType type{.params = {Param<Params>::type...}, .result = std::nullopt};
    if constexpr (!std::is_void_v<Plain>)
        type.result = Result<Plain>::type;
    return {std::move(name), std::move(type),
            [function](Caller& caller, std::span<const Value> values) -> std::expected<Value, Trap> {
                const std::tuple<std::expected<Params, Trap>...> params{Param<Params>::read(caller, values[i])...};
                const Trap* bad = nullptr;
                ((bad == nullptr && !std::get<i>(params) ? void(bad = &std::get<i>(params).error()) : void()), ...);
                if (bad != nullptr)
                    return std::unexpected(*bad);
                return finish<R>(caller, [&] { return function(caller.state<State>(), *std::get<i>(params)...); });
            }};
}

} // namespace detail

/// The host function `name` that calls `function`.
template <class R, class... Params>
HostFunction host_function(std::string name, R (*function)(State&, Params...))
{
    return detail::make(std::move(name), function, std::index_sequence_for<Params...>{});
}

} // namespace host
