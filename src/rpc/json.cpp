#include "rpc/json.hpp"

#include <optional>

namespace rpc {
namespace {

/// Looks at nesting and commas alone, which is all that decides how much memory the tree takes.
std::optional<JsonFault> measure(std::string_view text)
{
    size_t depth = 0, values = 1;
    bool in_string = false;
    for (size_t i = 0; i != text.size(); ++i)
    {
        const char letter = text[i];
        if (in_string)
        {
            if (letter == '\\' && i + 1 != text.size())
                ++i;
            else if (letter == '"')
                in_string = false;
            continue;
        }
        if (letter == '"')
            in_string = true;
        if (letter == '[' || letter == '{')
            ++depth;
        if ((letter == ']' || letter == '}') && depth != 0)
            --depth;
        values += letter == ',' || letter == '[' || letter == '{';
        if (depth > kJsonDepthMax)
            return JsonFault::too_deep;
        if (values > kJsonValuesMax)
            return JsonFault::too_many_values;
    }
    return std::nullopt;
}

} // namespace

std::expected<Json, JsonFault> parse(std::string_view text)
{
    if (const auto fault = measure(text))
        return std::unexpected(*fault);
    auto value = Json::parse(text, nullptr, false);
    if (value.is_discarded())
        return std::unexpected(JsonFault::malformed);
    return value;
}

std::string print(const Json& value) { return value.dump(-1, ' ', false, Json::error_handler_t::replace); }

} // namespace rpc
