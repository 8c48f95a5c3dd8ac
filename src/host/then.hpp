#pragma once

#include "executor/trap.hpp"

#include <expected>
#include <functional>
#include <type_traits>
#include <utility>

namespace host {

/// What `next` makes of a value, or the trap there is instead of one. `next` may trap itself. (The standard library's
/// expected of version 12 has no transform().)
template <class T, class Next>
auto then(std::expected<T, executor::Trap> result, Next next)
{
    const auto run = [&]() -> decltype(auto) {
        if constexpr (std::is_void_v<T>)
            return std::invoke(next);
        else
            return std::invoke(next, std::move(*result));
    };
    using Made = std::decay_t<decltype(run())>;
    if constexpr (requires(Made made) { made.error(); })
        return result ? run() : Made(std::unexpected(std::move(result.error())));
    else
    {
        using Wrapped = std::expected<Made, executor::Trap>;
        if (!result)
            return Wrapped(std::unexpected(std::move(result.error())));
        if constexpr (std::is_void_v<Made>)
        {
            run();
            return Wrapped();
        }
        else
            return Wrapped(run());
    }
}

} // namespace host
