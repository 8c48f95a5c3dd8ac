#include "node/log.hpp"

#include <algorithm>
#include <array>

namespace node {

std::optional<LogFilter::Level> LogFilter::level_of(std::string_view word)
{
    constexpr std::array<std::string_view, 5> names{"error", "warn", "info", "debug", "trace"};
    if (word == "off")
        return kOff;
    const auto found = std::ranges::find(names, word);
    return found == names.end() ? std::nullopt : std::optional(Level(found - names.begin()));
}

std::expected<void, std::string> LogFilter::add(std::string_view directives)
{
    const std::lock_guard lock(mutex_);
    auto rules = rules_;
    for (auto rest = directives, directive = rest;; rest.remove_prefix(directive.size() + 1))
    {
        directive = rest.substr(0, rest.find(','));
        const auto equals = directive.find('=');
        const auto level = level_of(directive.substr(equals == std::string_view::npos ? 0 : equals + 1));
        if (!level || equals == 0)
            return std::unexpected("not a log directive: " + std::string(directive.substr(0, 64)) +
                                   "; like info, babe=debug or grandpa=off");
        if (equals == std::string_view::npos)
            rules.level = *level;
        else
            rules.targets.insert_or_assign(std::string(directive.substr(0, equals)), *level);
        if (directive.size() == rest.size())
            break;
    }
    if (rules.targets.size() > kTargetsMax)
        return std::unexpected("more than " + std::to_string(kTargetsMax) + " targets have a log level");
    rules_ = std::move(rules);
    return {};
}

void LogFilter::reset()
{
    const std::lock_guard lock(mutex_);
    rules_ = first_;
}

bool LogFilter::wants(host::LogLevel level, std::string_view target) const
{
    const std::lock_guard lock(mutex_);
    auto limit = rules_.level;
    size_t longest = 0;
    for (const auto& [name, of_target] : rules_.targets)
        if (target.starts_with(name) && name.size() > longest)
        {
            limit = of_target;
            longest = name.size();
        }
    return Level(level) <= limit;
}

} // namespace node
