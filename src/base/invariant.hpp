#pragma once

#include <source_location>

namespace base {

/// Prints where and ends the process (std::abort).
[[noreturn]] void stop(std::source_location at);

/// States what our own code guarantees. Always on; a violation stops the process.
/// Never for anything a peer, a file or a user can cause: that is an error value.
constexpr void invariant(bool holds, std::source_location at = std::source_location::current())
{
    if (!holds) [[unlikely]]
        stop(at);
}

} // namespace base
