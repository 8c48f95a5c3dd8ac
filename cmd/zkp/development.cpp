#include "development.hpp"

#include "primitives/ss58.hpp"
#include "signature/derive.hpp"
#include "signature/ed25519.hpp"
#include "signature/sr25519.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace cmd::development {
namespace {

constexpr std::array<const char*, 6> kKnown{"Alice", "Bob", "Charlie", "Dave", "Eve", "Ferdie"};
constexpr uint32_t kSeats = 16;
constexpr uint16_t kNetwork = 42;

std::string address(const std::array<uint8_t, 32>& key) { return primitives::ss58::encode(key, kNetwork); }

nlohmann::json keys_of(const std::string& uri)
{
    const auto sr25519 = address(signature::sr25519::from_uri(uri)->public_key());
    const auto ed25519 = address(signature::ed25519::from_uri(uri)->public_key());
    return {{"grandpa", ed25519}, {"babe", sr25519}, {"authority_discovery", sr25519}};
}

} // namespace

std::vector<std::string> names(uint32_t count)
{
    std::vector<std::string> names;
    for (uint32_t i = 0; i != count; ++i)
        names.push_back(i < kKnown.size() ? kKnown[i] : "Validator" + std::to_string(i + 1));
    return names;
}

std::string session(const std::vector<std::string>& names)
{
    const auto seats = std::max<uint32_t>(1, kSeats / uint32_t(names.size()));
    auto keys = nlohmann::json::array();
    for (const auto& name : names)
        for (uint32_t seat = 0; seat != seats; ++seat)
        {
            const auto account = address(signature::sr25519::from_uri(uri_of(name))->public_key());
            const auto uri = seat == 0 ? uri_of(name) : uri_of(name) + "//seat//" + std::to_string(seat);
            keys.push_back({account, account, keys_of(uri)});
        }
    return nlohmann::json{{"session", {{"keys", keys}}}}.dump();
}

} // namespace cmd::development
