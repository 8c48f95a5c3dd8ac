#include "signature/derive.hpp"

#include <algorithm>

namespace signature {
namespace {

bool is_phrase_character(char c)
{
    return c == ' ' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::expected<Seed, UriRefusal> hex_seed(std::string_view digits)
{
    Seed seed;
    const auto bytes = seed.expose();
    if (digits.size() != 2 * bytes.size())
        return std::unexpected(UriRefusal::hex_seed);
    for (size_t i = 0; i != digits.size(); ++i)
    {
        const char c = char(digits[i] | 0x20); // of letters and digits: to lower case
        const int value = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
        if (value < 0)
            return std::unexpected(UriRefusal::hex_seed);
        bytes[i / 2] = uint8_t(bytes[i / 2] << 4 | value);
    }
    return seed;
}

struct Parts
{
    std::string_view phrase, password;
    std::vector<Junction> junctions;
};

std::expected<Parts, UriRefusal> split(std::string_view uri)
{
    Parts parts;
    const auto cut = [&uri](size_t size) {
        const auto head = uri.substr(0, size);
        uri.remove_prefix(head.size());
        return head;
    };
    parts.phrase = cut(size_t(std::ranges::find_if_not(uri, is_phrase_character) - uri.begin()));
    while (!uri.empty() && !uri.starts_with("///"))
    {
        if (!uri.starts_with('/'))
            return std::unexpected(UriRefusal::form);
        const bool hard = uri.starts_with("//");
        cut(hard ? 2 : 1);
        const auto name = cut(uri.find('/'));
        if (name.empty())
            return std::unexpected(UriRefusal::form);
        if (parts.junctions.size() == kJunctionsMax)
            return std::unexpected(UriRefusal::junction_count);
        parts.junctions.push_back(junction(name, hard));
    }
    if (!uri.empty())
        parts.password = uri.substr(3);
    return parts;
}

} // namespace

std::expected<KeyPath, UriRefusal> parse_uri(std::string_view uri)
{
    if (uri.size() > kUriBytesMax)
        return std::unexpected(UriRefusal::too_long);
    auto parts = split(uri);
    if (!parts)
        return std::unexpected(parts.error());
    const auto phrase = parts->phrase.empty() ? kDevelopmentPhrase : parts->phrase;
    auto root = phrase.starts_with("0x") ? hex_seed(phrase.substr(2)) : seed_of_phrase(phrase, parts->password);
    if (!root)
        return std::unexpected(root.error());
    return KeyPath{.root = std::move(*root), .junctions = std::move(parts->junctions)};
}

} // namespace signature
