#include "metadata/portable.hpp"

#include "base/invariant.hpp"

#include <algorithm>
#include <array>

namespace metadata {
namespace {

constexpr std::array<uint8_t, 4> kMagic{'m', 'e', 't', 'a'};
constexpr uint8_t kVersion = 15;

} // namespace

const base::Bytes* Portable::constant(std::string_view pallet, std::string_view name) const
{
    const auto of = std::ranges::find(pallets, pallet, &Pallet::name);
    if (of == pallets.end())
        return nullptr;
    const auto found = std::ranges::find(of->constants, name, &Constant::name);
    return found == of->constants.end() ? nullptr : &found->value;
}

std::string_view words(Refusal why)
{
    switch (why)
    {
    case Refusal::not_metadata:
        return "not metadata: it does not begin with \"meta\"";
    case Refusal::version:
        return "metadata of another version than 15: ask the runtime for version 15";
    case Refusal::malformed:
        return "the metadata does not decode";
    case Refusal::unknown_type:
        return "the metadata names a type that it does not describe";
    case Refusal::compact:
        return "the metadata describes a compact form of something that is no number";
    case Refusal::bit_sequence:
        return "the metadata describes bits that are not stored in u8 to u64, Lsb0 or Msb0";
    case Refusal::constant:
        return "the metadata lacks System.Version or System.SS58Prefix";
    }
    base::invariant(false);
    return {};
}

std::expected<Portable, Refusal> decode(base::ByteView encoded)
{
    if (encoded.size() <= kMagic.size() || !std::ranges::equal(encoded.first(kMagic.size()), kMagic))
        return std::unexpected(Refusal::not_metadata);
    if (encoded[kMagic.size()] != kVersion)
        return std::unexpected(Refusal::version);
    scale::Reader reader{encoded.subspan(kMagic.size() + 1)};
    auto read = scale::decode<Portable>(reader);
    if (!read)
        return std::unexpected(Refusal::malformed);
    for (size_t i = 0; i != read->types.size(); ++i)
        if (read->types[i].id.value != i)
            return std::unexpected(Refusal::malformed);
    return std::move(*read);
}

} // namespace metadata
