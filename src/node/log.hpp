#pragma once

#include "host/state.hpp"

#include <expected>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace node {

/// Which messages are written: a level for all, and levels of their own for targets that begin with a name.
///
/// Thread  any
class LogFilter
{
public:
    /// Targets with levels of their own; more are refused.
    static constexpr size_t kTargetsMax = 64;

    explicit LogFilter(host::LogLevel level = host::LogLevel::info) : first_{.level = Level(level), .targets = {}} {}

    /// Adds directives, as in "info,babe=debug,grandpa=off".
    ///
    /// Errors  one line: the directive that does not read; then nothing changes
    std::expected<void, std::string> add(std::string_view directives);
    /// Forgets what was added.
    void reset();

    bool wants(host::LogLevel level, std::string_view target) const;

private:
    /// Messages of this level and graver ones; kOff for none.
    using Level = int;
    static constexpr Level kOff = -1;
    static std::optional<Level> level_of(std::string_view word);

    struct Rules
    {
        Level level = 0;
        std::map<std::string, Level, std::less<>> targets;
    };

    Rules first_; ///< what reset() goes back to
    mutable std::mutex mutex_;
    Rules rules_ = first_;
};

} // namespace node
