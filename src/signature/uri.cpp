#include "signature/derive.hpp"

#include <algorithm>
#include <utility>

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

std::string_view words(UriRefusal why)
{
    switch (why)
    {
    case UriRefusal::too_long:
        return "a secret URI has at most 4096 characters";
    case UriRefusal::form:
        return "write it as phrase/soft//hard///password, or as 0x and a seed";
    case UriRefusal::hex_seed:
        return "a seed is 0x and 64 hexadecimal digits";
    case UriRefusal::word_count:
        return "a phrase has 12, 15, 18, 21 or 24 words";
    case UriRefusal::word:
        return "a word is not in the English list of BIP 39";
    case UriRefusal::checksum:
        return "the words do not belong together; is one mistyped or out of place?";
    case UriRefusal::junction_count:
        return "a path has at most 64 junctions";
    case UriRefusal::soft_junction:
        return "ed25519 and ecdsa have hard junctions (//name) alone";
    case UriRefusal::key:
        return "no ecdsa key comes of this path; take another one";
    }
    std::unreachable();
}

SecretText with_password(std::string_view uri, std::string_view password)
{
    const auto bare = uri.substr(0, uri.find("///")); // names of junctions have no slashes: the first is the password's
    std::string whole;
    whole.reserve(bare.size() + 3 + password.size());
    whole.append(bare).append("///").append(password);
    return SecretText(std::move(whole));
}

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
