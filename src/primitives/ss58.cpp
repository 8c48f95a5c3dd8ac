#include "primitives/ss58.hpp"

#include "base/invariant.hpp"
#include "hash/blake2b.hpp"

#include <algorithm>

namespace primitives::ss58 {
namespace {

constexpr std::string_view kAlphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
constexpr size_t kChecksumBytes = 2;

bool reserved(uint16_t prefix) { return prefix == 46 || prefix == 47; }

// value · factor + carry over digits of base `radix`, least first.
void multiply_add(Bytes& digits, uint32_t factor, uint32_t carry, uint32_t radix)
{
    for (auto& digit : digits)
    {
        carry += digit * factor;
        digit = uint8_t(carry % radix);
        carry /= radix;
    }
    for (; carry != 0; carry /= radix)
        digits.push_back(uint8_t(carry % radix));
}

std::string to_base58(ByteView bytes)
{
    Bytes digits;
    for (const auto byte : bytes)
        multiply_add(digits, 256, byte, 58);
    std::string text(size_t(std::ranges::find_if(bytes, [](uint8_t b) { return b != 0; }) - bytes.begin()), '1');
    for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit)
        text.push_back(kAlphabet[*digit]);
    return text;
}

std::expected<Bytes, Refusal> from_base58(std::string_view text)
{
    Bytes bytes;
    for (const char c : text)
    {
        const auto digit = kAlphabet.find(c);
        if (digit == kAlphabet.npos)
            return std::unexpected(Refusal::character);
        multiply_add(bytes, 58, uint32_t(digit), 256);
    }
    const auto zeros = text.find_first_not_of('1');
    bytes.resize(bytes.size() + (zeros == text.npos ? text.size() : zeros));
    std::ranges::reverse(bytes);
    return bytes;
}

std::array<uint8_t, kChecksumBytes> checksum(ByteView body)
{
    const auto hash = hash::Blake2b<512>{}.update("SS58PRE").update(body).digest();
    return {hash[0], hash[1]};
}

} // namespace

std::string_view words(Refusal why)
{
    switch (why)
    {
    case Refusal::character:
        return "an address has a letter that base 58 lacks (0, O, I, l): copy it again";
    case Refusal::length:
        return "an address has the wrong length: copy all of it";
    case Refusal::prefix:
        return "an address names no network: its first letters are wrong";
    case Refusal::checksum:
        return "an address is mistyped: its checksum does not match";
    }
    return "unknown refusal";
}

std::string encode(ByteView bytes, uint16_t prefix)
{
    base::invariant(prefix <= kPrefixMax && !reserved(prefix) && (bytes.size() == 32 || bytes.size() == 33));
    Bytes body;
    if (prefix < 64)
        body = {uint8_t(prefix)};
    else
        body = {uint8_t((prefix & 0xfc) >> 2 | 0x40), uint8_t(prefix >> 8 | (prefix & 3) << 6)};
    body.insert(body.end(), bytes.begin(), bytes.end());
    const auto check = checksum(body);
    body.insert(body.end(), check.begin(), check.end());
    return to_base58(body);
}

std::string encode(const AccountId32& account, uint16_t prefix) { return encode(ByteView{account.bytes}, prefix); }

std::expected<Address, Refusal> decode(std::string_view text)
{
    if (text.size() > kTextMax)
        return std::unexpected(Refusal::length);
    const auto raw = from_base58(text);
    if (!raw)
        return std::unexpected(raw.error());
    const ByteView bytes{*raw};
    const size_t prefix_bytes = !bytes.empty() && bytes[0] >= 64 ? 2 : 1;
    const auto frame = prefix_bytes + kChecksumBytes;
    if (bytes.size() != frame + 32 && bytes.size() != frame + 33)
        return std::unexpected(Refusal::length);
    uint16_t prefix = bytes[0];
    if (prefix_bytes == 2)
        prefix = uint16_t((bytes[0] & 0x3f) << 2 | bytes[1] >> 6 | (bytes[1] & 0x3f) << 8);
    if (bytes[0] >= 128 || reserved(prefix) || (prefix_bytes == 2 && prefix < 64))
        return std::unexpected(Refusal::prefix);
    const auto body = bytes.first(bytes.size() - kChecksumBytes);
    if (!std::ranges::equal(checksum(body), bytes.last(kChecksumBytes)))
        return std::unexpected(Refusal::checksum);
    const auto key = body.subspan(prefix_bytes);
    return Address{prefix, Bytes(key.begin(), key.end())};
}

std::expected<AccountId32, Refusal> decode_account(std::string_view text)
{
    const auto address = decode(text);
    if (!address)
        return std::unexpected(address.error());
    AccountId32 account;
    if (address->bytes.size() != account.bytes.size())
        return std::unexpected(Refusal::length);
    std::ranges::copy(address->bytes, account.bytes.begin());
    return account;
}

} // namespace primitives::ss58
