#include "crypto/random.hpp"

#include <array>
#include <type_traits>

namespace crypto {
namespace {

Blake3 stream_hash(const Digest& seed, std::string_view label, uint64_t index)
{
    // The index has a fixed width at the end, so no two (label, index) give one message.
    base::Writer tail;
    tail.put(index);
    return Blake3::keyed(seed).update(base::view(label)).update(tail.bytes());
}

} // namespace

Digest fresh_seed(Entropy& entropy, std::string_view label)
{
    Digest seed;
    entropy.fill(seed, label);
    return seed;
}

void wipe(std::span<uint8_t> secret)
{
    for (volatile uint8_t& byte : secret)
        byte = 0;
}

SeedStream::SeedStream(const Digest& seed, std::string_view label, uint64_t index)
    : hash_(stream_hash(seed, label, index)), words_(hash_)
{
}

SeedStream::~SeedStream()
{
    static_assert(std::is_trivially_copyable_v<Blake3> && std::is_trivially_destructible_v<WordReader>);
    wipe({reinterpret_cast<uint8_t*>(&hash_), sizeof hash_});
    wipe({reinterpret_cast<uint8_t*>(&words_), sizeof words_});
}

} // namespace crypto
