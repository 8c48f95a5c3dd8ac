#pragma once

#include "artifact/error.hpp"

#include <nlohmann/json.hpp>

#include <expected>
#include <string>

/// What a command answers: the same facts as text for people and as JSON for programs.
namespace cmd {

using Json = nlohmann::ordered_json;

/// Exit codes of the program.
enum class Exit : int
{
    done = 0,    ///< done; for `verify`: proven
    refused = 1, ///< could not be done; for `verify`: refused
    usage = 2,   ///< the command line is wrong, or names a file that cannot be read
};

struct Report
{
    std::string text; ///< lines, each ended
    Json json;
};

struct Failure
{
    Exit exit;
    std::string words;             ///< one line: what is wrong and what to do
    Json details = Json::object(); ///< more for --json, such as the reason of a refusal
    std::string text;              ///< more for people, lines before the one of `words`
};

using Answer = std::expected<Report, Failure>;

inline std::unexpected<Failure> refused(std::string words)
{
    return std::unexpected(Failure{Exit::refused, std::move(words), Json::object(), {}});
}
inline std::unexpected<Failure> usage(std::string words)
{
    return std::unexpected(Failure{Exit::usage, std::move(words), Json::object(), {}});
}
inline std::unexpected<Failure> refused(const artifact::Error& error) { return refused(error.words); }

} // namespace cmd
