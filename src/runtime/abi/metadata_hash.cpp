#include "runtime/product/metadata_hash.hpp"

namespace runtime::product {
namespace {

struct Place
{
    uint8_t bytes[1 + kHashMarker.size() + 2 + kTokenSymbol.size()];
};

constexpr Place place()
{
    Place made{};
    size_t at = 1;
    const auto put = [&](std::string_view text) {
        for (const char c : text)
            made.bytes[at++] = uint8_t(c);
    };
    put(kHashMarker);
    made.bytes[at++] = kTokenDecimals;
    made.bytes[at++] = kTokenSymbol.size();
    put(kTokenSymbol);
    return made;
}

/// Volatile: the compiler must not know the bytes, which change after it has run.
constinit const volatile Place kPlace = place();

} // namespace

std::optional<base::Digest> metadata_hash()
{
    if (kPlace.bytes[0] == 0)
        return std::nullopt;
    base::Digest hash;
    for (size_t i = 0; i != hash.size(); ++i)
        hash[i] = kPlace.bytes[1 + i];
    return hash;
}

} // namespace runtime::product
