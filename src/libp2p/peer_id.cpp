#include "libp2p/peer_id.hpp"

#include "base/invariant.hpp"
#include "libp2p/protobuf.hpp"

#include <algorithm>

namespace libp2p {
namespace {

constexpr std::string_view kAlphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
constexpr uint64_t kKeyTypeEd25519 = 1;
constexpr std::array<uint8_t, 2> kIdentityOf36{0x00, 36};

/// digits · base + carry, least significant digit first.
void multiply_add(Bytes& digits, uint32_t base, uint32_t radix, uint32_t carry)
{
    for (auto& digit : digits)
    {
        carry += digit * base;
        digit = uint8_t(carry % radix);
        carry /= radix;
    }
    for (; carry != 0; carry /= radix)
        digits.push_back(uint8_t(carry % radix));
}

} // namespace

std::string to_base58(ByteView bytes)
{
    base::invariant(bytes.size() <= kBase58BytesMax);
    Bytes digits;
    for (const auto byte : bytes)
        multiply_add(digits, 256, 58, byte);
    const auto zeros = size_t(std::ranges::find_if(bytes, [](uint8_t b) { return b != 0; }) - bytes.begin());
    std::string text(zeros, kAlphabet[0]);
    for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit)
        text += kAlphabet[*digit];
    return text;
}

std::optional<Bytes> from_base58(std::string_view text)
{
    if (text.size() > 2 * kBase58BytesMax)
        return std::nullopt;
    Bytes bytes;
    for (const char c : text)
    {
        const auto value = kAlphabet.find(c);
        if (value == kAlphabet.npos)
            return std::nullopt;
        multiply_add(bytes, 58, 256, uint32_t(value));
    }
    bytes.resize(bytes.size() + std::min(text.find_first_not_of(kAlphabet[0]), text.size()), 0);
    std::ranges::reverse(bytes);
    if (bytes.size() > kBase58BytesMax)
        return std::nullopt;
    return bytes;
}

Bytes PeerId::public_key() const
{
    ProtoWriter writer;
    writer.integer(1, kKeyTypeEd25519);
    writer.bytes(2, key);
    return writer.take();
}

Bytes PeerId::multihash() const
{
    Bytes out(kIdentityOf36.begin(), kIdentityOf36.end());
    append(out, public_key());
    return out;
}

std::string PeerId::text() const { return to_base58(multihash()); }

std::optional<PeerId> peer_of_public_key(ByteView message)
{
    ProtoReader reader(message);
    std::optional<uint64_t> type;
    std::optional<ByteView> data;
    while (const auto field = reader.next())
    {
        if (field->number == 1 && !field->is_bytes)
            type = field->integer;
        else if (field->number == 2 && field->is_bytes)
            data = field->bytes;
    }
    PeerId peer;
    if (reader.failed() || type != kKeyTypeEd25519 || !data || data->size() != peer.key.size())
        return std::nullopt;
    std::ranges::copy(*data, peer.key.begin());
    return peer;
}

std::optional<PeerId> peer_of_multihash(ByteView multihash)
{
    if (multihash.size() != 38 || !std::ranges::equal(multihash.first(2), kIdentityOf36))
        return std::nullopt;
    return peer_of_public_key(multihash.subspan(2));
}

std::optional<PeerId> peer_of_text(std::string_view text)
{
    const auto multihash = from_base58(text);
    return multihash ? peer_of_multihash(*multihash) : std::nullopt;
}

} // namespace libp2p
