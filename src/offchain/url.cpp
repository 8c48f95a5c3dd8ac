#include "offchain/url.hpp"

#include <algorithm>
#include <charconv>

namespace offchain {
namespace {

constexpr uint16_t kHttp = 80, kHttps = 443;

bool is_visible(char c) { return c > 0x20 && c < 0x7F; }

bool is_host_character(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '.' ||
           c == '_';
}
bool is_v6_character(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':' || c == '.';
}

/// The host, taken from the front of `rest`.
bool take_host(std::string_view& rest, Url& url)
{
    const bool bracket = rest.starts_with('[');
    const auto end = bracket ? rest.find(']') : std::min(rest.find(':'), rest.size());
    if (end == std::string_view::npos)
        return false;
    const auto host = rest.substr(bracket, end - size_t(bracket));
    if (host.empty() || !std::ranges::all_of(host, bracket ? is_v6_character : is_host_character))
        return false;
    url.host = host;
    url.literal_v6 = bracket;
    rest.remove_prefix(end + size_t(bracket));
    return true;
}

} // namespace

std::string Url::authority() const
{
    auto text = literal_v6 ? "[" + host + "]" : host;
    if (port != (secure ? kHttps : kHttp))
        text += ":" + std::to_string(port);
    return text;
}

std::optional<Url> parse_url(std::string_view text)
{
    if (text.size() > kUrlBytesMax || !std::ranges::all_of(text, is_visible))
        return std::nullopt;
    Url url;
    const auto separator = text.find("://");
    if (separator == std::string_view::npos)
        return std::nullopt;
    const auto scheme = text.substr(0, separator);
    if (scheme != "http" && scheme != "https")
        return std::nullopt;
    url.secure = scheme == "https";
    text.remove_prefix(separator + 3);
    text = text.substr(0, text.find('#'));
    auto place = text.substr(0, text.find_first_of("/?"));
    const auto target = text.substr(place.size());
    if (!take_host(place, url))
        return std::nullopt;
    url.port = url.secure ? kHttps : kHttp;
    if (place.starts_with(':') && place.size() > 1)
    {
        const auto [end, error] = std::from_chars(place.data() + 1, place.data() + place.size(), url.port);
        if (error != std::errc{} || end != place.data() + place.size() || url.port == 0)
            return std::nullopt;
    }
    else if (!place.empty() && place != ":")
        return std::nullopt;
    url.target = (target.starts_with('/') ? "" : "/") + std::string(target);
    return url;
}

} // namespace offchain
