#include "base/invariant.hpp"
#include "hash/sha2.hpp"
#include "signature/derive.hpp"
#include "signature/english_words.hpp"

#include <algorithm>
#include <array>
#include <sodium.h>

namespace signature {
namespace {

constexpr size_t kWords = 2048, kWordBits = 11, kEntropyBytesMax = 32;
constexpr size_t kRounds = 2048;

/// The English list of BIP 39, in its order, which is the alphabet's.
const std::array<std::string_view, kWords>& words()
{
    static const auto list = [] {
        std::array<std::string_view, kWords> out;
        std::string_view rest = english_words();
        for (auto& word : out)
        {
            word = rest.substr(0, rest.find('\n'));
            rest.remove_prefix(std::min(rest.size(), word.size() + 1));
        }
        return out;
    }();
    return list;
}

/// One block of PBKDF2: 64 bytes.  [RFC 8018 §5.2]
void stretch(ByteView secret, std::string_view salt, std::string_view password, std::span<uint8_t, 64> out)
{
    crypto_auth_hmacsha512_state keyed, state;
    crypto_auth_hmacsha512_init(&keyed, secret.data(), secret.size());

    const uint8_t block[4] = {0, 0, 0, 1};
    Secret<64> round;
    const auto u = round.expose();
    state = keyed;
    for (const auto part : {base::view(salt), base::view(password), ByteView(block)})
        crypto_auth_hmacsha512_update(&state, part.data(), part.size());
    crypto_auth_hmacsha512_final(&state, u.data());
    std::ranges::copy(u, out.begin());
    for (size_t i = 1; i != kRounds; ++i)
    {
        state = keyed;
        crypto_auth_hmacsha512_update(&state, u.data(), u.size());
        crypto_auth_hmacsha512_final(&state, u.data());
        for (size_t j = 0; j != out.size(); ++j)
            out[j] ^= u[j];
    }
    sodium_memzero(&keyed, sizeof(keyed));
    sodium_memzero(&state, sizeof(state));
}

constexpr bool bit_of(ByteView bytes, size_t at) { return bytes[at / 8] >> (7 - at % 8) & 1; }

/// Entropy and checksum as bits, the first word's first.
struct Decoded
{
    Secret<kEntropyBytesMax + 1> bits;
    size_t entropy_bytes = 0;
};

std::expected<Decoded, UriRefusal> decode(std::string_view phrase)
{
    Decoded out;
    const auto bits = out.bits.expose();
    size_t at = 0, count = 0;
    while (!phrase.empty())
    {
        const size_t space = std::min(phrase.find(' '), phrase.size());
        const auto word = phrase.substr(0, space);
        phrase.remove_prefix(std::min(phrase.size(), space + 1));
        if (word.empty())
            continue; // spaces around words do not count
        if (++count > 8 * bits.size() / kWordBits)
            return std::unexpected(UriRefusal::word_count);
        const auto found = std::ranges::lower_bound(words(), word);
        if (found == words().end() || *found != word)
            return std::unexpected(UriRefusal::word);
        const auto index = size_t(found - words().begin());
        for (size_t bit = 0; bit != kWordBits; ++bit, ++at)
            bits[at / 8] |= uint8_t((index >> (kWordBits - 1 - bit) & 1) << (7 - at % 8));
    }
    if (count < 12 || count % 3 != 0)
        return std::unexpected(UriRefusal::word_count);
    out.entropy_bytes = count / 3 * 4; // three words: 32 bits and one of the checksum
    return out;
}

} // namespace

SecretText phrase_of(ByteView entropy)
{
    base::invariant(entropy.size() >= 16 && entropy.size() <= kEntropyBytesMax && entropy.size() % 4 == 0);
    Secret<kEntropyBytesMax + 1> bits; // the entropy, then the first size/4 bits of its hash
    std::ranges::copy(entropy, bits.expose().begin());
    bits.expose()[entropy.size()] = hash::sha2_256(entropy)[0];
    constexpr size_t kWordBytesMax = 8;
    const size_t count = entropy.size() * 3 / 4;
    std::string phrase;
    phrase.reserve(count * (kWordBytesMax + 1)); // so that no shorter copy is left behind
    for (size_t word = 0; word != count; ++word)
    {
        size_t index = 0;
        for (size_t bit = 0; bit != kWordBits; ++bit)
            index = index << 1 | size_t(bit_of(bits.expose(), word * kWordBits + bit));
        phrase += word == 0 ? "" : " ";
        phrase += words()[index];
    }
    return SecretText(std::move(phrase));
}

std::expected<Seed, UriRefusal> seed_of_phrase(std::string_view phrase, std::string_view password)
{
    const auto decoded = decode(phrase);
    if (!decoded)
        return std::unexpected(decoded.error());
    const auto bits = decoded->bits.expose();
    const auto entropy = bits.first(decoded->entropy_bytes);
    const size_t unused = 8 - entropy.size() / 4; // the checksum is the hash's first size/4 bits
    if (bits[entropy.size()] >> unused != hash::sha2_256(entropy)[0] >> unused)
        return std::unexpected(UriRefusal::checksum);

    Secret<64> stretched;
    stretch(entropy, "mnemonic", password, stretched.expose());
    return Seed(std::as_const(stretched).expose().first<32>());
}

} // namespace signature
